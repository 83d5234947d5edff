//! Hints within this process that something in the database has changed, so that readers need not wait for their next
//! poll. Hints only: other processes give none, so every reader polls as well.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// What has happened to one job so far, as counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    news: u64,
    cancels: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Hints {
    queue: watch::Sender<u64>,
    jobs: Mutex<HashMap<String, watch::Sender<Counts>>>,
}

impl Hints {
    /// A job can be claimed.
    pub(crate) fn queued(&self) {
        self.queue.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A job said something, moved on or ended.
    pub(crate) fn news(&self, job: &str) {
        if let Some(sender) = self.jobs().get(job) {
            sender.send_modify(|counts| counts.news = counts.news.wrapping_add(1));
        }
    }

    /// Somebody wants a running job to end.
    pub(crate) fn cancel(&self, job: &str) {
        if let Some(sender) = self.jobs().get(job) {
            sender.send_modify(|counts| counts.cancels = counts.cancels.wrapping_add(1));
        }
    }

    pub(crate) fn queue(&self) -> watch::Receiver<u64> {
        self.queue.subscribe()
    }

    pub(crate) fn listen(self: &Arc<Self>, job: &str) -> JobListener {
        let receiver = self.jobs().entry(job.to_owned()).or_default().subscribe();
        let cancels = receiver.borrow().cancels;
        JobListener { receiver: Some(receiver), cancels, job: job.to_owned(), hints: self.clone() }
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<Counts>>> {
        // The map stays sound whatever a holder of the lock did.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens for hints about one job. Hints given between two waits are not lost.
#[derive(Debug)]
pub struct JobListener {
    receiver: Option<watch::Receiver<Counts>>,
    cancels: u64,
    job: String,
    hints: Arc<Hints>,
}

impl JobListener {
    /// Waits for a hint, at most this long (the poll that finds what other processes did).
    pub async fn wait(&mut self, at_most: Duration) {
        let Some(receiver) = &mut self.receiver else { return };
        // The sender lives as long as there are receivers; both an error and a time-out mean "look now".
        let _ = tokio::time::timeout(at_most, receiver.changed()).await;
    }

    /// Waits until somebody in this process asks for the job's end, once for each time it is asked.
    pub async fn cancel_hint(&mut self) {
        let Some(receiver) = &mut self.receiver else { return std::future::pending().await };
        let before = self.cancels;
        let after = receiver.wait_for(|counts| counts.cancels != before).await.map(|counts| counts.cancels);
        match after {
            Ok(after) => self.cancels = after,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for JobListener {
    fn drop(&mut self) {
        let mut jobs = self.hints.jobs();
        self.receiver = None;
        if jobs.get(&self.job).is_some_and(|sender| sender.receiver_count() == 0) {
            jobs.remove(&self.job);
        }
    }
}
