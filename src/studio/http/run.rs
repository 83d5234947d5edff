//! A message to the agent, answered by an event stream. The turn is a job: it outlives the connection that asked for it.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::Api;
use super::body::JsonBody;
use super::failure::Failure;
use super::gate::Account;
use crate::studio::jobs::turn::Turn;
use bedtrack_store::engine::JobKind as _;
use bedtrack_store::{Enqueued, JobListener, NewJob, Store};
use bedtrack_wire::credits::cost_of_message;
use bedtrack_wire::envelope::Envelope;
use bedtrack_wire::session::{CancelRun, RunRequest};

/// Silence on the stream never lasts longer.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long to wait for a wake-up before the store is asked anyway: another process may do the work.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// `POST /run_sse`.
pub async fn run(
    State(api): State<Api>,
    Account(account): Account,
    JsonBody(request): JsonBody<RunRequest>,
) -> Result<Response, Failure> {
    let session = api.session(&account, &request.session_id).await?;
    let text: Vec<String> = request.new_message.parts.into_iter().map(|part| part.text).collect();
    let text = text.join("\n");
    if text.trim().is_empty() {
        return Err(Failure::bad_request("the message is empty"));
    }
    let drafted = api.workshop.state(&session.id).await?.state.timeline().has_segments();
    let id = format!("e-{}", Uuid::new_v4());
    let turn = Turn { message: text, language: session.language };
    let job = NewJob { id: id.clone(), account, session: session.id, cost: cost_of_message(drafted), ..turn.to_job() };
    match api.workshop.enqueue(job).await? {
        Enqueued::New | Enqueued::Repeat(_) => {}
        Enqueued::NoCredits { available, needed } => return Err(Failure::no_credits(available, needed)),
    }
    let body = Body::from_stream(events(api.workshop.store.clone(), id));
    Ok(([(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")], body).into_response())
}

/// `POST /run_sse/cancel`: ends a turn; what it had not yet put on the draft never gets there.
pub async fn cancel(
    State(api): State<Api>,
    Account(account): Account,
    JsonBody(wish): JsonBody<CancelRun>,
) -> Result<Json<Envelope>, Failure> {
    let session = api.session(&account, &wish.session_id).await?;
    let job = api.workshop.store.jobs().get(&wish.invocation_id).await?;
    let job = job.filter(|job| job.session == session.id).ok_or_else(|| Failure::not_found("turn"))?;
    api.workshop.cancel(&job.id).await?;
    Ok(Json(Envelope::ok(json!({"cancelled": job.id}))))
}

/// Where a stream stands.
struct Position {
    store: Store,
    job: String,
    listener: JobListener,
    after: i64,
    last_sent: Instant,
    over: bool,
}

/// The events of a job as they come, with heartbeats between, until the job is over and all of them were sent.
fn events(store: Store, job: String) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let listener = store.jobs().listen(&job);
    let start = Position { store, job, listener, after: 0, last_sent: Instant::now(), over: false };
    stream::unfold(start, |mut at| async move {
        while !at.over {
            // A store that cannot be read ends the stream early; the client then finds out by the state.
            let news = at.store.jobs().news(&at.job, at.after).await.ok()?;
            at.over = news.job.state.is_over();
            if let Some(last) = news.events.last() {
                at.after = last.seq;
                at.last_sent = Instant::now();
                return Some((Ok(frame(news.events.iter().map(|event| &event.body))), at));
            }
            if at.last_sent.elapsed() >= HEARTBEAT {
                at.last_sent = Instant::now();
                return Some((Ok(frame([&json!({"type": "heartbeat"})])), at));
            }
            if !at.over {
                at.listener.wait(LOOK_AGAIN).await;
            }
        }
        None
    })
}

fn frame<'a>(bodies: impl IntoIterator<Item = &'a Value>) -> Bytes {
    bodies.into_iter().map(|body| format!("data: {body}\n\n")).collect::<String>().into()
}
