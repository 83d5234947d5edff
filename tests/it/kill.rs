//! `kill -9` in the middle: the same data folder in a new process tells what became of the work, and nothing is done or
//! paid twice. Neither side waits for a lease of the dead to run out.

use std::sync::Arc;

use bedtrack_store::{JobState, sqlite_url};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::harness::cloud::{Piece, Route, Turn, draft, segment, sse, text_event, title};
use crate::harness::parity::{Script, Side, exported, store, worth};
use crate::harness::patience::Patience;
use crate::store::jobs_of;

/// Waits for a request to arrive at the cloud.
fn until(side: &Side, route: Route, count: usize) {
    let patience = Patience::until("the request arrives at the cloud");
    while side.cloud.as_ref().unwrap().count(route) < count {
        patience.pause();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_at_the_cloud_is_told_from_the_state_and_was_sent_once() {
    let mut side = Side::cloud(1_000).await;
    let cloud = side.cloud.clone().unwrap();
    cloud.hold(draft(json!([segment(0, "city timelapse", 10_000)])));
    let word = Piece::Bytes(sse(&text_event("One moment.")));
    cloud.turn(Turn { pieces: vec![word, Piece::Gate(Arc::new(Semaphore::new(0)))], ..Turn::default() });
    let running = side.server.call_tool("generate_music", &json!({"request": "add a title", "wait_seconds": 0}));
    assert_eq!(running.structured["status"], "running", "{}", running.text);
    until(&side, Route::Run, 1);
    let Side { name, home, server, cloud } = side;
    server.kill();
    // The cloud goes on while nobody follows.
    {
        let cloud = cloud.as_ref().unwrap();
        let mut world = cloud.world();
        world.credits -= 40;
        let after = draft(json!([segment(0, "city timelapse", 10_000), title("Golden Hour", 3_000)]));
        world.sessions.values_mut().for_each(|session| session.state = after.clone());
    }
    let server = home.initialized();
    let mut side = Side { name, home, server, cloud };
    let outcome = side.state_of(&running);
    let outcome = side.finished(outcome);
    let found = worth(&outcome);
    assert_eq!((&found["status"], &found["spent"]), (&json!("done"), &json!(40)), "{}", outcome.text);
    assert_eq!(found["changes"], json!(["Title added: \"Golden Hour\", 0-3s"]));
    assert_eq!(outcome.structured["turn"], running.structured["turn"]);
    assert_eq!(side.cloud.as_ref().unwrap().messages().len(), 1, "the message went out once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_render_at_the_cloud_is_fetched_under_the_same_handle_and_was_submitted_once() {
    let mut side = Side::cloud(1_000).await;
    let cloud = side.cloud.clone().unwrap();
    cloud.hold(draft(json!([segment(0, "city timelapse", 10_000)])));
    side.call("generate_music", &json!({"request": "hello"}), Script::Nothing);
    cloud.world().polls.push_back(vec![json!({"status": "processing", "progress": 40})]);
    let running = side.server.call_tool("export", &json!({"wait_seconds": 0}));
    assert_eq!(running.structured["status"], "running", "{}", running.text);
    until(&side, Route::Render, 1);
    let side = side.killed_and_restarted();
    for render in cloud.world().renders.values_mut() {
        render.polls = [json!({"status": "completed"})].into();
    }
    let mut side = side;
    let outcome = side.state_of(&running);
    let outcome = side.finished(outcome);
    assert_eq!(outcome.structured["status"], "done", "{}", outcome.text);
    assert_eq!(outcome.structured["export"], running.structured["export"]);
    assert_eq!(std::fs::read(exported(&outcome)).unwrap(), crate::harness::cloud::mp4());
    assert_eq!(cloud.count(Route::Submit), 1);
    assert_eq!(std::fs::read_dir(side.home.output()).unwrap().count(), 1, "nothing is left beside the file");
}

/// The studio's jobs of a kind in the only session.
async fn jobs(side: &Side, kind: &str) -> Vec<(JobState, i64)> {
    let store = store(&side.home).await;
    let front = store.front().recent_sessions("owner", 1).await.unwrap();
    let database = sqlite_url(&side.home.folder().join("home/bedtrack.sqlite3"));
    let mut found = Vec::new();
    for id in jobs_of(&database, &front[0].sid).await {
        let job = store.jobs().get(&id).await.unwrap().unwrap();
        if job.kind == kind {
            found.push((job.state, job.attempt));
        }
    }
    found
}

/// Waits until the studio works at a job of a kind.
async fn at_work(side: &Side, kind: &str) {
    let patience = Patience::until("the studio works at the job");
    while !jobs(side, kind).await.iter().any(|(state, _)| *state == JobState::Running) {
        patience.give_way().await;
    }
}

fn pieces(state: &Value) -> usize {
    state["media"].as_array().unwrap().iter().filter(|medium| medium["kind"] == "music").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_and_a_render_of_the_studio_go_on_at_once_and_are_done_and_paid_once() {
    let mut side = Side::studio(1_000).await;
    let ask = json!({"request": "calm ambient, 5 minutes", "wait_seconds": 0});
    let running = side.server.call_tool("generate_music", &ask);
    at_work(&side, "turn").await;
    let mut side = side.killed_and_restarted();
    let outcome = side.state_of(&running);
    let outcome = side.finished(outcome);
    let found = worth(&outcome);
    assert_eq!((&found["status"], &found["spent"]), (&json!("done"), &json!(100)), "{}", outcome.text);
    assert_eq!(jobs(&side, "turn").await, [(JobState::Done, 2)]);
    let running = side.server.call_tool("export", &json!({"format": "mp3", "wait_seconds": 0}));
    at_work(&side, "render").await;
    let mut side = side.killed_and_restarted();
    let outcome = side.state_of(&running);
    let outcome = side.finished(outcome);
    assert_eq!(outcome.structured["status"], "done", "{}", outcome.text);
    assert_eq!(outcome.structured["export"], running.structured["export"]);
    exported(&outcome);
    assert_eq!(jobs(&side, "render").await, [(JobState::Done, 2)]);
    let state = side.server.call_tool("state", &json!({}));
    assert_eq!(pieces(&state.structured), 1, "{}", state.text);
    let balance = side.server.call_tool("credits", &json!({}));
    assert_eq!(worth(&balance)["available"], 900);
    assert!(side.server.log().contains("is free again"), "no lease was waited for: {}", side.server.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_on_the_same_folder_leaves_the_work_of_a_living_one_alone() {
    let mut side = Side::studio(1_000).await;
    let ask = json!({"request": "calm ambient, 2 minutes", "wait_seconds": 0});
    let running = side.server.call_tool("generate_music", &ask);
    at_work(&side, "turn").await;
    let mut other = side.home.initialized();
    // Its own studio starts and looks for work.
    let balance = other.call_tool("credits", &json!({}));
    assert!(!balance.is_error, "{}", balance.text);
    let handle = json!({"turn": running.structured["turn"]});
    let mut seen = other.call_tool("state", &handle);
    let patience = Patience::until("the other process sees the end of the turn");
    while seen.structured["status"] == "running" {
        patience.check();
        seen = other.call_tool("state", &handle);
    }
    let outcome = side.finished(running);
    assert_eq!(outcome.structured["status"], "done", "{}", outcome.text);
    assert_eq!(worth(&seen), worth(&outcome), "both tell the same");
    assert_eq!(jobs(&side, "turn").await, [(JobState::Done, 1)], "nobody took it over");
    assert!(other.close().status.success());
}
