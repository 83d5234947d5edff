//! Turns with the cloud's agent: what the stream says, what the state says, and what happens when the line breaks.

use std::sync::Arc;
use std::time::Duration;

use bedtrack::director::answer::Status;
use bedtrack::director::tools::generate_music::GenerateAsk;
use bedtrack::director::tools::state::StateAsk;
use bedtrack::director::{Backend, Caller};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::harness::cloud::{Answer, Bench, Piece, Route, Turn, draft, segment, sse, title};
use crate::harness::patience::Patience;

fn clip() -> serde_json::Value {
    draft(json!([segment(0, "city timelapse", 10_000)]))
}

fn titled() -> serde_json::Value {
    draft(json!([segment(0, "city timelapse", 10_000), title("Golden Hour", 3_000)]))
}

#[tokio::test]
async fn a_text_turn_gives_the_words_the_changes_and_what_it_cost() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::says("I added a lo-fi bed.").leaving(titled()).costing(40));
    let answer = bench.generate("calm lo-fi bed, please").await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert!(answer.reply.contains("I added a lo-fi bed."), "{}", answer.reply);
    assert!(answer.changes.contains(&"Title added: \"Golden Hour\", 0-3s".to_owned()), "{:?}", answer.changes);
    assert_eq!((answer.credits.spent, answer.credits.available), (Some(40), Some(960)));
    assert_eq!(answer.action, "message");
    assert!(!answer.session.is_empty() && !answer.turn.is_empty() && !answer.next.is_empty());
    assert_eq!(bench.cloud.messages(), ["calm lo-fi bed, please"]);
    bench.assert_no_offence();
}

#[tokio::test]
async fn the_fields_travel_as_one_last_line() {
    let bench = Bench::new().await;
    let ask = GenerateAsk {
        request: "a bed for my vlog".into(),
        genre: "lo-fi".into(),
        tempo_bpm: Some(80.0),
        seed: Some(7),
        ..GenerateAsk::default()
    };
    bench.ask(ask).await;
    assert_eq!(bench.cloud.messages(), ["a bed for my vlog\n[bedtrack: genre=lo-fi; tempo_bpm=80; seed=7]"]);
}

#[tokio::test]
async fn a_silent_edit_is_explained_by_the_difference_of_the_states() {
    let bench = Bench::new().await;
    bench.cloud.hold(clip());
    bench.cloud.turn(Turn::bytes(include_bytes!("../data/wire/silent.sse")).leaving(titled()));
    let answer = bench.generate("add the title Golden Hour").await;
    assert_eq!(answer.status, Status::Done);
    assert_eq!(answer.changes, ["Title added: \"Golden Hour\", 0-3s"]);
    assert!(answer.reply.contains("Title added: \"Golden Hour\", 0-3s"), "{}", answer.reply);
    let line = "Timeline (2 tracks): 1. Video: city timelapse (0-10s) 2. Title: \"Golden Hour\" (0-3s)";
    assert_eq!(answer.timeline.summary, line);
}

#[tokio::test]
async fn a_turn_without_words_or_changes_is_never_met_with_silence() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::bytes(Vec::new()));
    let answer = bench.generate("do something").await;
    assert_eq!(answer.status, Status::Done);
    assert!(answer.reply.contains("nothing on the timeline has changed"), "{}", answer.reply);
}

#[tokio::test]
async fn partial_and_final_text_are_counted_once() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::bytes(include_bytes!("../data/wire/partial.sse")).leaving(clip()));
    let answer = bench.generate("lo-fi bed at 35%").await;
    assert_eq!(answer.reply.matches("a lo-fi bed at 35%").count(), 1, "{}", answer.reply);
}

#[tokio::test]
async fn thoughts_and_tools_stay_inside_and_both_stages_are_reported() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::bytes(include_bytes!("../data/wire/two-stage.sse")).leaving(titled()));
    let answer = bench.generate("a clip of the city at dusk").await;
    assert!(answer.reply.contains("The raw video is ready."), "{}", answer.reply);
    assert!(answer.reply.contains("added after it"), "{}", answer.reply);
    for inside in ["planning the cut", "generate_video", "example.invalid"] {
        assert!(!answer.reply.contains(inside), "{}", answer.reply);
    }
}

#[tokio::test]
async fn a_trailing_temporary_issue_is_ignored() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::bytes(include_bytes!("../data/wire/trailing-error.sse")).leaving(titled()));
    let answer = bench.generate("add a title").await;
    assert_eq!(answer.status, Status::Done);
    assert!(!answer.reply.contains("temporary"), "{}", answer.reply);
}

#[tokio::test]
async fn an_error_as_the_first_word_fails_the_turn() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::bytes(include_bytes!("../data/wire/error-first.sse")));
    let answer = bench.generate("add a title").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "turn_failed"));
    assert!(answer.reply.contains("model overloaded"), "{}", answer.reply);
    assert_eq!((answer.credits.spent, bench.cloud.count(Route::Run)), (Some(0), 1));
    assert!(answer.reply.contains("Nothing was charged."), "{}", answer.reply);
}

#[tokio::test]
async fn an_error_after_text_fails_with_the_text_and_the_changes() {
    let bench = Bench::new().await;
    let stream = [sse(&crate::harness::cloud::text_event("Title added.")), sse(&json!({"error": "disk on fire"}))];
    bench.cloud.turn(Turn::bytes(stream.concat()).leaving(titled()).costing(5));
    let answer = bench.generate("add a title").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "turn_failed"));
    assert!(answer.reply.contains("Title added.") && answer.reply.contains("disk on fire"), "{}", answer.reply);
    assert!(!answer.changes.is_empty());
    assert_eq!(answer.credits.spent, Some(5));
}

#[tokio::test]
async fn a_cut_line_is_recovered_from_the_state_and_the_message_is_not_sent_again() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::says("I am adding the ti").then(Piece::Cut).leaving(titled()));
    let answer = bench.generate("add a title").await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert!(answer.reply.contains("I am adding the ti"), "{}", answer.reply);
    assert!(answer.reply.contains("before the answer was complete"), "{}", answer.reply);
    assert!(answer.changes.contains(&"Title added: \"Golden Hour\", 0-3s".to_owned()));
    assert_eq!(bench.cloud.count(Route::Run), 1);
}

#[tokio::test]
async fn a_cut_that_left_no_trace_fails_after_six_reads_and_repeats_nothing() {
    let bench = Bench::new().await;
    bench.cloud.hold(clip());
    bench.cloud.turn(Turn::says("One moment").then(Piece::Cut));
    let answer = bench.generate("add a title").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "backend_down"));
    assert!(answer.error.retryable);
    assert!(answer.reply.contains("not sent again"), "{}", answer.reply);
    assert_eq!((bench.cloud.count(Route::Run), bench.cloud.count(Route::State)), (1, 1 + 6));
}

#[tokio::test]
async fn after_a_gateway_error_the_state_is_read_twice_and_nothing_is_repeated() {
    for status in [500, 502, 503, 504] {
        let bench = Bench::new().await;
        bench.cloud.fault(Route::Run, [Answer::page(status)]);
        let answer = bench.generate("add a title").await;
        assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "backend_down"));
        assert_eq!((bench.cloud.count(Route::Run), bench.cloud.count(Route::State)), (1, 1 + 2), "{status}");
    }
}

#[tokio::test]
async fn a_gateway_error_behind_which_the_work_was_done_is_reported_as_done() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::default().leaving(titled()).costing(40));
    bench.cloud.fault(Route::Run, [Answer::page(504).but_done()]);
    let answer = bench.generate("add a title").await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert_eq!((answer.credits.spent, bench.cloud.count(Route::Run)), (Some(40), 1));
}

#[tokio::test]
async fn nothing_but_heartbeats_counts_as_stalled() {
    let bench = Bench::with(Some("user-token"), |_, patience| patience.quiet = Duration::from_millis(50)).await;
    let beats = b": ping\n\nevent: heartbeat\ndata: heartbeat\n\ndata: {\"type\":\"heartbeat\"}\n\ndata:\n\n";
    bench.cloud.turn(Turn::bytes(beats.to_vec()).then(Piece::Hold));
    let answer = bench.generate("add a title").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "turn_stalled"));
    assert_eq!((bench.cloud.count(Route::Run), bench.cloud.count(Route::State)), (1, 1 + 1));
}

#[tokio::test]
async fn a_question_without_a_change_waits_for_an_answer() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::says("Which mood do you have in mind?"));
    let answer = bench.generate("make music").await;
    assert_eq!(answer.status, Status::NeedsAnswer);
    assert!(answer.reply.contains("Which mood"), "{}", answer.reply);
}

#[tokio::test]
async fn long_work_goes_on_behind_a_handle_that_state_waits_for() {
    let bench = Bench::new().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.cloud.turn(Turn::default().then(Piece::Gate(gate.clone())).then(said("Done at last.")).leaving(titled()));
    let ask = GenerateAsk { request: "a long one".into(), wait_seconds: Some(0.0), ..GenerateAsk::default() };
    let running = bench.ask(ask.clone()).await;
    assert_eq!(running.status, Status::Running);
    assert!(!running.turn.is_empty());
    // The same call joins the work instead of sending it again.
    let joined = bench.ask(ask).await;
    assert_eq!((joined.status, joined.turn.clone()), (Status::Running, running.turn.clone()));
    gate.add_permits(1);
    let done = bench.state(StateAsk { turn: running.turn.clone(), ..StateAsk::default() }).await;
    assert_eq!((done.status, done.turn), (Status::Done, running.turn));
    assert!(done.reply.contains("Done at last."), "{}", done.reply);
    assert_eq!(bench.cloud.count(Route::Run), 1);
}

#[tokio::test]
async fn a_request_id_gives_the_first_answer_again_and_refuses_other_arguments() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::says("First.").leaving(titled()));
    let ask = GenerateAsk { request: "music".into(), request_id: "r-1".into(), ..GenerateAsk::default() };
    let first = bench.ask(ask.clone()).await;
    let again = bench.ask(GenerateAsk { wait_seconds: Some(1.0), ..ask.clone() }).await;
    assert_eq!(again, first);
    let other = bench.ask(GenerateAsk { request: "other music".into(), ..ask }).await;
    assert_eq!(other.error.code, "request_id_reused");
    assert_eq!(bench.cloud.count(Route::Run), 1);
}

#[tokio::test]
async fn after_a_kill_the_turn_is_reported_from_the_state_under_the_same_handle() {
    let bench = Bench::with(Some("user-token"), |settings, _| settings.lease = Duration::from_millis(200)).await;
    bench.cloud.hold(clip());
    bench.cloud.turn(Turn::default().then(Piece::Hold).leaving(titled()));
    let ask = GenerateAsk { request: "add a title".into(), wait_seconds: Some(0.0), ..GenerateAsk::default() };
    // A runtime of its own stands for the process: it ends without a word, and the lease on its work runs out.
    let process = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (director, caller) = (bench.director.clone(), bench.caller.clone());
    let running = process.spawn(async move { director.answer(&caller, ask, &()).await }).await.unwrap();
    let patience = Patience::until("the turn arrives at the cloud");
    while bench.cloud.count(Route::Run) == 0 {
        patience.give_way().await;
    }
    process.shutdown_background();
    let next = bench.restarted();
    next.director.resume();
    let mut answer = next.state(StateAsk { turn: running.turn.clone(), ..StateAsk::default() }).await;
    let patience = Patience::until("the turn's outcome is told");
    while answer.status == Status::Running {
        patience.check();
        answer = next.state(StateAsk { turn: running.turn.clone(), ..StateAsk::default() }).await;
    }
    assert_eq!((answer.status, answer.turn), (Status::Done, running.turn));
    assert_eq!(answer.changes, ["Title added: \"Golden Hour\", 0-3s"]);
    assert_eq!(bench.cloud.count(Route::Run), 1);
}

/// A call in the background, its caller's way to take it back, and the work it has begun at the backend.
async fn taken_back(bench: &Bench, ask: GenerateAsk) -> bedtrack::director::answer::Answer {
    let (director, caller) = (bench.director.clone(), bench.caller.clone());
    let call = tokio::spawn(async move { director.answer(&caller, ask, &()).await });
    let patience = Patience::until("the turn arrives at the cloud");
    while bench.cloud.count(Route::Run) == 0 {
        patience.give_way().await;
    }
    bench.caller.cancelled.cancel();
    call.await.unwrap()
}

#[tokio::test]
async fn a_call_taken_back_ends_the_studios_turn_and_leaves_the_draft_as_it_was() {
    let bench = Bench::with(Some("secret"), |settings, _| settings.backend = Backend::Local).await;
    bench.cloud.hold(clip());
    let turn = Turn::says("I am at it.").then(Piece::UntilCancelled).leaving(titled());
    bench.cloud.turn(turn);
    let ask = GenerateAsk { request: "add a title".into(), ..GenerateAsk::default() };
    let answer = taken_back(&bench, ask).await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Cancelled, "cancelled"), "{}", answer.reply);
    assert_eq!((answer.changes.len(), bench.cloud.count(Route::Cancel)), (0, 1));
}

#[tokio::test]
async fn a_call_taken_back_ends_our_waiting_and_the_clouds_turn_goes_on() {
    let bench = Bench::new().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.cloud.turn(Turn::says("I am at it.").then(Piece::Gate(gate.clone())).leaving(titled()));
    let ask = GenerateAsk { request: "add a title".into(), ..GenerateAsk::default() };
    let answer = taken_back(&bench, ask).await;
    assert_eq!(answer.status, Status::Running);
    gate.add_permits(1);
    let caller = Caller::owner("another");
    let ask = StateAsk { turn: answer.turn, ..StateAsk::default() };
    let answer = bench.director.answer(&caller, ask, &()).await;
    assert_eq!((answer.status, bench.cloud.count(Route::Cancel)), (Status::Done, 0), "{}", answer.reply);
}

#[tokio::test]
async fn sessions_belong_to_their_client_and_their_connection() {
    let bench = Bench::new().await;
    let first = bench.generate("music").await;
    assert_eq!(bench.generate("more").await.session, first.session);
    let ask = |session: &str| GenerateAsk { request: "x".into(), session: session.into(), ..GenerateAsk::default() };
    assert_ne!(bench.ask(ask("new")).await.session, first.session);
    let elsewhere = Caller::owner("elsewhere");
    let other = bench.director.answer(&elsewhere, ask(""), &()).await;
    assert_ne!(other.session, first.session, "another connection begins a session of its own");
    let seen = bench.director.answer(&Caller::owner("third"), StateAsk::default(), &()).await;
    assert_eq!(seen.session, other.session, "state takes the client's newest");
    assert!(seen.reply.contains(&first.session), "and lists the recent ones: {}", seen.reply);
    let stranger = Caller { client: "stranger".into(), ..Caller::owner("s") };
    let refused = bench.director.answer(&stranger, ask(&first.session), &()).await;
    assert_eq!(refused.error.code, "not_found");
    let of_another_skill = GenerateAsk { skill: "music-generator-ai".into(), ..ask("") };
    assert_ne!(bench.ask(of_another_skill).await.session, first.session);
}

/// Keeps the words of every step.
#[derive(Default)]
struct Heard(std::sync::Mutex<Vec<String>>);

impl bedtrack::director::Progress for Heard {
    fn say(&self, step: &bedtrack::director::Step) {
        self.0.lock().unwrap().push(step.words.clone());
    }
}

#[tokio::test]
async fn a_waiting_caller_hears_what_is_done_and_that_it_goes_on() {
    let bench = Bench::new().await;
    let gate = Arc::new(Semaphore::new(0));
    let tools = Turn::bytes(include_bytes!("../data/wire/two-stage.sse"));
    bench.cloud.turn(tools.then(Piece::Gate(gate.clone())).then(said("Done.")).leaving(titled()));
    let heard = Heard::default();
    let ask = GenerateAsk { request: "a clip".into(), ..GenerateAsk::default() };
    let call = bench.director.answer(&bench.caller, ask, &heard);
    let opened = async {
        // Once the last tool has been told twice, the second time came from the clock.
        let patience = Patience::until("the tool is told a second time");
        while heard.0.lock().unwrap().iter().filter(|words| *words == "Working on the music").count() < 2 {
            patience.give_way().await;
        }
        gate.add_permits(1);
    };
    let (answer, ()) = tokio::join!(call, opened);
    assert_eq!(answer.status, Status::Done);
}

#[tokio::test]
async fn bad_arguments_are_answers_with_a_next_step_and_reach_nobody() {
    let bench = Bench::new().await;
    let ask = GenerateAsk::default;
    let with = |request: &str| GenerateAsk { request: request.into(), ..ask() };
    for (ask, code) in [
        (with("   "), "invalid_input"),
        (with(&"x".repeat(100_000)), "invalid_input"),
        (GenerateAsk { duration_seconds: Some(-4.0), ..with("x") }, "invalid_input"),
        (GenerateAsk { duration_seconds: Some(1e30), ..with("x") }, "invalid_input"),
        (GenerateAsk { skill: "nope".into(), ..with("x") }, "not_found"),
        (GenerateAsk { session: "s-nope".into(), ..with("x") }, "not_found"),
        (GenerateAsk { files: vec!["/nowhere.mp4".into()], ..with("x") }, "file_unreadable"),
        (GenerateAsk { files: vec!["/tmp".into()], ..with("x") }, "file_unreadable"),
        (GenerateAsk { files: vec!["http://10.0.0.1/a.mp4".into()], ..with("x") }, "url_refused"),
        (with("upload my clip"), "invalid_input"),
    ] {
        let answer = bench.ask(ask.clone()).await;
        assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, code), "{ask:?}");
        assert!(!answer.next.is_empty() && !answer.reply.is_empty(), "{ask:?}");
    }
    assert!(bench.cloud.world().seen.is_empty());
}

fn said(text: &str) -> Piece {
    Piece::Bytes(sse(&crate::harness::cloud::text_event(text)))
}
