//! The kinds of job that a runner can do, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kind::{Handler, JobKind, Registered};

/// Kinds of job with what does their work. Jobs of other kinds are left to other workers.
#[derive(Default)]
pub struct Registry {
    handlers: BTreeMap<&'static str, Arc<dyn Handler>>,
}

impl Registry {
    /// Adds a kind, with what all its jobs share.
    #[must_use]
    pub fn with<K: JobKind>(self, context: K::Context) -> Self {
        self.handle(K::NAME, Registered::<K>(context))
    }

    /// Adds a kind by its name alone; its handler reads the payload itself.
    #[must_use]
    pub fn handle(mut self, kind: &'static str, handler: impl Handler) -> Self {
        self.handlers.insert(kind, Arc::new(handler));
        self
    }

    /// The names of all kinds.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.handlers.keys().copied().collect()
    }

    /// What does the work of a kind.
    pub(super) fn handler(&self, kind: &str) -> Option<Arc<dyn Handler>> {
        self.handlers.get(kind).cloned()
    }
}
