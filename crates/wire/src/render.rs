//! Renders: what is asked for, and how one is getting on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Body of [`super::paths::RENDER`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenderRequest {
    /// `render_<ms>`, ours to mint: it makes the submission safe to ask about.
    pub id: String,
    /// The session, in camelCase here and only here.
    #[serde(rename = "sessionId")]
    pub session_id: String,
    /// The draft as the state gave it.
    pub draft: Value,
    /// What to make.
    pub output: OutputSpec,
}

/// The kind of file asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// `mp4`, `wav`, …
    pub format: String,
    /// `draft`, `standard` or `high`.
    pub quality: String,
    /// `16:9`, …; left out for the source's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
}

/// How a render is getting on; comes bare, without a frame.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Render {
    /// The id it was submitted with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Where it stands.
    #[serde(default)]
    pub status: RenderStatus,
    /// 0 to 100, where the backend tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
    /// The file, once completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<RenderOutput>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// Ours: when to ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_after_ms: Option<u64>,
}

/// Ours: why the studio's render failed, as the `error` of a [`Render`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderFault {
    /// `ffmpeg_missing`, `disk_full`, `unsupported_file`, `file_unreadable`, `invalid_input`, `cancelled`, or
    /// `render_failed` where another try may help.
    pub code: String,
    /// What happened, in words for people.
    pub message: String,
}

impl RenderFault {
    /// A failure that another render may not meet.
    pub const FAILED: &'static str = "render_failed";
    /// Ended on request.
    pub const CANCELLED: &'static str = "cancelled";

    /// A fault of that code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

/// Where a render stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RenderStatus {
    /// Accepted.
    #[default]
    Pending,
    /// Being made.
    Processing,
    /// There.
    Completed,
    /// It will not come.
    Failed,
}

/// A rendered file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RenderOutput {
    /// Where it lies, perhaps on another host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its size in bytes, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Ours: sentences about what was done and why (a re-encode, a cover).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
