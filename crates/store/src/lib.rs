//! What has to survive a restart: one SQL database (sessions, drafts, jobs, the credit ledger, the MCP side's memory)
//! and one blob store (media), each chosen by a URL. With queue and ledger in one database, hold-and-enqueue is one
//! transaction, and so is finish-and-settle.
//!
//! Several processes may share a store. Jobs are leased: a worker that dies loses its lease, and whoever comes next
//! claims the job. Every write of a worker is fenced by its attempt, so one that lost its lease can commit nothing.

mod blobs;
mod db;
mod dialect;
pub mod engine;
mod error;
mod front;
mod hints;
mod jobs;
mod ledger;
mod place;
mod presence;
mod schema;
mod sessions;
mod sqlite;

use std::sync::Arc;

pub use blobs::Blobs;
pub use error::StoreError;
pub use front::{Front, FrontSession, Request, RequestKey, WORK_RUNNING, Work};
pub use hints::JobListener;
pub use jobs::{Cancelling, Enqueued, Heartbeat, Job, JobEvent, JobNews, JobOutcome, JobState, Jobs, NewJob};
pub use ledger::{Grant, Ledger, LedgerEntry};
pub use place::{file_url, sqlite_url};
pub use sessions::{NewSession, StudioSession, StudioSessions, Versioned};

use db::Db;
use hints::Hints;
use presence::{Dead, Presence};

/// The store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    parts: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    db: Db,
    sessions: StudioSessions,
    jobs: Jobs,
    ledger: Ledger,
    blobs: Blobs,
    front: Front,
    presence: Arc<Presence>,
}

impl Store {
    /// Looks whether these URLs are ones that [`Self::open`] takes; nothing is opened or made.
    ///
    /// # Errors
    /// [`StoreError::Setting`], which names the setting, and what is accepted.
    pub fn check(database_url: &str, blob_url: &str) -> Result<(), StoreError> {
        place::database_path(database_url)?;
        place::blob_path(blob_url).map(drop)
    }

    /// Opens the store, makes what is missing (folders 0700, files 0600) and brings an older schema up to date.
    ///
    /// `database_url` is `sqlite:PATH`, `blob_url` is `file:PATH`; see [`sqlite_url`] and [`file_url`] for paths that
    /// need escaping.
    ///
    /// # Errors
    /// [`StoreError::Setting`] for a URL not understood, [`StoreError::Unusable`], [`StoreError::Corrupt`] and
    /// [`StoreError::TooNew`] for a place that cannot serve, each naming it and the mend.
    pub async fn open(database_url: &str, blob_url: &str) -> Result<Self, StoreError> {
        let (database, folder) = (place::database_path(database_url)?, place::blob_path(blob_url)?);
        let prepared = tokio::task::spawn_blocking(move || {
            Ok::<_, StoreError>((place::prepare_database(&database)?, Blobs::open(&folder)?))
        });
        let (database, blobs) = prepared.await.map_err(|error| StoreError::Io {
            place: "the data folder".into(),
            source: std::io::Error::other(error),
        })??;
        let db = sqlite::open(&database).await?;
        let presence = tokio::task::spawn_blocking(move || Presence::beside(&database)).await;
        let presence = presence.unwrap_or_else(|_| Arc::new(Presence::unseen()));
        let hints = Arc::new(Hints::default());
        let parts = Shared {
            sessions: StudioSessions::new(db.clone()),
            jobs: Jobs::new(db.clone(), hints),
            ledger: Ledger::new(db.clone()),
            front: Front::new(db.clone()),
            presence,
            blobs,
            db,
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The studio's sessions and their drafts.
    pub fn studio_sessions(&self) -> &StudioSessions {
        &self.parts.sessions
    }

    /// The queue of the studio's jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.parts.jobs
    }

    /// Accounts and their credits.
    pub fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }

    /// Media.
    pub fn blobs(&self) -> &Blobs {
        &self.parts.blobs
    }

    /// The MCP side's memory: its sessions, its work in progress, its answered requests.
    pub fn front(&self) -> &Front {
        &self.parts.front
    }

    /// What this process holds its leases under; a worker's or owner's name begins with it.
    pub fn owner(&self) -> &str {
        self.parts.presence.id()
    }

    /// Ends the leases of processes that died, on jobs and on work: whoever comes next takes them up at once. Gives how
    /// many there were. Leases of living processes are never touched.
    pub async fn release_dead(&self) -> Result<u64, StoreError> {
        let presence = self.parts.presence.clone();
        let dead = tokio::task::spawn_blocking(move || presence.dead()).await.unwrap_or_default();
        let mut released = 0;
        for one in dead {
            released += self.parts.jobs.release(&one.id).await? + self.parts.front.release_works(&one.id).await?;
            // Nothing is held under its name any more, and nothing can be: its process is gone.
            let _ = tokio::task::spawn_blocking(move || Dead::bury(one)).await;
        }
        if released > 0 {
            tracing::info!(released, "what a process held that died is free again");
        }
        Ok(released)
    }

    /// Closes the database, once running statements have ended. What is committed is safe without it as well.
    pub async fn close(&self) {
        self.parts.db.close().await;
    }
}
