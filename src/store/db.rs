//! The connection pool, write transactions, and reading of rows.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, AnyPool, AssertSqlSafe, Row as _, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::dialect::Dialect;
use super::error::StoreError;

pub(crate) type Query = sqlx::query::Query<'static, Any, AnyArguments>;

/// A handle on the database; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    pool: AnyPool,
    dialect: Dialect,
    turn: Arc<Mutex<()>>,
}

impl Db {
    pub(crate) fn new(pool: AnyPool, dialect: Dialect) -> Self {
        Self { pool, dialect, turn: Arc::default() }
    }

    /// A statement, its tokens filled in. The text comes from this room alone, values are always bound.
    pub(crate) fn query(&self, sql: impl Into<Cow<'static, str>>) -> Query {
        sqlx::query(AssertSqlSafe(self.dialect.say(sql)))
    }

    pub(crate) async fn one(&self, query: Query) -> Result<Option<AnyRow>, StoreError> {
        Ok(query.fetch_optional(&self.pool).await?)
    }

    pub(crate) async fn all(&self, query: Query) -> Result<Vec<AnyRow>, StoreError> {
        Ok(query.fetch_all(&self.pool).await?)
    }

    /// Begins a transaction that writes. Dropped without [`Write::commit`], it leaves no trace.
    pub(crate) async fn write(&self) -> Result<Write, StoreError> {
        let turn = match self.dialect.one_writer {
            true => Some(self.turn.clone().lock_owned().await),
            false => None,
        };
        let tx = self.pool.begin_with(self.dialect.begin_write).await?;
        Ok(Write { tx, db: self.clone(), _turn: turn })
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

/// A write transaction. The fields' order matters: the transaction ends before the turn passes on.
pub(crate) struct Write {
    tx: Transaction<'static, Any>,
    db: Db,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Write {
    pub(crate) fn query(&self, sql: impl Into<Cow<'static, str>>) -> Query {
        self.db.query(sql)
    }

    pub(crate) async fn run(&mut self, query: Query) -> Result<u64, StoreError> {
        Ok(query.execute(&mut *self.tx).await?.rows_affected())
    }

    pub(crate) async fn one(&mut self, query: Query) -> Result<Option<AnyRow>, StoreError> {
        // Not fetch_optional: it stops a writing statement after its first row, before the statement has ended.
        Ok(query.fetch_all(&mut *self.tx).await?.into_iter().next())
    }

    pub(crate) async fn all(&mut self, query: Query) -> Result<Vec<AnyRow>, StoreError> {
        Ok(query.fetch_all(&mut *self.tx).await?)
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
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
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }
}

/// A duration as the database counts: whole milliseconds.
pub(crate) fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
