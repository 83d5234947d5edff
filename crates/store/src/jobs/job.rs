//! A job as it is stored, and what can be said of it.

use std::time::Duration;

use serde_json::Value;
use sqlx::any::AnyRow;

use crate::db::Columns as _;
use crate::error::StoreError;

/// A job to enqueue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewJob {
    /// Its id, which makes enqueuing it safe to repeat.
    pub id: String,
    /// Who pays.
    pub account: String,
    /// The session it works on.
    pub session: String,
    /// Which handler runs it.
    pub kind: String,
    /// What the handler needs.
    pub payload: Value,
    /// Credits to hold.
    pub cost: i64,
    /// Attempts before it counts as poison, at least 1.
    pub max_attempts: u32,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waiting for a worker, perhaps for another attempt.
    Queued,
    /// Claimed. If its lease has run out, it waits for another worker.
    Running,
    /// Finished; charged.
    Done,
    /// Failed for good; nothing charged.
    Failed,
    /// Ended because somebody asked for it; nothing charged.
    Cancelled,
    /// Used up its attempts; nothing charged.
    Dead,
}

const STATES: [(JobState, &str); 6] = [
    (JobState::Queued, "queued"),
    (JobState::Running, "running"),
    (JobState::Done, "done"),
    (JobState::Failed, "failed"),
    (JobState::Cancelled, "cancelled"),
    (JobState::Dead, "dead"),
];

impl JobState {
    /// True once nothing will happen to the job any more.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// Its word, as it is stored.
    pub fn word(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    fn read(word: &str) -> Result<Self, StoreError> {
        STATES.iter().find(|(_, known)| *known == word).map(|(state, _)| *state).ok_or_else(|| StoreError::Corrupt {
            what: "a stored job".into(),
            problem: format!("{word:?} is not a state"),
        })
    }
}

/// A job. As [`super::Jobs::claim`] gave it, it is also the proof of its lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub account: String,
    /// The session it works on.
    pub session: String,
    /// Which handler runs it.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Counts the claims, from 1; fences what a worker writes. Output goes under `<job>/<attempt>/`.
    pub attempt: i64,
    /// Attempts before it counts as poison.
    pub max_attempts: i64,
    /// Who holds it; empty while nobody does.
    pub worker: String,
    /// Whether somebody asked for its end.
    pub cancel: bool,
    /// 0 to 1, as last reported.
    pub progress: f32,
    /// Credits asked for.
    pub cost: i64,
    /// What the handler needs.
    pub payload: Value,
    /// What came of it: the result once done, else the last failure; null before.
    pub result: Value,
    /// When it was enqueued, in ms since the epoch.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// The lease it was claimed with; every beat renews it. Zero on a job that was only read.
    pub lease: Duration,
}

/// Progress is stored in millionths.
const WHOLE: f32 = 1_000_000.0;

/// A share of 0 to 1 as it is stored.
pub(super) fn stored_progress(progress: f32) -> i64 {
    // In range after the clamp; NaN becomes 0.
    (progress.clamp(0.0, 1.0) * WHOLE) as i64
}

pub(super) fn read_job(row: &AnyRow) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.text("id")?,
        account: row.text("account")?,
        session: row.text("session")?,
        kind: row.text("kind")?,
        state: JobState::read(&row.text("state")?)?,
        attempt: row.int("attempt")?,
        max_attempts: row.int("max_attempts")?,
        worker: row.text("worker")?,
        cancel: row.flag("cancel")?,
        progress: row.int("progress")? as f32 / WHOLE,
        cost: row.int("cost")?,
        payload: row.json("payload")?,
        result: row.json("result")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
        lease: Duration::ZERO,
    })
}

/// What enqueuing came to.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "made once a call and matched at once, never kept in numbers")]
pub enum Enqueued {
    /// It waits for a worker; its cost is held.
    New,
    /// The id is known: the job as it stands now. Nothing was held again.
    Repeat(Job),
    /// The account cannot pay; nothing was kept.
    NoCredits {
        /// What it has.
        available: i64,
        /// What the job costs.
        needed: i64,
    },
}

/// The answer to a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heartbeat {
    /// The lease is renewed.
    Mine {
        /// Whether somebody asked for the job's end.
        cancel: bool,
    },
    /// The job is another attempt's, or over: stop.
    Lost,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOutcome {
    /// Finished.
    Done {
        /// What came of it.
        result: Value,
        /// Credits to charge, at most the hold; none is the whole hold.
        charged: Option<i64>,
    },
    /// Failed.
    Failed {
        /// Why, for whoever asked for the job.
        error: Value,
        /// The pause before another attempt; none where another would fail the same way.
        retry: Option<Duration>,
    },
    /// Ended because somebody asked for it.
    Cancelled,
}

impl JobOutcome {
    /// Finished, and worth its whole cost.
    pub fn done(result: Value) -> Self {
        Self::Done { result, charged: None }
    }

    /// Failed for good.
    pub fn failed(error: Value) -> Self {
        Self::Failed { error, retry: None }
    }

    /// Failed by an accident that may not happen again, such as a full disk.
    pub fn failed_for_now(error: Value) -> Self {
        Self::Failed { error, retry: Some(Duration::from_secs(2)) }
    }
}

/// The answer to a wish to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelling {
    /// Nobody was working on it: it is cancelled.
    Now,
    /// Its worker will see the wish at its next beat.
    Asked,
    /// It was over already, in this state.
    Over(JobState),
}

/// Something a job said.
#[derive(Debug, Clone, PartialEq)]
pub struct JobEvent {
    /// Its place in the job's sequence, from 1, without gaps.
    pub seq: i64,
    /// The attempt that said it.
    pub attempt: i64,
    /// What.
    pub body: Value,
}

/// A job with what it has said since.
#[derive(Debug, Clone, PartialEq)]
pub struct JobNews {
    /// The job; once it is over, no further event follows those in here.
    pub job: Job,
    /// The events after the one asked about.
    pub events: Vec<JobEvent>,
}
