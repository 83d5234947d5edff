//! The MCP side's memory: which session of the backend a session of ours stands for, what work is going on in it, and
//! which requests were answered already. Bodies are the director's own.

mod requests;
mod works;

use serde_json::Value;
use sqlx::any::AnyRow;

pub use requests::{Request, RequestKey};
pub use works::{WORK_RUNNING, Work};

use super::db::{Columns as _, Db};
use super::error::StoreError;

/// A session as clients know it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontSession {
    /// Ours to mint, for clients to keep.
    pub id: String,
    /// Whose it is.
    pub client: String,
    /// The skill it was opened with.
    pub skill: String,
    /// `local` or `cloud`, and where.
    pub backend: String,
    /// The backend's id; empty until it has one.
    pub sid: String,
    /// The backend's task; empty until it has one.
    pub task_id: String,
    /// Whatever else the director keeps.
    pub body: Value,
    /// When it was opened, in ms since the epoch; set by the store.
    pub created_at: i64,
    /// When it was last used; set by the store.
    pub used_at: i64,
}

/// The MCP side's memory, as one part of the store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Front {
    db: Db,
}

impl Front {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Keeps a new session and gives it with its times.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id is taken.
    pub async fn open_session(&self, new: FrontSession) -> Result<FrontSession, StoreError> {
        let mut tx = self.db.write().await?;
        let query = tx
            .query(
                "INSERT INTO front_session (id, client, skill, backend, sid, task_id, body, created_at, used_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, {now}) ON CONFLICT (id) DO NOTHING RETURNING *",
            )
            .bind(new.id.clone())
            .bind(new.client)
            .bind(new.skill)
            .bind(new.backend)
            .bind(new.sid)
            .bind(new.task_id)
            .bind(new.body.to_string());
        let row = tx.one(query).await?.ok_or_else(|| StoreError::conflict("session", &new.id))?;
        tx.commit().await?;
        session(&row)
    }

    /// A client's session; none where there is no such one or it is another client's.
    pub async fn session(&self, client: &str, id: &str) -> Result<Option<FrontSession>, StoreError> {
        let query = self.db.query("SELECT * FROM front_session WHERE id = $1 AND client = $2");
        let query = query.bind(id.to_owned()).bind(client.to_owned());
        self.db.one(query).await?.as_ref().map(session).transpose()
    }

    /// Reads a session, lets `change` change it, and writes it back as the last used, in one transaction. Id, client
    /// and times stay. Gives what was written.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the client has no such session.
    pub async fn update_session(
        &self,
        client: &str,
        id: &str,
        change: impl FnOnce(&mut FrontSession) + Send,
    ) -> Result<FrontSession, StoreError> {
        let mut tx = self.db.write().await?;
        // Writing first locks the row until the transaction ends.
        let query = tx.query("UPDATE front_session SET used_at = {now} WHERE id = $1 AND client = $2 RETURNING *");
        let row = tx.one(query.bind(id.to_owned()).bind(client.to_owned())).await?;
        let before = session(&row.ok_or_else(|| StoreError::not_found("session", id))?)?;
        let mut after = before.clone();
        change(&mut after);
        let after = FrontSession {
            id: before.id,
            client: before.client,
            created_at: before.created_at,
            used_at: before.used_at,
            ..after
        };
        let query = tx
            .query("UPDATE front_session SET skill = $2, backend = $3, sid = $4, task_id = $5, body = $6 WHERE id = $1")
            .bind(after.id.clone())
            .bind(after.skill.clone())
            .bind(after.backend.clone())
            .bind(after.sid.clone())
            .bind(after.task_id.clone())
            .bind(after.body.to_string());
        tx.run(query).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// A client's sessions, the last used first.
    pub async fn recent_sessions(&self, client: &str, limit: u32) -> Result<Vec<FrontSession>, StoreError> {
        let query = "SELECT * FROM front_session WHERE client = $1 ORDER BY used_at DESC, created_at DESC, id LIMIT $2";
        let query = self.db.query(query).bind(client.to_owned()).bind(i64::from(limit));
        self.db.all(query).await?.iter().map(session).collect()
    }
}

fn session(row: &AnyRow) -> Result<FrontSession, StoreError> {
    Ok(FrontSession {
        id: row.text("id")?,
        client: row.text("client")?,
        skill: row.text("skill")?,
        backend: row.text("backend")?,
        sid: row.text("sid")?,
        task_id: row.text("task_id")?,
        body: row.json("body")?,
        created_at: row.int("created_at")?,
        used_at: row.int("used_at")?,
    })
}
