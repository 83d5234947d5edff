//! Turns and exports: the work behind a handle. The process that follows a piece of work owns it under a lease; when
//! that process dies, another one adopts the work and asks the backend how it went.

use std::time::Duration;

use serde_json::Value;
use sqlx::any::AnyRow;

use super::Front;
use crate::db::{Columns as _, millis};
use crate::error::StoreError;

/// The status of work that is going on; any other means that it is over.
pub const WORK_RUNNING: &str = "running";

/// A turn or an export.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    /// The handle, ours to mint.
    pub id: String,
    /// The front session.
    pub session: String,
    /// Whose it is.
    pub client: String,
    /// `turn` or `export`.
    pub kind: String,
    /// [`WORK_RUNNING`], or how it ended.
    pub status: String,
    /// Digest of the call's arguments, to find the same call again.
    pub digest: String,
    /// Whatever else the director keeps.
    pub body: Value,
    /// The process that follows it.
    pub owner: String,
    /// When it began, in ms since the epoch; set by the store.
    pub created_at: i64,
    /// When it last changed; set by the store.
    pub updated_at: i64,
}

impl Front {
    /// Keeps a new piece of work, owned by `new.owner` for as long as `lease`, and gives it with its times.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id is taken.
    pub async fn open_work(&self, new: Work, lease: Duration) -> Result<Work, StoreError> {
        let mut tx = self.db.write().await?;
        let query = tx
            .query(
                "INSERT INTO work (id, session, client, kind, status, digest, body, owner, lease_until, created_at,
                    updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {now} + $9, {now}, {now})
                 ON CONFLICT (id) DO NOTHING RETURNING *",
            )
            .bind(new.id.clone())
            .bind(new.session)
            .bind(new.client)
            .bind(new.kind)
            .bind(new.status)
            .bind(new.digest)
            .bind(new.body.to_string())
            .bind(new.owner)
            .bind(millis(lease));
        let row = tx.one(query).await?.ok_or_else(|| StoreError::conflict("work", &new.id))?;
        tx.commit().await?;
        work(&row)
    }

    /// A client's work; none where there is no such one or it is another client's.
    pub async fn work(&self, client: &str, id: &str) -> Result<Option<Work>, StoreError> {
        let query = self.db.query("SELECT * FROM work WHERE id = $1 AND client = $2");
        self.db.one(query.bind(id.to_owned()).bind(client.to_owned())).await?.as_ref().map(work).transpose()
    }

    /// Reads a piece of work, lets `change` change its status and body, and writes it back, in one transaction. None
    /// where `owner` does not own it (any more): then nothing was written.
    pub async fn update_work(
        &self,
        owner: &str,
        id: &str,
        change: impl FnOnce(&mut Work) + Send,
    ) -> Result<Option<Work>, StoreError> {
        let mut tx = self.db.write().await?;
        // Writing first locks the row until the transaction ends.
        let query = tx.query("UPDATE work SET updated_at = {now} WHERE id = $1 AND owner = $2 RETURNING *");
        let Some(row) = tx.one(query.bind(id.to_owned()).bind(owner.to_owned())).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        let before = work(&row)?;
        let mut after = before.clone();
        change(&mut after);
        let after = Work { status: after.status, body: after.body, ..before };
        let query = tx
            .query("UPDATE work SET status = $2, body = $3 WHERE id = $1")
            .bind(after.id.clone())
            .bind(after.status.clone())
            .bind(after.body.to_string());
        tx.run(query).await?;
        tx.commit().await?;
        Ok(Some(after))
    }

    /// A session's work, the newest first.
    pub async fn works(&self, client: &str, session: &str, limit: u32) -> Result<Vec<Work>, StoreError> {
        let query = "SELECT * FROM work WHERE client = $1 AND session = $2 ORDER BY created_at DESC, id LIMIT $3";
        let query = self.db.query(query).bind(client.to_owned()).bind(session.to_owned()).bind(i64::from(limit));
        self.db.all(query).await?.iter().map(work).collect()
    }

    /// Work of the same client and session with the same digest that began no longer than `within` ago and still runs.
    pub async fn running_like(
        &self,
        client: &str,
        session: &str,
        digest: &str,
        within: Duration,
    ) -> Result<Option<Work>, StoreError> {
        let query = "SELECT * FROM work WHERE client = $1 AND session = $2 AND digest = $3 AND status = 'running'
                     AND created_at >= {now} - $4 ORDER BY created_at DESC, id LIMIT 1";
        let query = self.db.query(query).bind(client.to_owned()).bind(session.to_owned());
        let query = query.bind(digest.to_owned()).bind(millis(within));
        self.db.one(query).await?.as_ref().map(work).transpose()
    }

    /// Takes over all running work whose owner let its lease run out.
    pub async fn adopt_works(&self, owner: &str, lease: Duration) -> Result<Vec<Work>, StoreError> {
        let idle = self.db.query("SELECT id FROM work WHERE status = 'running' AND lease_until <= {now} LIMIT 1");
        if self.db.one(idle).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = self.db.write().await?;
        let query = tx.query(
            "UPDATE work SET owner = $1, lease_until = {now} + $2, updated_at = {now}
             WHERE status = 'running' AND lease_until <= {now} RETURNING *",
        );
        let rows = tx.all(query.bind(owner.to_owned()).bind(millis(lease))).await?;
        tx.commit().await?;
        rows.iter().map(work).collect()
    }

    /// Renews the lease on all of an owner's running work; gives how many pieces there are.
    pub async fn keep_works(&self, owner: &str, lease: Duration) -> Result<u64, StoreError> {
        let query = "UPDATE work SET lease_until = {now} + $2 WHERE owner = $1 AND status = 'running'";
        self.db.run(self.db.query(query).bind(owner.to_owned()).bind(millis(lease))).await
    }

    /// Ends the leases of a process that died, by what its owners' names begin with.
    pub(crate) async fn release_works(&self, dead: &str) -> Result<u64, StoreError> {
        let query =
            "UPDATE work SET lease_until = {now} WHERE owner LIKE $1 AND status = 'running' AND lease_until > {now}";
        self.db.run(self.db.query(query).bind(format!("{dead}%"))).await
    }

    /// Lets go of all of an owner's running work, for a clean stop: whoever comes next adopts it at once.
    pub async fn let_go_of_works(&self, owner: &str) -> Result<u64, StoreError> {
        let query = "UPDATE work SET owner = '', lease_until = {now} WHERE owner = $1 AND status = 'running'";
        self.db.run(self.db.query(query).bind(owner.to_owned())).await
    }
}

fn work(row: &AnyRow) -> Result<Work, StoreError> {
    Ok(Work {
        id: row.text("id")?,
        session: row.text("session")?,
        client: row.text("client")?,
        kind: row.text("kind")?,
        status: row.text("status")?,
        digest: row.text("digest")?,
        // A damaged one must not keep the others from being read; the director says of it what can be said.
        body: row.json("body").unwrap_or_default(),
        owner: row.text("owner")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
    })
}
