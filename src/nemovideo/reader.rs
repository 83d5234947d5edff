//! The bytes of an event stream, read as what they say: frames become events, and what is no stream at all is told.

use std::collections::VecDeque;

use super::sse::{Frame, Splitter};
use bedtrack_wire::envelope::{self, Refusal};
use bedtrack_wire::event::{Content, Event};

/// An answer that is no stream is kept up to here, to look for a refusal in it.
const MAX_STRAY_BYTES: usize = 64 << 10;

/// What a stream brings.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnItem {
    /// Still working.
    Heartbeat,
    /// Parts of the answer.
    Content(Content),
    /// The turn failed, or trails off; the words decide.
    Fault(String),
    /// A refusal in the API's own frame, sent as an event or in place of the stream.
    Refusal(Refusal),
    /// An event that was no JSON, or larger than the bound; what it changed shows in the state.
    Unreadable,
    /// The body was no event stream at all: a web page, or JSON that refuses nothing.
    NoStream,
}

/// Reads the bytes of a stream, however they come in pieces, as what they say. Its memory is bounded by the largest
/// event that is read (16 MiB), whatever the stream's length.
#[derive(Debug, Default)]
pub struct EventReader {
    splitter: Splitter,
    head: Head,
    pending: VecDeque<TurnItem>,
}

/// What the first byte that is not blank tells: a field of an event stream begins with neither of `{`, `[`, `<`.
#[derive(Debug, Default)]
enum Head {
    #[default]
    Unknown,
    Stream,
    Stray(Vec<u8>),
}

impl EventReader {
    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        if matches!(self.head, Head::Unknown) {
            // Blank lines and a byte order mark say nothing yet.
            let first = bytes.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf));
            self.head = match first {
                None => Head::Unknown,
                Some(b'{' | b'[' | b'<') => Head::Stray(Vec::new()),
                Some(_) => Head::Stream,
            };
        }
        match &mut self.head {
            Head::Stray(kept) => {
                let room = MAX_STRAY_BYTES.saturating_sub(kept.len());
                kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            }
            Head::Unknown | Head::Stream => self.splitter.push(bytes),
        }
    }

    /// The next item that is complete.
    pub fn item(&mut self) -> Option<TurnItem> {
        if self.pending.is_empty() {
            let frame = self.splitter.next()?;
            return Some(self.read(frame));
        }
        self.pending.pop_front()
    }

    /// The stream has ended.
    pub fn finish(&mut self) {
        match std::mem::take(&mut self.head) {
            Head::Stray(body) => {
                let body = body.trim_ascii();
                let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
                let refusal = serde_json::from_slice(body).ok().and_then(|body| envelope::refusal_in(&body));
                self.pending.push_back(refusal.map_or(TurnItem::NoStream, TurnItem::Refusal));
            }
            Head::Unknown | Head::Stream => self.splitter.finish(),
        }
    }

    fn read(&mut self, frame: Frame) -> TurnItem {
        let (name, data) = match frame {
            Frame::Comment => return TurnItem::Heartbeat,
            Frame::Oversize => return TurnItem::Unreadable,
            Frame::Event { name, data } => (name, data),
        };
        match Event::read(&name, &data) {
            Event::Heartbeat => TurnItem::Heartbeat,
            // Some gateways put their refusal into the stream: `{"code":2001,…}` instead of an event.
            Event::Fault(words, content) => match refusal_in(&content, &data) {
                Some(refusal) => TurnItem::Refusal(refusal),
                None if content.parts.is_empty() => TurnItem::Fault(words),
                None => {
                    self.pending.push_back(TurnItem::Fault(words));
                    TurnItem::Content(content)
                }
            },
            Event::Unreadable => TurnItem::Unreadable,
            Event::Content(content) => match refusal_in(&content, &data) {
                Some(refusal) => TurnItem::Refusal(refusal),
                // Nothing of an event at all: another server's way of saying that it is there.
                None if is_hollow(&content) => TurnItem::Heartbeat,
                None => TurnItem::Content(content),
            },
        }
    }
}

/// A refusal in the API's frame, in place of an event.
fn refusal_in(content: &Content, data: &str) -> Option<Refusal> {
    let is_event = !content.parts.is_empty() || content.changed_state || content.invocation_id.is_some();
    if is_event || !(data.contains("\"code\"") || data.contains("\"success\"")) {
        return None;
    }
    serde_json::from_str(data).ok().and_then(|body| envelope::refusal_in(&body))
}

fn is_hollow(content: &Content) -> bool {
    content.parts.is_empty() && !content.changed_state && content.invocation_id.is_none() && content.author.is_none()
}

/// Reads a recorded stream.
pub fn read_stream(bytes: &[u8]) -> impl Iterator<Item = TurnItem> {
    let mut reader = EventReader::default();
    reader.push(bytes);
    reader.finish();
    std::iter::from_fn(move || reader.item())
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
