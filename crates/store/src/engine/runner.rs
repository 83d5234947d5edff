//! The runner: claims jobs, hands each to the handler of its kind, and keeps its lease while it runs.

use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::attempt::Attempt;
use super::registry::Registry;
use super::settings::RunnerSettings;
use crate::{Store, StoreError};

/// What is done now and then beside the jobs.
type Chore = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Claims and runs jobs until it is told to stop.
pub struct Runner {
    store: Store,
    settings: RunnerSettings,
    worker: String,
    registry: Registry,
    chore: Option<Chore>,
}

impl Runner {
    /// A runner of the kinds that are registered, under a name of its own.
    pub fn new(store: Store, settings: RunnerSettings, registry: Registry) -> Self {
        let worker = format!("{}-{}", store.owner(), uuid::Uuid::new_v4().simple());
        Self { store, settings, worker, registry, chore: None }
    }

    /// Has something done now and then beside the jobs, such as removing what nobody will ask for any more.
    #[must_use]
    pub fn tidying(mut self, chore: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        self.chore = Some(Box::new(chore));
        self
    }

    /// Runs until `shutdown`. Then the handlers are told to stop, what they leave unfinished is given back (the next
    /// worker may claim it at once), and this returns within about the grace.
    pub async fn run(self, shutdown: CancellationToken) {
        let kinds = self.registry.names();
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
            if let Some(chore) = &self.chore
                && tidied.is_none_or(|tidied| tidied.elapsed() >= self.settings.tidy)
            {
                tidied = Some(Instant::now());
                // A large store takes a while to look through; the jobs go on meanwhile.
                tokio::spawn(chore());
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

    async fn claim(&self, kinds: &[&str]) -> Result<Option<Attempt>, StoreError> {
        let began = tokio::time::Instant::now();
        let Some(job) = self.store.jobs().claim(&self.worker, kinds, self.settings.lease).await? else {
            return Ok(None);
        };
        // A kind without a handler is never asked for.
        Ok(self.registry.handler(&job.kind).map(|handler| Attempt {
            jobs: self.store.jobs().clone(),
            handler,
            settings: self.settings,
            leased_until: began + self.settings.lease,
            job,
        }))
    }
}
