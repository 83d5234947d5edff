//! One call of one tool, from the arguments to the result: make them fit, put the call to who is behind the door, tell
//! progress while it works, stop waiting when the client cancels or leaves.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::ErrorData;
use rmcp::model::{CallToolRequestParams, CallToolResult, CustomRequest, CustomResult, ErrorCode};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;

use super::metrics::Outcome;
use super::progress::{News, Teller};
use super::{Server, arguments, result, tools};
use crate::director::Caller;
use crate::director::answer::{Answer, Fault, Status};

/// How long the other side may take to put things right after a call was taken back. Nobody waits for its answer any more.
const TAKEN_BACK: Duration = Duration::from_secs(10);

/// Runs one call.
///
/// # Errors
/// A tool that does not exist, and our own defects. Everything an agent can act on is a result.
pub async fn run(
    server: &Server,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let Some(entry) = tools::named(&request.name) else {
        return Err(unknown(&request.name));
    };
    let name: &'static str = &entry.tool.name;
    let started = Instant::now();
    let _running = server.shared.metrics.start();
    let caller = server.caller(context);
    let news = News::default();
    let given = request.arguments.unwrap_or_default();
    let called = arguments::fitted(&entry.tool.input_schema, given).and_then(|arguments| {
        let called = server.shared.behind.call(entry.of, &caller, arguments, &news);
        called.map_err(|error| arguments::unread(&error))
    });
    let answer = match called {
        Ok(work) => wait(server, &caller, work, context, &news).await,
        Err(what) => Ok(result::invalid_input(name, &what)),
    };
    let outcome = match &answer {
        Ok(answer) if answer.error.code.is_empty() => Outcome::Answered,
        Ok(_) => Outcome::Refused,
        Err(_) => Outcome::Broken,
    };
    server.shared.metrics.finish(name, outcome, started.elapsed());
    server.logging.tell(&context.peer, name, outcome, started.elapsed()).await;
    let answer = answer?;
    server.shared.shelf.remember(&caller.client, &answer);
    Ok(result::of(&answer))
}

/// Waits for the answer, but no longer than the client does.
async fn wait(
    server: &Server,
    caller: &Caller,
    work: BoxFuture<'_, Answer>,
    context: &RequestContext<RoleServer>,
    news: &News,
) -> Result<Answer, ErrorData> {
    let telling = async {
        match context.meta.get_progress_token() {
            Some(token) => Teller::new(&context.peer, token, server.pace).tell(news).await,
            None => std::future::pending().await,
        }
    };
    // A defect in one call must not leave its client waiting for ever.
    let mut work = AssertUnwindSafe(work).catch_unwind().map(|done| {
        done.map_err(|_| {
            tracing::error!("a call ended in a defect");
            ErrorData::internal_error("bedtrack has a defect here; the call was given up", None)
        })
    });
    tokio::select! {
        biased;
        done = &mut work => done,
        () = server.shared.hangup.cancelled() => Ok(stopping()),
        () = context.ct.cancelled() => {
            caller.cancelled.cancel();
            tokio::time::timeout(TAKEN_BACK, work).await.unwrap_or_else(|_| Ok(taken_back()))
        }
        never = telling => match never {},
    }
}

/// What a client that took its call back would have been told.
fn taken_back() -> Answer {
    Answer {
        status: Status::Cancelled,
        reply: "Cancelled; the waiting has ended.".to_owned(),
        error: Fault { code: "cancelled".to_owned(), retryable: true, retry_after_seconds: None },
        ..Answer::default()
    }
}

/// What a client that still waits is told when we stop.
fn stopping() -> Answer {
    Answer {
        status: Status::Failed,
        reply: "The server is stopping. Work it had begun is kept and goes on when it is back.".to_owned(),
        next: vec!["Call state once the server is back; it tells what became of the work.".to_owned()],
        error: Fault { code: "backend_down".to_owned(), retryable: true, retry_after_seconds: Some(5) },
        ..Answer::default()
    }
}

fn unknown(name: &str) -> ErrorData {
    let known: Vec<&str> = tools::TOOLS.iter().map(|entry| &*entry.tool.name).collect();
    let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    ErrorData::invalid_params(format!("Unknown tool: {shown}. The tools are {}.", known.join(", ")), None)
}

fn malformed(method: &str) -> ErrorData {
    ErrorData::invalid_params(format!("{method} has missing or malformed parameters"), None)
}

/// A request whose method is known but whose parameters have the wrong shape; rmcp hands it over as a custom one.
///
/// # Errors
/// Always, but for a tool call whose arguments are no object: that is for the agent to mend.
pub fn misshapen(request: &CustomRequest, stateless: bool) -> Result<CustomResult, ErrorData> {
    let field = |name: &str| request.params.as_ref().and_then(|params| params.get(name));
    match request.method.as_str() {
        "tools/call" => {
            let Some(name) = field("name").and_then(Value::as_str) else {
                return Err(ErrorData::invalid_params("tools/call needs the name of a tool", None));
            };
            let Some(entry) = tools::named(name) else { return Err(unknown(name)) };
            let answer = result::invalid_input(&entry.tool.name, "the arguments must be a JSON object");
            let result = serde_json::to_value(result::of(&answer));
            result.map(CustomResult::new).map_err(|error| ErrorData::internal_error(error.to_string(), None))
        }
        "prompts/get" | "resources/read" | "completion/complete" => Err(malformed(&request.method)),
        "initialize" | "logging/setLevel" if !stateless => Err(malformed(&request.method)),
        method => Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("Method not found: {method}"), None)),
    }
}
