//! One attempt at a job: the handler in a task of its own, and beside it the heart that beats for its lease.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::control::{JobControl, Progress};
use super::kind::Handler;
use super::settings::RunnerSettings;
use crate::{Heartbeat, Job, JobOutcome, Jobs, StoreError};

/// The pause between tries to write down how an attempt ended.
const AGAIN: Duration = Duration::from_millis(250);

pub(super) struct Attempt {
    pub(super) jobs: Jobs,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) settings: RunnerSettings,
    pub(super) leased_until: Instant,
    pub(super) job: Job,
}

/// Why a handler was told to stop; several may come together.
#[derive(Debug, Default, Clone, Copy)]
struct Stop {
    /// Somebody asked for the job's end.
    cancelled: bool,
    /// The job is another worker's, or must be taken to be.
    lost: bool,
    /// The process stops.
    leaving: bool,
}

impl Stop {
    fn any(self) -> bool {
        self.cancelled || self.lost || self.leaving
    }
}

impl Attempt {
    /// Runs the handler to its end and writes down how it ended.
    pub(super) async fn attend(mut self, shutdown: CancellationToken) {
        let token = CancellationToken::new();
        let progress = Arc::new(Progress::default());
        let ctl = JobControl {
            jobs: self.jobs.clone(),
            job: Arc::new(self.job.clone()),
            progress: progress.clone(),
            cancelled: token.clone(),
        };
        let (handler, job) = (self.handler.clone(), self.job.clone());
        let mut task = AbortOnDropHandle::new(tokio::spawn(async move { handler.run(job, ctl).await }));
        let mut listener = self.jobs.listen(&self.job.id);
        let mut ticks = interval(self.settings.report.min(self.settings.beat).max(Duration::from_millis(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut told, mut beaten) = (0.0, Instant::now());
        let (mut stop, mut patience) = (Stop::default(), None);
        let ended = loop {
            let hinted = tokio::select! {
                biased;
                ended = &mut task => break Some(ended),
                () = shutdown.cancelled(), if !stop.leaving => {
                    stop.leaving = true;
                    false
                }
                () = until(patience) => break None,
                () = listener.cancel_hint() => true,
                _ = ticks.tick() => false,
            };
            let due = progress.get() != told || beaten.elapsed() >= self.settings.beat;
            if !stop.lost && (hinted || due) {
                (told, beaten) = (progress.get(), Instant::now());
                self.beat(told, &mut stop).await;
            }
            if stop.any() && patience.is_none() {
                token.cancel();
                patience = Some(Instant::now() + self.settings.grace);
            }
        };
        // Ends a handler that would not stop. What it left on a blocking thread may burn on, but can commit nothing.
        drop(task);
        let outcome = ended.map(|ended| ended.unwrap_or_else(|_: JoinError| self.crashed()));
        self.write_down(outcome, stop).await;
    }

    /// Renews the lease. Where that cannot be done, the lease counts as lost once it has run out by our clock.
    async fn beat(&mut self, progress: f32, stop: &mut Stop) {
        let began = Instant::now();
        match self.jobs.beat(&self.job, progress).await {
            Ok(Heartbeat::Mine { cancel }) => {
                self.leased_until = began + self.settings.lease;
                stop.cancelled |= cancel;
            }
            Ok(Heartbeat::Lost) => stop.lost = true,
            Err(error) if Instant::now() < self.leased_until => {
                tracing::warn!(job = self.job.id, %error, "a heartbeat failed; trying on");
            }
            Err(error) => {
                tracing::error!(job = self.job.id, %error, "heartbeats failed until the lease ran out");
                stop.lost = true;
            }
        }
    }

    fn crashed(&self) -> JobOutcome {
        // The panic hook has said on stderr where and why.
        tracing::error!(job = self.job.id, attempt = self.job.attempt, "a job's handler crashed");
        JobOutcome::Failed { error: json!({ "code": "handler_crashed" }), retry: Some(self.settings.retry_pause) }
    }

    /// The end of the attempt. Work that got done counts, whatever was asked in the meantime; the fence in the store
    /// has the last word.
    async fn write_down(&self, outcome: Option<JobOutcome>, stop: Stop) {
        let outcome = match outcome {
            Some(outcome @ JobOutcome::Done { .. }) => Some(outcome),
            _ if stop.lost => return,
            _ if stop.cancelled => Some(JobOutcome::Cancelled),
            _ if stop.leaving => None,
            outcome => outcome,
        };
        // A moment to get over a locked database; when leaving, no longer than the grace.
        let limit = if stop.leaving { Instant::now() + self.settings.grace } else { self.leased_until };
        loop {
            let written = match &outcome {
                Some(outcome) => self.jobs.finish(&self.job, outcome.clone()).await,
                None => self.jobs.give_back(&self.job).await,
            };
            match written {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(job = self.job.id, attempt = self.job.attempt, "the job had gone to another worker");
                    return;
                }
                Err(error) if Instant::now() + AGAIN > limit => {
                    tracing::error!(job = self.job.id, %error, "a job's end could not be written; it will run again");
                    return;
                }
                Err(StoreError::Busy) => {}
                Err(error) => {
                    tracing::warn!(job = self.job.id, %error, "a job's end could not be written; trying on");
                }
            }
            sleep(AGAIN).await;
        }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
