//! Which language a text is in, by its script, and what a tag says about one.

/// The primary tag of a language tag: `zh` of `zh-Hans-CN`. None where it is no tag (BCP 47: two or three letters, up to eight).
pub fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
    let fits = (2..=8).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| primary.to_ascii_lowercase())
}

/// Blocks of scripts that tell a language.
const SCRIPTS: [(&str, &[std::ops::RangeInclusive<u32>]); 7] = [
    ("zh", &[0x4e00..=0x9fff, 0x3400..=0x4dbf, 0x20000..=0x3134f]),
    ("ja", &[0x3040..=0x30ff]),
    ("ko", &[0xac00..=0xd7af, 0x1100..=0x11ff]),
    ("ru", &[0x0400..=0x04ff]),
    ("ar", &[0x0600..=0x06ff]),
    ("th", &[0x0e00..=0x0e7f]),
    ("hi", &[0x0900..=0x097f]),
];

/// How many Latin letters say as much as one character of the others: about a word.
const LETTERS_A_CHARACTER: usize = 5;

/// The language of a text by its script; none where there is no letter. Latin counts as English unless another script carries
/// it: a Chinese request with a genre's English name in it is Chinese.
pub fn language(text: &str) -> Option<&'static str> {
    let mut counts = SCRIPTS.map(|(tag, _)| (tag, 0_usize));
    let mut latin = 0_usize;
    for c in text.chars() {
        let script = SCRIPTS.iter().position(|(_, blocks)| blocks.iter().any(|block| block.contains(&u32::from(c))));
        match script.and_then(|script| counts.get_mut(script)) {
            Some((_, count)) => *count += 1,
            None => latin += usize::from(c.is_alphabetic()),
        }
    }
    // Kana makes it Japanese, however many Han characters stand beside it.
    if counts.iter().any(|(tag, count)| *tag == "ja" && *count > 0) {
        return Some("ja");
    }
    match counts.iter().max_by_key(|(_, count)| *count) {
        Some((tag, count)) if *count > 0 && count.saturating_mul(LETTERS_A_CHARACTER) >= latin => Some(tag),
        _ if latin > 0 => Some("en"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_in_the_language_of_the_script_that_carries_it() {
        for (text, tag) in [
            ("calm solo piano", Some("en")),
            ("给视频配一段 lo-fi 音乐", Some("zh")),
            ("給影片配一段 lo-fi 音樂", Some("zh")),
            ("お祭りの動画に音楽を", Some("ja")),
            ("잔잔한 피아노 음악", Some("ko")),
            ("спокойная музыка", Some("ru")),
            ("a song called 月亮 for my travel video please", Some("en")),
            ("80", None),
            ("", None),
        ] {
            assert_eq!(language(text), tag, "{text}");
        }
    }

    #[test]
    fn a_tag_is_cut_to_its_first_part() {
        assert_eq!(primary_tag(" zh-Hans-CN ").as_deref(), Some("zh"));
        assert_eq!(primary_tag("!!"), None);
    }
}
