//! One turn's event stream: frames read as events, with a deadline for silence and one for the whole.

use std::time::Duration;

use reqwest::Response;
use tokio::time::Instant;

use super::sse::{Frame, Splitter};
use crate::wire::envelope::{self, Refusal};
use crate::wire::event::{Content, Event};

/// What a stream brings.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnItem {
    /// Still working.
    Heartbeat,
    /// Parts of the answer.
    Content(Content),
    /// The turn failed, or trails off; the words decide.
    Fault(String),
    /// A refusal in the API's own frame, sent as an event.
    Refusal(Refusal),
    /// An event that was no JSON, or larger than the bound; what it changed shows in the state.
    Unreadable,
}

/// A stream that did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StreamEnd {
    /// The connection broke.
    #[error("the connection broke")]
    Cut,
    /// Nothing but heartbeats for this long.
    #[error("nothing but heartbeats for {0:?}")]
    Stalled(Duration),
    /// It outlived its bound.
    #[error("the stream was still open after {0:?}")]
    TooLong(Duration),
}

/// A turn's event stream.
pub struct TurnStream {
    response: Response,
    splitter: Splitter,
    ended: bool,
    quiet: Duration,
    turn: Duration,
    began: Instant,
    last_news: Instant,
}

impl TurnStream {
    pub(super) fn new(response: Response, quiet: Duration, turn: Duration) -> Self {
        let now = Instant::now();
        Self { response, splitter: Splitter::default(), ended: false, quiet, turn, began: now, last_news: now }
    }

    /// The next item; none at the stream's own end. Safe to drop while waiting.
    ///
    /// # Errors
    /// [`StreamEnd`] where the stream did not end by itself.
    pub async fn next(&mut self) -> Result<Option<TurnItem>, StreamEnd> {
        loop {
            if let Some(frame) = self.splitter.next() {
                let item = read(frame);
                if item != TurnItem::Heartbeat {
                    self.last_news = Instant::now();
                }
                return Ok(Some(item));
            }
            if self.ended {
                return Ok(None);
            }
            let (silence, whole) = (self.last_news + self.quiet, self.began + self.turn);
            match tokio::time::timeout_at(silence.min(whole), self.response.chunk()).await {
                Ok(Ok(Some(bytes))) => self.splitter.push(&bytes),
                Ok(Ok(None)) => {
                    self.ended = true;
                    self.splitter.finish();
                }
                Ok(Err(_)) => return Err(StreamEnd::Cut),
                Err(_) if whole <= silence => return Err(StreamEnd::TooLong(self.turn)),
                Err(_) => return Err(StreamEnd::Stalled(self.quiet)),
            }
        }
    }
}

/// Reads a recorded stream.
pub fn read_stream(bytes: &[u8]) -> impl Iterator<Item = TurnItem> {
    let mut splitter = Splitter::default();
    splitter.push(bytes);
    splitter.finish();
    std::iter::from_fn(move || splitter.next()).map(read)
}

fn read(frame: Frame) -> TurnItem {
    let (name, data) = match frame {
        Frame::Comment => return TurnItem::Heartbeat,
        Frame::Oversize => return TurnItem::Unreadable,
        Frame::Event { name, data } => (name, data),
    };
    match Event::read(&name, &data) {
        Event::Heartbeat => TurnItem::Heartbeat,
        Event::Fault(words) => TurnItem::Fault(words),
        Event::Unreadable => TurnItem::Unreadable,
        // Some gateways put their refusal into the stream: `{"code":2001,…}` instead of an event.
        Event::Content(content) if content.parts.is_empty() && !content.changed_state => serde_json::from_str(&data)
            .ok()
            .and_then(|body| envelope::refusal_in(&body))
            .map_or(TurnItem::Content(content), TurnItem::Refusal),
        Event::Content(content) => TurnItem::Content(content),
    }
}
