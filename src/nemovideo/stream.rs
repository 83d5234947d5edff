//! One turn's event stream over HTTP, with a deadline for silence and one for the whole.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use tokio::time::Instant;

use super::reader::{EventReader, TurnItem};
use super::redact::Secrets;
use bedtrack_wire::envelope::Refusal;
use bedtrack_wire::event::ContentPart;

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
    reader: EventReader,
    /// What was read ahead to see whether the stream begins with a refusal.
    ahead: Option<Result<Option<TurnItem>, StreamEnd>>,
    secrets: Arc<Secrets>,
    ended: bool,
    quiet: Duration,
    turn: Duration,
    began: Instant,
    last_news: Instant,
}

impl TurnStream {
    pub(super) fn new(response: Response, secrets: Arc<Secrets>, quiet: Duration, turn: Duration) -> Self {
        let now = Instant::now();
        Self {
            response,
            reader: EventReader::default(),
            ahead: None,
            secrets,
            ended: false,
            quiet,
            turn,
            began: now,
            last_news: now,
        }
    }

    /// Waits for the first item that says something; gives it where it is a refusal.
    pub(super) async fn refusal(&mut self) -> Option<Refusal> {
        let first = loop {
            match self.item().await {
                Ok(Some(TurnItem::Heartbeat)) => {}
                first => break first,
            }
        };
        match first {
            Ok(Some(TurnItem::Refusal(refusal))) => Some(refusal),
            other => {
                self.ahead = Some(other);
                None
            }
        }
    }

    /// The next item; none at the stream's own end. Safe to drop while waiting.
    ///
    /// # Errors
    /// [`StreamEnd`] where the stream did not end by itself.
    pub async fn next(&mut self) -> Result<Option<TurnItem>, StreamEnd> {
        match self.ahead.take() {
            Some(item) => item,
            None => self.item().await,
        }
    }

    async fn item(&mut self) -> Result<Option<TurnItem>, StreamEnd> {
        loop {
            if let Some(item) = self.reader.item() {
                if item != TurnItem::Heartbeat {
                    self.last_news = Instant::now();
                }
                return Ok(Some(self.clean(item)));
            }
            if self.ended {
                return Ok(None);
            }
            let (silence, whole) = (self.last_news + self.quiet, self.began + self.turn);
            let deadline = silence.min(whole);
            // A stream that is always ready never lets a timer run out, so the clock is asked first.
            let chunk = match Instant::now() < deadline {
                true => tokio::time::timeout_at(deadline, self.response.chunk()).await.ok(),
                false => None,
            };
            match chunk {
                Some(Ok(Some(bytes))) => self.reader.push(&bytes),
                Some(Ok(None)) => {
                    self.ended = true;
                    self.reader.finish();
                }
                Some(Err(_)) => return Err(StreamEnd::Cut),
                None if whole <= silence => return Err(StreamEnd::TooLong(self.turn)),
                None => return Err(StreamEnd::Stalled(self.quiet)),
            }
        }
    }

    /// Hides our own secrets where the backend repeats them. The agent's texts come in pieces and are cleaned once
    /// they are whole, see [`super::Client::hide_secrets`].
    fn clean(&self, mut item: TurnItem) -> TurnItem {
        match &mut item {
            TurnItem::Fault(words) => self.secrets.hide(words),
            TurnItem::Refusal(refusal) => self.secrets.hide(&mut refusal.message),
            TurnItem::Content(content) => {
                for part in &mut content.parts {
                    if let ContentPart::Call { name } | ContentPart::Response { name } = part {
                        self.secrets.hide(name);
                    }
                }
            }
            TurnItem::Heartbeat | TurnItem::Unreadable | TurnItem::NoStream => {}
        }
        item
    }
}
