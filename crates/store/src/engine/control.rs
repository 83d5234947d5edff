//! What a handler holds of its job while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{Job, Jobs, StoreError};

/// A handler's line to its job; cheap to clone.
#[derive(Debug, Clone)]
pub struct JobControl {
    pub(super) jobs: Jobs,
    pub(super) job: Arc<Job>,
    pub(super) progress: Arc<Progress>,
    pub(super) cancelled: CancellationToken,
}

impl JobControl {
    /// Reports how far the job is, 0 to 1. Costs nothing: the next beat takes it along.
    pub fn progress(&self, share: f32) {
        self.progress.set(share);
    }

    /// Adds an event for those who follow the job.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the job went to another worker; then the handler is also told to stop.
    pub async fn say(&self, event: Value) -> Result<(), StoreError> {
        let said = self.jobs.say(&self.job, &event).await;
        if let Err(StoreError::LeaseLost { .. }) = &said {
            self.cancelled.cancel();
        }
        said.map(drop)
    }

    /// Set once the handler shall stop: somebody asked for the job's end, the lease is lost, or the process stops. In
    /// each case the handler cleans up and returns; what becomes of the job is not its concern.
    pub fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }
}

/// A share of 0 to 1 that one side writes and another reads.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicU32);

impl Progress {
    fn set(&self, share: f32) {
        self.0.store(share.to_bits(), Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}
