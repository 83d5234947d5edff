//! What every part of the director leans on: the store, the client of the API, the skills and the settings.

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::advice::Fault;
use super::settings::{Backend, DirectorSettings};
use super::trouble::of_store;
use crate::nemovideo::Client;
use crate::skills::{Attribution, Catalogue, Skill, attribution};
use bedtrack_store::{Store, StoreError};

/// Opens the store; called when it is first needed, and again after a failure.
pub type OpenStore = Box<dyn Fn() -> BoxFuture<'static, Result<Store, StoreError>> + Send + Sync>;

/// The services.
pub struct Services {
    /// The client of the API.
    pub client: Client,
    /// The skills.
    pub skills: Arc<Catalogue>,
    /// What the surroundings tell.
    pub settings: Arc<DirectorSettings>,
    open: OpenStore,
    store: OnceCell<Store>,
    /// The path of this program, which tells who installed it.
    binary: Option<PathBuf>,
}

impl Services {
    /// Nothing is opened before it is needed.
    pub fn new(settings: DirectorSettings, client: Client, skills: Arc<Catalogue>, open: OpenStore) -> Self {
        let binary = std::env::current_exe().ok();
        Self { client, skills, settings: Arc::new(settings), open, store: OnceCell::new(), binary }
    }

    /// The store, opened if it is not yet.
    pub async fn store(&self) -> Result<&Store, Fault> {
        self.store.get_or_try_init(|| (self.open)()).await.map_err(|error| of_store(&error))
    }

    /// The store, where it was needed already.
    pub fn opened_store(&self) -> Option<&Store> {
        self.store.get()
    }

    /// The word sessions are kept under.
    pub fn backend_id(&self) -> &'static str {
        self.settings.backend.id()
    }

    /// Whether the studio on this machine does the work.
    pub fn is_local(&self) -> bool {
        self.settings.backend == Backend::Local
    }

    /// The skill of that name, else the one that stands in for it.
    pub fn skill(&self, name: &str) -> Option<&Skill> {
        self.skills.get(name).or_else(|| self.skills.get(&self.settings.default_skill)).or(self.skills.all().first())
    }

    /// A skill's headers.
    pub fn attribution(&self, skill: &Skill) -> Attribution {
        attribution(skill, self.settings.platform.as_deref(), self.binary.as_deref())
    }
}
