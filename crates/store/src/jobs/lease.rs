//! The worker's side of a job: claim, beat, finish, give back. Everything is fenced by the attempt.

use std::time::Duration;

use serde_json::json;
use sqlx::any::AnyRow;

use super::job::{Heartbeat, Job, JobOutcome, JobState, read_job, stored_progress};
use super::{JobEnd, Jobs};
use crate::db::{Columns as _, Query, Write, millis};
use crate::error::StoreError;

impl Jobs {
    /// Claims the oldest job of these kinds that waits, or whose worker let its lease run out. There is no reaper: an
    /// expired lease is simply claimable. On the way, jobs that have used up their attempts are buried and cancelled
    /// ones ended.
    pub async fn claim(&self, worker: &str, kinds: &[&str], lease: Duration) -> Result<Option<Job>, StoreError> {
        if kinds.is_empty() {
            return Ok(None);
        }
        // Most looks find nothing; they shall not take the write lock.
        if self.db.one(self.candidate(kinds, "")).await?.is_none() {
            return Ok(None);
        }
        let mut tx = self.db.write().await?;
        let mut ended = Vec::new();
        let claimed = loop {
            let Some(row) = tx.one(self.candidate(kinds, "{skip_locked}")).await? else { break None };
            let id = row.text("id")?;
            let used = row.int("attempt")? - row.int("returned")?;
            if row.flag("cancel")? {
                end(&mut tx, &row, JobState::Cancelled).await?;
            } else if used >= row.int("max_attempts")? {
                end(&mut tx, &row, JobState::Dead).await?;
            } else if let Some(job) = take(&mut tx, &id, worker, lease).await? {
                break Some(job);
            } else {
                // A payload that cannot be read will never run; left queued it would block all behind it.
                end(&mut tx, &row, JobState::Dead).await?;
            }
            ended.push(id);
        };
        tx.commit().await?;
        for id in ended.iter().chain(claimed.as_ref().map(|job| &job.id)) {
            self.hints.news(id);
        }
        Ok(claimed)
    }

    fn candidate(&self, kinds: &[&str], tail: &str) -> Query {
        let marks: Vec<String> = (1..=kinds.len()).map(|number| format!("${number}")).collect();
        let sql = format!(
            "SELECT id, account, held, attempt, returned, max_attempts, cancel, result FROM job
             WHERE state IN ('queued', 'running') AND run_at <= {{now}} AND kind IN ({})
             ORDER BY created_at, id LIMIT 1 {tail}",
            marks.join(", ")
        );
        kinds.iter().fold(self.db.query(sql), |query, kind| query.bind((*kind).to_owned()))
    }

    /// Renews the lease and reports progress (0 to 1).
    pub async fn beat(&self, job: &Job, progress: f32) -> Result<Heartbeat, StoreError> {
        let mut tx = self.db.write().await?;
        let query = tx
            .query(
                "UPDATE job SET run_at = {now} + $3, progress = $4, updated_at = {now}
                 WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING cancel",
            )
            .bind(job.id.clone())
            .bind(job.attempt)
            .bind(millis(job.lease))
            .bind(stored_progress(progress));
        let Some(row) = tx.one(query).await? else {
            tx.rollback().await?;
            return Ok(Heartbeat::Lost);
        };
        tx.commit().await?;
        self.hints.news(&job.id);
        Ok(Heartbeat::Mine { cancel: row.flag("cancel")? })
    }

    /// Ends an attempt: the job's next state and what happens to its credits, in one transaction. False where the job
    /// no longer is this attempt's; then nothing was written.
    ///
    /// A failure after somebody asked for the job's end counts as cancelled; a finished job stays finished.
    pub async fn finish(&self, job: &Job, outcome: JobOutcome) -> Result<bool, StoreError> {
        let mut tx = self.db.write().await?;
        let Some(row) = lock(&mut tx, job).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        let spent = row.int("attempt")? - row.int("returned")? >= row.int("max_attempts")?;
        let cancel = row.flag("cancel")?;
        let (state, result, charged) = match outcome {
            JobOutcome::Done { result, charged } => (JobState::Done, Some(result), Some(charged.unwrap_or(i64::MAX))),
            JobOutcome::Cancelled => (JobState::Cancelled, None, None),
            JobOutcome::Failed { error, .. } if cancel => (JobState::Cancelled, Some(error), None),
            JobOutcome::Failed { error, retry: None } => (JobState::Failed, Some(error), None),
            JobOutcome::Failed { error, retry: Some(_) } if spent => (JobState::Dead, Some(error), None),
            JobOutcome::Failed { error, retry: Some(pause) } => {
                let query = tx.query(
                    "UPDATE job SET state = 'queued', worker = '', run_at = {now} + $2, result = $3 WHERE id = $1",
                );
                let query = query.bind(job.id.clone()).bind(millis(pause)).bind(error.to_string());
                tx.run(query).await?;
                tx.commit().await?;
                self.hints.queued();
                self.hints.news(&job.id);
                return Ok(true);
            }
        };
        let ending = JobEnd { account: row.text("account")?, held: row.int("held")?, state };
        ending.write(&mut tx, &job.id, result.map(|result| result.to_string()), charged).await?;
        tx.commit().await?;
        self.hints.news(&job.id);
        Ok(true)
    }

    /// Ends the leases of a process that died, by what its workers' names begin with. The attempts count: a job that
    /// kills its process is given up in the end.
    pub(crate) async fn release(&self, dead: &str) -> Result<u64, StoreError> {
        let query = "UPDATE job SET run_at = {now}, updated_at = {now}
                     WHERE worker LIKE $1 AND state = 'running' AND run_at > {now}";
        let released = self.db.run(self.db.query(query).bind(format!("{dead}%"))).await?;
        if released > 0 {
            self.hints.queued();
        }
        Ok(released)
    }

    /// Gives a job back unfinished, for a clean stop: it can be claimed at once, and the attempt does not count. False
    /// where it no longer is this attempt's.
    pub async fn give_back(&self, job: &Job) -> Result<bool, StoreError> {
        let query = self.db.query(
            "UPDATE job SET state = 'queued', worker = '', run_at = {now}, returned = returned + 1, updated_at = {now}
             WHERE id = $1 AND attempt = $2 AND state = 'running'",
        );
        let touched = self.db.run(query.bind(job.id.clone()).bind(job.attempt)).await?;
        if touched > 0 {
            self.hints.queued();
        }
        Ok(touched > 0)
    }
}

/// Locks a job that still is this attempt's.
async fn lock(tx: &mut Write, job: &Job) -> Result<Option<AnyRow>, StoreError> {
    let query = tx.query(
        "UPDATE job SET updated_at = {now} WHERE id = $1 AND attempt = $2 AND state = 'running'
         RETURNING account, held, cancel, attempt, returned, max_attempts",
    );
    tx.one(query.bind(job.id.clone()).bind(job.attempt)).await
}

/// Takes a candidate. None where what is stored cannot be read as a job.
async fn take(tx: &mut Write, id: &str, worker: &str, lease: Duration) -> Result<Option<Job>, StoreError> {
    let query = tx
        .query(
            "UPDATE job SET state = 'running', attempt = attempt + 1, run_at = {now} + $2, worker = $3, progress = 0,
                updated_at = {now} WHERE id = $1 RETURNING *",
        )
        .bind(id.to_owned())
        .bind(millis(lease))
        .bind(worker.to_owned());
    let row = tx.one(query).await?.ok_or_else(|| StoreError::not_found("job", id))?;
    match read_job(&row) {
        Ok(job) => Ok(Some(Job { lease, ..job })),
        Err(StoreError::Corrupt { problem, .. }) => {
            tracing::warn!(job = id, problem, "a stored job cannot be read and is given up");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Ends a candidate that shall not run. A dead job keeps its last failure; where it has none, its workers were lost.
async fn end(tx: &mut Write, row: &AnyRow, state: JobState) -> Result<(), StoreError> {
    let lost = (state == JobState::Dead && row.text("result")? == "null")
        .then(|| json!({ "code": "worker_lost", "attempts": row.int("attempt").unwrap_or(0) }).to_string());
    let ending = JobEnd { account: row.text("account")?, held: row.int("held")?, state };
    ending.write(tx, &row.text("id")?, lost, None).await
}
