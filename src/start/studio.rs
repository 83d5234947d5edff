//! The embedded studio in this process: store, tools, sounds, workers and the API on a loopback port. Started by the
//! first call that needs it, so that the server answers its client at once.

use std::sync::Arc;

use anyhow::Context as _;
use futures::FutureExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::Settings;
use crate::studio::http::{self, FetchPolicy, Gate};
use crate::studio::jobs::render::Render;
use crate::studio::jobs::turn::{Turn, Turns};
use crate::studio::jobs::{self, RequestLimits, SharedBank, Workshop};
use bedtrack_film::Film;
use bedtrack_sound::Bank;
use bedtrack_store::engine::{Registry, Runner, RunnerSettings};
use bedtrack_store::{Store, StoreError, file_url, sqlite_url};

/// The one store of this process, opened when first needed.
#[derive(Clone)]
pub struct LazyStore {
    settings: Arc<Settings>,
    cell: Arc<OnceCell<Store>>,
}

impl LazyStore {
    /// A store that is not opened yet.
    pub fn new(settings: Arc<Settings>) -> Self {
        Self { settings, cell: Arc::default() }
    }

    /// The store; opened at the first call. A failure is tried again at the next one.
    pub async fn get(&self) -> Result<Store, StoreError> {
        self.cell.get_or_try_init(|| open_store(&self.settings)).await.cloned()
    }

    /// The store, if it was ever needed.
    pub fn opened(&self) -> Option<&Store> {
        self.cell.get()
    }
}

/// Looks whether the store takes the URLs that the settings name, before anything is opened.
pub fn check_urls(settings: &Settings) -> Result<(), StoreError> {
    let (database, blobs) = urls(settings);
    Store::check(&database, &blobs)
}

/// Opens the store that the settings name, else the one in the data folder.
pub async fn open_store(settings: &Settings) -> Result<Store, StoreError> {
    let (database, blobs) = urls(settings);
    Store::open(&database, &blobs).await
}

fn urls(settings: &Settings) -> (String, String) {
    let (urls, home) = (&settings.store, &settings.folders.home);
    let database = urls.database.as_ref().map(|url| url.expose_secret().to_owned());
    let database = database.unwrap_or_else(|| sqlite_url(&home.join("bedtrack.sqlite3")));
    let blobs = urls.blobs.clone().unwrap_or_else(|| file_url(&home.join("blobs")));
    (database, blobs)
}

/// The studio of this process.
#[derive(Clone)]
pub struct LocalStudio {
    settings: Arc<Settings>,
    store: LazyStore,
    shutdown: CancellationToken,
    /// Whether it works its jobs itself, or leaves them to others on the same store.
    works: bool,
    running: Arc<OnceCell<Running>>,
}

struct Running {
    base: url::Url,
    secret: SecretString,
    /// The workers, until somebody waits for their end.
    worked: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl LocalStudio {
    /// A studio that is not started yet, and ends with `shutdown`; it works its jobs itself where it `works`.
    pub fn new(settings: Arc<Settings>, store: LazyStore, shutdown: CancellationToken, works: bool) -> Self {
        Self { settings, store, shutdown, works, running: Arc::default() }
    }

    /// Where the studio listens and the secret that opens it; started at the first call.
    pub async fn resolve(&self) -> anyhow::Result<(url::Url, SecretString)> {
        let running = self.running.get_or_try_init(|| self.start()).await?;
        Ok((running.base.clone(), running.secret.clone()))
    }

    async fn start(&self) -> anyhow::Result<Running> {
        let workshop = workshop(&self.settings, &self.store).await?;
        let secret = SecretString::from(format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no loopback port for the studio")?;
        let base = url::Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let router = http::router(workshop.clone(), Gate::Own(secret.clone()), fetch_policy(&self.settings));
        let shutdown = self.shutdown.clone();
        // It ends with `shutdown`, and nothing has to be waited for.
        tokio::spawn(async move {
            if let Err(error) = http::serve(listener, router, shutdown.cancelled_owned()).await {
                tracing::error!("the studio stopped listening: {error}");
            }
        });
        let worked = self.works.then(|| tokio::spawn(runner(&workshop).run(self.shutdown.clone())));
        tracing::debug!(%base, works = self.works, "studio started");
        Ok(Running { base, secret, worked: std::sync::Mutex::new(worked) })
    }

    /// Waits until the workers have given their work back.
    pub async fn ended(&self) {
        let Some(running) = self.running.get() else { return };
        let worked = running.worked.lock().ok().and_then(|mut worked| worked.take());
        if let Some(worked) = worked {
            // A worker that panicked has nothing left to give back.
            let _ = worked.await;
        }
    }
}

/// Everything the studio's work needs.
pub async fn workshop(settings: &Settings, store: &LazyStore) -> anyhow::Result<Arc<Workshop>> {
    let bank = match &settings.studio.soundfont {
        Some(path) => {
            let bank = Bank::from_file(path).with_context(|| format!("BEDTRACK_SOUNDFONT={}", path.display()))?;
            SharedBank::Own(Arc::new(bank))
        }
        None => SharedBank::BuiltIn,
    };
    Ok(Arc::new(Workshop {
        store: store.get().await?,
        film: Arc::new(Film::locate(settings.studio.ffmpeg.as_deref())),
        bank,
        limits: RequestLimits::default(),
    }))
}

/// Workers for every kind of job.
pub fn runner(workshop: &Arc<Workshop>) -> Runner {
    let kinds = Registry::default().with::<Turn>(Turns::new(workshop.clone())).with::<Render>(workshop.clone());
    let tidied = workshop.clone();
    Runner::new(workshop.store.clone(), RunnerSettings::default(), kinds)
        .tidying(move || jobs::tidy(tidied.clone()).boxed())
}

/// What uploads by URL may reach.
pub fn fetch_policy(settings: &Settings) -> FetchPolicy {
    FetchPolicy { allow_hosts: settings.reach.allow_hosts.clone() }
}
