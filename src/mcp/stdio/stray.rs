//! What can still be learnt from a message that is no message: its id, so that whoever waits for its answer hears of it.

use rmcp::model::RequestId;
use serde_json::Value;

/// The id of a message, where it has one that MCP allows.
pub fn id(message: &Value) -> Option<RequestId> {
    match message.get("id")? {
        Value::Number(number) => number.as_i64().map(RequestId::Number),
        Value::String(text) => Some(RequestId::String(text.as_str().into())),
        _ => None,
    }
}

/// Whether it is a notification (nothing waits for an answer), such as one of an editor's own.
pub fn is_foreign_notification(message: &Value) -> bool {
    message.get("id").is_none() && message.get("method").is_some_and(Value::is_string)
}

/// Longest id that is looked for.
const LONGEST_ID: usize = 200;

/// Finds the top-level `id` of a JSON object that streams by and is never held.
#[derive(Debug, Default)]
pub struct IdScan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The last string, or the bare value being read.
    token: Vec<u8>,
    /// The string before the last colon was `"id"`.
    wanted: bool,
    found: Option<Vec<u8>>,
}

impl IdScan {
    /// Looks at the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.found.is_none() {
            bytes.iter().for_each(|byte| self.step(*byte));
        }
    }

    /// The id, once everything went by.
    #[must_use]
    pub fn id(self) -> Option<RequestId> {
        let value: Value = serde_json::from_slice(&self.found?).ok()?;
        id(&serde_json::json!({ "id": value }))
    }

    fn step(&mut self, byte: u8) {
        if self.in_string {
            self.keep(byte);
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => {
                self.token.clear();
                self.keep(byte);
                self.in_string = true;
            }
            b':' => {
                self.wanted = self.depth == 1 && self.token == b"\"id\"";
                self.token.clear();
            }
            b'{' | b'[' => {
                self.depth += 1;
                self.token.clear();
                self.wanted = false;
            }
            b',' | b'}' | b']' => {
                if self.wanted && self.depth == 1 && self.found.is_none() {
                    self.found = Some(std::mem::take(&mut self.token));
                }
                self.wanted = false;
                self.token.clear();
                if byte != b',' {
                    self.depth = self.depth.saturating_sub(1);
                }
            }
            _ if byte.is_ascii_whitespace() => {}
            _ => self.keep(byte),
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.depth == 1 && self.token.len() < LONGEST_ID {
            self.token.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> Option<RequestId> {
        let mut scan = IdScan::default();
        // Byte by byte: where the pieces are cut must not matter.
        text.as_bytes().chunks(1).for_each(|piece| scan.feed(piece));
        scan.id()
    }

    #[test]
    fn the_top_level_id_is_found_wherever_it_stands() {
        assert_eq!(scanned(r#"{"id": 7 ,"method":"x"}"#), Some(RequestId::Number(7)));
        assert_eq!(
            scanned(r#"{"params":{"id":1,"a":["id",{"id":2}]},"id":"a\"b"}"#),
            Some(RequestId::String("a\"b".into()))
        );
        assert_eq!(scanned(r#"{"params":"\"id\":3","method":"id"}"#), None);
        assert_eq!(scanned(r#"{"id":null}"#), None);
        assert_eq!(scanned("no json at all, id: 5"), None);
    }
}
