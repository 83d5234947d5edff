//! Doing a piece of work: its errands in order, each written down before it is begun, and its end told to whoever waits.

use std::time::Duration;

use bedtrack_store::RequestKey;
use serde_json::Value;

use super::errand::Kinds;
use super::job::{Job, Stop, Went};
use crate::director::advice::{Fault, Sent};
use crate::director::answer::Status;

/// The stage of an errand of which nothing has left this machine.
const FRESH: &str = "fresh";
/// How often the end is tried to be written down, the first pause between, and what each pause grows by.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const GROWTH: u32 = 4;

/// Does a job from where its record stands.
pub async fn run(kinds: Kinds, mut job: Job) {
    let mut status = Status::Done;
    let mut ended = None;
    while let Some(planned) = job.record.errands.get(job.record.at).cloned() {
        job.record.answer.action.clone_from(&planned.errand);
        match kinds.run(&planned, &mut job).await {
            Ok(Went::Asked) => {
                status = Status::NeedsAnswer;
                break;
            }
            Ok(Went::On) => {}
            Err(Stop::TakenOver) => return,
            Err(Stop::Fault(fault)) => {
                ended = Some(fault);
                break;
            }
        }
        job.record.at += 1;
        // A stage is one errand's alone.
        job.record.stage = Value::Null;
        job.call = kinds.call(&job.record);
        match job.save(&FRESH).await {
            Ok(()) => {}
            Err(Stop::TakenOver) => return,
            Err(Stop::Fault(fault)) => {
                ended = Some(fault);
                break;
            }
        }
    }
    finish(job, status, ended).await;
}

async fn finish(mut job: Job, status: Status, fault: Option<Fault>) {
    let mut answer = std::mem::take(&mut job.record.answer);
    answer.status = status;
    if let Some(fault) = &fault {
        tracing::info!(handle = %job.handle, code = fault.code(), "the work failed");
        answer = job.voice().failed(&job.services, fault, answer);
    }
    answer.session.clone_from(&job.session.id);
    job.kind.put(&mut answer, &job.handle);
    job.record.answer = answer.clone();
    if let Some(fault) = &fault
        && began_nothing(fault)
        && job.record.at == 0
    {
        free_request(&job).await;
    }
    let word = match answer.status {
        Status::Done | Status::Running => "done",
        Status::NeedsAnswer => "needs_answer",
        Status::Failed => "failed",
        Status::Cancelled => "cancelled",
    };
    let mut pause = FIRST_PAUSE;
    // The end must get onto the disk, or the work would be done again after a restart. The states that were kept for
    // comparison are large and have served.
    for _ in 0..TRIES {
        match job.write(&FRESH, Some(word)).await {
            Err(Stop::Fault(_)) => tokio::time::sleep(pause).await,
            Ok(()) | Err(Stop::TakenOver) => break,
        }
        pause *= GROWTH;
    }
    job.live.finish(answer);
}

/// Whether nothing at all was begun, so that the same call may be made again as if for the first time.
fn began_nothing(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::RateLimited { .. }
            | Fault::AuthExpired { .. }
            | Fault::BackendDown { sent: Sent::No, .. }
            | Fault::Internal { .. }
    )
}

async fn free_request(job: &Job) {
    let Some(request) = &job.record.request else { return };
    let key = RequestKey {
        client: job.session.client.clone(),
        tool: job.record.tool.clone(),
        request_id: request.id.clone(),
        digest: request.digest.clone(),
    };
    let freed = match job.services.store().await {
        Ok(store) => store.front().forget_request(&key).await,
        Err(_) => return,
    };
    if let Err(error) = freed {
        tracing::warn!(%error, "a request id stays claimed");
    }
}
