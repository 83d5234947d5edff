//! The layers a setting may come from, and how a value is read out of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name}={value} cannot be used: {accepted} is accepted")]
pub struct SettingError {
    /// The variable.
    pub name: String,
    /// What it was set to.
    pub value: String,
    /// What it may be set to.
    pub accepted: String,
}

impl SettingError {
    /// A bad value, with what is accepted instead.
    pub fn bad(name: &str, value: &str, accepted: &str) -> Self {
        let value: String = value.chars().filter(|c| !c.is_control()).take(200).collect();
        Self { name: name.into(), value, accepted: accepted.into() }
    }
}

/// Flags, environment and file, in this order of weight. Keys are the variables' names; in the file they stand in lower
/// case, `BEDTRACK_` left out: `backend = "cloud"`, `nemo_token = "…"`. Secrets are among them, so nothing prints them.
#[derive(Clone, Default)]
pub struct Layers {
    flags: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
}

impl Layers {
    /// Takes the flags and this process's environment.
    pub fn of_process(flags: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self::new(flags, std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))))
    }

    /// Takes given flags and a given environment.
    pub fn new(
        flags: impl IntoIterator<Item = (&'static str, String)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            flags: flags.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
            environment: environment.into_iter().collect(),
            file: BTreeMap::new(),
        }
    }

    /// The same layers with the settings file below them, where there is one.
    pub fn with_file(&self, path: &Path) -> Result<Self, SettingError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(self.clone()),
            Err(error) => return Err(file_error(path, &error.to_string())),
        };
        let table: toml::Table = toml::from_str(&text).map_err(|error| file_error(path, error.message()))?;
        let mut layers = self.clone();
        for (key, value) in table {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Float(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ => return Err(file_error(path, &format!("`{key}` must be a text or a number"))),
            };
            let name = variable(&key).ok_or_else(|| {
                file_error(
                    path,
                    &format!(
                        "`{key}` is no setting; settings are the variables' names in lower case, without `bedtrack_`"
                    ),
                )
            })?;
            layers.file.insert(name, text);
        }
        Ok(layers)
    }

    /// The value of a variable; a blank one counts as not set, as clients write `""` for what they leave open.
    pub fn text(&self, name: &str) -> Option<String> {
        [&self.flags, &self.environment, &self.file]
            .into_iter()
            .find_map(|layer| layer.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()))
            .map(str::to_owned)
    }

    /// A value that must never be shown.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// A plain word that may travel in a header.
    pub fn token(&self, name: &str) -> Result<Option<String>, SettingError> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let plain =
            value.len() <= 64 && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        plain
            .then_some(Some(value.clone()))
            .ok_or_else(|| SettingError::bad(name, &value, "a word of letters, digits, `-`, `_` and `.`"))
    }

    /// An existing file.
    pub fn file(&self, name: &str) -> Result<Option<PathBuf>, SettingError> {
        self.existing(name, Path::is_file, "the path of an existing file")
    }

    /// An existing folder.
    pub fn folder(&self, name: &str) -> Result<Option<PathBuf>, SettingError> {
        self.existing(name, Path::is_dir, "the path of an existing folder")
    }

    fn existing(&self, name: &str, is: fn(&Path) -> bool, accepted: &str) -> Result<Option<PathBuf>, SettingError> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let path = absolute(name, &value)?;
        if is(&path) { Ok(Some(path)) } else { Err(SettingError::bad(name, &value, accepted)) }
    }

    /// A folder that may still have to be made.
    pub fn folder_to_be(&self, name: &str) -> Result<Option<PathBuf>, SettingError> {
        self.text(name).map(|value| absolute(name, &value)).transpose()
    }

    /// Seconds, fractions allowed, 0 to one day.
    pub fn seconds(&self, name: &str, default: f64) -> Result<Duration, SettingError> {
        match self.text(name) {
            None => Ok(Duration::from_secs_f64(default)),
            Some(value) => seconds(name, &value),
        }
    }
}

/// Reads seconds out of a text.
pub(super) fn seconds(name: &str, value: &str) -> Result<Duration, SettingError> {
    let number: Option<f64> = value.trim().parse().ok();
    number
        .filter(|n| n.is_finite() && (0.0..=86_400.0).contains(n))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| SettingError::bad(name, value, "a number of seconds from 0 to 86400"))
}

/// Every variable; the one list, so that a mistyped key in the file is found.
const VARIABLES: &[&str] = &[
    "BEDTRACK_BACKEND",
    "NEMO_TOKEN",
    "NEMO_API_URL",
    "NEMO_WEB_URL",
    "NEMO_CLIENT_ID",
    "SKILL_SOURCE",
    "BEDTRACK_SKILL",
    "BEDTRACK_SKILLS",
    "BEDTRACK_OUTPUT",
    "BEDTRACK_ROOTS",
    "BEDTRACK_ALLOW_HOSTS",
    "BEDTRACK_FFMPEG",
    "BEDTRACK_SOUNDFONT",
    "BEDTRACK_AUTH_FILE",
    "BEDTRACK_POLL_SECS",
    "BEDTRACK_QUIET_SECS",
    "BEDTRACK_TURN_SECS",
    "BEDTRACK_RECOVER_SECS",
    "BEDTRACK_RETRY_SECS",
    "BEDTRACK_LOG",
    "DATABASE_URL",
    "BLOB_URL",
];

fn variable(key: &str) -> Option<String> {
    let upper = key.to_ascii_uppercase();
    let prefixed = format!("BEDTRACK_{upper}");
    VARIABLES.iter().find(|name| **name == upper || **name == prefixed).map(|name| (*name).to_owned())
}

fn absolute(name: &str, value: &str) -> Result<PathBuf, SettingError> {
    let expanded = match value.strip_prefix("~/") {
        Some(rest) => directories::BaseDirs::new().map(|dirs| dirs.home_dir().join(rest)),
        None => None,
    };
    std::path::absolute(expanded.unwrap_or_else(|| PathBuf::from(value)))
        .map_err(|_| SettingError::bad(name, value, "an absolute path"))
}

fn file_error(path: &Path, problem: &str) -> SettingError {
    SettingError {
        name: "config.toml".into(),
        value: path.display().to_string(),
        accepted: format!("{problem}; a flat list of `setting = \"value\"` lines"),
    }
}
