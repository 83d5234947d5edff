//! How long a test waits for what it wants to see: every waiting loop asks here before it looks again.

use std::time::{Duration, Instant};

/// A server that says nothing for so long has hung. Far more than any answer takes, even on a busy machine.
pub const HUNG: Duration = Duration::from_secs(120);
/// Work that is not over after so long never will be: the longest takes a minute on a machine with nothing else to do.
const NEVER: Duration = Duration::from_secs(900);

/// The wait for one thing. It ends the test with a message when it lasts longer than anything that works.
pub struct Patience {
    since: Instant,
    what: &'static str,
}

impl Patience {
    /// `what` completes "waited in vain: …".
    pub fn until(what: &'static str) -> Self {
        Self { since: Instant::now(), what }
    }

    /// Before the next look, where the look itself waits.
    pub fn check(&self) {
        assert!(self.since.elapsed() < NEVER, "waited in vain: {}", self.what);
    }

    /// Before the next look at another thread's or process's work.
    pub fn pause(&self) {
        self.check();
        std::thread::yield_now();
    }

    /// Before the next look at another task's work.
    pub async fn give_way(&self) {
        self.check();
        tokio::task::yield_now().await;
    }
}
