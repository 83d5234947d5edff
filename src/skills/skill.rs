//! One skill, as its front matter and body give it.

use std::path::PathBuf;

use serde::Deserialize;

use super::language::SessionLanguage;

/// A skill: what it is for, what it allows, and how it speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// Its name, lower case with hyphens: `X-Skill-Source`, and the name of its prompt.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// `X-Skill-Version`.
    pub version: String,
    /// What it does, in a sentence or two.
    pub description: String,
    /// Whom it is for; may be empty.
    pub audience: Words,
    /// Largest file it takes, in bytes.
    pub size_limit_bytes: u64,
    /// Which formats suit it.
    pub formats: Formats,
    /// How long its work usually takes; may be empty.
    pub usual_time: Words,
    /// Which language a session is opened in.
    pub language: SessionLanguage,
    /// Whether the project's link goes out with the first answer of a session.
    pub project_link: bool,
    /// Sentences that differ by skill.
    pub wording: Wording,
    /// What it says first.
    pub greeting: Words,
    /// Things to try, three of them.
    pub try_it: Vec<Words>,
    /// Ways to work with it.
    pub workflows: Vec<Workflow>,
    /// Metadata for other programs, as it stands.
    pub metadata: serde_json::Value,
    /// The instructions for an agent, in Markdown.
    pub body: String,
    /// The folder it was read from; none for a built-in one.
    pub folder: Option<PathBuf>,
}

/// A text in English and, where given, Chinese.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// In English.
    pub en: String,
    /// In Chinese; empty where there is none.
    pub zh: String,
}

impl Words {
    /// The text for a language tag; English where there is no other.
    pub fn in_language(&self, tag: &str) -> &str {
        if tag.starts_with("zh") && !self.zh.is_empty() { &self.zh } else { &self.en }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.en.is_empty()
    }
}

/// File formats by their endings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formats {
    /// Those it works best with.
    #[serde(default)]
    pub best: Vec<String>,
    /// Those that take longer.
    #[serde(default)]
    pub slow: Vec<String>,
}

/// Sentences that differ by skill; what is missing falls back to a general word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// A registered account has no credits left.
    #[serde(default)]
    pub out_of_credits: Words,
    /// The plan does not allow exports.
    #[serde(default)]
    pub plan_required: Words,
    /// Which format to export.
    #[serde(default)]
    pub export: Words,
    /// Why shorter is better.
    #[serde(default)]
    pub shorter: Words,
    /// Anything else worth knowing.
    #[serde(default)]
    pub note: Words,
}

/// A way to work with a skill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// What to do, in order.
    pub steps: String,
}

impl<'de> Deserialize<'de> for Words {
    /// A plain text is English; a map gives `en` and perhaps `zh`.
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Words;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or `en` and `zh` with a text each")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words { en: text.trim().to_owned(), zh: String::new() })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
                let mut words = Words::default();
                while let Some((key, text)) = map.next_entry::<String, String>()? {
                    let slot = match key.as_str() {
                        "en" => &mut words.en,
                        "zh" => &mut words.zh,
                        _ => return Err(serde::de::Error::unknown_field(&key, &["en", "zh"])),
                    };
                    text.trim().clone_into(slot);
                }
                if words.en.is_empty() {
                    return Err(serde::de::Error::missing_field("en"));
                }
                Ok(words)
            }
        }

        from.deserialize_any(Visitor)
    }
}
