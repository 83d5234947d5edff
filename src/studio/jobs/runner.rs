//! The runner: claims jobs, hands each to the handler of its kind, and keeps its lease while it runs.

mod attempt;
mod control;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use control::JobControl;

use super::render;
use super::workshop::Limits;
use bedtrack_store::{Job, Outcome, Store, StoreError};

/// Does the work of one kind of job.
///
/// A handler may be run again for the same job (its worker died, it failed by accident), so it must be safe to repeat:
/// output goes under `<job>/<attempt>/`, and what others see is written through the fenced calls alone. Long
/// computations belong on a blocking thread, with an eye on [`JobControl::cancelled`].
pub trait Handler: Send + Sync + 'static {
    /// Runs one attempt. A panic counts as a failed attempt.
    fn run(&self, job: Job, ctl: JobControl) -> BoxFuture<'_, Outcome>;
}

/// How jobs are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunnerSettings {
    /// Jobs at the same time, at least 1.
    pub concurrent: usize,
    /// After so long without a beat, another worker may take the job over.
    pub lease: Duration,
    /// Time between beats; a few must fit into a lease.
    pub beat: Duration,
    /// Shortest time between two reports of progress; each is a beat as well.
    pub report: Duration,
    /// Time between looks at the queue for what other processes enqueued.
    pub poll: Duration,
    /// How long a handler that was told to stop may take before it is dropped.
    pub grace: Duration,
    /// The pause before the next attempt after a handler panicked.
    pub retry_pause: Duration,
    /// Time between two rounds of tidying up.
    pub tidy: Duration,
    /// How long a finished render is kept.
    pub renders: Duration,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self {
            concurrent: std::thread::available_parallelism().map_or(1, usize::from),
            lease: Duration::from_secs(30),
            beat: Duration::from_secs(8),
            report: Duration::from_secs(1),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(2),
            retry_pause: Duration::from_secs(2),
            tidy: Duration::from_secs(6 * 3600),
            renders: Duration::from_secs(u64::from(Limits::default().renders_days) * 24 * 3600),
        }
    }
}

/// Claims and runs jobs until it is told to stop.
pub struct Runner {
    store: Store,
    settings: RunnerSettings,
    worker: String,
    handlers: BTreeMap<&'static str, Arc<dyn Handler>>,
}

/// Removes what nobody will ask for any more: what killed processes left behind, and renders that are older than
/// `renders`. Media of sessions lie elsewhere and are not touched.
async fn tidy(store: Store, renders: Duration) {
    if let Err(error) = store.blobs().sweep_scratch().await {
        tracing::warn!(%error, "old scratch files were not removed");
    }
    match store.blobs().delete_older(render::KEPT_UNDER, renders).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "old renders were removed"),
        Err(error) => tracing::warn!(%error, "old renders were not removed"),
    }
}

impl Runner {
    /// A runner without handlers, under a name of its own.
    pub fn new(store: Store, settings: RunnerSettings) -> Self {
        let worker = format!("{}-{}", store.owner(), uuid::Uuid::new_v4().simple());
        Self { store, settings, worker, handlers: BTreeMap::new() }
    }

    /// Adds the handler of a kind of job; kinds without one are left to other workers.
    #[must_use]
    pub fn handle(mut self, kind: &'static str, handler: impl Handler) -> Self {
        self.handlers.insert(kind, Arc::new(handler));
        self
    }

    /// Runs until `shutdown`. Then the handlers are told to stop, what they leave unfinished is given back (the next
    /// worker may claim it at once), and this returns within about the grace.
    pub async fn run(self, shutdown: CancellationToken) {
        let kinds: Vec<&str> = self.handlers.keys().copied().collect();
        let mut hints = self.store.jobs().queue_hints();
        let mut running = JoinSet::new();
        let mut failing = false;
        let mut looked: Option<Instant> = None;
        let mut tidied: Option<Instant> = None;
        while !shutdown.is_cancelled() {
            if looked.is_none_or(|looked| looked.elapsed() >= self.settings.beat) {
                looked = Some(Instant::now());
                self.release_dead().await;
            }
            if tidied.is_none_or(|tidied| tidied.elapsed() >= self.settings.tidy) {
                tidied = Some(Instant::now());
                // A large store takes a while to look through; the jobs go on meanwhile.
                tokio::spawn(tidy(self.store.clone(), self.settings.renders));
            }
            // Whatever is enqueued from here on shows as a change below.
            hints.mark_unchanged();
            if running.len() < self.settings.concurrent.max(1) {
                let claimed = self.claim(&kinds).await;
                // Said once, not at every poll while it lasts.
                match (&claimed, failing) {
                    (Err(error), false) => tracing::warn!(%error, "jobs cannot be claimed; trying on"),
                    (Ok(_), true) => tracing::info!("jobs can be claimed again"),
                    _ => {}
                }
                failing = claimed.is_err();
                if let Ok(Some(attempt)) = claimed {
                    running.spawn(attempt.attend(shutdown.clone()));
                    continue;
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(_) = running.join_next() => {}
                _ = hints.changed() => {}
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
        // Each attempt ends by itself within the grace and a few statements; the limit is for a database that hangs.
        let all = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.settings.grace + self.settings.lease / 4, all).await.is_err() {
            tracing::warn!("some jobs could not be given back; their leases will run out");
        }
    }

    /// What processes that died were at can be claimed at once, their leases notwithstanding.
    async fn release_dead(&self) {
        if let Err(error) = self.store.release_dead().await {
            tracing::debug!(%error, "it could not be seen whether another process died");
        }
    }

    async fn claim(&self, kinds: &[&str]) -> Result<Option<attempt::Attempt>, StoreError> {
        let began = tokio::time::Instant::now();
        let Some(job) = self.store.jobs().claim(&self.worker, kinds, self.settings.lease).await? else {
            return Ok(None);
        };
        // A kind without a handler is never asked for.
        Ok(self.handlers.get(job.kind.as_str()).map(|handler| attempt::Attempt {
            jobs: self.store.jobs().clone(),
            handler: handler.clone(),
            settings: self.settings,
            leased_until: began + self.settings.lease,
            job,
        }))
    }
}
