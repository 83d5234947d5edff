//! The event stream: what each kind of event does to a turn, and what streams do that are none.

use std::sync::Mutex;
use std::time::Duration;

use bedtrack::director::answer::Status;
use bedtrack::director::tools::generate_music::GenerateAsk;
use bedtrack::director::{Progress, Step};
use serde_json::{Value, json};

use crate::harness::cloud::{Answer, Bench, Piece, Route, Turn, draft, segment, sse, text_event, title};

fn titled() -> Value {
    draft(json!([segment(0, "city timelapse", 10_000), title("Golden Hour", 3_000)]))
}

/// Keeps the words of every step.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn say(&self, step: &Step) {
        self.0.lock().unwrap().push(step.words.clone());
    }
}

async fn heard(bench: &Bench, ask: GenerateAsk) -> Vec<String> {
    let heard = Heard::default();
    let answer = bench.director.answer(&bench.caller, ask, &heard).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    let mut heard = heard.0.into_inner().unwrap();
    heard.dedup();
    heard
}

#[tokio::test]
async fn set_up_and_tools_are_told_in_brief_words_of_the_users_language() {
    for (request, expected) in [
        (
            "a clip of the city",
            &["Connecting…", "Ready!", "Sending the request", "Generating the picture", "Working on the music"],
        ),
        ("来一段城市的视频", &["正在连接…", "准备好了！", "正在发送请求", "正在生成画面", "正在处理音乐"]),
    ] {
        let bench = Bench::new().await;
        bench.cloud.turn(Turn::bytes(include_bytes!("../data/wire/two-stage.sse")).leaving(titled()));
        let heard = heard(&bench, GenerateAsk { request: request.into(), ..GenerateAsk::default() }).await;
        let mut at = heard.iter();
        assert!(expected.iter().all(|words| at.any(|step| step == words)), "{heard:?}");
        for inside in ["generate_video", "add_bgm", "planning"] {
            assert!(!heard.iter().any(|step| step.contains(inside)), "{heard:?}");
        }
    }
}

#[tokio::test]
async fn recorded_streams_in_small_pieces_give_the_same_answer() {
    for recorded in [
        &include_bytes!("../data/wire/two-stage.sse")[..],
        include_bytes!("../data/wire/partial.sse"),
        include_bytes!("../data/wire/gui.sse"),
        include_bytes!("../data/wire/trailing-error.sse"),
    ] {
        let mut replies = Vec::new();
        let crlf = String::from_utf8(recorded.to_vec()).unwrap().replace('\n', "\r\n");
        for turn in [Turn::bytes(recorded), Turn::split(recorded, 7), Turn::split(crlf.as_bytes(), 3)] {
            let bench = Bench::new().await;
            bench.cloud.turn(turn.leaving(titled()));
            replies.push(bench.generate("a clip").await.reply);
        }
        assert!(!replies[0].is_empty());
        assert_eq!(replies[0], replies[1]);
        assert_eq!(replies[0], replies[2]);
    }
}

#[tokio::test]
async fn heartbeats_without_end_count_as_stalled_however_fast_they_come() {
    let bench = Bench::with(Some("user-token"), |_, patience| patience.quiet = Duration::from_millis(100)).await;
    bench.cloud.turn(Turn::default().then(Piece::Flood(b": ping\n\ndata: heartbeat\n\n".to_vec())));
    let answer = bench.generate("add a title").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "turn_stalled"), "{}", answer.reply);
    assert!(answer.reply.contains("not sent again"), "{}", answer.reply);
    assert_eq!((bench.cloud.count(Route::Run), bench.cloud.count(Route::State)), (1, 1 + 1));
}

#[tokio::test]
async fn a_stalled_turn_that_changed_something_is_reported_from_the_state() {
    let bench = Bench::with(Some("user-token"), |_, patience| patience.quiet = Duration::from_millis(100)).await;
    bench.cloud.turn(Turn::default().then(Piece::Flood(b": ping\n\n".to_vec())).leaving(titled()));
    let answer = bench.generate("add a title").await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert!(answer.changes.contains(&"Title added: \"Golden Hour\", 0-3s".to_owned()));
}

#[tokio::test]
async fn a_stream_that_outlives_its_bound_is_left_and_the_state_tells_what_happened() {
    let bench = Bench::with(Some("user-token"), |_, patience| patience.turn = Duration::from_millis(100)).await;
    let chatter = sse(&text_event("Still adding the title."));
    bench.cloud.turn(Turn::default().then(Piece::Flood(chatter)).leaving(titled()));
    let answer = bench.generate("add a title").await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert!(answer.reply.contains("Still adding the title."), "{}", answer.reply);
    assert!(answer.reply.contains("before the answer was complete"), "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Run), 1);
}

#[tokio::test]
async fn an_event_of_megabytes_is_read_and_one_beyond_the_bound_costs_only_itself() {
    for megabytes in [5, 17] {
        let event = json!({"content": {"parts": [{"functionResponse": {"name": "edit_draft"}}]}, "invocationId": "e-1",
            "actions": {"stateDelta": {"draft": "x".repeat(megabytes << 20)}}});
        let bench = Bench::new().await;
        bench.cloud.turn(Turn::bytes([sse(&event), sse(&text_event("Title added."))].concat()).leaving(titled()));
        let answer = bench.generate("add a title").await;
        assert_eq!(answer.status, Status::Done, "{}", answer.reply);
        assert!(answer.reply.contains("Title added."), "{megabytes} MB: {}", answer.reply);
    }
}

#[tokio::test]
async fn a_trailing_temporary_issue_is_ignored_in_any_case_and_as_text_or_error() {
    let trailing = [
        json!({"error": "I encountered a TEMPORARY ISSUE", "error_details": {"stacktrace": "x".repeat(900)}}),
        json!({"errorCode": "UNAVAILABLE", "errorMessage": "Temporary Issue, please retry"}),
        text_event("I encountered a temporary issue. Please try again."),
    ];
    for event in trailing {
        let bench = Bench::new().await;
        bench.cloud.turn(Turn::bytes([sse(&text_event("Title added.")), sse(&event)].concat()).leaving(titled()));
        let answer = bench.generate("add a title").await;
        assert_eq!(answer.status, Status::Done, "{event}: {}", answer.reply);
        assert!(!answer.reply.to_lowercase().contains("temporary"), "{}", answer.reply);
    }
}

#[tokio::test]
async fn a_temporary_issue_without_any_words_before_it_fails_the_turn() {
    for event in [json!({"error": "a temporary issue"}), text_event("I encountered a temporary issue.")] {
        let bench = Bench::new().await;
        bench.cloud.turn(Turn::bytes(sse(&event)));
        let answer = bench.generate("add a title").await;
        assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "turn_failed"), "{event}");
    }
}

#[tokio::test]
async fn an_error_event_fails_the_turn_with_the_words_in_the_same_event() {
    let bench = Bench::new().await;
    let event =
        json!({"content": {"parts": [{"text": "The title is in."}]}, "errorCode": "SAFETY", "errorMessage": "blocked"});
    bench.cloud.turn(Turn::bytes(sse(&event)).leaving(titled()));
    let answer = bench.generate("add a title").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "turn_failed"));
    assert!(answer.reply.contains("The title is in.") && answer.reply.contains("blocked"), "{}", answer.reply);
    assert!(!answer.changes.is_empty());
}

#[tokio::test]
async fn a_refusal_as_the_streams_first_word_is_mended_like_one_in_its_place() {
    for (code, answered, runs) in
        [(1001, Status::Done, 2), (429, Status::Done, 2), (1002, Status::Done, 2), (2001, Status::Failed, 1)]
    {
        for heartbeat in ["", ": ping\n\n"] {
            let bench = Bench::with(None, |_, _| {}).await;
            let body = format!("{heartbeat}data: {{\"code\":{code},\"message\":\"no\"}}\n\n");
            bench.cloud.fault(Route::Run, [Answer::raw(200, "text/event-stream", body)]);
            let answer = bench.generate("music").await;
            assert_eq!((answer.status, bench.cloud.count(Route::Run)), (answered, runs), "{code}: {}", answer.reply);
        }
    }
}

#[tokio::test]
async fn json_and_pages_that_call_themselves_a_stream_are_seen_through() {
    for kind in ["text/event-stream", "text/plain", "application/octet-stream"] {
        let bench = Bench::new().await;
        bench.cloud.fault(Route::Run, [Answer::raw(200, kind, r#"{"code":2001,"message":"no credits"}"#).but_split(5)]);
        let answer = bench.generate("music").await;
        assert_eq!(answer.error.code, "no_credits", "{kind}: {}", answer.reply);
        bench.cloud.fault(Route::Run, [Answer::raw(200, kind, "<html>busy</html>")]);
        let answer = bench.generate("other music").await;
        assert_eq!(answer.status, Status::Failed, "{kind}");
        assert!(!answer.reply.contains("<html"), "{}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Run), 2, "{kind}: nothing is repeated");
    }
}

#[tokio::test]
async fn a_refusal_in_the_middle_keeps_what_came_before_it() {
    let bench = Bench::new().await;
    let stream =
        [sse(&text_event("The clip is there.")), sse(&json!({"code": 2001, "message": "out of credits"}))].concat();
    bench.cloud.turn(Turn::bytes(stream).leaving(titled()).costing(100));
    let answer = bench.generate("a clip").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "no_credits"), "{}", answer.reply);
    assert!(
        answer.reply.contains("The clip is there.") && answer.reply.contains("100 credits were spent"),
        "{}",
        answer.reply
    );
    assert!(!answer.changes.is_empty());
    assert_eq!(bench.cloud.world().ledger.len(), 1);
}

#[tokio::test]
async fn a_cut_in_the_middle_of_an_event_or_a_character_is_a_cut() {
    let whole = sse(&text_event("字幕已添加。"));
    for at in [3, whole.len() / 2, whole.len() - 1] {
        let bench = Bench::new().await;
        let bytes = [sse(&text_event("First.")), whole[..at].to_vec()].concat();
        bench.cloud.turn(Turn::bytes(bytes).then(Piece::Cut).leaving(titled()));
        let answer = bench.generate("add a title").await;
        assert_eq!(answer.status, Status::Done, "{}", answer.reply);
        assert!(
            answer.reply.contains("First.") && answer.reply.contains("before the answer was complete"),
            "{}",
            answer.reply
        );
        assert_eq!(bench.cloud.count(Route::Run), 1);
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_started_nothing() {
    let bench = Bench::unreachable().await;
    let answer = bench.generate("music").await;
    assert_eq!((answer.error.code.as_str(), answer.error.retryable), ("backend_down", true));
    assert!(
        answer.reply.contains("Nothing was started") && answer.reply.contains("Nothing was charged"),
        "{}",
        answer.reply
    );
}

#[tokio::test]
async fn endless_talk_is_answered_within_bounds() {
    let bench = Bench::new().await;
    let chatter: Vec<u8> =
        (0..5_000).flat_map(|n| sse(&text_event(&format!("Sentence {n} of very many of them.")))).collect();
    bench.cloud.turn(Turn::bytes(chatter).leaving(titled()));
    let answer = bench.generate("talk").await;
    assert_eq!(answer.status, Status::Done);
    assert!(answer.reply.starts_with("Sentence 0") && answer.reply.contains("the rest was left out"));
    assert!(answer.reply.chars().count() < 21_000);
}
