//! The schema's versions. A released file is never changed, only followed by another.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::db::Columns as _;
use super::dialect::Dialect;
use super::error::StoreError;

/// The n-th migration brings a database to version n, counted from 1.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_first.sql")];

/// The version this program works with.
const KNOWN: i64 = MIGRATIONS.len() as i64;

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) AS version FROM schema_version";
const APPLIED: &str = "INSERT INTO schema_version (version, applied_at) VALUES ($1, {now})";

/// Brings the schema to this program's version in one transaction; only reads where it is there already.
pub(super) async fn migrate(connection: &mut AnyConnection, dialect: &Dialect, place: &str) -> Result<(), StoreError> {
    let fault = |error| StoreError::from_database(error, place);
    // Takes no lock where the table exists.
    sqlx::query(VERSIONS).execute(&mut *connection).await.map_err(fault)?;
    let found = version(sqlx::query(NEWEST).fetch_one(&mut *connection).await.map_err(fault)?)?;
    if found == KNOWN {
        return Ok(());
    }
    if found > KNOWN {
        return Err(StoreError::TooNew { place: place.to_owned(), found, known: KNOWN });
    }
    let mut tx = connection.begin_with(dialect.begin_write).await.map_err(fault)?;
    // Read again under the lock: another process may have been faster.
    let found = version(sqlx::query(NEWEST).fetch_one(&mut *tx).await.map_err(fault)?)?;
    for (number, script) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > found) {
        sqlx::raw_sql(script).execute(&mut *tx).await.map_err(fault)?;
        let applied = sqlx::query(AssertSqlSafe(dialect.say(APPLIED))).bind(number);
        applied.execute(&mut *tx).await.map_err(fault)?;
    }
    tx.commit().await.map_err(fault)
}

fn version(row: AnyRow) -> Result<i64, StoreError> {
    row.int("version")
}
