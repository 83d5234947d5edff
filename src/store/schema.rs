//! The schema's versions. A released file is never changed, only followed by another.

use super::db::{Columns as _, Db};
use super::error::StoreError;

/// The n-th migration brings a database to version n, counted from 1.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_first.sql")];

/// The version this program works with.
const KNOWN: i64 = MIGRATIONS.len() as i64;

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) AS version FROM schema_version";

/// Brings the schema to this program's version in one transaction; only reads where it is there already.
pub(crate) async fn migrate(db: &Db, place: &str) -> Result<(), StoreError> {
    // Takes no lock where the table exists.
    db.all(db.query(VERSIONS)).await?;
    let found = db.one(db.query(NEWEST)).await?.map_or(Ok(0), |row| row.int("version"))?;
    if found == KNOWN {
        return Ok(());
    }
    if found > KNOWN {
        return Err(StoreError::TooNew { place: place.to_owned(), found, known: KNOWN });
    }
    let mut tx = db.write().await?;
    // Read again under the lock: another process may have been faster.
    let found = tx.one(tx.query(NEWEST)).await?.map_or(Ok(0), |row| row.int("version"))?;
    for (version, script) in (1_i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        tx.script(script).await?;
        let noted = tx.query("INSERT INTO schema_version (version, applied_at) VALUES ($1, {now})").bind(version);
        tx.run(noted).await?;
    }
    tx.commit().await
}
