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
    // A code in words (`"TOKEN_EXPIRED"`) says no as well, whatever it means.
    let in_words = match body.get("code") {
        Some(Value::String(word)) => code.is_none() && !FINE.iter().any(|fine| word.trim().eq_ignore_ascii_case(fine)),
        _ => false,
    };
    let unsuccessful = match body.get("success") {
        Some(Value::Bool(success)) => !success,
        Some(Value::String(word)) => word.eq_ignore_ascii_case("false"),
        _ => false,
    };
    let failed = code.is_some_and(|code| code != codes::OK) || in_words || unsuccessful;
    failed.then(|| Refusal { code: code.filter(|code| *code != codes::OK), message: message_of(body) })
}

/// Codes in words that are no refusal.
const FINE: [&str; 4] = ["", "ok", "success", "succeeded"];

/// The words of an error body in any of the shapes seen: `message`, `error`, `detail` as a text, as an object with a
/// text in it, or as a list of those (FastAPI's validation errors).
pub fn message_of(body: &Value) -> String {
    words(body, 3).unwrap_or_else(|| "no reason was given".to_owned())
}

fn words(body: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    ["message", "error_message", "errorMessage", "msg", "error", "detail", "data"].into_iter().find_map(
        |key| match body.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            inner @ Value::Object(_) => words(inner, depth),
            Value::Array(items) => items.iter().find_map(|item| match item {
                Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
                item => words(item, depth),
            }),
            _ => None,
        },
    )
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_known_in_every_shape_and_a_success_in_none() {
        for (body, code) in [
            (json!({"code": 2001, "message": "m"}), Some(2001)),
            (json!({"code": "1002", "message": "m"}), Some(1002)),
            (json!({"code": "TOKEN_EXPIRED", "message": "m"}), None),
            (json!({"code": 0, "success": false, "message": "m"}), None),
            (json!({"success": "false", "error": {"message": "m"}}), None),
        ] {
            assert_eq!(refusal_in(&body), Some(Refusal { code, message: "m".into() }), "{body}");
        }
        for body in [
            json!({"code": 0, "message": "success", "data": {}}),
            json!({"code": "0"}),
            json!({"code": "OK"}),
            json!({"code": null, "status": "pending"}),
            json!({"success": true}),
            json!([1, 2]),
            json!("code"),
            json!({}),
        ] {
            assert_eq!(refusal_in(&body), None, "{body}");
        }
    }

    #[test]
    fn the_words_are_found_in_every_shape_of_an_error_body() {
        for body in [
            json!({"message": " why "}),
            json!({"message": "", "error": "why"}),
            json!({"error": {"message": "why", "type": "x"}}),
            json!({"detail": "why"}),
            json!({"detail": [{"loc": ["body"], "msg": "why"}]}),
            json!({"code": 5, "data": {"error": {"detail": "why"}}}),
            json!({"errors": [], "detail": ["why"]}),
        ] {
            assert_eq!(message_of(&body), "why", "{body}");
        }
        assert_eq!(message_of(&json!({"detail": {"a": 1}})), "no reason was given");
    }
}
