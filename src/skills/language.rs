//! Which language a session is opened in: the skill's rule, unless the call names one.

use bedtrack_language::guess::{self, primary_tag};
use serde::Deserialize;

/// Where a request has no letter in it.
const FALLBACK: &str = "en";

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
            Self::Detect => Some(guess::language(request).unwrap_or(FALLBACK).to_owned()),
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
