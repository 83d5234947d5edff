//! The desk takes every call: it finds the session, keeps the handles, waits as long as the caller does, and lets the
//! work outlive the call. Everything an agent can act on is an answer, never an error.

mod admit;
mod bring;
mod fault;
mod hand_over;
mod links;
mod live;
mod look;
mod message;
mod record;
mod resume;
mod run;
mod sessions;
mod speak;
mod tools;
mod wait;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures::future::BoxFuture;
use tokio::sync::{Notify, OnceCell};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::director::advice::Fault;
use crate::director::trouble::of_store;
use crate::director::{Backend, Settings};
use crate::nemovideo::Client;
use crate::skills::{Attribution, Catalogue, Skill, attribution};
use bedtrack_store::{Store, StoreError};

/// Opens the store; called when it is first needed, and again after a failure.
pub type OpenStore = Box<dyn Fn() -> BoxFuture<'static, Result<Store, StoreError>> + Send + Sync>;

/// The director: a cheap handle, cloned wherever it is needed.
#[derive(Clone)]
pub struct Director {
    inner: Arc<Inner>,
}

struct Inner {
    open: OpenStore,
    store: OnceCell<Store>,
    client: Client,
    skills: Arc<Catalogue>,
    settings: Arc<Settings>,
    /// The path of this program, which tells who installed it.
    binary: Option<PathBuf>,
    live: live::Registry,
    connections: sessions::Connections,
    /// One call at a time decides, per client, whether it begins something or joins it.
    admission: live::Keyed,
    /// One change at a time per session: the difference of two states must be one turn's.
    turns: live::Keyed,
    /// Who is spending credits, so that a turn's own share can be told.
    payers: live::Payers,
    looked_after: AtomicBool,
    /// Work has begun: from now on its lease has to be kept.
    begun: Notify,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl Director {
    /// A director. Nothing is opened before the first call.
    pub fn new(settings: Settings, client: Client, skills: Arc<Catalogue>, open: OpenStore) -> Self {
        Self {
            inner: Arc::new(Inner {
                open,
                store: OnceCell::new(),
                client,
                skills,
                settings: Arc::new(settings),
                binary: std::env::current_exe().ok(),
                live: live::Registry::default(),
                connections: sessions::Connections::default(),
                admission: live::Keyed::default(),
                turns: live::Keyed::default(),
                payers: live::Payers::default(),
                looked_after: AtomicBool::new(false),
                begun: Notify::new(),
                closing: CancellationToken::new(),
                tasks: TaskTracker::new(),
            }),
        }
    }

    async fn store(&self) -> Result<&Store, Fault> {
        self.inner.store.get_or_try_init(|| (self.inner.open)()).await.map_err(|error| of_store(&error))
    }

    fn backend_id(&self) -> &'static str {
        self.inner.settings.backend.id()
    }

    fn is_local(&self) -> bool {
        self.inner.settings.backend == Backend::Local
    }

    /// The skill of that name, else the one that stands in for it.
    fn skill(&self, name: &str) -> Option<&Skill> {
        let skills = &self.inner.skills;
        skills.get(name).or_else(|| skills.get(&self.inner.settings.default_skill)).or(skills.all().first())
    }

    fn attribution(&self, skill: &Skill) -> Attribution {
        attribution(skill, self.inner.settings.platform.as_deref(), self.inner.binary.as_deref())
    }
}
