//! What jobs say while they run, for whoever follows them.

use serde_json::Value;
use sqlx::any::AnyRow;

use super::Jobs;
use super::job::{Job, JobEvent, JobNews};
use crate::db::Columns as _;
use crate::error::StoreError;

impl Jobs {
    /// Adds an event to a running job's sequence and gives its place.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the job no longer is this attempt's.
    pub async fn say(&self, job: &Job, body: &Value) -> Result<i64, StoreError> {
        let mut tx = self.db.write().await?;
        let query = tx.query(
            "UPDATE job SET events = events + 1, updated_at = {now}
             WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING events",
        );
        let row = tx.one(query.bind(job.id.clone()).bind(job.attempt)).await?;
        let seq = row.ok_or_else(|| StoreError::LeaseLost { job: job.id.clone() })?.int("events")?;
        let query = tx.query("INSERT INTO job_event (job, seq, attempt, body) VALUES ($1, $2, $3, $4)");
        tx.run(query.bind(job.id.clone()).bind(seq).bind(job.attempt).bind(body.to_string())).await?;
        tx.commit().await?;
        self.hints.news(&job.id);
        Ok(seq)
    }

    /// A job's events after a place in its sequence (0: all).
    pub async fn heard(&self, job: &str, after_seq: i64) -> Result<Vec<JobEvent>, StoreError> {
        let query = "SELECT seq, attempt, body FROM job_event WHERE job = $1 AND seq > $2 ORDER BY seq";
        self.db.all(self.db.query(query).bind(job.to_owned()).bind(after_seq)).await?.iter().map(heard).collect()
    }

    /// A job and its events after a place in its sequence. To follow a job: [`Jobs::listen`] first, then read the news
    /// and wait, in turns, until the job is over.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such job.
    pub async fn news(&self, job: &str, after_seq: i64) -> Result<JobNews, StoreError> {
        // The job first: whatever it said before it was over is then among the events.
        let state = self.get(job).await?.ok_or_else(|| StoreError::not_found("job", job))?;
        Ok(JobNews { job: state, events: self.heard(job, after_seq).await? })
    }
}

fn heard(row: &AnyRow) -> Result<JobEvent, StoreError> {
    Ok(JobEvent { seq: row.int("seq")?, attempt: row.int("attempt")?, body: row.json("body")? })
}
