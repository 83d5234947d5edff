//! Tokens and sessions: what opening them asks and answers.

use serde::{Deserialize, Serialize};

/// Body of [`super::paths::OPEN_SESSION`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenSession {
    /// Always `project`.
    pub task_name: String,
    /// Primary language tag; one skill leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// `data` of an opened session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionOpened {
    /// The task the session belongs to; may be empty.
    #[serde(default, deserialize_with = "id")]
    pub task_id: String,
    /// The session.
    #[serde(deserialize_with = "id")]
    pub session_id: String,
    /// Whatever else came along, `bind_id` and `user_id` among it.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

/// An id, which some backends write as a number.
fn id<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// Body of [`super::paths::CLAIM_TOKEN`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The task to hand over.
    pub task_id: String,
    /// The session to hand over.
    pub session_id: String,
}

/// `data` of a claim token. It is meant for a link, so it is no secret of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClaimToken {
    /// `clm_…`.
    pub claim_token: String,
    /// Seconds until it expires.
    #[serde(default)]
    pub expires_in: i64,
}

/// Body of [`super::paths::RUN`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRequest {
    /// Always `nemo_agent`.
    pub app_name: String,
    /// Always `me`.
    pub user_id: String,
    /// The session.
    pub session_id: String,
    /// What the user says.
    pub new_message: Message,
}

impl RunRequest {
    /// One text message to a session's agent.
    pub fn text(session: &str, text: impl Into<String>) -> Self {
        Self {
            app_name: "nemo_agent".into(),
            user_id: "me".into(),
            session_id: session.into(),
            new_message: Message { parts: vec![MessagePart { text: text.into() }] },
        }
    }
}

/// A message in parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// Its parts, texts all.
    pub parts: Vec<MessagePart>,
}

/// One text part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessagePart {
    /// The words.
    #[serde(default)]
    pub text: String,
}

/// Body of [`super::paths::CANCEL_RUN`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelRun {
    /// The session of the turn.
    pub session_id: String,
    /// The turn's `invocationId`.
    pub invocation_id: String,
}

/// Body of an upload by URL.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadUrls {
    /// What to fetch.
    pub urls: Vec<String>,
    /// Always `url`.
    pub source_type: String,
}
