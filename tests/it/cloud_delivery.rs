//! Exports from the cloud, deeper: what is asked before anything is submitted again, where the file comes from, whether it
//! is whole, and what a batch and the balance tell.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use bedtrack::director::answer::Status;
use bedtrack::director::tools::export::ExportAsk;
use bedtrack::director::tools::generate_music::GenerateAsk;
use bedtrack::director::{Progress, Step};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::harness::cloud::{Answer, Bench, Piece, Route, Turn, draft, mp4, segment};

/// A bench whose session has something to export.
async fn ready() -> Bench {
    let bench = Bench::new().await;
    bench.cloud.hold(draft(json!([segment(0, "city timelapse", 10_000)])));
    bench.generate("hello").await;
    bench
}

/// Keeps the steps it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<Step>>);

impl Progress for Heard {
    fn say(&self, step: &Step) {
        self.0.lock().unwrap().push(step.clone());
    }
}

/// Another host: gives the file, and keeps the headers it was asked with.
async fn other_host(file: Vec<u8>) -> (String, Arc<Mutex<Vec<HeaderMap>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let keeper = seen.clone();
    let give = move |headers: HeaderMap| async move {
        keeper.lock().unwrap().push(headers);
        ([(header::CONTENT_TYPE, "video/mp4")], file)
    };
    let router = Router::new().route("/file.mp4", get(give));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, seen)
}

#[tokio::test]
async fn the_percent_of_a_render_is_told_while_it_is_followed() {
    let bench = ready().await;
    let moving = |percent: i64| json!({"status": "processing", "progress": percent, "poll_after_ms": 20});
    bench.cloud.world().polls.push_back(vec![moving(10), moving(60), json!({"status": "completed"})]);
    let heard = Heard::default();
    let answer = bench.director.answer(&bench.caller, ExportAsk::default(), &heard).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    let heard = heard.0.into_inner().unwrap();
    assert!(heard.iter().any(|step| step.fraction.is_some_and(|part| (part - 0.6).abs() < 1e-9)), "{heard:?}");
}

#[tokio::test]
async fn a_submission_whose_answer_breaks_off_is_asked_for_and_followed() {
    let bench = ready().await;
    bench.cloud.fault(Route::Submit, [Answer::json(200, json!({"id": "render_1"})).but_done().but_cut()]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Submit), 1);
}

#[tokio::test]
async fn every_real_failure_gets_one_second_try_under_a_new_id_and_no_more() {
    for refused in [
        Answer::json(200, json!({"success": false, "message": "no worker"})),
        Answer::json(400, json!({"detail": "bad draft"})),
        Answer::code(5_123),
    ] {
        let bench = ready().await;
        bench.cloud.fault(Route::Submit, [refused.clone()]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!(answer.status, Status::Done, "{refused:?}: {}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Submit), 2);
        let bench = ready().await;
        bench.cloud.fault(Route::Submit, [refused.clone(), refused.clone(), refused.clone()]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!(answer.status, Status::Failed, "{refused:?}: {}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Submit), 2);
    }
}

#[tokio::test]
async fn a_render_that_is_refused_while_it_is_followed_is_not_tried_again() {
    for (refused, code) in [
        (Answer::code(402), "plan_required"),
        (Answer::code(403), "scope_missing"),
        (Answer::code(2001), "no_credits"),
        (Answer::code(1001), "auth_expired"),
    ] {
        let bench = ready().await;
        bench.cloud.fault(Route::Render, [refused]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, code), "{}", answer.reply);
        assert_eq!((bench.cloud.count(Route::Submit), bench.cloud.count(Route::Render)), (1, 1), "{code}");
    }
}

#[tokio::test]
async fn a_render_that_names_its_fault_is_told_with_that_code_and_not_tried_again() {
    for code in ["ffmpeg_missing", "disk_full", "unsupported_file", "file_unreadable", "invalid_input", "cancelled"] {
        let bench = ready().await;
        let failed = json!({"status": "failed", "error": {"code": code, "message": "It cannot be done."}});
        bench.cloud.world().polls.push_back(vec![failed]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!(answer.error.code, code, "{}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Submit), 1, "{code}");
    }
    let bench = ready().await;
    let failed = || vec![json!({"status": "failed", "error": {"code": "render_failed", "message": "worker lost"}})];
    bench.cloud.world().polls.extend([failed(), failed()]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.error.code, "render_failed");
    assert!(answer.reply.contains("worker lost"), "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Submit), 2);
}

#[tokio::test]
async fn another_host_gets_neither_the_token_nor_the_skills_headers() {
    let bench = ready().await;
    let (base, seen) = other_host(mp4()).await;
    let done = json!({"status": "completed", "output": {"url": format!("{base}/file.mp4?sig=secret")}});
    bench.cloud.world().polls.push_back(vec![done]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert!(!answer.reply.contains("secret"), "{}", answer.reply);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    for name in ["authorization", "x-skill-source", "x-skill-version", "x-skill-platform", "x-client-id", "cookie"] {
        assert!(!seen[0].contains_key(name), "{name}");
    }
    assert_eq!(bench.cloud.count(Route::Download), 0, "the fallback was not needed");
}

#[tokio::test]
async fn a_file_that_never_ends_is_left_at_the_size_that_was_told() {
    let bench = ready().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let endless = || async {
        let chunk = || Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[7; 4096]));
        axum::body::Body::from_stream(futures::stream::repeat_with(chunk))
    };
    let router = Router::new().route("/file.mp4", get(endless));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let done = json!({"status": "completed", "output": {"url": format!("{base}/file.mp4"), "size": mp4().len()}});
    bench.cloud.world().polls.push_back(vec![done]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.status, Status::Done, "the service's own copy serves: {}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Download), 1);
}

#[tokio::test]
async fn a_file_that_is_cut_short_at_its_source_is_not_handed_over() {
    let whole = [&b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x40mdat"[..], &[7; 56]].concat();
    let bench = ready().await;
    bench.cloud.world().file = whole[..40].to_vec();
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "download_failed"), "{}", answer.reply);
    assert!(answer.error.retryable);
    assert_eq!(std::fs::read_dir(bench.at("out")).unwrap().count(), 0, "nothing is left behind");
    bench.cloud.world().file = whole;
    assert_eq!(bench.export(ExportAsk::default()).await.status, Status::Done);
}

#[tokio::test]
async fn a_file_of_another_size_than_was_told_is_not_handed_over() {
    let bench = ready().await;
    bench.cloud.world().polls.push_back(vec![json!({"status": "completed", "output": {"size": 5}})]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.error.code, "download_failed", "{}", answer.reply);
    assert!(answer.reply.contains("instead of 5"), "{}", answer.reply);
    assert_eq!(std::fs::read_dir(bench.at("out")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_link_carries_the_claim_token_and_never_the_bearer() {
    let bench = ready().await;
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.project_url, "https://nemovideo.com/workspace/claim?ct=clm_1");
    bench.cloud.fault(Route::Claim, [Answer::page(404)]);
    let answer = bench.export(ExportAsk { quality: "draft".into(), ..ExportAsk::default() }).await;
    let expected = "https://nemovideo.com/workspace/claim?task=task-1&session=sid-1&skill_name=";
    assert!(answer.project_url.starts_with(expected), "{}", answer.project_url);
    assert!(!serde_json::to_string(&answer).unwrap().contains("user-token"));
}

#[tokio::test]
async fn in_a_batch_the_refused_files_are_named_and_the_others_are_in() {
    let bench = Bench::new().await;
    let (a, b, c) = (bench.clip("a.mp4"), bench.clip("b.mp4"), bench.clip("c.mp4"));
    bench.cloud.fault(Route::Upload, [Answer::code(4001), Answer::code(4002)]);
    let answer = bench.upload(&[&a, &b, &c]).await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "file_too_large"), "{}", answer.reply);
    assert!(answer.reply.contains("a.mp4") && answer.reply.contains("b.mp4"), "{}", answer.reply);
    assert_eq!(answer.media.iter().map(|medium| medium.name.as_str()).collect::<Vec<_>>(), ["c.mp4"]);
    assert_eq!(bench.cloud.count(Route::Upload), 3);
}

#[tokio::test]
async fn a_service_that_is_down_ends_a_batch() {
    let bench = Bench::new().await;
    let (a, b) = (bench.clip("a.mp4"), bench.clip("b.mp4"));
    bench.cloud.fault(Route::Upload, [Answer::page(503)]);
    let answer = bench.upload(&[&a, &b]).await;
    assert_eq!(answer.error.code, "backend_down", "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Upload), 1, "nothing is sent into an outage");
}

#[tokio::test]
async fn a_request_that_the_balance_does_not_cover_is_warned_of_before_it_is_sent() {
    let bench = Bench::new().await;
    bench.cloud.world().credits = 60;
    let gate = Arc::new(Semaphore::new(0));
    bench.cloud.turn(Turn::default().then(Piece::Gate(gate.clone())).costing(60));
    let ask = GenerateAsk { request: "a clip of the sea".into(), wait_seconds: Some(0.0), ..GenerateAsk::default() };
    let running = bench.ask(ask.clone()).await;
    assert_eq!(running.status, Status::Running);
    while bench.cloud.count(Route::Run) == 0 {
        tokio::task::yield_now().await;
    }
    let warned = bench.ask(ask).await;
    assert!(warned.reply.contains("100") && warned.reply.contains("60"), "{}", warned.reply);
    gate.add_permits(1);
}

#[tokio::test]
async fn an_edit_that_is_covered_is_not_warned_of() {
    let bench = ready().await;
    bench.cloud.world().credits = 60;
    let answer = bench.generate("make it brighter").await;
    assert!(!answer.reply.contains("60"), "{}", answer.reply);
}

#[tokio::test]
async fn what_turns_at_the_same_time_spent_is_not_guessed() {
    let bench = Bench::new().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.cloud.turn(Turn::default().then(Piece::Gate(gate.clone())).costing(40));
    bench.cloud.turn(Turn::default().then(Piece::Gate(gate.clone())).costing(70));
    let ask = |request: &str| GenerateAsk { request: request.into(), session: "new".into(), ..GenerateAsk::default() };
    let open = async {
        while bench.cloud.count(Route::Run) < 2 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(2);
    };
    let (a, b, ()) = tokio::join!(bench.ask(ask("one")), bench.ask(ask("two")), open);
    assert_eq!((a.credits.spent, b.credits.spent), (None, None), "each saw the other's costs");
    bench.cloud.turn(Turn::says("Done.").costing(10));
    assert_eq!(bench.ask(ask("three")).await.credits.spent, Some(10));
}
