//! Tokens, sessions and refusals: what may be mended and repeated, and what is told instead.

use bedtrack::director::answer::Status;
use bedtrack::director::tools::credits::CreditsAsk;
use bedtrack::director::tools::generate_music::GenerateAsk;
use serde_json::json;

use crate::harness::cloud::{Answer, Bench, Route, Turn, draft, segment, title};

#[tokio::test]
async fn an_anonymous_token_is_fetched_once_kept_for_its_owner_and_used_again() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.generate("music").await;
    let next = bench.restarted();
    next.generate("more music").await;
    assert_eq!(bench.cloud.count(Route::Token), 1);
    assert!(bench.cloud.world().seen.iter().skip(1).all(|seen| seen.bearer.as_deref() == Some("nmv_usr_1")));
    let id = std::fs::read_to_string(bench.at("config/client_id")).unwrap();
    assert_eq!(bench.cloud.last(Route::Token).headers["x-client-id"], id.as_str());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(bench.at("home/token.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    bench.assert_no_offence();
}

#[tokio::test]
async fn every_request_carries_the_skill_and_where_it_is_installed() {
    let bench = Bench::with(None, |_, _| {}).await;
    let ask = GenerateAsk { request: "music".into(), skill: "music-generator-ai".into(), ..GenerateAsk::default() };
    bench.ask(ask).await;
    let world = bench.cloud.world();
    for seen in &world.seen {
        assert_eq!(seen.headers["x-skill-source"], "music-generator-ai", "{}", seen.path);
        assert_eq!(seen.headers["x-skill-version"], "1.0.0", "{}", seen.path);
        assert_eq!(seen.headers["x-skill-platform"], "cursor", "{}", seen.path);
    }
}

#[tokio::test]
async fn an_expired_anonymous_token_is_replaced_once_and_the_call_repeated() {
    for refused in [Answer::code(1001), Answer::json(401, json!({"detail": "expired"}))] {
        let bench = Bench::with(None, |_, _| {}).await;
        bench.cloud.fault(Route::Run, [refused]);
        let answer = bench.generate("music").await;
        assert_eq!(answer.status, Status::Done, "{}", answer.reply);
        assert_eq!((bench.cloud.count(Route::Token), bench.cloud.count(Route::Run)), (2, 2));
        assert_eq!(bench.cloud.last(Route::Run).bearer.as_deref(), Some("nmv_usr_2"));
    }
}

#[tokio::test]
async fn the_users_own_token_is_never_replaced_and_the_way_to_a_new_one_is_told() {
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Open, [Answer::code(1001)]);
    let answer = bench.generate("music").await;
    assert_eq!(answer.error.code, "auth_expired");
    assert!(answer.reply.contains("NEMO_TOKEN"), "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Token), 0);
}

#[tokio::test]
async fn a_refused_anonymous_token_says_when_to_try_again() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.cloud.fault(Route::Token, [Answer::code(429).header("retry-after", 7_200)]);
    let answer = bench.generate("music").await;
    assert_eq!((answer.error.code.as_str(), answer.error.retry_after_seconds), ("rate_limited", Some(7_200)));
    assert!(answer.reply.contains("in 2 hours"), "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Token), 1);
}

#[tokio::test]
async fn a_missing_client_id_is_made_anew_and_the_token_asked_for_once_more() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.cloud.fault(Route::Token, [Answer::json(400, json!({"code": 400, "message": "X-Client-Id missing"}))]);
    let answer = bench.generate("music").await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Token), 2);
}

#[tokio::test]
async fn a_lost_session_that_held_nothing_is_replaced_and_the_message_goes_there_once() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::says("What would you like?"));
    let first = bench.generate("hello").await;
    bench.cloud.world().sessions.clear();
    let answer = bench.generate("calm music").await;
    assert_eq!((answer.status, answer.session), (Status::Done, first.session));
    assert_eq!(bench.cloud.messages(), ["hello", "calm music"]);
    assert_eq!(bench.cloud.count(Route::Open), 2);
}

#[tokio::test]
async fn a_lost_session_that_held_something_repeats_nothing_and_says_what_to_upload() {
    let bench = Bench::new().await;
    bench.upload(&[&bench.clip("my-clip.mp4")]).await;
    bench.cloud.world().sessions.clear();
    let answer = bench.generate("calm music").await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "session_lost"));
    assert!(answer.reply.contains("my-clip.mp4"), "{}", answer.reply);
    assert_eq!(bench.cloud.count(Route::Run), 0);
}

#[tokio::test]
async fn no_credits_sends_an_anonymous_user_to_register_and_others_to_top_up() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.cloud.fault(Route::Run, [Answer::code(2001)]);
    let answer = bench.generate("music").await;
    assert_eq!((answer.error.code.as_str(), bench.cloud.count(Route::Run)), ("no_credits", 1));
    assert!(answer.reply.contains("https://nemovideo.com/register?bind=task-1"), "{}", answer.reply);
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Run, [Answer::json(402, json!({"code": 2001}))]);
    let answer = bench.generate("music").await;
    assert_eq!(answer.error.code, "no_credits");
    assert!(!answer.reply.contains("register?"), "{}", answer.reply);
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_once_and_then_told() {
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Run, [Answer::code(429)]);
    assert_eq!(bench.generate("music").await.status, Status::Done);
    bench.cloud.fault(Route::Run, [Answer::code(429), Answer::json(429, json!({})).header("retry-after", 0)]);
    let answer = bench.generate("other music").await;
    assert_eq!((answer.error.code.as_str(), answer.error.retryable), ("rate_limited", true));
    assert_eq!(bench.cloud.count(Route::Run), 4);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Upload, [Answer::json(403, json!({"code": 403, "message": "forbidden"}))]);
    let answer = bench.upload(&[&bench.clip("a.mp4")]).await;
    assert_eq!(answer.error.code, "scope_missing");
    assert!(answer.reply.contains("upload"), "{}", answer.reply);
}

#[tokio::test]
async fn refused_files_are_told_with_what_is_accepted() {
    for (answer, code) in [
        (Answer::code(4001), "unsupported_file"),
        (Answer::code(4002), "file_too_large"),
        (Answer::json(413, json!({"detail": "too large"})), "file_too_large"),
        (Answer::json(415, json!(null)), "unsupported_file"),
    ] {
        let bench = Bench::new().await;
        bench.cloud.fault(Route::Upload, [answer]);
        let answer = bench.upload(&[&bench.clip("a.mp4")]).await;
        assert_eq!(answer.error.code, code, "{}", answer.reply);
        assert!(answer.reply.contains("a.mp4"), "{}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Upload), 1);
    }
}

#[tokio::test]
async fn what_no_table_foresees_is_an_answer_all_the_same() {
    for fault in [
        Answer::page(200),
        Answer::json(200, json!([1, 2])),
        Answer { body: b"{\"code\":".to_vec(), ..Answer::json(200, json!(null)) },
        Answer { body: Vec::new(), ..Answer::json(200, json!(null)) },
        Answer::json(418, json!({"detail": {"a": 1}})),
        Answer::json(200, json!({"success": false, "error": "odd"})),
    ] {
        let bench = Bench::new().await;
        bench.cloud.fault(Route::Run, [fault.clone()]);
        let answer = bench.generate("music").await;
        assert_eq!(answer.status, Status::Failed, "{fault:?}");
        assert!(["backend_error", "backend_down"].contains(&answer.error.code.as_str()), "{}", answer.error.code);
        assert!(!answer.reply.contains("<html"), "{}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Run), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn reads_are_repeated_until_they_work() {
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Balance, [Answer::page(502), Answer::page(200), Answer::json(503, json!({}))]);
    let answer = bench.director.answer(&bench.caller, CreditsAsk {}, &()).await;
    assert_eq!((answer.status, answer.credits.available), (Status::Done, Some(1_000)), "{}", answer.reply);
    assert!(answer.reply.contains("1000 credits are available"), "{}", answer.reply);
}

#[tokio::test]
async fn a_session_is_opened_in_the_skills_language_unless_the_call_names_one() {
    for (skill, request, language, sent) in [
        ("topmediai-ai-music-generator", "来一段音乐", "", Some("zh")),
        ("music-generator-ai", "来一段音乐", "", Some("en")),
        ("for-beginners-ai-music", "music", "", None),
        ("for-beginners-ai-music", "music", "zh-CN", Some("zh")),
    ] {
        let bench = Bench::new().await;
        bench
            .ask(GenerateAsk {
                request: request.into(),
                skill: skill.into(),
                language: language.into(),
                ..GenerateAsk::default()
            })
            .await;
        let opened = bench.cloud.last(Route::Open);
        assert_eq!(opened.body["language"].as_str(), sent, "{skill}");
        assert_eq!(opened.body["task_name"], "project");
    }
}

#[tokio::test]
async fn the_project_link_never_holds_the_token() {
    let bench = Bench::new().await;
    let answer = bench.generate("music").await;
    assert_eq!(answer.project_url, "https://nemovideo.com/workspace/claim?ct=clm_1");
    let bench = Bench::new().await;
    bench.cloud.fault(Route::Claim, [Answer::json(404, json!({"detail": "Not Found"}))]);
    let answer = bench.generate("music").await;
    let expected = "https://nemovideo.com/workspace/claim?task=task-1&session=sid-1&skill_name=topmediai-ai-music-generator&skill_version=1.0.0&skill_source=cursor";
    assert_eq!(answer.project_url, expected);
    let second = bench.generate("more music").await;
    assert_eq!(second.project_url, "", "the link goes out with the first answer only");
}

#[tokio::test]
async fn several_actions_of_one_request_run_in_order_under_one_handle() {
    let bench = Bench::new().await;
    bench.cloud.turn(Turn::says("Made.").leaving(draft(json!([segment(1, "Lo-fi", 10_000), title("A", 1_000)]))));
    let answer = bench.generate("make a lo-fi track, then export it as mp4, then show my balance").await;
    assert_eq!((answer.status, answer.action.as_str()), (Status::Done, "credits"), "{}", answer.reply);
    let order: Vec<Route> = bench.cloud.world().seen.iter().map(|seen| seen.route).collect();
    let at = |route| order.iter().position(|seen| *seen == route).unwrap();
    assert!(at(Route::Run) < at(Route::Submit));
    assert!(answer.media.iter().any(|medium| medium.path.ends_with(".mp4")), "{:?}", answer.media);
    assert_eq!(bench.cloud.messages().len(), 1);
}

/// Everything below a folder, but one file.
fn contents(folder: &std::path::Path, but: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(contents(&path, but));
        } else if !path.ends_with(but) {
            bytes.extend(std::fs::read(&path).unwrap());
        }
    }
    bytes
}

#[tokio::test]
async fn tokens_show_up_nowhere_but_in_their_own_file() {
    for token in [Some("sentinel-7f3a"), None] {
        let bench = Bench::with(token, |_, _| {}).await;
        let secret = token.unwrap_or("nmv_usr_1");
        bench.cloud.fault(Route::Claim, [Answer::json(404, json!({}))]);
        let mut told = format!("{:?}", bench.generate("music").await);
        bench.cloud.fault(Route::Run, [Answer::json(500, json!({"message": format!("Bearer {secret}")}))]);
        told += &format!("{:?}", bench.generate("more").await);
        bench.cloud.fault(Route::Balance, [Answer::code(403)]);
        told += &format!("{:?}", bench.director.answer(&bench.caller, CreditsAsk {}, &()).await);
        assert!(!told.contains(secret), "{told}");
        let kept = contents(&bench.at(""), "token.json");
        assert!(!kept.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[tokio::test]
async fn neither_token_nor_attribution_goes_to_another_host() {
    let (bench, other) = (Bench::new().await, Bench::new().await);
    bench.cloud.hold(draft(json!([segment(0, "clip", 10_000)])));
    bench.generate("hello").await;
    let elsewhere = format!("{}/files/render_x", other.cloud.base());
    bench.cloud.world().polls.push_back(vec![json!({"status": "completed", "output": {"url": elsewhere}})]);
    bench.director.answer(&bench.caller, bedtrack::director::tools::export::ExportAsk::default(), &()).await;
    let there = other.cloud.last(Route::File);
    assert_eq!(there.bearer, None);
    assert!(there.headers.keys().all(|name| !name.as_str().starts_with("x-skill")), "{:?}", there.headers);
}

#[tokio::test]
async fn a_renewed_token_is_asked_for_with_the_same_client_id() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.cloud.fault(Route::Balance, [Answer::code(1001)]);
    bench.director.answer(&bench.caller, CreditsAsk {}, &()).await;
    let world = bench.cloud.world();
    let ids: Vec<_> =
        world.seen.iter().filter(|seen| seen.route == Route::Token).map(|seen| &seen.headers["x-client-id"]).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_renewal_that_is_refused_says_when() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.generate("music").await;
    bench.cloud.fault(Route::Run, [Answer::code(1001)]);
    bench.cloud.fault(Route::Token, [Answer::code(429).header("retry-after", 86_400)]);
    let answer = bench.generate("other music").await;
    assert_eq!((answer.error.code.as_str(), answer.error.retry_after_seconds), ("rate_limited", Some(86_400)));
    assert!(answer.reply.contains("in 24 hours") && answer.reply.contains("NEMO_TOKEN"), "{}", answer.reply);
}

#[tokio::test]
async fn calls_that_come_at_once_share_one_request_for_a_token() {
    let bench = Bench::with(None, |_, _| {}).await;
    let ask = |request: &str| GenerateAsk { request: request.into(), session: "new".into(), ..GenerateAsk::default() };
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    bench.cloud.fault(
        Route::Token,
        [Answer::json(200, json!({"data": {"token": "nmv_usr_1", "credits": 100}})).but_done().but_held(&gate)],
    );
    let opened = async {
        while bench.cloud.count(Route::Token) == 0 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(1);
    };
    let (a, b, c, ()) = tokio::join!(
        bench.ask(ask("one")),
        bench.ask(ask("two")),
        bench.director.answer(&bench.caller, CreditsAsk {}, &()),
        opened
    );
    assert_eq!([a.status, b.status, c.status], [Status::Done; 3], "{}", a.reply);
    assert_eq!(bench.cloud.count(Route::Token), 1);
}

#[tokio::test]
async fn a_kept_token_that_is_over_damaged_or_of_another_base_is_replaced() {
    let elsewhere =
        r#"{"token":"nmv_usr_old","base":"https://elsewhere/","expires_at":4000000000,"renew_at":4000000000}"#;
    for kept in ["{", "", elsewhere] {
        let bench = Bench::with(None, |_, _| {}).await;
        std::fs::create_dir_all(bench.at("home")).unwrap();
        std::fs::write(bench.at("home/token.json"), kept).unwrap();
        assert_eq!(bench.generate("music").await.status, Status::Done);
        assert_eq!(bench.cloud.count(Route::Token), 1);
    }
    let bench = Bench::with(None, |_, _| {}).await;
    let over = format!(r#"{{"token":"nmv_usr_old","base":"{}/","expires_at":9,"renew_at":8}}"#, bench.cloud.base());
    std::fs::create_dir_all(bench.at("home")).unwrap();
    std::fs::write(bench.at("home/token.json"), over).unwrap();
    assert_eq!(bench.generate("music").await.status, Status::Done);
    assert_eq!(bench.cloud.count(Route::Token), 1);
    let old = bench.cloud.world().seen.iter().any(|seen| seen.bearer.as_deref() == Some("nmv_usr_old"));
    assert!(!old, "a token that is over is not even tried");
}

#[tokio::test]
async fn a_token_another_process_has_fetched_meanwhile_is_used() {
    let bench = Bench::with(None, |_, _| {}).await;
    bench.generate("music").await;
    let other = bench.restarted();
    other.cloud.fault(Route::Balance, [Answer::code(1001)]);
    other.director.answer(&other.caller, CreditsAsk {}, &()).await;
    assert_eq!(bench.cloud.count(Route::Token), 2, "the other process renewed it");
    bench.cloud.fault(Route::Balance, [Answer::code(1001)]);
    let answer = bench.director.answer(&bench.caller, CreditsAsk {}, &()).await;
    assert_eq!((answer.status, bench.cloud.count(Route::Token)), (Status::Done, 2), "{}", answer.reply);
    assert_eq!(bench.cloud.last(Route::Balance).bearer.as_deref(), Some("nmv_usr_2"));
}

#[tokio::test]
async fn the_link_goes_out_with_a_sessions_first_answer_where_the_skill_asks_for_it() {
    for skill in bedtrack::skills::Catalogue::load(None).0.all() {
        let bench = Bench::new().await;
        let ask = GenerateAsk { request: "music".into(), skill: skill.name.clone(), ..GenerateAsk::default() };
        let answer = bench.ask(ask).await;
        assert_eq!(!answer.project_url.is_empty(), skill.name == "topmediai-ai-music-generator", "{}", skill.name);
    }
}

#[tokio::test]
async fn redirects_within_the_apis_own_host_keep_the_headers_and_those_beyond_it_lose_them() {
    let (bench, other) = (Bench::new().await, Bench::new().await);
    bench.cloud.hold(draft(json!([segment(0, "clip", 10_000)])));
    bench.generate("hello").await;
    let own = format!("{}/files/render_y", bench.cloud.base());
    let away = format!("{}/files/render_x", other.cloud.base());
    bench.cloud.fault(Route::File, [Answer::redirect(&own), Answer::redirect(&away)]);
    bench.export(bedtrack::director::tools::export::ExportAsk::default()).await;
    assert!(bench.cloud.count(Route::File) >= 2);
    for seen in bench.cloud.world().seen.iter().filter(|seen| seen.route == Route::File) {
        assert_eq!(seen.bearer.as_deref(), Some("user-token"));
    }
    bench.assert_no_offence();
    let there = other.cloud.last(Route::File);
    assert_eq!(there.bearer, None);
    assert!(there.headers.keys().all(|name| !name.as_str().starts_with("x-skill")), "{:?}", there.headers);
}
