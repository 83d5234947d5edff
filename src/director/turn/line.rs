//! One turn with the backend's agent: the message is sent once, the stream is followed to its end, and where the end is
//! lost the state is read until it tells what happened. Nothing here sends a message a second time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::transcript::Transcript;
use crate::director::progress::{Say, Step};
use crate::director::settings::{Backend, DirectorSettings};
use crate::director::steps;
use crate::director::work::Job;
use crate::nemovideo::{ApiError, Call, Client, Refused, Seen, StreamEnd, TurnItem, TurnStream, Unclear};
use crate::skills::Attribution;
use bedtrack_wire::envelope::Refusal;
use bedtrack_wire::state::State;

/// How long a studio that was told to end a turn may take to close the stream, and to name the turn at all.
const ENDING: Duration = Duration::from_secs(10);

/// Reads of the state after a lost connection, and after a 5xx.
const READS_AFTER_CUT: usize = 6;
const READS_AFTER_STATUS: usize = 2;

/// The line to the agent of a session.
pub struct Line {
    client: Client,
    attribution: Attribution,
    /// The backend's session.
    sid: String,
    settings: Arc<DirectorSettings>,
    /// Fired to end the turn where the backend can do that.
    cancel: CancellationToken,
    /// Hears what is being done.
    say: Say,
    /// Tag of the user's language.
    language: String,
}

/// How a turn ended, as far as the stream tells.
#[derive(Debug)]
pub enum Ended {
    /// The stream closed by itself.
    Closed,
    /// The backend ended it with an error.
    Failed(String),
    /// Nothing but heartbeats for this long.
    Stalled(Duration),
    /// Whether the message was accepted, or how it ended, is not known.
    Lost(ApiError),
    /// Refused before any work began.
    Refused(ApiError),
    /// Refused in the middle: what came before it stands.
    Broken(ApiError),
    /// Ended on request.
    Cancelled,
}

/// What the state says about a turn whose end was lost.
#[derive(Debug)]
pub struct Recovered {
    /// The newest state, where one could be read.
    pub seen: Option<Seen>,
    /// Whether it differs from the one before the turn.
    pub changed: bool,
}

impl Line {
    /// The line of a job.
    pub fn of(job: &Job) -> Self {
        Self {
            client: job.services.client.clone(),
            attribution: job.attribution.clone(),
            sid: job.session.sid.clone(),
            settings: job.services.settings.clone(),
            cancel: job.live.cancel.clone(),
            say: job.sayer(),
            language: job.record.language.clone(),
        }
    }

    /// Sends the message and follows the stream to its end.
    pub async fn follow(&self, text: &str) -> (Transcript, Ended) {
        let mut transcript = Transcript::default();
        let sent = tokio::select! {
            sent = self.client.run(&self.attribution, &self.sid, text) => sent,
            // Before an event has come the turn has no name to end it by.
            () = self.cancelled_for_long() => return (transcript, Ended::Cancelled),
        };
        let mut stream = match sent {
            Ok(stream) => stream,
            Err(error) if error.is_unclear() => return (transcript, Ended::Lost(error)),
            Err(error) => return (transcript, Ended::Refused(error)),
        };
        let ended = self.read(&mut stream, &mut transcript).await;
        transcript.change(|text| self.client.hide_secrets(text));
        (transcript, ended)
    }

    async fn read(&self, stream: &mut TurnStream, transcript: &mut Transcript) -> Ended {
        let mut told = false;
        loop {
            let item = tokio::select! {
                item = stream.next() => item,
                () = self.cancel.cancelled(), if !told && transcript.invocation().is_some() => {
                    told = true;
                    self.end(transcript.invocation().unwrap_or_default()).await;
                    continue;
                }
                () = self.cancelled_for_long() => return Ended::Cancelled,
            };
            match item {
                Ok(Some(TurnItem::Content(content))) => {
                    if let Some(tool) = transcript.take(content) {
                        (self.say)(Step::words(steps::tool(&tool, &self.language)));
                    }
                }
                Ok(Some(TurnItem::Fault(words))) if transcript.excuses(&words) => {}
                Ok(Some(TurnItem::Fault(_))) | Ok(None) if told => return Ended::Cancelled,
                Ok(Some(TurnItem::Fault(words))) => return Ended::Failed(words),
                Ok(Some(TurnItem::Refusal(refusal))) => return self.broken(refusal),
                Ok(Some(TurnItem::NoStream)) => {
                    return Ended::Lost(ApiError::BadAnswer { call: Call::Run, what: "no event stream".into() });
                }
                Ok(Some(TurnItem::Heartbeat | TurnItem::Unreadable)) => {}
                Ok(None) => return Ended::Closed,
                Err(StreamEnd::Stalled(quiet)) => return Ended::Stalled(quiet),
                Err(StreamEnd::TooLong(_)) => {
                    return Ended::Lost(lost(Unclear::TimedOut));
                }
                Err(StreamEnd::Cut) => return Ended::Lost(lost(Unclear::Cut)),
            }
        }
    }

    /// A refusal as the stream's first word is told by the client; this one came later.
    fn broken(&self, refusal: Refusal) -> Ended {
        let Refusal { code, message } = refusal;
        match code {
            None => Ended::Failed(message),
            Some(500..=599) => Ended::Lost(lost(Unclear::Cut)),
            Some(_) => {
                let auth = self.client.auth();
                Ended::Broken(ApiError::Refused(Refused {
                    call: Call::Run,
                    http: 200,
                    code,
                    message,
                    retry_after: None,
                    auth,
                }))
            }
        }
    }

    async fn end(&self, invocation: &str) {
        if self.settings.backend == Backend::Local
            && let Err(error) = self.client.cancel_run(&self.attribution, &self.sid, invocation).await
        {
            tracing::warn!(%error, "the studio could not be told to end the turn");
        }
    }

    async fn cancelled_for_long(&self) {
        self.cancel.cancelled().await;
        tokio::time::sleep(ENDING).await;
    }

    /// Finds out by the state what became of a turn whose end was lost.
    pub async fn recover(&self, before: &State, why: &ApiError) -> Recovered {
        let reads = match why {
            ApiError::Unclear { how: Unclear::Status(_), .. } | ApiError::BadAnswer { .. } => READS_AFTER_STATUS,
            _ => READS_AFTER_CUT,
        };
        let waits = self.settings.recover.iter().copied();
        let last = self.settings.recover.last().copied().unwrap_or_default();
        self.look(before, waits.chain(std::iter::repeat(last)).take(reads)).await
    }

    /// Finds out by the state what became of a turn that another process sent: time has passed already.
    pub async fn recover_after_restart(&self, before: &State) -> Recovered {
        let waits = self.settings.recover.iter().copied();
        let last = self.settings.recover.last().copied().unwrap_or_default();
        let waits = std::iter::once(Duration::ZERO).chain(waits).chain(std::iter::repeat(last));
        // The studio's state tells whether a turn is still at work, so one settled read says all.
        let reads = if self.settings.backend == Backend::Local { 1 } else { READS_AFTER_CUT };
        self.look(before, waits.take(reads)).await
    }

    /// One read, for a turn that stalled.
    pub async fn look_once(&self, before: &State) -> Recovered {
        self.look(before, std::iter::once(Duration::ZERO)).await
    }

    async fn look(&self, before: &State, waits: impl Iterator<Item = Duration>) -> Recovered {
        let mut newest = None;
        for wait in waits {
            if self.pause(wait).await {
                break;
            }
            let Some(seen) = self.settled().await else { continue };
            let changed = differs(before, &seen.state);
            newest = Some(seen);
            if changed {
                return Recovered { seen: newest, changed };
            }
        }
        Recovered { seen: newest, changed: false }
    }

    /// The state, once the studio is no longer at work on it.
    pub async fn settled(&self) -> Option<Seen> {
        let deadline = Instant::now() + self.settings.turn;
        loop {
            let seen = match self.client.state(&self.attribution, &self.sid).await {
                Ok(seen) => seen,
                Err(error) => {
                    tracing::debug!(%error, "the state could not be read");
                    return None;
                }
            };
            let Some(poll_after) = seen.state.poll_after_ms.filter(|_| Instant::now() < deadline) else {
                return Some(seen);
            };
            if self.pause(Duration::from_millis(poll_after.clamp(10, 60_000))).await {
                return Some(seen);
            }
        }
    }

    /// Waits; true where the turn is to be ended instead.
    async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(wait) => false,
            () = self.cancel.cancelled() => true,
        }
    }
}

fn lost(how: Unclear) -> ApiError {
    ApiError::Unclear { call: Call::Run, how }
}

/// Whether a turn left a trace; markers that only say "at work" are none.
pub fn differs(before: &State, after: &State) -> bool {
    before.draft != after.draft
        || before.canvas_config != after.canvas_config
        || before.video_infos != after.video_infos
        || before.generated_media != after.generated_media
}
