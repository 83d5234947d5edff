//! An errand: one thing a piece of work is sent for, such as a message to the agent or an export. Each tool brings its
//! own; work knows them by their names alone.

use std::future::Future;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::job::{Job, Stop, Went};
use super::record::{Handle, Planned, Record};
use crate::director::advice::{Call, Fault};

/// What an errand does. Its fields are what is kept on disk of the wish.
pub trait Errand: Serialize + DeserializeOwned + Send + 'static {
    /// Its name, as `action` gives it.
    const NAME: &'static str;
    /// What work that begins with it is called by.
    const HANDLE: Handle = Handle::Turn;
    /// The tool that its faults are worded for; none: the one that was called.
    const CALL: Option<Call> = None;
    /// Whether it ends itself when it is told to; the others are simply not waited for.
    const ENDS_ITSELF: bool = false;

    /// Does it. Where another process has begun it, the job holds the stage it was left in.
    fn run(self, job: &mut Job) -> impl Future<Output = Result<Went, Stop>> + Send;

    /// As it is kept.
    ///
    /// # Errors
    /// [`Fault::Internal`] where it cannot be written down.
    fn planned(&self) -> Result<Planned, Fault> {
        let wish = serde_json::to_value(self).map_err(|error| Fault::Internal { reason: error.to_string() })?;
        Ok(Planned { errand: Self::NAME.to_owned(), wish })
    }
}

/// A kind of errand, as work knows it.
pub struct Kind {
    name: &'static str,
    handle: Handle,
    call: Option<Call>,
    ends_itself: bool,
    reads: fn(&Value) -> bool,
    run: for<'a> fn(Value, &'a mut Job) -> BoxFuture<'a, Result<Went, Stop>>,
}

impl Kind {
    /// The kind of an errand.
    pub const fn of<E: Errand>() -> Self {
        Self {
            name: E::NAME,
            handle: E::HANDLE,
            call: E::CALL,
            ends_itself: E::ENDS_ITSELF,
            reads: |wish| E::deserialize(wish).is_ok(),
            run: run::<E>,
        }
    }
}

fn run<E: Errand>(wish: Value, job: &mut Job) -> BoxFuture<'_, Result<Went, Stop>> {
    async move {
        let errand: E = serde_json::from_value(wish).map_err(|error| unreadable(E::NAME, &error.to_string()))?;
        errand.run(job).await
    }
    .boxed()
}

fn unreadable(name: &str, why: &str) -> Fault {
    Fault::Internal { reason: format!("the errand {name} cannot be read: {why}") }
}

/// All kinds there are.
#[derive(Clone, Copy)]
pub struct Kinds(pub &'static [Kind]);

impl Kinds {
    fn of(self, planned: &Planned) -> Option<&'static Kind> {
        self.0.iter().find(|kind| kind.name == planned.errand)
    }

    /// Whether every errand of a record can be done.
    pub fn can_do(self, record: &Record) -> bool {
        record.errands.iter().all(|planned| self.of(planned).is_some_and(|kind| (kind.reads)(&planned.wish)))
    }

    /// What work of these errands is called by.
    pub fn handle(self, errands: &[Planned]) -> Handle {
        errands.first().and_then(|first| self.of(first)).map_or(Handle::Turn, |first| first.handle)
    }

    /// The tool that faults are worded for while a record is where it is.
    pub fn call(self, record: &Record) -> Call {
        let errand = record.errands.get(record.at).and_then(|planned| self.of(planned));
        errand.and_then(|kind| kind.call).unwrap_or_else(|| Call::of(&record.tool))
    }

    /// Does an errand; one that does not end itself is dropped once the job is told to end.
    pub async fn run(self, planned: &Planned, job: &mut Job) -> Result<Went, Stop> {
        let kind = self.of(planned).ok_or_else(|| unreadable(&planned.errand, "there is no such errand"))?;
        let cancel = job.live.cancel.clone();
        tokio::select! {
            went = (kind.run)(planned.wish.clone(), job) => went,
            () = cancel.cancelled(), if !kind.ends_itself => Err(Fault::Cancelled.into()),
        }
    }
}
