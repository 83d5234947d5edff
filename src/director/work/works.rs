//! All the work of this process, and what those who take it on, do it and wait for it share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::{Notify, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::errand::{Kind, Kinds};
use super::live::Registry;
use super::order::{Keyed, Order};
use crate::director::Caller;
use crate::director::services::Services;
use crate::director::sessions::Sessions;

/// A cheap handle, cloned wherever it is needed.
#[derive(Clone)]
pub struct Works {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub services: Arc<Services>,
    pub sessions: Sessions,
    pub kinds: Kinds,
    pub live: Registry,
    /// One call at a time decides, per client, whether it begins something or joins it.
    admission: Keyed,
    pub order: Order,
    pub looked_after: AtomicBool,
    /// Work has begun: from now on its lease has to be kept.
    pub begun: Notify,
    pub closing: CancellationToken,
    pub tasks: TaskTracker,
}

impl Works {
    /// No work yet; `kinds` are the errands it can be sent for.
    pub fn new(services: Services, kinds: &'static [Kind]) -> Self {
        let services = Arc::new(services);
        Self {
            inner: Arc::new(Inner {
                sessions: Sessions::new(services.clone()),
                services,
                kinds: Kinds(kinds),
                live: Registry::default(),
                admission: Keyed::default(),
                order: Order::default(),
                looked_after: AtomicBool::new(false),
                begun: Notify::new(),
                closing: CancellationToken::new(),
                tasks: TaskTracker::new(),
            }),
        }
    }

    /// Store, client, skills and settings.
    pub fn services(&self) -> &Services {
        &self.inner.services
    }

    /// The clients' sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// One call of a client at a time decides what it begins; held until its work is written down.
    pub async fn admission(&self, caller: &Caller) -> OwnedMutexGuard<()> {
        self.inner.admission.of(&caller.client).lock_owned().await
    }

    /// Stops the waiting. What runs at the backend goes on there and is taken up by the next process.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.close();
        // Tasks end at their next await; a file operation in progress may take a moment.
        let ended = tokio::time::timeout(Duration::from_secs(3), self.inner.tasks.wait()).await;
        if ended.is_err() {
            tracing::warn!("some work did not stop in time");
        }
        if let Some(store) = self.services().opened_store()
            && let Err(error) = store.front().let_go_of_works(store.owner()).await
        {
            tracing::warn!(%error, "work could not be handed over; it is taken up once its lease has run out");
        }
    }
}
