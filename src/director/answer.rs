//! What every tool answers: one structure for all five, errors included. Empty parts are left out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The structured content of every answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// How it stands.
    pub status: Status,
    /// Handle of the session.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Handle of the turn.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub turn: String,
    /// Handle of the export.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub export: String,
    /// What the routing table chose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// The words for the user.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
    /// What changed, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// The timeline.
    #[serde(default, skip_serializing_if = "Timeline::is_empty")]
    pub timeline: Timeline,
    /// Media this call made or changed; in `state`, all of the session's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// The balance, where it was read.
    #[serde(default, skip_serializing_if = "Credits::is_empty")]
    pub credits: Credits,
    /// Two or three next steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
    /// The project in the browser.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub project_url: String,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Fault::is_empty")]
    pub error: Fault,
}

/// How a piece of work stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Finished.
    #[default]
    Done,
    /// Going on in the background; `state` waits for it.
    Running,
    /// The backend asked something; the question is in `reply`.
    NeedsAnswer,
    /// It did not work out; see `error`.
    Failed,
    /// Ended on request; the draft is as it was.
    Cancelled,
}

/// The timeline in short and in full.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// One line.
    pub summary: String,
    /// The tracks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TimelineTrack>,
}

impl Timeline {
    fn is_empty(&self) -> bool {
        self.summary.is_empty()
    }
}

/// One track.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineTrack {
    /// `Video`, `BGM`, `Audio`, `Title` or `Track`.
    pub kind: String,
    /// Its segments.
    pub segments: Vec<TimelineSegment>,
}

/// One segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineSegment {
    /// Its name, or the words of a title.
    pub name: String,
    /// Start in seconds.
    pub start: f64,
    /// End in seconds.
    pub end: f64,
    /// Volume in percent, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub volume_percent: Option<f64>,
}

/// One medium.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Media {
    /// `video`, `music`, `audio`, `image`, `midi`, `beats` or `stems`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Absolute path on this machine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Where it can be fetched.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub seconds: Option<f64>,
    /// Tempo of music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub bpm: Option<f64>,
    /// Key of music.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Loudness of music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub lufs: Option<f64>,
    /// Seed of music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub seed: Option<u64>,
    /// Licence of music.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
}

/// The balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Credits {
    /// Can be spent now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub available: Option<i64>,
    /// Held for work in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub frozen: Option<i64>,
    /// Both together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub total: Option<i64>,
    /// Nothing is ever spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub unlimited: Option<bool>,
    /// Spent by this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub spent: Option<i64>,
}

impl Credits {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What went wrong, for an agent to act on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// A stable word, in snake_case.
    pub code: String,
    /// Whether the same call may work later.
    pub retryable: bool,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub retry_after_seconds: Option<u64>,
}

impl Fault {
    fn is_empty(&self) -> bool {
        self.code.is_empty()
    }
}
