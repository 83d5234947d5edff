//! How jobs are run: how many at once, and the times of leases and beats.

use std::time::Duration;

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
        }
    }
}
