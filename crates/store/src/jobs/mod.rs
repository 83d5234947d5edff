//! The queue: jobs with leases, attempts and credits. A job runs at least once; its end and its charge happen exactly
//! once.

mod events;
mod job;
mod lease;

use std::sync::Arc;

use tokio::sync::watch;

pub use job::{Cancelling, Enqueued, Heartbeat, Job, JobEvent, JobNews, JobOutcome, JobState, NewJob};

use super::db::{Columns as _, Db, Write};
use super::error::StoreError;
use super::hints::{Hints, JobListener};
use super::ledger::{self, Hold};
use job::read_job;

/// Jobs, as one part of the store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Jobs {
    db: Db,
    hints: Arc<Hints>,
}

impl Jobs {
    pub(super) fn new(db: Db, hints: Arc<Hints>) -> Self {
        Self { db, hints }
    }

    /// Accepts a job and holds its cost, in one transaction. Enqueued again under the same id it does nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such account; [`StoreError::Conflict`] where the id is that of
    /// another account's job.
    pub async fn enqueue(&self, new: NewJob) -> Result<Enqueued, StoreError> {
        let mut tx = self.db.write().await?;
        // The account first: a job of an unknown account shall not be reported as a broken reference.
        let known = tx.query("SELECT id FROM account WHERE id = $1").bind(new.account.clone());
        if tx.one(known).await?.is_none() {
            return Err(StoreError::not_found("account", &new.account));
        }
        let query = tx
            .query(
                "INSERT INTO job (id, account, session, kind, state, attempt, returned, max_attempts, run_at, worker,
                    cancel, progress, cost, held, payload, result, events, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, 'queued', 0, 0, $5, {now}, '', 0, 0, $6, 0, $7, 'null', 0, {now}, {now})
                 ON CONFLICT (id) DO NOTHING",
            )
            .bind(new.id.clone())
            .bind(new.account.clone())
            .bind(new.session)
            .bind(new.kind)
            .bind(i64::from(new.max_attempts.max(1)))
            .bind(new.cost.max(0))
            .bind(new.payload.to_string());
        if tx.run(query).await? == 0 {
            let query = tx.query("SELECT * FROM job WHERE id = $1").bind(new.id.clone());
            let row = tx.one(query).await?.ok_or_else(|| StoreError::not_found("job", &new.id))?;
            let job = read_job(&row)?;
            tx.rollback().await?;
            return match job.account == new.account {
                true => Ok(Enqueued::Repeat(job)),
                false => Err(StoreError::conflict("job", &new.id)),
            };
        }
        match ledger::hold(&mut tx, &new.account, &new.id, new.cost).await? {
            Hold::Short { available } => {
                tx.rollback().await?;
                return Ok(Enqueued::NoCredits { available, needed: new.cost });
            }
            Hold::Held(0) => {}
            Hold::Held(held) => {
                let query = tx.query("UPDATE job SET held = $2 WHERE id = $1").bind(new.id).bind(held);
                tx.run(query).await?;
            }
        }
        tx.commit().await?;
        self.hints.queued();
        Ok(Enqueued::New)
    }

    /// Asks for a job's end: at once where nobody works on it, else at its worker's next beat.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such job.
    pub async fn cancel(&self, id: &str) -> Result<Cancelling, StoreError> {
        let mut tx = self.db.write().await?;
        let query = tx.query(
            "UPDATE job SET cancel = 1, updated_at = {now} WHERE id = $1 AND state IN ('queued', 'running')
             RETURNING account, held, CASE WHEN state = 'queued' OR run_at <= {now} THEN 1 ELSE 0 END AS idle",
        );
        let Some(row) = tx.one(query.bind(id.to_owned())).await? else {
            tx.rollback().await?;
            let job = self.get(id).await?.ok_or_else(|| StoreError::not_found("job", id))?;
            return Ok(Cancelling::Over(job.state));
        };
        let idle = row.flag("idle")?;
        if idle {
            let ending = JobEnd { account: row.text("account")?, held: row.int("held")?, state: JobState::Cancelled };
            ending.write(&mut tx, id, None, None).await?;
        }
        tx.commit().await?;
        self.hints.cancel(id);
        if idle {
            self.hints.news(id);
        }
        Ok(if idle { Cancelling::Now } else { Cancelling::Asked })
    }

    /// A job as it stands.
    pub async fn get(&self, id: &str) -> Result<Option<Job>, StoreError> {
        let query = self.db.query("SELECT * FROM job WHERE id = $1").bind(id.to_owned());
        self.db.one(query).await?.as_ref().map(read_job).transpose()
    }

    /// A session's jobs that are not over, the oldest first.
    pub async fn active(&self, session: &str) -> Result<Vec<Job>, StoreError> {
        let query = "SELECT * FROM job WHERE session = $1 AND state IN ('queued', 'running') ORDER BY created_at, id";
        self.db.all(self.db.query(query).bind(session.to_owned())).await?.iter().map(read_job).collect()
    }

    /// Hints about one job within this process.
    pub fn listen(&self, id: &str) -> JobListener {
        self.hints.listen(id)
    }

    /// Changes whenever a job became claimable through this process.
    pub fn queue_hints(&self) -> watch::Receiver<u64> {
        self.hints.queue()
    }
}

/// Checks inside a transaction that a job still is this attempt's, and keeps it so until the transaction ends.
pub(super) async fn still_mine(tx: &mut Write, job: &Job) -> Result<(), StoreError> {
    let query = tx.query("UPDATE job SET updated_at = {now} WHERE id = $1 AND attempt = $2 AND state = 'running'");
    match tx.run(query.bind(job.id.clone()).bind(job.attempt)).await? {
        0 => Err(StoreError::LeaseLost { job: job.id.clone() }),
        _ => Ok(()),
    }
}

/// The end of a job whose row the transaction has locked.
struct JobEnd {
    account: String,
    held: i64,
    state: JobState,
}

impl JobEnd {
    /// Writes the terminal state and settles (`charged`) or releases the hold. A result left out keeps the last one.
    async fn write(
        self,
        tx: &mut Write,
        job: &str,
        result: Option<String>,
        charged: Option<i64>,
    ) -> Result<(), StoreError> {
        let sql = match result {
            Some(_) => {
                "UPDATE job SET state = $2, worker = '', held = 0, updated_at = {now}, result = $3 WHERE id = $1"
            }
            None => "UPDATE job SET state = $2, worker = '', held = 0, updated_at = {now} WHERE id = $1",
        };
        let query = tx.query(sql).bind(job.to_owned()).bind(self.state.word());
        let query = match result {
            Some(result) => query.bind(result),
            None => query,
        };
        tx.run(query).await?;
        ledger::end_hold(tx, &self.account, job, self.held, charged).await
    }
}
