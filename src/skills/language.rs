//! Which language a session is opened in: the skill's rule, unless the call names one.

use serde::Deserialize;

/// A skill's rule for the language of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SessionLanguage {
    /// Detected from the request.
    #[default]
    Detect,
    /// Always this one, a primary tag such as `en`.
    Fixed(String),
    /// Left out.
    Omit,
}

impl SessionLanguage {
    /// The tag to open a session with: what the call asked for, else by the rule. None means that it is left out.
    pub fn tag(&self, request: &str, asked: Option<&str>) -> Option<String> {
        if let Some(asked) = asked.and_then(primary_tag) {
            return Some(asked);
        }
        match self {
            Self::Detect => Some(detect(request).to_owned()),
            Self::Fixed(tag) => Some(tag.clone()),
            Self::Omit => None,
        }
    }
}

impl<'de> Deserialize<'de> for SessionLanguage {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        match word.trim() {
            "detect" => Ok(Self::Detect),
            "omit" => Ok(Self::Omit),
            other => primary_tag(other).map(Self::Fixed).ok_or_else(|| {
                serde::de::Error::custom(format!(
                    "`language` is {other:?}; accepted are `detect`, `omit` and a tag such as `en`"
                ))
            }),
        }
    }
}

/// The primary tag of a language tag: `zh` of `zh-Hans-CN`. None where it is no tag (BCP 47: two or three letters, up to eight).
pub fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
    let fits = (2..=8).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| primary.to_ascii_lowercase())
}

/// The language of a text by its script. Latin counts as English unless another script carries it: a Chinese request with a
/// genre's English name in it is Chinese.
fn detect(text: &str) -> &'static str {
    let mut counts = [("zh", 0_usize), ("ja", 0), ("ko", 0), ("ru", 0), ("ar", 0), ("th", 0), ("hi", 0)];
    let mut latin_letters = 0_usize;
    for c in text.chars() {
        let tag = match u32::from(c) {
            0x3040..=0x30ff => "ja",
            0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x20000..=0x3134f => "zh",
            0xac00..=0xd7af | 0x1100..=0x11ff => "ko",
            0x0400..=0x04ff => "ru",
            0x0600..=0x06ff => "ar",
            0x0e00..=0x0e7f => "th",
            0x0900..=0x097f => "hi",
            _ => {
                latin_letters += usize::from(c.is_alphabetic());
                continue;
            }
        };
        for (name, count) in &mut counts {
            *count += usize::from(*name == tag);
        }
    }
    // Kana makes it Japanese, however many Han characters stand beside it.
    if counts.iter().any(|(tag, count)| *tag == "ja" && *count > 0) {
        return "ja";
    }
    match counts.iter().max_by_key(|(_, count)| *count) {
        // A Han character carries about as much as a word of five letters.
        Some((tag, count)) if *count > 0 && count.saturating_mul(5) >= latin_letters => tag,
        _ => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_language_beats_the_rule_and_is_cut_to_its_primary_tag() {
        assert_eq!(SessionLanguage::Omit.tag("hello", Some("zh-CN")).as_deref(), Some("zh"));
        assert_eq!(SessionLanguage::Fixed("en".into()).tag("做一段音乐", None).as_deref(), Some("en"));
        assert_eq!(SessionLanguage::Omit.tag("做一段音乐", None), None);
        assert_eq!(SessionLanguage::Omit.tag("hello", Some("!!")), None);
    }

    #[test]
    fn the_language_is_detected_from_the_script() {
        for (text, tag) in [
            ("calm solo piano", "en"),
            ("给视频配一段 lo-fi 音乐", "zh"),
            ("お祭りの動画に音楽を", "ja"),
            ("잔잔한 피아노 음악", "ko"),
            ("спокойная музыка", "ru"),
            ("a song called 月亮 for my travel video please", "en"),
            ("", "en"),
        ] {
            assert_eq!(SessionLanguage::Detect.tag(text, None).as_deref(), Some(tag), "{text}");
        }
    }
}
