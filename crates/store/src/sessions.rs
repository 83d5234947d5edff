//! The studio's sessions. A session's state (its draft and media) is one JSON body with a revision number; earlier
//! revisions are kept so that edits can be undone.

use serde_json::Value;
use sqlx::any::AnyRow;

use super::db::{Columns as _, Db, Write};
use super::error::StoreError;
use super::jobs::{Job, still_mine};

/// Revisions kept of each session, the newest included.
const REVISIONS: i64 = 64;

/// A session to open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub id: String,
    /// The task it belongs to.
    pub task_id: String,
    /// Whose it is.
    pub account: String,
    /// Primary language tag; empty where none was given.
    pub language: String,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudioSession {
    /// Its id.
    pub id: String,
    /// The task it belongs to.
    pub task_id: String,
    /// Whose it is.
    pub account: String,
    /// Primary language tag; empty where none was given.
    pub language: String,
    /// The newest revision of its state; 0 is the empty object it starts with.
    pub rev: i64,
    /// When it was opened, in ms since the epoch.
    pub created_at: i64,
    /// When its state last changed, or [`StudioSessions::touch`] was last called.
    pub used_at: i64,
}

/// A state with its revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned {
    /// The revision, from 0.
    pub rev: i64,
    /// The state.
    pub body: Value,
}

/// Sessions, as one part of the store.
#[derive(Debug, Clone)]
pub struct StudioSessions {
    db: Db,
}

impl StudioSessions {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Opens a session with `{}` as its state, at revision 0.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id is taken.
    pub async fn create(&self, new: NewSession) -> Result<StudioSession, StoreError> {
        let mut tx = self.db.write().await?;
        let query = tx
            .query(
                "INSERT INTO session (id, task_id, account, language, rev, created_at, used_at, expires_at)
                 VALUES ($1, $2, $3, $4, 0, {now}, {now}, 0) ON CONFLICT (id) DO NOTHING RETURNING *",
            )
            .bind(new.id.clone())
            .bind(new.task_id)
            .bind(new.account)
            .bind(new.language);
        let row = tx.one(query).await?.ok_or_else(|| StoreError::conflict("session", &new.id))?;
        keep_revision(&mut tx, &new.id, 0, "{}").await?;
        tx.commit().await?;
        session(&row)
    }

    /// A session; none where there is no such one.
    pub async fn get(&self, id: &str) -> Result<Option<StudioSession>, StoreError> {
        let query = "SELECT * FROM session WHERE id = $1";
        self.db.one(self.db.query(query).bind(id.to_owned())).await?.as_ref().map(session).transpose()
    }

    /// An account's sessions, the last used first.
    pub async fn list(&self, account: &str, limit: u32) -> Result<Vec<StudioSession>, StoreError> {
        let query = "SELECT * FROM session WHERE account = $1
                     ORDER BY used_at DESC, created_at DESC, id LIMIT $2";
        let query = self.db.query(query).bind(account.to_owned()).bind(i64::from(limit));
        self.db.all(query).await?.iter().map(session).collect()
    }

    /// The newest state.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such session.
    pub async fn state(&self, id: &str) -> Result<Versioned, StoreError> {
        let query = "SELECT draft.rev, draft.body FROM session JOIN draft
                     ON draft.session = session.id AND draft.rev = session.rev
                     WHERE session.id = $1";
        let row = self.db.one(self.db.query(query).bind(id.to_owned())).await?;
        versioned(&row.ok_or_else(|| StoreError::not_found("session", id))?)
    }

    /// Writes the next state, if the newest is still the one the change was made from. Gives the new revision.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody was faster: read, change and write again.
    pub async fn put_state(&self, id: &str, expected_rev: i64, body: &Value) -> Result<i64, StoreError> {
        let mut tx = self.db.write().await?;
        let rev = put(&mut tx, id, expected_rev, body).await?;
        tx.commit().await?;
        Ok(rev)
    }

    /// [`Self::put_state`] on behalf of a job, in the same transaction with the proof that the job still is this
    /// attempt's.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where it is not: nothing was written.
    pub async fn put_state_for(&self, job: &Job, id: &str, expected_rev: i64, body: &Value) -> Result<i64, StoreError> {
        let mut tx = self.db.write().await?;
        still_mine(&mut tx, job).await?;
        let rev = put(&mut tx, id, expected_rev, body).await?;
        tx.commit().await?;
        Ok(rev)
    }

    /// The state as it was at a revision; none where it is not kept (any more).
    pub async fn revision(&self, id: &str, rev: i64) -> Result<Option<Versioned>, StoreError> {
        let query = "SELECT rev, body FROM draft WHERE session = $1 AND rev = $2";
        let query = self.db.query(query).bind(id.to_owned()).bind(rev);
        self.db.one(query).await?.as_ref().map(versioned).transpose()
    }

    /// The newest kept state before a revision.
    pub async fn newest_revision_before(&self, id: &str, rev: i64) -> Result<Option<Versioned>, StoreError> {
        let query = "SELECT rev, body FROM draft WHERE session = $1 AND rev < $2 ORDER BY rev DESC LIMIT 1";
        let query = self.db.query(query).bind(id.to_owned()).bind(rev);
        self.db.one(query).await?.as_ref().map(versioned).transpose()
    }

    /// Notes that a session is in use.
    pub async fn touch(&self, id: &str) -> Result<(), StoreError> {
        let query = self.db.query("UPDATE session SET used_at = {now} WHERE id = $1").bind(id.to_owned());
        self.db.run(query).await.map(drop)
    }
}

async fn put(tx: &mut Write, id: &str, expected_rev: i64, body: &Value) -> Result<i64, StoreError> {
    let query = tx.query("UPDATE session SET rev = rev + 1, used_at = {now} WHERE id = $1 AND rev = $2");
    if tx.run(query.bind(id.to_owned()).bind(expected_rev)).await? == 0 {
        let query = tx.query("SELECT rev FROM session WHERE id = $1");
        return Err(match tx.one(query.bind(id.to_owned())).await? {
            Some(_) => StoreError::conflict("session", id),
            None => StoreError::not_found("session", id),
        });
    }
    let rev = expected_rev + 1;
    keep_revision(tx, id, rev, &body.to_string()).await?;
    let query = tx.query("DELETE FROM draft WHERE session = $1 AND rev <= $2");
    tx.run(query.bind(id.to_owned()).bind(rev - REVISIONS)).await?;
    Ok(rev)
}

async fn keep_revision(tx: &mut Write, id: &str, rev: i64, body: &str) -> Result<(), StoreError> {
    let query = tx.query("INSERT INTO draft (session, rev, body, at) VALUES ($1, $2, $3, {now})");
    tx.run(query.bind(id.to_owned()).bind(rev).bind(body.to_owned())).await?;
    Ok(())
}

fn session(row: &AnyRow) -> Result<StudioSession, StoreError> {
    Ok(StudioSession {
        id: row.text("id")?,
        task_id: row.text("task_id")?,
        account: row.text("account")?,
        language: row.text("language")?,
        rev: row.int("rev")?,
        created_at: row.int("created_at")?,
        used_at: row.int("used_at")?,
    })
}

fn versioned(row: &AnyRow) -> Result<Versioned, StoreError> {
    Ok(Versioned { rev: row.int("rev")?, body: row.json("body")? })
}
