//! What the cloud is told to do: answers in place of the usual ones, and turns with their bytes.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// An answer in place of the usual one.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Whether the request has its effect all the same.
    pub done: bool,
    /// The connection breaks in the middle of the body.
    pub cut: bool,
    /// The answer waits for a permit.
    pub gate: Option<Arc<Semaphore>>,
    /// The body comes in pieces of so many bytes; 0: whole.
    pub split: usize,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            kind: "application/json",
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
            done: false,
            cut: false,
            gate: None,
            split: 0,
        }
    }

    /// Any bytes under any type.
    pub fn raw(status: u16, kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { kind, body: body.into(), ..Self::json(status, Value::Null) }
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self::raw(302, "text/plain", "").header("location", to)
    }

    /// A refusal in both shapes: as a code with HTTP 200, and as the HTTP status with other JSON.
    pub fn both(status: u16) -> [Self; 2] {
        [Self::code(i64::from(status)), Self::json(status, json!({"detail": format!("refused with {status}")}))]
    }

    /// A refusal as a code with HTTP 200.
    pub fn code(code: i64) -> Self {
        Self::json(200, json!({"code": code, "message": format!("refused with {code}")}))
    }

    /// A page of a gateway.
    pub fn page(status: u16) -> Self {
        let body = b"<html><body>nothing to see</body></html>".to_vec();
        Self { kind: "text/html", body, ..Self::json(status, Value::Null) }
    }

    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The request has its effect, and only the answer is bad.
    pub fn but_done(self) -> Self {
        Self { done: true, ..self }
    }

    /// The answer waits until the test adds a permit.
    pub fn but_held(self, gate: &Arc<Semaphore>) -> Self {
        Self { gate: Some(gate.clone()), ..self }
    }

    /// The body comes in pieces.
    pub fn but_split(self, bytes: usize) -> Self {
        Self { split: bytes, ..self }
    }

    /// The connection breaks in the body.
    pub fn but_cut(self) -> Self {
        Self { cut: true, ..self }
    }
}

/// A piece of a stream.
#[derive(Debug, Clone)]
pub enum Piece {
    Bytes(Vec<u8>),
    /// The stream goes on once the test adds a permit.
    Gate(Arc<Semaphore>),
    /// The stream ends once the turn is ended on request, and what it would have done is not done.
    UntilCancelled,
    /// The same bytes again and again, for as long as somebody reads.
    Flood(Vec<u8>),
    /// The connection breaks.
    Cut,
    /// The stream stays open for good.
    Hold,
}

/// What a message brings.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    pub pieces: Vec<Piece>,
    /// The session's state once the stream has come to `pieces[after]`; the end without a number.
    pub state: Option<Value>,
    /// What it costs.
    pub cost: i64,
}

impl Turn {
    /// A stream from bytes.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self { pieces: vec![Piece::Bytes(bytes.into())], ..Self::default() }
    }

    /// A stream from bytes that come in pieces of so many.
    pub fn split(bytes: &[u8], size: usize) -> Self {
        Self { pieces: bytes.chunks(size).map(|piece| Piece::Bytes(piece.to_vec())).collect(), ..Self::default() }
    }

    /// One text.
    pub fn says(text: &str) -> Self {
        Self::bytes(sse(&text_event(text)))
    }

    /// The state it leaves behind.
    pub fn leaving(mut self, state: Value) -> Self {
        self.state = Some(state);
        self
    }

    pub fn costing(mut self, credits: i64) -> Self {
        self.cost = credits;
        self
    }

    pub fn then(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }
}

/// An event of the agent's words, as the ADK writes it.
pub fn text_event(text: &str) -> Value {
    json!({"content": {"parts": [{"text": text}], "role": "model"}, "invocationId": "e-1", "author": "nemo_agent",
        "actions": {"stateDelta": {}}, "id": "1", "timestamp": 1.0})
}

/// One event on the wire.
pub fn sse(event: &Value) -> Vec<u8> {
    format!("data: {event}\n\n").into_bytes()
}

/// A state with these tracks.
pub fn draft(tracks: Value) -> Value {
    json!({"draft": {"t": tracks}, "video_infos": [], "canvas_config": null, "generated_media": []})
}

/// A track with one segment of a name.
pub fn segment(kind: i64, name: &str, ms: i64) -> Value {
    json!({"tt": kind, "sg": [{"d": ms, "m": {"name": name}}]})
}

/// A track with one title.
pub fn title(text: &str, ms: i64) -> Value {
    json!({"tt": 7, "sg": [{"d": ms, "m": {"text": text}}]})
}

/// An uploaded medium.
pub fn medium(name: &str, ms: i64) -> Value {
    json!({"id": name, "name": name, "url": format!("https://cdn.example/{name}"), "d": ms})
}
