//! How much memory 200 turns at once take: the real binary over stdio against a cloud that holds every stream open until
//! all have begun. `cargo bench --bench turns`
#![expect(clippy::print_stdout, reason = "the figures are the output")]
#![expect(clippy::unwrap_used, reason = "a bench may end where something is not as it should be")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

const TURNS: usize = 200;
/// Segments in the session's draft: a short edited clip, and a long one.
const DRAFTS: [usize; 2] = [12, 100];
/// Events of an ordinary stream.
const EVENTS: usize = 40;

#[derive(Clone)]
struct Cloud {
    segments: usize,
    opened: Arc<AtomicUsize>,
    begun: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
}

fn main() {
    DRAFTS.into_iter().for_each(measure);
}

fn measure(segments: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cloud = Cloud { segments, opened: Arc::default(), begun: Arc::default(), gate: Arc::new(Semaphore::new(0)) };
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = router(cloud.clone());
    runtime.spawn(async move { axum::serve(listener, router).await });

    let home = tempfile::tempdir().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_bedtrack"))
        .env("HOME", home.path())
        .env("BEDTRACK_HOME", home.path().join("home"))
        .env("BEDTRACK_OUTPUT", home.path().join("out"))
        .env("NEMO_API_URL", base)
        .env("NEMO_TOKEN", "bench-token")
        .env("BEDTRACK_LOG", "error")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut stdin = server.stdin.take().unwrap();
    let mut send = |message: Value| writeln!(stdin, "{message}").unwrap();
    let info = json!({"name": "bench", "version": "1"});
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info});
    send(json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}));
    lines.next().unwrap().unwrap();
    send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    // One turn before, so that what is opened once counts as idle.
    cloud.gate.add_permits(1);
    send(call(1));
    lines.next().unwrap().unwrap();
    let idle = memory(&server, "VmRSS");

    let began = Instant::now();
    (0..TURNS).for_each(|n| send(call(n + 2)));
    while cloud.begun.load(Ordering::SeqCst) < TURNS + 1 {
        std::thread::yield_now();
    }
    let open = memory(&server, "VmRSS");
    cloud.gate.add_permits(TURNS);
    // On a busy machine the calls may be answered before their turns are over; the memory is the same.
    let done = (0..TURNS).filter(|_| lines.next().unwrap().unwrap().contains("\"status\":\"done\"")).count();
    let peak = memory(&server, "VmHWM");
    println!(
        "drafts of {segments} segments: {done} of {TURNS} turns done within their call, {:.1?} for all",
        began.elapsed()
    );
    if let (Some(idle), Some(open), Some(peak)) = (idle, open, peak) {
        println!(
            "{idle:.1} MB idle; {:.1} MB more with all streams open, {:.1} MB more at the peak",
            open - idle,
            peak - idle
        );
    }
    drop(stdin);
    server.wait().unwrap();
}

fn call(id: usize) -> Value {
    let arguments = json!({"request": format!("calm music, number {id}"), "session": "new", "wait_seconds": 50});
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": "generate_music", "arguments": arguments}})
}

fn router(cloud: Cloud) -> Router {
    let ok = |data: Value| Json(json!({"code": 0, "data": data}));
    Router::new()
        .route(
            "/api/tasks/me/with-session/nemo_agent",
            post(move |State(cloud): State<Cloud>| async move {
                let n = cloud.opened.fetch_add(1, Ordering::SeqCst);
                ok(json!({"task_id": format!("t{n}"), "session_id": format!("s{n}")}))
            }),
        )
        .route("/api/auth/claim-token", post(move || async move { ok(json!({"claim_token": "clm_1"})) }))
        .route("/api/credits/balance/simple", get(move || async move { ok(json!({"available": 1_000_000})) }))
        .route(
            "/api/state/nemo_agent/me/{sid}/latest",
            get(move |State(cloud): State<Cloud>| async move { ok(json!({"state": state(cloud.segments)})) }),
        )
        .route("/run_sse", post(run))
        .with_state(cloud)
}

/// A state whose draft has one track of so many segments.
fn state(segments: usize) -> Value {
    let segment =
        |n: usize| json!({"d": 1_000, "m": {"id": format!("s{n}"), "name": format!("clip {n}"), "start": n * 1_000}});
    json!({"draft": {"t": [{"tt": 0, "sg": (0..segments).map(segment).collect::<Vec<_>>()}]}, "video_infos": [], "generated_media": []})
}

async fn run(State(cloud): State<Cloud>) -> Response {
    let event = |parts: Value, delta: Value| {
        let event = json!({"content": {"parts": parts, "role": "model"}, "invocationId": "e-1", "author": "nemo_agent",
            "actions": {"stateDelta": delta}, "timestamp": 1.0});
        Bytes::from(format!("data: {event}\n\n"))
    };
    let mut events = Vec::with_capacity(EVENTS);
    for n in 0..EVENTS {
        events.push(match n % 4 {
            0 => event(json!([{"functionCall": {"name": "edit_draft", "args": {}}}]), json!({})),
            1 => event(json!([{"functionResponse": {"name": "edit_draft"}}]), state(cloud.segments)),
            2 => Bytes::from_static(b": ping\n\n"),
            _ => event(json!([{"text": format!("Sentence number {n} about the music that was made. ")}]), json!({})),
        });
    }
    let last = events.pop().unwrap_or_default();
    cloud.begun.fetch_add(1, Ordering::SeqCst);
    let held = stream::once(async move {
        cloud.gate.acquire().await.unwrap().forget();
        last
    });
    let body = stream::iter(events).chain(held).map(Ok::<_, std::io::Error>);
    ([("content-type", "text/event-stream")], Body::from_stream(body)).into_response()
}

/// A line of the child's `/proc/…/status`, in MB; Linux alone has it.
fn memory(child: &Child, line: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    Some(value.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
}
