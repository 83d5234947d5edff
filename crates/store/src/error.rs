//! What can go wrong in the store, sorted by what the caller can do about it.

use std::io;
use std::path::Path;

/// A failure of the store. The texts name the place and the mend and hold no secret: a database URL is never repeated.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first (a newer revision), or the name is taken (a written blob, another account's id).
    #[error("{what} {id} was written by somebody else first")]
    Conflict {
        /// What kind of thing.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// The job now belongs to another attempt, was cancelled or is over: nothing was written.
    #[error("job {job} no longer belongs to this attempt")]
    LeaseLost {
        /// The job.
        job: String,
    },
    /// The database stayed locked, or no connection came free, for as long as we wait.
    #[error("the database is busy; try again in a moment")]
    Busy,
    /// No room left; nothing was written.
    #[error("no space is left in {place}; free some and try again")]
    DiskFull {
        /// The folder, or what lives there.
        place: String,
    },
    /// What is stored cannot be read.
    #[error("{what} is damaged: {problem}")]
    Corrupt {
        /// The file or record.
        what: String,
        /// What is wrong, and the mend where there is one.
        problem: String,
    },
    /// The database was made by a later version of this program.
    #[error(
        "{place} has schema version {found}, this program knows {known}; update bedtrack or choose another data folder"
    )]
    TooNew {
        /// The database.
        place: String,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The place for database or blobs cannot be used as it is.
    #[error("{place} cannot be used: {problem}")]
    Unusable {
        /// The file or folder.
        place: String,
        /// What is wrong, and the mend.
        problem: String,
    },
    /// A database or blob URL that is not understood here.
    #[error("{setting} {problem}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What is wrong, and what is accepted.
        problem: String,
    },
    /// Not a blob key.
    #[error("{key:?} is not a blob key: {problem}")]
    BadKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Reading or writing a file failed.
    #[error("{place}: {source}")]
    Io {
        /// The file or folder.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// Any other failure of the database.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// Any other failure of the blob store.
    #[error("the blob store failed: {0}")]
    Blobs(#[source] object_store::Error),
}

impl StoreError {
    /// A failed file operation at a place.
    pub(crate) fn io(place: &Path, source: io::Error) -> Self {
        let place = place.display().to_string();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { place },
            io::ErrorKind::ReadOnlyFilesystem => Self::Unusable {
                place,
                problem: "the file system is read-only; choose another folder with BEDTRACK_HOME".into(),
            },
            io::ErrorKind::PermissionDenied => Self::Unusable {
                place,
                problem:
                    "permission denied; make it writable for this user or choose another folder with BEDTRACK_HOME"
                        .into(),
            },
            _ => Self::Io { place, source },
        }
    }

    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound { what, id: id.to_owned() }
    }

    pub(crate) fn conflict(what: &'static str, id: &str) -> Self {
        Self::Conflict { what, id: id.to_owned() }
    }
}

/// SQLite's primary result codes (<https://www.sqlite.org/rescode.html>); the driver reports extended ones, whose low
/// byte is the primary.
mod sqlite {
    pub(super) const BUSY: i64 = 5;
    pub(super) const LOCKED: i64 = 6;
    pub(super) const READONLY: i64 = 8;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANTOPEN: i64 = 14;
    pub(super) const NOTADB: i64 = 26;
}

/// SQLite's primary result code. SQLite's codes have four digits at most, the SQLSTATEs of other databases have five.
fn code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error()?.code().filter(|code| code.len() < 5)?;
    Some(code.parse::<i64>().ok()? & 0xff)
}

impl StoreError {
    /// Whether another process's lock is in the way.
    pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
        matches!(code(error), Some(sqlite::BUSY | sqlite::LOCKED))
    }

    /// A database failure, told with the database's place.
    pub(crate) fn from_database(error: sqlx::Error, place: &str) -> Self {
        let place = place.to_owned();
        match code(&error) {
            _ if matches!(error, sqlx::Error::PoolTimedOut) || Self::is_locked(&error) => Self::Busy,
            Some(sqlite::FULL) => Self::DiskFull { place },
            Some(sqlite::READONLY) => Self::Unusable {
                place,
                problem: "it is read-only; make file and folder writable or choose another folder with BEDTRACK_HOME"
                    .into(),
            },
            Some(sqlite::CANTOPEN) => Self::Unusable {
                place,
                problem: "it cannot be opened; check that file and folder are there and writable".into(),
            },
            Some(sqlite::NOTADB) => Self::Corrupt {
                what: place,
                problem: "it is not a database; move it away or choose another file with DATABASE_URL".into(),
            },
            Some(sqlite::CORRUPT) => Self::Corrupt {
                what: place,
                problem: "the database's pages do not fit together; restore it from a backup or move it away".into(),
            },
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{AnyConnection, Connection as _};

    use super::*;
    use crate::place::sqlite_url;

    async fn connect(path: &Path, mode: &str) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&format!("{}?mode={mode}", sqlite_url(path))).await.unwrap()
    }

    async fn run(connection: &mut AnyConnection, sql: &'static str) -> Result<(), StoreError> {
        let ran = sqlx::raw_sql(sql).execute(connection).await;
        ran.map(drop).map_err(|error| StoreError::from_database(error, "/home/ann/x.db"))
    }

    #[tokio::test]
    async fn a_full_disk_a_lock_and_a_read_only_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let mut one = connect(&path, "rwc").await;
        run(&mut one, "CREATE TABLE t (x TEXT); PRAGMA max_page_count = 2; PRAGMA busy_timeout = 0").await.unwrap();
        let full = run(&mut one, "INSERT INTO t SELECT hex(zeroblob(99999))").await.unwrap_err();
        assert_eq!(full.to_string(), "no space is left in /home/ann/x.db; free some and try again");

        let mut other = connect(&path, "rw").await;
        run(&mut other, "BEGIN IMMEDIATE").await.unwrap();
        let busy = run(&mut one, "INSERT INTO t VALUES ('x')").await.unwrap_err();
        assert!(matches!(busy, StoreError::Busy), "{busy:?}");
        run(&mut other, "ROLLBACK").await.unwrap();

        let mut reader = connect(&path, "ro").await;
        let read_only = run(&mut reader, "INSERT INTO t VALUES ('x')").await.unwrap_err().to_string();
        assert!(read_only.starts_with("/home/ann/x.db cannot be used: it is read-only"), "{read_only}");
        let other = run(&mut one, "SELECT nonsense").await.unwrap_err();
        assert!(matches!(other, StoreError::Database(_)), "{other:?}");
    }

    #[test]
    fn a_failed_file_operation_tells_its_mend() {
        let told = |kind: io::ErrorKind| StoreError::io(Path::new("/data"), kind.into());
        assert!(matches!(told(io::ErrorKind::StorageFull), StoreError::DiskFull { .. }));
        assert!(matches!(told(io::ErrorKind::QuotaExceeded), StoreError::DiskFull { .. }));
        for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
            let text = told(kind).to_string();
            assert!(text.contains("/data") && text.contains("BEDTRACK_HOME"), "{text}");
        }
    }
}
