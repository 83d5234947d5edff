//! Request ids: a call that a client repeats under the same id gives the first answer again and does nothing twice.

use std::time::Duration;

use super::Front;
use crate::db::{Columns as _, millis};
use crate::error::StoreError;

/// How long an id is remembered, from its first call on.
const LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long a claimed id may be without its work before we take the claimer for dead. Between the two lie a few
/// statements and at most the opening of a session at the backend.
const ORPHAN: Duration = Duration::from_secs(120);

/// A call as the client names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The client.
    pub client: String,
    /// The tool.
    pub tool: String,
    /// The client's id for the call.
    pub request_id: String,
    /// Digest of the call's arguments.
    pub digest: String,
}

/// What is known of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Nothing: it is the caller's to do now, under the handle given.
    Claimed,
    /// It is being done, or was done, under this handle: the answer is kept with the work.
    Running {
        /// The handle of the first call; its work may not have begun yet.
        work: String,
    },
    /// The id stands for a call with other arguments.
    Mismatch,
}

impl Front {
    /// Claims a request id for a call that will run under the handle `work`, or tells what became of the first call.
    pub async fn request(&self, key: &RequestKey, work: &str) -> Result<Request, StoreError> {
        self.request_within(key, work, LIFE, ORPHAN).await
    }

    async fn request_within(
        &self,
        key: &RequestKey,
        work: &str,
        life: Duration,
        orphan: Duration,
    ) -> Result<Request, StoreError> {
        let mut tx = self.db.write().await?;
        let old = tx.query("DELETE FROM request WHERE at <= {now} - $1").bind(millis(life));
        tx.run(old).await?;
        let orphaned = tx.query(
            "DELETE FROM request WHERE client = $1 AND tool = $2 AND request_id = $3
             AND at <= {now} - $4 AND NOT EXISTS (SELECT 1 FROM work WHERE work.id = request.work)",
        );
        tx.run(with_key(orphaned, key).bind(millis(orphan))).await?;
        let claim = tx.query(
            "INSERT INTO request (client, tool, request_id, digest, work, answered, answer, at)
             VALUES ($1, $2, $3, $4, $5, 0, 'null', {now}) ON CONFLICT (client, tool, request_id) DO NOTHING",
        );
        let claimed = tx.run(with_key(claim, key).bind(key.digest.clone()).bind(work.to_owned())).await? == 1;
        let query = tx.query("SELECT * FROM request WHERE client = $1 AND tool = $2 AND request_id = $3");
        let row =
            tx.one(with_key(query, key)).await?.ok_or_else(|| StoreError::not_found("request", &key.request_id))?;
        tx.commit().await?;
        if claimed {
            return Ok(Request::Claimed);
        }
        if row.text("digest")? != key.digest {
            return Ok(Request::Mismatch);
        }
        Ok(Request::Running { work: row.text("work")? })
    }

    /// Gives a claimed request id free again, where the call failed before it did anything: a repeat tries anew.
    pub async fn forget_request(&self, key: &RequestKey) -> Result<(), StoreError> {
        let query =
            self.db.query("DELETE FROM request WHERE client = $1 AND tool = $2 AND request_id = $3 AND digest = $4");
        self.db.run(with_key(query, key).bind(key.digest.clone())).await.map(drop)
    }
}

fn with_key(query: crate::db::Query, key: &RequestKey) -> crate::db::Query {
    query.bind(key.client.clone()).bind(key.tool.clone()).bind(key.request_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, WORK_RUNNING, Work, file_url, sqlite_url};

    const NO_TIME: Duration = Duration::ZERO;

    async fn store(folder: &std::path::Path) -> Store {
        Store::open(&sqlite_url(&folder.join("x.db")), &file_url(&folder.join("blobs"))).await.unwrap()
    }

    fn key() -> RequestKey {
        let text = String::from;
        RequestKey { client: text("cli"), tool: text("export"), request_id: text("r1"), digest: text("d1") }
    }

    #[tokio::test]
    async fn an_id_is_forgotten_after_its_life() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        store.front().request(&key(), "w1").await.unwrap();
        let later = RequestKey { digest: "d2".into(), ..key() };
        let found = store.front().request_within(&later, "w2", NO_TIME, ORPHAN).await.unwrap();
        assert_eq!(found, Request::Claimed);
    }

    #[tokio::test]
    async fn an_id_whose_claimer_died_before_its_work_began_can_be_claimed_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        store.front().request(&key(), "w1").await.unwrap();
        let found = store.front().request_within(&key(), "w2", LIFE, NO_TIME).await.unwrap();
        assert_eq!(found, Request::Claimed);
        // Once its work has begun it is that work's, however long it takes.
        let work = Work { id: "w2".into(), status: WORK_RUNNING.into(), ..Work::default() };
        store.front().open_work(work, NO_TIME).await.unwrap();
        let found = store.front().request_within(&key(), "w3", LIFE, NO_TIME).await.unwrap();
        assert_eq!(found, Request::Running { work: "w2".into() });
    }
}
