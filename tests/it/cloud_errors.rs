//! The table of errors: every row, in both shapes, for every skill, and what stands in no table.

use bedtrack::director::answer::Status;
use bedtrack::director::tools::credits::CreditsAsk;
use bedtrack::director::tools::export::ExportAsk;
use bedtrack::director::tools::generate_music::GenerateAsk;
use bedtrack::director::tools::state::StateAsk;
use bedtrack::skills::Catalogue;
use serde_json::{Value, json};

use crate::harness::cloud::{Answer, Bench, Route, draft, nothing, segment};

fn with_skill(request: &str, skill: &str) -> GenerateAsk {
    GenerateAsk { request: request.into(), skill: skill.into(), ..GenerateAsk::default() }
}

#[tokio::test]
async fn every_refusal_of_a_message_is_told_in_both_shapes_with_its_cost_and_the_next_step() {
    let as_http = |status: u16, code: i64| Answer::json(status, json!({"code": code, "message": "no"}));
    for (answers, code, retryable) in [
        (vec![Answer::code(2001), as_http(402, 2001), as_http(400, 2001), as_http(500, 2001)], "no_credits", false),
        (Answer::both(402).to_vec(), "plan_required", false),
        (Answer::both(403).to_vec(), "scope_missing", false),
        (Answer::both(401).to_vec(), "auth_expired", false),
        (vec![Answer::code(1001), as_http(401, 1001), as_http(403, 1001)], "auth_expired", false),
        (vec![Answer::code(4001), as_http(400, 4001)], "unsupported_file", false),
        (vec![Answer::code(4002), as_http(413, 4002)], "file_too_large", false),
        (vec![Answer::code(9999), as_http(422, 9999)], "backend_error", true),
        (Answer::both(503).to_vec(), "backend_down", true),
        (
            vec![Answer::raw(503, "text/plain", ""), Answer::raw(599, "application/json", "{\"code\":")],
            "backend_down",
            true,
        ),
        (vec![Answer::raw(404, "text/plain", "not here")], "", true),
    ] {
        for refused in answers {
            let bench = Bench::new().await;
            bench.cloud.fault(Route::Run, [refused.clone()]);
            let answer = bench.generate("music").await;
            if code.is_empty() {
                // A session that held nothing is replaced.
                assert_eq!((answer.status, bench.cloud.count(Route::Open)), (Status::Done, 2), "{}", answer.reply);
                continue;
            }
            assert_eq!(answer.error.code, code, "{refused:?}: {}", answer.reply);
            if code != "backend_error" {
                assert_eq!(answer.error.retryable, retryable, "{refused:?}");
            }
            assert_eq!(bench.cloud.count(Route::Run), 1, "{refused:?}");
            let about_cost = ["charged", "plan", "balance"].iter().any(|word| answer.reply.contains(word));
            assert!(about_cost && !answer.next.is_empty(), "{refused:?}: {}", answer.reply);
        }
    }
}

#[tokio::test]
async fn out_of_credits_and_a_blocked_export_are_told_in_every_skills_own_words() {
    for skill in Catalogue::load(None).0.all() {
        let bench = Bench::new().await;
        bench.cloud.hold(draft(json!([segment(0, "clip", 10_000)])));
        bench.cloud.fault(Route::Run, [Answer::code(2001)]);
        let answer = bench.ask(with_skill("music", &skill.name)).await;
        assert!(answer.reply.contains(&skill.wording.out_of_credits.en), "{}: {}", skill.name, answer.reply);
        bench.cloud.fault(Route::Submit, [Answer::code(402)]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!(answer.error.code, "plan_required");
        assert!(answer.reply.contains(&skill.wording.plan_required.en), "{}: {}", skill.name, answer.reply);
        let about_credits = answer.reply.to_lowercase().replace("not credits", "");
        assert!(!about_credits.contains("credit"), "{}", answer.reply);
        assert_eq!(bench.cloud.last(Route::Submit).headers["x-skill-source"], skill.name.as_str());
        bench.assert_no_offence();
    }
}

#[tokio::test]
async fn the_registration_link_is_bound_to_the_best_id_of_either_answer() {
    let cases = [
        (json!({"task_id": "t", "session_id": "s", "bind_id": "b-1"}), json!({"user_id": "u"}), "b-1"),
        (json!({"task_id": "t", "session_id": "s"}), json!({"user_id": "u-9"}), "u-9"),
        (json!({"task_id": "t-7", "session_id": "s"}), json!({"session_id": "s"}), "t-7"),
        (json!({"task_id": "", "session_id": "s-3"}), json!({}), "s-3"),
    ];
    for (opened, state, bind) in cases {
        let bench = Bench::with(None, |_, _| {}).await;
        let mut data = state.clone();
        data["state"] = nothing();
        bench.cloud.fault(Route::Open, [Answer::json(200, json!({"code": 0, "data": opened}))]);
        bench.cloud.fault(Route::State, [Answer::json(200, json!({"code": 0, "data": data}))]);
        let sid = opened["session_id"].as_str().unwrap().to_owned();
        bench.cloud.world().sessions.insert(sid, crate::harness::cloud::Session { state: nothing() });
        bench.cloud.fault(Route::Run, [Answer::code(2001)]);
        let answer = bench.generate("music").await;
        let link = format!("https://nemovideo.com/register?bind={bind}");
        assert!(answer.reply.contains(&link), "{state}: {}", answer.reply);
    }
}

#[tokio::test]
async fn a_rate_limit_names_the_time_in_each_form_of_retry_after() {
    let limited = |after: &str| {
        Answer::json(429, json!({})).header("retry-after", after).header("date", "Sat, 21 Nov 2026 07:00:00 GMT")
    };
    for (refused, seconds, words) in [
        (limited("600"), 600, "in 10 minutes"),
        (limited("Sat, 21 Nov 2026 09:00:00 GMT"), 7_200, "in 2 hours"),
        (Answer::code(429).header("retry-after", 90), 90, "in 90 seconds"),
    ] {
        let bench = Bench::new().await;
        bench.cloud.fault(Route::Run, [refused]);
        let answer = bench.generate("music").await;
        assert_eq!((answer.error.code.as_str(), answer.error.retry_after_seconds), ("rate_limited", Some(seconds)));
        assert!(answer.reply.contains(words), "{}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Run), 1, "a long wait is told, not waited out");
    }
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Run, [limited("Sat, 21 Nov 2026 06:59:00 GMT")]);
    assert_eq!(bench.generate("music").await.status, Status::Done, "a date that has passed means now");
}

#[tokio::test]
async fn a_message_refused_for_its_client_id_goes_out_once_more_with_one() {
    for anonymous in [true, false] {
        let bench = Bench::with(if anonymous { None } else { Some("user-token") }, |_, _| {}).await;
        bench.cloud.fault(Route::Run, [Answer::json(400, json!({"code": 400, "message": "X-Client-Id missing"}))]);
        let answer = bench.generate("music").await;
        assert_eq!((answer.status, bench.cloud.count(Route::Run)), (Status::Done, 2), "{}", answer.reply);
        let sent = bench.cloud.last(Route::Run).headers["x-client-id"].clone();
        if anonymous {
            assert_eq!(sent, std::fs::read_to_string(bench.at("config/client_id")).unwrap().as_str());
        }
        assert!(
            bench
                .cloud
                .world()
                .seen
                .iter()
                .any(|seen| seen.route == Route::Run && !seen.headers.contains_key("x-client-id"))
        );
    }
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Run, [Answer::both(400)[1].clone()]);
    assert_eq!(bench.generate("music").await.error.code, "backend_error");
    assert_eq!(bench.cloud.count(Route::Run), 1, "any other 400 is no matter of the client's id");
}

#[tokio::test]
async fn answers_that_make_no_sense_are_told_for_every_call_and_shown_for_none() {
    let odd: [fn() -> Answer; 9] = [
        || Answer::page(200),
        || Answer::raw(200, "application/json", ""),
        || Answer::raw(200, "application/json", "{\"code\":0,\"data\":{"),
        || Answer::json(200, json!({"code": 0, "data": "oops"})),
        || Answer::json(200, json!({"code": 0, "data": [1, 2]})),
        || Answer::json(200, json!([1, 2])),
        || Answer::json(200, json!("fine")),
        || Answer::json(200, json!({"code": "E_ODD", "message": "odd"})),
        || Answer::json(200, json!({"success": false, "error": {"message": "odd"}})).but_cut(),
    ];
    for (index, odd) in odd.iter().enumerate() {
        // As often as a read is repeated, and once more.
        let answers = || (0..4).map(|_| odd());
        for route in [Route::Token, Route::Open, Route::State, Route::Balance, Route::Upload] {
            let bench = Bench::with(None, |_, _| {}).await;
            bench.cloud.fault(route, answers());
            let answer = match route {
                Route::Balance => bench.director.answer(&bench.caller, CreditsAsk {}, &()).await,
                Route::Upload => bench.upload(&[&bench.clip("a.mp4")]).await,
                _ => bench.generate("music").await,
            };
            let told = format!("{answer:?}");
            assert!(!told.contains("<html") && !told.contains("oops"), "{index} {route:?}: {told}");
            if route == Route::Upload {
                assert_eq!(bench.cloud.count(route), 1, "an upload is never repeated");
                continue;
            }
            assert_eq!(answer.status, Status::Failed, "{index} {route:?}: {}", answer.reply);
            let code = answer.error.code.as_str();
            assert!(["backend_error", "backend_down"].contains(&code), "{index} {route:?}: {code}");
            assert!(!answer.next.is_empty());
        }
    }
}

#[tokio::test]
async fn a_state_with_fields_of_other_types_loses_those_fields_alone() {
    let bench = Bench::new().await;
    let state = json!({"draft": {"t": [{"tt": "1", "sg": [{"d": "10000", "m": {"name": "Lo-fi"}}, 7]}]}, "video_infos": {"a": 1},
        "generated_media": [{"id": 5, "name": "Lo-fi", "m": null}, "x"], "canvas_config": "wide", "poll_after_ms": "no"});
    bench.cloud.hold(state);
    bench.generate("hello").await;
    let answer = bench.state(StateAsk::default()).await;
    assert_eq!(answer.timeline.summary, "Timeline (1 track): 1. BGM: Lo-fi (0-10s)");
    assert_eq!(answer.media.len(), 1);
}

#[tokio::test]
async fn a_session_the_caller_does_not_have_is_named_in_the_words_alone() {
    let bench = Bench::new().await;
    bench.generate("music").await;
    let answer = bench.state(StateAsk { session: "s-nope".into(), ..StateAsk::default() }).await;
    assert_eq!((answer.error.code.as_str(), answer.session.as_str()), ("not_found", ""));
    assert!(answer.reply.contains("s-nope"), "{}", answer.reply);
    let structured: Value = serde_json::to_value(&answer).unwrap();
    assert!(structured.get("session").is_none(), "{structured}");
}

#[tokio::test]
async fn a_lost_session_is_known_by_its_code_and_by_404() {
    for lost in
        [Answer::code(1002), Answer::json(404, json!({"detail": "Session not found: sid-1"})), Answer::page(404)]
    {
        let bench = Bench::new().await;
        bench.cloud.fault(Route::Run, [lost.clone()]);
        let answer = bench.generate("music").await;
        assert_eq!((answer.status, bench.cloud.count(Route::Open)), (Status::Done, 2), "{lost:?}: {}", answer.reply);
        assert_eq!(bench.cloud.messages(), ["music", "music"]);
        let bench = Bench::new().await;
        bench.cloud.hold(draft(json!([segment(0, "clip", 10_000)])));
        bench.generate("hello").await;
        bench.cloud.fault(Route::Run, [lost.clone()]);
        let answer = bench.generate("music").await;
        assert_eq!((answer.error.code.as_str(), answer.status), ("session_lost", Status::Failed), "{lost:?}");
        assert_eq!(bench.cloud.messages(), ["hello", "music"], "nothing that is paid is repeated");
    }
}
