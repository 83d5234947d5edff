//! One form for each character: half width, lower case, simplified Chinese, plain apostrophes. One stands for one, so the
//! places in a folded text are those in the original. The table is in `characters/traditional.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Whether a character belongs to Chinese writing.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}' | '〇')
}

/// Whether a character belongs to a word of letters and digits.
pub fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

/// A character as it is looked up.
pub fn fold(c: char) -> char {
    let half = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => c,
    };
    simplified(half.to_lowercase().next().unwrap_or(half))
}

/// A text as it is looked up; it may be of another length, since a full-width letter takes more bytes than its half.
pub fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// A traditional character in its simplified form; every other one as it is.
pub fn simplified(c: char) -> char {
    if !is_han(c) {
        return c;
    }
    TRADITIONAL.get(&c).copied().unwrap_or(c)
}

/// A text in simplified Chinese, byte for byte where the original has its characters.
pub fn in_simplified(text: &str) -> String {
    text.chars().map(simplified).collect()
}

static TRADITIONAL: LazyLock<HashMap<char, char>> = LazyLock::new(|| pairs().into_iter().collect());

/// Each traditional character with its simplified form.
pub(crate) fn pairs() -> Vec<(char, char)> {
    let file: File = crate::built_in(include_str!("characters/traditional.toml"));
    let pairs = file.variants.iter().chain(&file.habits).flat_map(|row| row.split_whitespace());
    pairs
        .filter_map(|pair| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    variants: Vec<String>,
    habits: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_traditional_character_has_one_simplified_of_as_many_bytes() {
        assert!(TRADITIONAL.len() > 2_800, "{}", TRADITIONAL.len());
        for (traditional, simple) in TRADITIONAL.iter() {
            assert_eq!(traditional.len_utf8(), simple.len_utf8(), "{traditional}{simple}");
            assert_eq!(simplified(*simple), *simple, "{traditional}{simple}");
            assert!(is_han(*traditional) && is_han(*simple), "{traditional}{simple}");
        }
    }

    #[test]
    fn traditional_full_width_and_capital_characters_fold_to_one_form() {
        assert_eq!(folded("把視頻導出為ＭＰ４，謝謝"), "把视频导出为mp4,谢谢");
        assert_eq!(folded("裡面的鼓聲，妳覺得著急嗎"), "里面的鼓声,你觉得着急吗");
        assert_eq!(folded("Don’t\u{3000}STOP"), "don't stop");
        assert_eq!(in_simplified("標題「Ａ」"), "标题「Ａ」");
    }
}
