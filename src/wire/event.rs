//! One event of `/run_sse`, as Google's Agent Development Kit writes it. Reading never fails: what cannot be read is
//! [`Event::Unreadable`], so that the reader of the stream decides.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What one event says.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Still working, nothing more.
    Heartbeat,
    /// Parts of the agent's answer.
    Content(Content),
    /// The turn failed, or trails off; the words decide.
    Fault(String),
    /// Not JSON, or not an event.
    Unreadable,
}

/// The parts of an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// A piece of a text that comes once more, whole.
    pub partial: bool,
    /// The turn's id.
    pub invocation_id: Option<String>,
    /// Who speaks.
    pub author: Option<String>,
    /// What is said and done.
    pub parts: Vec<Part>,
    /// Whether the event changed the session's state.
    pub changed_state: bool,
}

/// One part.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words for the user.
    Text(String),
    /// Words the model says to itself.
    Thought(String),
    /// A tool is called.
    Call {
        /// Its name.
        name: String,
    },
    /// A tool answered.
    Response {
        /// Its name.
        name: String,
    },
    /// Something else (inline data, code).
    Other,
}

/// What the JSON of an event looks like; only what we read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    content: Option<RawContent>,
    #[serde(default)]
    partial: Option<bool>,
    #[serde(default, alias = "invocation_id")]
    invocation_id: Option<String>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    actions: Option<RawActions>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default, alias = "error_code")]
    error_code: Option<Value>,
    #[serde(default, alias = "error_message")]
    error_message: Option<Value>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct RawContent {
    #[serde(default)]
    parts: Option<Vec<RawPart>>,
}

#[derive(Deserialize)]
struct RawActions {
    #[serde(default, rename = "stateDelta", alias = "state_delta")]
    state_delta: Option<NonEmpty>,
}

/// Whether an object has entries, without keeping them: a draft in a delta can be megabytes.
struct NonEmpty(bool);

impl<'de> Deserialize<'de> for NonEmpty {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let entries = std::collections::BTreeMap::<String, serde::de::IgnoredAny>::deserialize(from)?;
        Ok(Self(!entries.is_empty()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPart {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    thought: Option<bool>,
    #[serde(default, alias = "function_call")]
    function_call: Option<RawTool>,
    #[serde(default, alias = "function_response")]
    function_response: Option<RawTool>,
}

#[derive(Deserialize)]
struct RawTool {
    #[serde(default)]
    name: Option<String>,
}

impl Event {
    /// Reads one event from its SSE name and data.
    pub fn read(name: &str, data: &str) -> Self {
        let data = data.trim();
        if name == "heartbeat" || data.is_empty() || data.eq_ignore_ascii_case("heartbeat") {
            return Self::Heartbeat;
        }
        let Ok(raw) = serde_json::from_str::<Raw>(data) else {
            return if name == "error" { Self::Fault(clip(data)) } else { Self::Unreadable };
        };
        if raw.kind.as_deref() == Some("heartbeat") {
            return Self::Heartbeat;
        }
        if let Some(fault) = raw.fault() {
            return Self::Fault(fault);
        }
        let parts = raw.content.and_then(|content| content.parts).unwrap_or_default();
        Self::Content(Content {
            partial: raw.partial.unwrap_or(false),
            invocation_id: raw.invocation_id,
            author: raw.author,
            parts: parts.into_iter().map(Part::from).collect(),
            changed_state: raw.actions.and_then(|actions| actions.state_delta).is_some_and(|delta| delta.0),
        })
    }
}

impl Raw {
    fn fault(&self) -> Option<String> {
        let words = |value: &Option<Value>| match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(clip(text)),
            Some(other) => Some(clip(&other.to_string())),
        };
        match (words(&self.error_message), words(&self.error), words(&self.error_code)) {
            (Some(message), ..) => Some(message),
            (None, Some(error), _) => Some(error),
            (None, None, Some(code)) => Some(code),
            (None, None, None) => None,
        }
    }
}

impl From<RawPart> for Part {
    fn from(raw: RawPart) -> Self {
        let name = |tool: RawTool| tool.name.unwrap_or_default();
        match raw {
            RawPart { function_call: Some(tool), .. } => Self::Call { name: name(tool) },
            RawPart { function_response: Some(tool), .. } => Self::Response { name: name(tool) },
            RawPart { text: Some(text), thought: Some(true), .. } => Self::Thought(text),
            RawPart { text: Some(text), .. } => Self::Text(text),
            _ => Self::Other,
        }
    }
}

fn clip(text: &str) -> String {
    text.trim().chars().take(2_000).collect()
}

/// What the studio sends: an event as the ADK would write it.
#[derive(Debug, Clone, Serialize)]
pub struct Outgoing {
    /// Random id of the event.
    pub id: String,
    /// The turn.
    pub invocation_id: String,
    /// Epoch seconds.
    pub timestamp: f64,
}

impl Outgoing {
    /// Words of the agent.
    pub fn text(&self, text: &str) -> Value {
        self.event(json!({"role": "model", "parts": [{"text": text}]}), json!({}))
    }

    /// A tool call, told so that the client can say what is going on.
    pub fn call(&self, name: &str) -> Value {
        self.event(
            json!({"role": "model", "parts": [{"functionCall": {"id": self.id, "name": name, "args": {}}}]}),
            json!({}),
        )
    }

    /// A tool's answer, with what it changed of the state.
    pub fn response(&self, name: &str, state_delta: Value) -> Value {
        self.event(
            json!({"role": "user", "parts": [{"functionResponse": {"id": self.id, "name": name, "response": {"ok": true}}}]}),
            state_delta,
        )
    }

    /// The turn failed.
    pub fn fault(&self, message: &str) -> Value {
        json!({"error": message, "error_details": {"error_type": "StudioError", "error_message": message, "timestamp": self.timestamp}})
    }

    fn event(&self, content: Value, state_delta: Value) -> Value {
        json!({
            "content": content,
            "invocationId": self.invocation_id,
            "author": "nemo_agent",
            "actions": {"stateDelta": state_delta, "artifactDelta": {}},
            "id": self.id,
            "timestamp": self.timestamp,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_event_is_told_apart() {
        assert_eq!(Event::read("heartbeat", "x"), Event::Heartbeat);
        assert_eq!(Event::read("message", ""), Event::Heartbeat);
        assert_eq!(Event::read("message", r#"{"type":"heartbeat"}"#), Event::Heartbeat);
        assert_eq!(Event::read("message", "<html>"), Event::Unreadable);
        assert_eq!(Event::read("message", r#"{"error":"boom","error_details":{}}"#), Event::Fault("boom".into()));
        assert_eq!(Event::read("message", r#"{"errorCode":"X","errorMessage":"m"}"#), Event::Fault("m".into()));
        let read = Event::read(
            "message",
            r#"{"content":{"parts":[{"text":"a","thought":true},{"text":"b"}]},"partial":true}"#,
        );
        let Event::Content(content) = read else { panic!("not content") };
        assert!(content.partial);
        assert_eq!(content.parts, [Part::Thought("a".into()), Part::Text("b".into())]);
    }
}
