//! The frame most answers come in: `{"code":0,"message":…,"data":…}`. Some are bare objects, some say `success`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::codes;

/// An answer in the usual frame.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// 0, or one of [`codes`].
    pub code: i64,
    /// A word for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
}

impl Envelope {
    /// A success that carries `data`.
    pub fn ok(data: Value) -> Self {
        Self { code: codes::OK, message: "success".into(), data }
    }

    /// A refusal with its code and a word for people.
    pub fn refusal(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: Value::Null }
    }
}

/// A refusal found in a body, whatever frame it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The body's own code, where it has one.
    pub code: Option<i64>,
    /// The body's words, never empty; untrusted.
    pub message: String,
}

/// Looks for a refusal in a body that came with a successful status: a non-zero `code`, or `success: false`.
pub fn refusal_in(body: &Value) -> Option<Refusal> {
    let code = body.get("code").and_then(lenient_i64);
    let failed = code.is_some_and(|code| code != codes::OK) || body.get("success") == Some(&Value::Bool(false));
    failed.then(|| Refusal { code: code.filter(|code| *code != codes::OK), message: message_of(body) })
}

/// The words of an error body in any of the shapes seen: `message`, `error`, `detail`.
pub fn message_of(body: &Value) -> String {
    ["message", "error", "detail", "error_message", "msg"]
        .into_iter()
        .find_map(|key| match body.get(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(Value::Object(inner)) => inner.get("message").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        })
        .unwrap_or_else(|| "no reason was given".to_owned())
}

/// The payload: `data` where the frame has one, else the body itself (renders come bare).
pub fn payload(mut body: Value) -> Value {
    match body.get_mut("data") {
        Some(data) if !data.is_null() => data.take(),
        _ => body,
    }
}

/// A number, or a number written as a string.
pub fn lenient_i64(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|n| n as i64)).or_else(|| value.as_str()?.trim().parse().ok())
}
