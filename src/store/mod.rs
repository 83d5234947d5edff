//! What has to survive a restart: one SQL database (sessions, drafts, jobs, the credit ledger, the MCP side's memory) and
//! one blob store (media), each chosen by a URL. With queue and ledger in one database, hold-and-enqueue is one
//! transaction, and so is finish-and-settle.
//!
//! Several processes may share a store. Jobs are leased: a worker that dies loses its lease, and whoever comes next
//! claims the job. Every write of a worker is fenced by its attempt, so one that lost its lease can commit nothing.

mod blobs;
mod db;
mod dialect;
mod error;
mod front;
mod hints;
mod jobs;
mod ledger;
mod place;
mod schema;
mod sessions;

use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};

pub use blobs::{BlobStream, Blobs};
pub use error::StoreError;
pub use front::{Front, FrontSession, Request, RequestKey, WORK_RUNNING, Work};
pub use hints::Listener;
pub use jobs::{Beat, Cancelling, Enqueued, Heard, Job, JobState, Jobs, NewJob, News, Outcome};
pub use ledger::{Entry, Grant, Ledger};
pub use place::{file_url, sqlite_url};
pub use sessions::{NewSession, StudioSession, StudioSessions, Versioned};

use db::Db;
use hints::Hints;

/// Readers of SQLite work side by side, writers one at a time: more connections would only be more threads.
const CONNECTIONS: u32 = 4;
/// How long a statement waits for another process's lock, and a caller for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    db: Db,
    sessions: StudioSessions,
    jobs: Jobs,
    ledger: Ledger,
    blobs: Blobs,
    front: Front,
}

impl Store {
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
        let db = open_sqlite(&database).await?;
        let hints = Arc::new(Hints::default());
        let parts = Parts {
            sessions: StudioSessions::new(db.clone()),
            jobs: Jobs::new(db.clone(), hints),
            ledger: Ledger::new(db.clone()),
            front: Front::new(db.clone()),
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

    /// Closes the database, once running statements have ended. What is committed is safe without it as well.
    pub async fn close(&self) {
        self.parts.db.close().await;
    }
}

async fn open_sqlite(path: &Path) -> Result<Db, StoreError> {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
    let place = path.display().to_string();
    let fault = |error: sqlx::Error| StoreError::from_database(error, &place);
    let options: AnyConnectOptions = format!("{}?mode=rw", sqlite_url(path)).parse().map_err(fault)?;
    let pool = AnyPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // FULL: a commit that was answered survives a power cut.
                let settings = format!(
                    "PRAGMA busy_timeout = {}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                    PATIENCE.as_millis()
                );
                sqlx::raw_sql(sqlx::AssertSqlSafe(settings)).execute(connection).await?;
                Ok(())
            })
        })
        .connect_with(options.disable_statement_logging())
        .await
        .map_err(fault)?;
    let db = Db::new(pool, dialect::SQLITE);
    use_wal(&db, &place).await.map_err(|error| at(error, &place))?;
    schema::migrate(&db, &place).await.map_err(|error| at(error, &place))?;
    Ok(db)
}

/// Readers and a writer at the same time. The mode is kept in the file, so this writes once in the file's life.
async fn use_wal(db: &Db, place: &str) -> Result<(), StoreError> {
    use db::Columns as _;
    let mode = |rows: &[sqlx::any::AnyRow]| rows.first().map_or(Ok(String::new()), |row| row.text("journal_mode"));
    if mode(&db.all(db.query("PRAGMA journal_mode")).await?)? == "wal" {
        return Ok(());
    }
    // The change wants the file alone and does not wait for others by itself: a second process that starts now gives up
    // its short lock soon.
    let mut tries = 0;
    loop {
        match db.all(db.query("PRAGMA journal_mode = WAL")).await {
            Ok(rows) if mode(&rows)? == "wal" => return Ok(()),
            Ok(_) => {
                tracing::warn!(place, "this file system allows no write-ahead log; the database will be slower");
                return Ok(());
            }
            Err(StoreError::Busy) if tries < 100 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Names the database in an error that only knew "the data folder".
fn at(error: StoreError, place: &str) -> StoreError {
    match error {
        StoreError::DiskFull { .. } => StoreError::DiskFull { place: place.to_owned() },
        StoreError::Unusable { problem, .. } => StoreError::Unusable { place: place.to_owned(), problem },
        StoreError::Corrupt { problem, .. } => StoreError::Corrupt { what: place.to_owned(), problem },
        other => other,
    }
}
