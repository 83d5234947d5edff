//! How long a test waits for what it wants to see: every waiting loop asks here before it looks again.

use std::time::{Duration, Instant};

/// After so long without what was waited for, something hangs.
pub const HUNG: Duration = Duration::from_secs(120);

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
        assert!(self.since.elapsed() < HUNG, "waited in vain: {}", self.what);
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
