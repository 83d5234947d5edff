//! Exports from the cloud: the check before, the render that is followed, the second try, and the file.

use bedtrack::director::answer::Status;
use bedtrack::director::tools::export::ExportAsk;
use bedtrack::director::tools::state::StateAsk;
use serde_json::json;

use crate::harness::cloud::{Answer, Bench, Route, draft, mp4, nothing, segment};

/// A bench whose session has something to export.
async fn ready() -> Bench {
    let bench = Bench::new().await;
    bench.cloud.hold(draft(json!([segment(0, "city timelapse", 10_000)])));
    bench.generate("hello").await;
    bench
}

fn submitted(bench: &Bench) -> Vec<String> {
    let world = bench.cloud.world();
    let submits = world.seen.iter().filter(|seen| seen.route == Route::Submit);
    submits.map(|seen| seen.body["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_export_gives_the_absolute_path_of_a_checked_file_and_the_link() {
    let bench = ready().await;
    bench.cloud.world().polls.push_back(vec![
        json!({"status": "processing", "progress": 40}),
        json!({"status": "completed", "output": {"size": mp4().len(), "notes": ["The picture was copied bit for bit."]}}),
    ]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    let path = bench.at("out/city timelapse.mp4").canonicalize().unwrap();
    assert_eq!(answer.media[0].path, path.display().to_string());
    assert!(answer.reply.contains(&answer.media[0].path) && answer.reply.contains("bit for bit"), "{}", answer.reply);
    assert_eq!(std::fs::read(path).unwrap(), mp4());
    assert_eq!(answer.project_url, "https://nemovideo.com/workspace/claim?ct=clm_1");
    assert_eq!(bench.cloud.count(Route::Run), 1, "an export is never sent to the agent");
    let request = bench.cloud.last(Route::Submit).body;
    assert_eq!(request["output"], json!({"format": "mp4", "quality": "high"}));
    assert_eq!(request["draft"]["t"][0]["sg"][0]["d"], 10_000);
    assert_eq!(std::fs::read_dir(bench.at("out")).unwrap().count(), 1, "nothing is left beside the file");
    bench.assert_no_offence();
}

#[tokio::test]
async fn an_empty_timeline_is_not_exported() {
    let bench = Bench::new().await;
    assert_eq!(bench.export(ExportAsk::default()).await.error.code, "nothing_to_export");
    bench.cloud.hold(nothing());
    bench.generate("hello").await;
    assert_eq!(bench.export(ExportAsk::default()).await.error.code, "nothing_to_export");
    assert_eq!(bench.cloud.count(Route::Submit), 0);
}

#[tokio::test]
async fn a_render_that_really_failed_is_submitted_once_more_under_a_new_id() {
    let bench = ready().await;
    bench.cloud.world().polls.push_back(vec![json!({"status": "failed", "error": "worker lost"})]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert!(answer.reply.contains("a second one made it"), "{}", answer.reply);
    let ids = submitted(&bench);
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn two_failed_renders_are_the_end() {
    let bench = ready().await;
    let failed = || vec![json!({"status": "failed", "error": "worker lost"})];
    bench.cloud.world().polls.extend([failed(), failed()]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "render_failed"));
    assert!(answer.reply.contains("worker lost"), "{}", answer.reply);
    assert_eq!(submitted(&bench).len(), 2);
}

#[tokio::test]
async fn plan_permission_and_credits_are_never_tried_twice() {
    for (refused, code) in [
        (Answer::json(402, json!({"message": "free plan"})), "plan_required"),
        (Answer::code(402), "plan_required"),
        (Answer::code(403), "scope_missing"),
        (Answer::code(2001), "no_credits"),
    ] {
        let bench = ready().await;
        bench.cloud.fault(Route::Submit, [refused]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!(answer.error.code, code, "{}", answer.reply);
        assert_eq!(submitted(&bench).len(), 1);
    }
}

#[tokio::test]
async fn an_unclear_submission_is_asked_for_before_another_is_made() {
    let bench = ready().await;
    bench.cloud.fault(Route::Submit, [Answer::page(504).but_done()]);
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert_eq!(submitted(&bench).len(), 1, "the first was accepted after all");
    bench.cloud.fault(Route::Submit, [Answer::page(504)]);
    let answer = bench.export(ExportAsk { aspect: "1:1".into(), ..ExportAsk::default() }).await;
    assert_eq!(answer.status, Status::Done, "{}", answer.reply);
    assert_eq!(submitted(&bench).len(), 3, "the first was unknown, so a second was made");
}

#[tokio::test]
async fn where_the_files_own_address_fails_the_fallback_is_fetched() {
    let half = Answer { kind: "video/mp4", body: mp4(), ..Answer::page(200) }.but_cut();
    for bad in [Answer::page(404), Answer::json(200, json!({"detail": "gone"})), half] {
        let bench = ready().await;
        bench.cloud.fault(Route::File, [bad]);
        let answer = bench.export(ExportAsk::default()).await;
        assert_eq!(answer.status, Status::Done, "{}", answer.reply);
        assert_eq!(bench.cloud.count(Route::Download), 1);
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_was_asked_for_is_not_handed_over() {
    let bench = ready().await;
    bench.cloud.world().file = b"<html>this is no video</html>".to_vec();
    let answer = bench.export(ExportAsk::default()).await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "download_failed"));
    assert_eq!(std::fs::read_dir(bench.at("out")).unwrap().count(), 0);
}

#[tokio::test]
async fn two_exports_without_a_name_get_two_names() {
    let bench = ready().await;
    let (a, b) = tokio::join!(
        bench.export(ExportAsk::default()),
        bench.export(ExportAsk { quality: "draft".into(), ..ExportAsk::default() })
    );
    assert_eq!((a.status, b.status), (Status::Done, Status::Done));
    assert_ne!(a.media[0].path, b.media[0].path);
}

#[tokio::test]
async fn bad_wishes_are_refused_before_anything_is_rendered() {
    let bench = ready().await;
    let ask = ExportAsk::default;
    let exists = bench.at("there.mp4");
    std::fs::write(&exists, "x").unwrap();
    for (ask, code) in [
        (ExportAsk { format: "exe".into(), ..ask() }, "invalid_input"),
        (ExportAsk { quality: "best".into(), ..ask() }, "invalid_input"),
        (ExportAsk { aspect: "4:3".into(), ..ask() }, "invalid_input"),
        (ExportAsk { session: "s-nope".into(), ..ask() }, "not_found"),
        (ExportAsk { output: exists.display().to_string(), ..ask() }, "output_exists"),
        (ExportAsk { output: "/proc/x.mp4".into(), ..ask() }, "output_unwritable"),
    ] {
        let answer = bench.export(ask.clone()).await;
        assert_eq!(answer.error.code, code, "{ask:?}: {}", answer.reply);
        assert!(!answer.next.is_empty(), "{ask:?}");
    }
    assert_eq!(bench.cloud.count(Route::Submit), 0);
    assert_eq!(std::fs::read_to_string(exists).unwrap(), "x");
}

#[tokio::test]
async fn work_whose_record_is_damaged_is_ended_with_an_answer_by_whoever_takes_it_up() {
    use sqlx::Connection as _;
    let bench = ready().await;
    bench.cloud.world().polls.push_back(vec![json!({"status": "processing", "poll_after_ms": 60_000})]);
    let running = bench.export(ExportAsk { wait_seconds: Some(0.0), ..ExportAsk::default() }).await;
    assert_eq!(running.status, Status::Running);
    while bench.cloud.count(Route::Submit) == 0 {
        tokio::task::yield_now().await;
    }
    let next = bench.restarted();
    bench.director.close().await;
    let url = format!("sqlite:{}", bench.at("home/db.sqlite3").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE work SET body = 'half a rec'").execute(&mut database).await.unwrap();
    next.director.resume();
    let state = || next.state(StateAsk { session: running.session.clone(), ..StateAsk::default() });
    while state().await.status == Status::Running {}
    let answer = next.state(StateAsk { export: running.export.clone(), ..StateAsk::default() }).await;
    assert_eq!((answer.status, answer.error.code.as_str()), (Status::Failed, "internal"), "{}", answer.reply);
    assert!(answer.reply.contains("is damaged") && answer.export == running.export, "{}", answer.reply);
}

#[tokio::test]
async fn after_a_kill_the_kept_render_is_followed_and_nothing_is_submitted_again() {
    let bench = ready().await;
    bench.cloud.world().polls.push_back(vec![json!({"status": "processing", "poll_after_ms": 60_000})]);
    let running = bench.export(ExportAsk { wait_seconds: Some(0.0), ..ExportAsk::default() }).await;
    assert_eq!(running.status, Status::Running);
    while bench.cloud.count(Route::Submit) == 0 {
        tokio::task::yield_now().await;
    }
    let next = bench.restarted();
    bench.director.close().await;
    let id = submitted(&bench)[0].clone();
    bench.cloud.world().renders.get_mut(&id).unwrap().polls = [json!({"status": "completed"})].into();
    next.director.resume();
    let mut answer = next.state(StateAsk { export: running.export.clone(), ..StateAsk::default() }).await;
    while answer.status == Status::Running {
        answer = next.state(StateAsk { export: running.export.clone(), ..StateAsk::default() }).await;
    }
    assert_eq!((answer.status, answer.export), (Status::Done, running.export), "{}", answer.reply);
    assert_eq!(submitted(&bench), [id]);
}
