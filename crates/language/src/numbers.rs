//! Numbers as people write them: `90`, `2.5`, `thirty`, `三十`, `百分之五十`. The words are data in `numbers/numbers.toml`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::phrases::{Languages, Phrases};
use crate::tokens::{Kind, Token};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    english: HashMap<String, f64>,
    chinese: Chinese,
    percent: Languages,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chinese {
    digits: HashMap<String, f64>,
    units: HashMap<String, f64>,
}

static WORDS: LazyLock<File> = LazyLock::new(|| crate::built_in(include_str!("numbers/numbers.toml")));

/// A number that begins at a token of `atoms`, and the token after it.
pub fn number(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    match tokens.get(at)?.kind {
        Kind::Number(value) => Some((value, at + 1)),
        Kind::Han => chinese(tokens, at),
        Kind::Word => english(tokens, at),
        _ => None,
    }
}

/// `20%`, `20 percent`, `百分之二十`: as a factor. `is_free` tells whether the tokens of the sign stand alone and are no part of
/// a longer phrase of the reader's.
pub fn percent(tokens: &[Token], at: usize, is_free: impl Fn(Range<usize>) -> bool) -> Option<(f64, usize)> {
    if is_word(tokens, at, "百") && is_word(tokens, at + 1, "分") && is_word(tokens, at + 2, "之") {
        let (value, next) = number(tokens, at + 3)?;
        return Some((value / 100.0, next));
    }
    let (value, next) = number(tokens, at)?;
    let end = PERCENT.end(tokens, next).filter(|end| is_free(next..*end))?;
    Some((value / 100.0, end))
}

/// What percent is called.
pub fn percent_words() -> &'static Languages {
    &WORDS.percent
}

static PERCENT: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    WORDS.percent.iter().for_each(|word| phrases.add_plain(word, ()));
    phrases
});

fn is_word(tokens: &[Token], at: usize, word: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == word)
}

fn word(tokens: &[Token], at: usize) -> Option<f64> {
    WORDS.english.get(&tokens.get(at)?.text).copied()
}

/// One to a few hundred in words. "a" alone counts as one only for those who ask for a measure behind it.
fn english(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let mut value = word(tokens, at)?;
    let mut next = at + 1;
    if is_word(tokens, next, "hundred") {
        value *= 100.0;
        next += 1;
        if is_word(tokens, next, "and") && word(tokens, next + 1).is_some_and(|more| more > 1.0) {
            next += 1;
        }
    }
    for _ in 0..2 {
        match word(tokens, next).filter(|more| *more > 1.0 && *more < 100.0) {
            Some(more)
                if value >= 100.0 && value % 100.0 == 0.0
                    || (20.0..100.0).contains(&(value % 100.0)) && more < 10.0 && value % 10.0 == 0.0 =>
            {
                value += more;
                next += 1;
            }
            _ => break,
        }
    }
    Some((value, next))
}

/// 0 to 9999 in Chinese.
fn chinese(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let han = |at: usize| tokens.get(at).filter(|token| token.kind == Kind::Han).map(|token| token.text.as_str());
    let mut total = 0.0;
    let mut pending: Option<f64> = None;
    let mut next = at;
    while let Some(character) = han(next).filter(|_| next < at + LONGEST) {
        if let Some(value) = WORDS.chinese.digits.get(character) {
            pending = Some(*value);
        } else if let Some(unit) =
            WORDS.chinese.units.get(character).filter(|unit| **unit != 100.0 || han(next + 1) != Some("分"))
        {
            total += pending.take().unwrap_or(1.0) * unit;
        } else {
            break;
        }
        next += 1;
    }
    (next > at).then(|| (total + pending.unwrap_or(0.0), next))
}

/// Most characters of a number in Chinese.
const LONGEST: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::atoms;

    #[test]
    fn figures_and_words_in_both_languages_are_numbers() {
        for (text, value) in [
            ("90", 90.0),
            ("2.5", 2.5),
            ("thirty", 30.0),
            ("a hundred and twenty", 120.0),
            ("twenty-five", 25.0),
            ("三十", 30.0),
            ("一百二十", 120.0),
            ("兩千零五", 2005.0),
            ("十五", 15.0),
        ] {
            let tokens = atoms(text);
            assert_eq!(number(&tokens, 0), Some((value, tokens.len())), "{text}");
        }
        assert_eq!(number(&atoms("piano"), 0), None);
    }

    #[test]
    fn a_share_of_a_hundred_is_a_factor() {
        for text in ["20%", "20 percent", "twenty per cent", "百分之二十", "20％"] {
            let tokens = atoms(text);
            assert_eq!(percent(&tokens, 0, |_| true), Some((0.2, tokens.len())), "{text}");
        }
        assert_eq!(percent(&atoms("20%"), 0, |_| false), None);
    }
}
