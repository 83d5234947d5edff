//! Who goes when: one change at a time in a session, and who is paying meanwhile.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What pieces of work have to heed of each other; clones share it.
#[derive(Clone, Default)]
pub struct Order {
    /// One change at a time per session: the difference of two states must be one turn's.
    pub turns: Arc<Keyed>,
    /// Who is spending credits, so that a turn's own share can be told.
    pub payers: Payers,
}

/// One lock per key, for as long as somebody holds or awaits it.
#[derive(Default)]
pub struct Keyed {
    locks: Mutex<HashMap<String, std::sync::Weak<tokio::sync::Mutex<()>>>>,
}

impl Keyed {
    /// The lock of a key.
    pub fn of(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = locks.get(key).and_then(std::sync::Weak::upgrade) {
            return lock;
        }
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        locks.insert(key.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

/// Messages on their way, of every session: they are paid from one account, so the difference of two balances is a
/// turn's own only where no other overlapped it.
#[derive(Clone, Default)]
pub struct Payers {
    counts: Arc<(AtomicUsize, AtomicUsize)>,
}

/// One message on its way.
pub struct Payer {
    all: Payers,
    /// How many had begun, this one included.
    number: usize,
    /// Whether others were on their way when it began.
    joined: bool,
}

impl Payers {
    /// Counts a message for as long as it lives.
    pub fn enter(&self) -> Payer {
        let (active, begun) = &*self.counts;
        let joined = active.fetch_add(1, Ordering::SeqCst) > 0;
        Payer { all: self.clone(), number: begun.fetch_add(1, Ordering::SeqCst) + 1, joined }
    }
}

impl Payer {
    /// Whether no other message overlapped this one so far.
    pub fn alone(&self) -> bool {
        !self.joined && self.all.counts.1.load(Ordering::SeqCst) == self.number
    }
}

impl Drop for Payer {
    fn drop(&mut self) {
        self.all.counts.0.fetch_sub(1, Ordering::SeqCst);
    }
}
