//! A kind of job, as the engine is told of it: a serializable struct with a name and a run. What the struct holds is
//! stored with the job; what all jobs of the kind share is its context.

use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::control::JobControl;
use crate::{Job, JobOutcome, NewJob};

/// A kind of job.
///
/// A job may be run again (its worker died, it failed by accident), so its run must be safe to repeat: output goes under
/// `<job>/<attempt>/`, and what others see is written through the fenced calls alone. Long computations belong on a
/// blocking thread, with an eye on [`JobControl::cancelled`].
pub trait JobKind: Serialize + DeserializeOwned + Send + 'static {
    /// The name that its jobs are stored under.
    const NAME: &'static str;
    /// Attempts before a job counts as poison.
    const ATTEMPTS: u32;
    /// What all its jobs share.
    type Context: Send + Sync + 'static;

    /// Runs one attempt. A panic counts as a failed attempt.
    fn run(self, context: &Self::Context, job: &Job, control: &JobControl) -> impl Future<Output = JobOutcome> + Send;

    /// What comes of a job that is stored in a shape nobody can read; another attempt could not either.
    fn unreadable(error: serde_json::Error, job: &Job, control: &JobControl)
    -> impl Future<Output = JobOutcome> + Send;

    /// A job of this kind, to be completed by its id, its session and who pays what.
    fn to_job(&self) -> NewJob {
        NewJob { kind: Self::NAME.to_owned(), payload: json!(self), max_attempts: Self::ATTEMPTS, ..NewJob::default() }
    }
}

/// Does the work of one kind of job, whatever its shape: what the runner calls.
pub trait Handler: Send + Sync + 'static {
    /// Runs one attempt. A panic counts as a failed attempt.
    fn run(&self, job: Job, control: JobControl) -> BoxFuture<'_, JobOutcome>;
}

/// The handler of a kind, over its context.
pub(super) struct Registered<K: JobKind>(pub(super) K::Context);

impl<K: JobKind> Handler for Registered<K> {
    fn run(&self, job: Job, control: JobControl) -> BoxFuture<'_, JobOutcome> {
        Box::pin(async move {
            match serde_json::from_value::<K>(job.payload.clone()) {
                Ok(work) => work.run(&self.0, &job, &control).await,
                Err(error) => K::unreadable(error, &job, &control).await,
            }
        })
    }
}
