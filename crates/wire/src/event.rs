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
    /// The turn failed, or trails off; the words decide. What else the same event says comes first.
    Fault(String, Content),
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
    pub parts: Vec<ContentPart>,
    /// Whether the event changed the session's state.
    pub changed_state: bool,
}

/// One part.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentPart {
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
    #[serde(default, alias = "error_details")]
    error_details: Option<Value>,
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

#[derive(Default, Deserialize)]
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
        // Nearly every event is as documented; one with a field of another type is read field by field.
        let read = serde_json::from_str::<Raw>(data).ok();
        let Some(raw) = read.or_else(|| Raw::tolerant(serde_json::from_str(data).ok()?)) else {
            return if name == "error" { Self::Fault(clip(data), Content::default()) } else { Self::Unreadable };
        };
        if raw.kind.as_deref() == Some("heartbeat") {
            return Self::Heartbeat;
        }
        let fault = raw.fault().or_else(|| (name == "error").then(|| clip(data)));
        let parts = raw.content.and_then(|content| content.parts).unwrap_or_default();
        let content = Content {
            partial: raw.partial.unwrap_or(false),
            invocation_id: raw.invocation_id,
            author: raw.author,
            parts: parts.into_iter().map(ContentPart::from).collect(),
            changed_state: raw.actions.and_then(|actions| actions.state_delta).is_some_and(|delta| delta.0),
        };
        match fault {
            Some(words) => Self::Fault(words, content),
            None => Self::Content(content),
        }
    }
}

impl Raw {
    /// Reads an event whose fields are not all of the documented types; none where it is no object.
    fn tolerant(event: Value) -> Option<Self> {
        let event = event.as_object()?;
        let field = |names: &[&str]| names.iter().find_map(|name| event.get(*name)).filter(|value| !value.is_null());
        let text = |names: &[&str]| field(names).and_then(Value::as_str).map(str::to_owned);
        let part = |part: &Value| match part {
            Value::String(words) => Some(RawPart { text: Some(words.clone()), ..RawPart::default() }),
            other => RawPart::tolerant(other.as_object()?),
        };
        let content = field(&["content"]).map(|content| match content.get("parts").unwrap_or(content) {
            Value::Array(parts) => parts.iter().filter_map(part).collect(),
            one => part(one).into_iter().collect(),
        });
        let delta = field(&["actions"])
            .and_then(|actions| ["stateDelta", "state_delta"].iter().find_map(|name| actions.get(*name)));
        Some(Self {
            content: content.map(|parts| RawContent { parts: Some(parts) }),
            partial: field(&["partial"]).map(|partial| *partial == Value::Bool(true) || *partial == "true"),
            invocation_id: text(&["invocationId", "invocation_id"]),
            author: text(&["author"]),
            actions: delta.map(|delta| RawActions {
                state_delta: Some(NonEmpty(delta.as_object().is_some_and(|delta| !delta.is_empty()))),
            }),
            error: field(&["error"]).cloned(),
            error_details: field(&["error_details", "errorDetails"]).cloned(),
            error_code: field(&["errorCode", "error_code"]).cloned(),
            error_message: field(&["errorMessage", "error_message"]).cloned(),
            kind: text(&["type"]),
        })
    }

    /// The words of a fault, where the event tells one. Empty values are what a serializer leaves of a field without one.
    fn fault(&self) -> Option<String> {
        // Gemini's word for a normal end; the ADK passes it on as an error code where the model closed without a part.
        let normal = |code: &&Value| code.as_str().is_some_and(|code| code.eq_ignore_ascii_case("STOP"));
        let code = self.error_code.as_ref().filter(|code| !normal(code));
        let said = [&self.error_message, &self.error].into_iter().find_map(|value| said(value.as_ref()?));
        said.or_else(|| said_in(code)).or_else(|| said_in(self.error_details.as_ref()))
    }
}

fn said_in(value: Option<&Value>) -> Option<String> {
    said(value?)
}

/// A value of an error field as words; none where it says that there is no error.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(clip(text)).filter(|text| !text.is_empty()),
        Value::Object(fields) if fields.is_empty() => None,
        Value::Object(_) => Some(match super::envelope::message_of(value) {
            words if words.starts_with("no reason") => clip(&value.to_string()),
            words => clip(&words),
        }),
        other => Some(clip(&other.to_string())),
    }
}

impl RawPart {
    fn tolerant(part: &serde_json::Map<String, Value>) -> Option<Self> {
        let tool = |names: [&str; 2]| {
            let tool = names.into_iter().find_map(|name| part.get(name)).filter(|tool| tool.is_object())?;
            Some(RawTool { name: tool.get("name").and_then(Value::as_str).map(str::to_owned) })
        };
        Some(Self {
            text: part.get("text").and_then(Value::as_str).map(str::to_owned),
            // A thought must not be taken for words to the user: whatever is not plainly false counts.
            thought: part.get("thought").map(|thought| !matches!(thought, Value::Null | Value::Bool(false))),
            function_call: tool(["functionCall", "function_call"]),
            function_response: tool(["functionResponse", "function_response"]),
        })
    }
}

impl From<RawPart> for ContentPart {
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
        let fault = |words: &str| Event::Fault(words.into(), Content::default());
        assert_eq!(Event::read("message", r#"{"error":"boom","error_details":{}}"#), fault("boom"));
        assert_eq!(Event::read("message", r#"{"errorCode":"X","errorMessage":"m"}"#), fault("m"));
        let read = Event::read(
            "message",
            r#"{"content":{"parts":[{"text":"a","thought":true},{"text":"b"}]},"partial":true}"#,
        );
        let Event::Content(content) = read else { panic!("not content") };
        assert!(content.partial);
        assert_eq!(content.parts, [ContentPart::Thought("a".into()), ContentPart::Text("b".into())]);
    }
}
