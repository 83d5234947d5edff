//! Reads one `SKILL.md`: YAML front matter between two `---` lines, then the body.

use std::path::PathBuf;

use serde::Deserialize;

use super::language::SessionLanguage;
use super::skill::{Formats, Skill, Wording, Words, Workflow};

/// Size of a `SKILL.md`, in bytes. The largest built-in one has 5 KB.
pub const MAX_FILE_BYTES: u64 = 256 * 1024;

/// Files may be as large as the API takes them where a skill states no limit: 500 MB of 2^20 bytes.
const DEFAULT_SIZE_LIMIT_BYTES: u64 = 500 << 20;

/// A skill that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No front matter.
    #[error("it does not begin with front matter: a line `---`, YAML, and a line `---`")]
    NoFrontMatter,
    /// The YAML is wrong.
    #[error("its front matter: {0}")]
    Yaml(String),
    /// A value is not acceptable.
    #[error("`{field}` is {value:?}; accepted is {accepted}")]
    Value {
        /// Which.
        field: &'static str,
        /// As given.
        value: String,
        /// What would do.
        accepted: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    name: String,
    display_name: Option<String>,
    #[serde(default = "first_version")]
    version: String,
    description: String,
    #[serde(default)]
    metadata: serde_json::Value,
    #[serde(default, rename = "for")]
    audience: Words,
    #[serde(default = "default_size_limit")]
    size_limit_bytes: u64,
    #[serde(default)]
    formats: Formats,
    #[serde(default)]
    usual_time: Words,
    #[serde(default)]
    session: Session,
    #[serde(default)]
    wording: Wording,
    #[serde(default)]
    greeting: Words,
    #[serde(default, rename = "try")]
    try_it: Vec<Words>,
    #[serde(default)]
    workflows: Vec<Workflow>,
    // What the open skill format has beside these; of no use to us, and no mistake either.
    #[serde(default, rename = "license")]
    _license: serde::de::IgnoredAny,
    #[serde(default, rename = "compatibility")]
    _compatibility: serde::de::IgnoredAny,
    #[serde(default, rename = "allowed-tools")]
    _allowed_tools: serde::de::IgnoredAny,
    #[serde(default, rename = "homepage")]
    _homepage: serde::de::IgnoredAny,
    #[serde(default, rename = "author")]
    _author: serde::de::IgnoredAny,
    #[serde(default, rename = "tags")]
    _tags: serde::de::IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    #[serde(default)]
    language: SessionLanguage,
    #[serde(default)]
    project_link: bool,
}

fn first_version() -> String {
    "1.0.0".to_owned()
}

fn default_size_limit() -> u64 {
    DEFAULT_SIZE_LIMIT_BYTES
}

/// Reads a skill out of the text of its file.
pub fn skill(text: &str, folder: Option<PathBuf>) -> Result<Skill, ReadError> {
    let (yaml, body) = split(text).ok_or(ReadError::NoFrontMatter)?;
    let front: FrontMatter = serde_saphyr::from_str(yaml).map_err(|error| ReadError::Yaml(in_words(&error, yaml)))?;
    let skill = Skill {
        display_name: front.display_name.unwrap_or_else(|| front.name.clone()),
        name: front.name,
        version: front.version,
        description: front.description.trim().to_owned(),
        audience: front.audience,
        size_limit_bytes: front.size_limit_bytes,
        formats: front.formats,
        usual_time: front.usual_time,
        language: front.session.language,
        project_link: front.session.project_link,
        wording: front.wording,
        greeting: front.greeting,
        try_it: front.try_it,
        workflows: front.workflows,
        metadata: front.metadata,
        body: body.trim().to_owned(),
        folder,
    };
    check(&skill)?;
    Ok(skill)
}

/// The front matter with its opening line, so that line numbers are the file's, and the body.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let is_rule = line.trim_end() == "---";
        match number {
            0 if !is_rule => return None,
            0 => {}
            _ if is_rule => return Some((text.get(..at)?, text.get(at + line.len()..)?)),
            _ => {}
        }
        at += line.len();
    }
    None
}

/// Name and version travel as HTTP headers, and the name is a prompt's, so both are kept to what fits everywhere.
fn check(skill: &Skill) -> Result<(), ReadError> {
    let refuse = |field, value: &str, accepted| {
        Err(ReadError::Value { field, value: value.chars().take(80).collect(), accepted })
    };
    let fits = |text: &str, longest: usize, extra: &[char]| {
        !text.is_empty()
            && text.len() <= longest
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || extra.contains(&c))
    };
    if !fits(&skill.name, 64, &['-']) {
        return refuse("name", &skill.name, "1 to 64 lower-case letters, digits and hyphens");
    }
    if !fits(&skill.version, 32, &['.', '-', '+']) {
        return refuse("version", &skill.version, "a version such as 1.0.0");
    }
    if skill.description.is_empty() || skill.description.chars().count() > 1024 {
        return refuse("description", &skill.description, "1 to 1024 characters");
    }
    if skill.display_name.trim().is_empty() || skill.display_name.chars().any(char::is_control) {
        return refuse("display_name", &skill.display_name, "one line of text");
    }
    if skill.size_limit_bytes == 0 {
        return refuse("size_limit_bytes", "0", "a number of bytes above 0");
    }
    if skill.try_it.len() > 3 {
        return refuse("try", &format!("{} things", skill.try_it.len()), "three things to try at most");
    }
    Ok(())
}

/// The reader's message in one line, with the line of the file that it means.
fn in_words(error: &serde_saphyr::Error, yaml: &str) -> String {
    let message = error.to_string();
    let first = message.lines().next().unwrap_or_default().trim();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let line = error.location().and_then(|place| yaml.lines().nth(usize::try_from(place.line()).ok()?.checked_sub(1)?));
    match line.map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => format!("{first}, in `{}`", line.chars().take(80).collect::<String>()),
        None => first.to_owned(),
    }
}
