//! Opening an SQLite file: its settings, its journal, its schema.

use std::path::Path;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{AnyConnection, AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::db::{Columns as _, Db};
use super::dialect::SQLITE;
use super::error::StoreError;
use super::place::sqlite_url;
use super::schema;

/// Readers work side by side, writers one at a time: more connections would only be more threads.
const CONNECTIONS: u32 = 4;
/// How long a statement waits for another process's lock, and a caller for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens an existing file (an empty one becomes a database).
pub(super) async fn open(path: &Path) -> Result<Db, StoreError> {
    static DRIVERS: std::sync::Once = std::sync::Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
    let place = path.display().to_string();
    let fault = |error| StoreError::from_database(error, &place);
    let options: AnyConnectOptions = format!("{}?mode=rw", sqlite_url(path)).parse().map_err(fault)?;
    let options = options.disable_statement_logging();

    // Not through the pool: it would repeat whatever fails here until its time is up, and say only that.
    let mut first = options.connect().await.map_err(fault)?;
    prepare(&mut first, &place).await.map_err(fault)?;
    schema::migrate(&mut first, &SQLITE, &place).await?;
    let pool = AnyPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(settings(connection)))
        .connect_lazy_with(options);
    // The file's last connection folds the journal into it when it closes; better this one stays until the pool has
    // one of its own.
    drop(pool.acquire().await.map_err(fault)?);
    first.close().await.map_err(fault)?;
    Ok(Db::new(pool, SQLITE, &place))
}

/// FULL: what was answered as committed survives a power cut.
async fn settings(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let wait = PATIENCE.as_millis();
    let settings = format!("PRAGMA busy_timeout = {wait}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    sqlx::raw_sql(AssertSqlSafe(settings)).execute(connection).await?;
    Ok(())
}

/// Settings, and the write-ahead log: readers and a writer at the same time. The mode is kept in the file, so it is
/// set once in the file's life.
async fn prepare(connection: &mut AnyConnection, place: &str) -> Result<(), sqlx::Error> {
    settings(connection).await?;
    let is_wal = |row: &AnyRow| row.text("journal_mode").is_ok_and(|mode| mode == "wal");
    if is_wal(&sqlx::query("PRAGMA journal_mode").fetch_one(&mut *connection).await?) {
        return Ok(());
    }
    // The change wants the file alone and does not wait for others by itself: a second process that starts now gives up
    // its short lock soon.
    let mut tries = 0;
    loop {
        match sqlx::query("PRAGMA journal_mode = WAL").fetch_one(&mut *connection).await {
            Ok(row) if is_wal(&row) => return Ok(()),
            Ok(_) => {
                tracing::warn!(place, "this file system allows no write-ahead log; the database will be slower");
                return Ok(());
            }
            Err(error) if tries < 100 && StoreError::is_locked(&error) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}
