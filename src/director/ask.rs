//! What each tool asks for. The structures are the tools' input schemas, so the field comments are written for agents.
//! Values arrive unchecked: the desk checks them, so that a bad one is an answer an agent can act on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Input of `generate_music`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateAsk {
    /// What to make or change, in the user's own words, any language.
    pub request: String,
    /// Session handle; left out: the newest one of this connection; "new": a fresh one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Skill name (the prompts list them).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub skill: String,
    /// Paths or https URLs of media to bring in first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Length of the music, 3 to 1200; left out: the picture's length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub duration_seconds: Option<f64>,
    /// Such as lo-fi, cinematic, house.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub genre: String,
    /// Such as calm, tense, bright.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mood: String,
    /// Tempo, 20 to 400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub tempo_bpm: Option<f64>,
    /// Such as "D minor".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Instruments it must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<String>,
    /// How driving it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = ["low", "medium", "high"]))]
    pub energy: String,
    /// The same brief and seed give the same music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub seed: Option<i64>,
    /// Language of the answers, such as en or zh.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Your own id: repeating the call with it spends nothing twice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// How long to wait for the result, 0 to 50, default 45; after that a handle is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub wait_seconds: Option<f64>,
}

/// Input of `upload`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadAsk {
    /// Paths or https URLs.
    pub files: Vec<String>,
    /// Session handle; left out: the newest one of this connection; "new": a fresh one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Skill name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub skill: String,
}

/// Input of `credits`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditsAsk {}

/// Input of `state`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateAsk {
    /// Session handle; left out: the newest one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Handle of a turn to wait for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub turn: String,
    /// Handle of an export to wait for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub export: String,
    /// How long to wait for the turn or export, 0 to 50, default 45.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub wait_seconds: Option<f64>,
}

/// Input of `export`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportAsk {
    /// Session handle; left out: the newest one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Left out: mp4, or wav where there is no picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = ["mp4", "mov", "webm", "gif", "jpg", "png", "wav", "mp3", "m4a", "aac", "flac", "stems", "project"]))]
    pub format: String,
    /// Default high.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = ["draft", "standard", "high"]))]
    pub quality: String,
    /// Shape of the picture; default source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = ["source", "16:9", "9:16", "1:1", "4:5"]))]
    pub aspect: String,
    /// File or folder to write to; left out: a new name in the output folder.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
    /// Whether a file of that name may be replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overwrite: bool,
    /// Your own id: repeating the call with it renders nothing twice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// How long to wait for the file, 0 to 50, default 45; after that a handle is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub wait_seconds: Option<f64>,
}
