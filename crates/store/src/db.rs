//! The connection pool, write transactions, and reading of rows.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Row as _};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::dialect::Dialect;
use super::error::StoreError;

pub(crate) type Query = sqlx::query::Query<'static, Any, AnyArguments>;

/// A handle on the database; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    pool: AnyPool,
    dialect: Dialect,
    place: Arc<str>,
    turn: Arc<Mutex<()>>,
}

impl Db {
    /// `place` names the database in errors.
    pub(crate) fn new(pool: AnyPool, dialect: Dialect, place: &str) -> Self {
        Self { pool, dialect, place: place.into(), turn: Arc::default() }
    }

    fn fault(&self, error: sqlx::Error) -> StoreError {
        StoreError::from_database(error, &self.place)
    }

    /// A statement, its tokens filled in. The text comes from this room alone, values are always bound.
    pub(crate) fn query(&self, sql: impl Into<Cow<'static, str>>) -> Query {
        sqlx::query(AssertSqlSafe(self.dialect.say(sql)))
    }

    pub(crate) async fn one(&self, query: Query) -> Result<Option<AnyRow>, StoreError> {
        query.fetch_optional(&self.pool).await.map_err(|error| self.fault(error))
    }

    pub(crate) async fn all(&self, query: Query) -> Result<Vec<AnyRow>, StoreError> {
        query.fetch_all(&self.pool).await.map_err(|error| self.fault(error))
    }

    /// Begins a transaction that writes. Dropped without [`Write::commit`], it leaves no trace, but costs a connection;
    /// where that is the common way out, [`Write::rollback`].
    pub(crate) async fn write(&self) -> Result<Write, StoreError> {
        let turn = match self.dialect.one_writer {
            true => Some(self.turn.clone().lock_owned().await),
            false => None,
        };
        let connection = self.pool.acquire().await.map_err(|error| self.fault(error))?;
        // Owned before it begins: a caller that goes away meanwhile leaves no open transaction in the pool.
        let mut write = Write { connection: Some(connection), db: self.clone(), _turn: turn };
        let begun = sqlx::raw_sql(self.dialect.begin_write).execute(write.connection()?).await;
        begun.map_err(|error| self.fault(error))?;
        Ok(write)
    }

    /// One statement in a transaction of its own: the number of rows it touched.
    pub(crate) async fn run(&self, query: Query) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let touched = tx.run(query).await?;
        tx.commit().await?;
        Ok(touched)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A write transaction.
///
/// Not the driver's own kind: that one counts on its ROLLBACK, but a full disk makes SQLite roll back by itself, and
/// the connection would then stay in the pool unfit for any further transaction.
pub(crate) struct Write {
    connection: Option<PoolConnection<Any>>,
    db: Db,
    // After the connection, so that the turn passes on last.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Write {
    pub(crate) fn query(&self, sql: impl Into<Cow<'static, str>>) -> Query {
        self.db.query(sql)
    }

    pub(crate) async fn run(&mut self, query: Query) -> Result<u64, StoreError> {
        let ran = query.execute(self.connection()?).await;
        ran.map(|ran| ran.rows_affected()).map_err(|error| self.db.fault(error))
    }

    pub(crate) async fn one(&mut self, query: Query) -> Result<Option<AnyRow>, StoreError> {
        // Not fetch_optional: it stops a writing statement after its first row, before the statement has ended.
        Ok(self.all(query).await?.into_iter().next())
    }

    pub(crate) async fn all(&mut self, query: Query) -> Result<Vec<AnyRow>, StoreError> {
        let rows = query.fetch_all(self.connection()?).await;
        rows.map_err(|error| self.db.fault(error))
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.end("COMMIT").await
    }

    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, how: &'static str) -> Result<(), StoreError> {
        let ended = sqlx::raw_sql(how).execute(self.connection()?).await;
        ended.map_err(|error| self.db.fault(error))?;
        // Fit for the next transaction: back into the pool.
        drop(self.connection.take());
        Ok(())
    }

    fn connection(&mut self) -> Result<&mut AnyConnection, StoreError> {
        self.connection.as_deref_mut().ok_or(StoreError::Database(sqlx::Error::PoolClosed))
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        // Left in the middle, in an unknown state: closing the connection ends the transaction for certain.
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

/// Typed reading of a row's columns.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> Result<String, StoreError>;
    fn int(&self, column: &str) -> Result<i64, StoreError>;

    fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    fn json(&self, column: &str) -> Result<Value, StoreError> {
        serde_json::from_str(&self.text(column)?)
            .map_err(|error| StoreError::Corrupt { what: format!("a stored {column}"), problem: error.to_string() })
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> Result<String, StoreError> {
        self.try_get(column).map_err(StoreError::Database)
    }

    fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.try_get(column).map_err(StoreError::Database)
    }
}

/// A duration as the database counts: whole milliseconds.
pub(crate) fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{place, sqlite};

    async fn open(folder: &std::path::Path) -> Db {
        let path = place::prepare_database(&folder.join("x.db")).unwrap();
        sqlite::open(&path).await.unwrap()
    }

    async fn rows(db: &Db) -> i64 {
        let row = db.one(db.query("SELECT COUNT(*) AS n FROM account")).await.unwrap().unwrap();
        row.int("n").unwrap()
    }

    fn account(tx: &Write, id: &str) -> Query {
        let sql = "INSERT INTO account (id, unlimited, balance, held, created_at) VALUES ($1, 0, 0, 0, {now})";
        tx.query(sql).bind(id.to_owned())
    }

    #[tokio::test]
    async fn a_transaction_that_is_not_committed_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(folder.path()).await;
        for end in ["drop", "roll back", "commit"] {
            // More often than there are connections.
            for round in 0..10 {
                let mut tx = db.write().await.unwrap();
                let new = account(&tx, &format!("{end}{round}"));
                tx.run(new).await.unwrap();
                match end {
                    "commit" => tx.commit().await.unwrap(),
                    "roll back" => tx.rollback().await.unwrap(),
                    _ => drop(tx),
                }
            }
        }
        assert_eq!(rows(&db).await, 10);
    }

    #[tokio::test]
    async fn the_store_works_on_after_a_full_disk() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(folder.path()).await;
        for round in 0..10 {
            let mut tx = db.write().await.unwrap();
            // SQLite's own way to run out of room; it ends the transaction by itself, as on a full disk.
            tx.all(tx.query("PRAGMA max_page_count = 1")).await.unwrap();
            let big = account(&tx, &"x".repeat(1_000_000));
            let error = tx.run(big).await.unwrap_err();
            assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
            drop(tx);
            let mut tx = db.write().await.unwrap();
            let new = account(&tx, &round.to_string());
            tx.run(new).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(rows(&db).await, 10);
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_nothing_locked() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(folder.path()).await;
        for polls in 0..12 {
            let mut work = Box::pin(async {
                let mut tx = db.write().await?;
                let new = account(&tx, "gone");
                tx.run(new).await?;
                // Never gets further than this.
                std::future::pending::<()>().await;
                tx.commit().await
            });
            for _ in 0..polls {
                let _ = futures::poll!(&mut work);
                tokio::task::yield_now().await;
            }
        }
        let mut tx = db.write().await.unwrap();
        let new = account(&tx, "stays");
        tx.run(new).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows(&db).await, 1);
    }
}
