//! One table of scenarios for both backends: the scripted cloud and the embedded studio, each behind the real binary, must
//! give the same values, take the same credits and fail with the same codes. Where the two differ, the studio is wrong.

use std::path::Path;

use bedtrack_store::sqlite_url;
use serde_json::{Value, json};

use crate::harness::cloud::{Answer, Route, Turn, title};
use crate::harness::media;
use crate::harness::parity::{Script, Side, exported, file, medium, plays, state, store, worth};
use crate::harness::stdio::ToolResult;
use crate::store::lose_session;

/// One call, what the cloud is told before it, and what the answer must be worth on both sides.
struct ScenarioStep {
    tool: &'static str,
    arguments: Value,
    script: Script,
    /// The part of [`worth`] that the table fixes; the rest must still be the same on both sides.
    expected: Value,
}

fn step(tool: &'static str, arguments: Value, script: Script, expected: Value) -> ScenarioStep {
    ScenarioStep { tool, arguments, script, expected }
}

/// A call that fails with a code, and changes and costs nothing.
fn fails(tool: &'static str, arguments: Value, code: &str) -> ScenarioStep {
    step(tool, arguments, Script::Nothing, json!({"is_error": true, "status": "failed", "code": code}))
}

/// Goes through a table and gives what each answer was worth.
fn walk(side: &mut Side, steps: Vec<ScenarioStep>) -> Vec<Value> {
    let mut worths = Vec::new();
    for ScenarioStep { tool, arguments, script, expected } in steps {
        let result = side.call(tool, &arguments, script);
        let found = worth(&result);
        let shown: String = arguments.to_string().chars().take(200).collect();
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&found[key], value, "{}: {tool} {shown}: {key}\n{}", side.name, result.text);
        }
        assert!(result.text.len() > 10, "{}: {tool} {shown} says too little: {}", side.name, result.text);
        assert!(!result.is_error || result.structured["next"].is_array(), "{}: {tool} {shown}", side.name);
        worths.push(json!([tool, shown.replace(side.home.folder().to_str().unwrap(), "~"), found]));
    }
    worths
}

/// Runs a table on both sides and compares every answer.
async fn same_on_both(credits: i64, table: impl Fn(&Side) -> Vec<ScenarioStep>) -> [Side; 2] {
    let mut sides = Side::both(credits).await;
    let mut worths = Vec::new();
    for side in &mut sides {
        let steps = table(side);
        worths.push(walk(side, steps));
    }
    for (cloud, studio) in worths[0].iter().zip(&worths[1]) {
        assert_eq!(cloud, studio, "the cloud's answer on the left, the studio's on the right");
    }
    if let Some(cloud) = &sides[0].cloud {
        assert_eq!(cloud.world().offences, Vec::<String>::new());
    }
    sides
}

/// A clip of four seconds in a side's own folder.
fn clip(folder: &Path) -> String {
    media::clip(folder, "city-timelapse.mp4", 4, true).display().to_string()
}

fn uploaded() -> Value {
    medium("u", "video", "city-timelapse.mp4", 4_000)
}

fn scene(tracks: &[Value]) -> Value {
    let picture = plays(0, "u", 4_000, None);
    let made: &[Value] = if tracks.is_empty() { &[] } else { &[medium("m", "music", "Lo-fi", 4_000)] };
    state(&[&[picture], tracks].concat(), &[uploaded()], made)
}

fn bed(volume: f64) -> Value {
    plays(1, "m", 4_000, Some(volume))
}

fn says(text: &str, state: Value) -> Script {
    Script::Turn(Turn::says(text).leaving(state).costing(50))
}

fn silently(state: Value) -> Script {
    Script::Turn(Turn::bytes(Vec::new()).leaving(state).costing(50))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploading_scoring_editing_and_reading_are_worth_the_same() {
    let line = |rest: &str| format!("Timeline ({}", rest);
    let request = |words: &str| json!({"request": words});
    same_on_both(1_000, |side| {
        let clip = clip(side.home.folder());
        vec![
            step("credits", json!({}), Script::Nothing, json!({"action": "credits", "available": 1_000})),
            fails("export", json!({}), "nothing_to_export"),
            step(
                "upload",
                json!({"files": [clip]}),
                Script::Arrives(scene(&[])),
                json!({"status": "done", "media": [["video", "city-timelapse.mp4", 4.0]]}),
            ),
            step(
                "generate_music",
                json!({"request": "lo-fi music at 35%", "seed": 7}),
                says("Done: a lo-fi bed.", scene(&[bed(0.35)])),
                json!({
                    "status": "done", "action": "message", "changes": ["Music added: Lo-fi, 0-4s, 35%"],
                    "timeline": line("2 tracks): 1. Video: city timelapse (0-4s) 2. BGM: Lo-fi (0-4s, 35%)"),
                    "media": [["music", "Lo-fi", 4.0]], "spent": 50, "available": 950,
                }),
            ),
            step(
                "generate_music",
                request("music at 20%"),
                says("Turned down.", scene(&[bed(0.2)])),
                json!({"changes": ["Volume of Lo-fi: 35% → 20%"], "spent": 50, "available": 900}),
            ),
            step(
                "generate_music",
                request("add a title \"Golden Hour\" for 2 seconds"),
                silently(scene(&[bed(0.2), title("Golden Hour", 2_000)])),
                json!({"status": "done", "changes": ["Title added: \"Golden Hour\", 0-2s"], "spent": 50}),
            ),
            step(
                "generate_music",
                request("remove the title"),
                silently(scene(&[bed(0.2)])),
                json!({"changes": ["Title removed: \"Golden Hour\""], "available": 800}),
            ),
            step(
                "state",
                json!({}),
                Script::Nothing,
                json!({
                    "action": "state",
                    "timeline": line("2 tracks): 1. Video: city timelapse (0-4s) 2. BGM: Lo-fi (0-4s, 20%)"),
                    "media": [["video", "city-timelapse.mp4", 4.0], ["music", "Lo-fi", 4.0]],
                }),
            ),
            step(
                "generate_music",
                request("what's my balance?"),
                Script::Nothing,
                json!({"action": "credits", "available": 800, "spent": null}),
            ),
        ]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_is_exported_free_of_charge_under_the_same_name() {
    const FORMATS: [(&str, &str, &str); 13] = [
        ("mp4", "video", "city timelapse.mp4"),
        ("mov", "video", "city timelapse.mov"),
        ("webm", "video", "city timelapse.webm"),
        ("gif", "image", "city timelapse.gif"),
        ("jpg", "image", "city timelapse.jpg"),
        ("png", "image", "city timelapse.png"),
        ("wav", "music", "city timelapse.wav"),
        ("mp3", "music", "city timelapse.mp3"),
        ("m4a", "music", "city timelapse.m4a"),
        ("aac", "music", "city timelapse.aac"),
        ("flac", "music", "city timelapse.flac"),
        ("stems", "stems", "city timelapse.zip"),
        ("project", "video", "city timelapse (2).zip"),
    ];
    let mut sides = same_on_both(1_000, |side| {
        let mut steps = vec![
            step("upload", json!({"files": [clip(side.home.folder())]}), Script::Arrives(scene(&[])), json!({})),
            step(
                "generate_music",
                json!({"request": "lo-fi music at 35%", "seed": 7}),
                says("Done.", scene(&[bed(0.35)])),
                json!({"status": "done"}),
            ),
        ];
        for (format, kind, name) in FORMATS {
            let seconds = if matches!(format, "jpg" | "png") { Value::Null } else { json!(4.0) };
            steps.push(step(
                "export",
                json!({"format": format, "quality": "draft"}),
                Script::File(file(format)),
                json!({"status": "done", "action": "export", "media": [[kind, name, seconds]]}),
            ));
        }
        steps.push(step("credits", json!({}), Script::Nothing, json!({"available": 950})));
        steps
    })
    .await;
    for side in &mut sides {
        let (output, name) = (side.home.output(), side.name);
        assert_eq!(
            std::fs::read_dir(&output).unwrap().count(),
            FORMATS.len(),
            "{name}: nothing is left beside the files"
        );
        let there = output.join("city timelapse.mp4").display().to_string();
        let ask = |overwrite: bool| json!({"format": "mp4", "output": there, "overwrite": overwrite});
        let refused = side.call("export", &ask(false), Script::File(file("mp4")));
        assert_eq!(refused.code(), "output_exists", "{name}: {}", refused.text);
        let replaced = side.call("export", &ask(true), Script::Nothing);
        assert_eq!(exported(&replaced), output.join("city timelapse.mp4"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_is_told_with_the_same_code_and_loses_nothing() {
    let sides = same_on_both(1_000, |side| {
        let folder = side.home.folder();
        let at = |name: &str| folder.join(name).display().to_string();
        std::fs::write(at("empty.mp4"), b"").unwrap();
        std::fs::write(at("text.mp4"), b"this is no film\n").unwrap();
        std::fs::File::create(at("huge.mp4")).unwrap().set_len(600 << 20).unwrap();
        std::fs::write(at("there.wav"), b"mine").unwrap();
        let upload = |name: &str| json!({"files": [at(name)]});
        let unsupported = || Script::Fault(Route::Upload, vec![Answer::code(4001)]);
        vec![
            fails("upload", upload("nowhere.mp4"), "file_unreadable"),
            fails("upload", upload("empty.mp4"), "file_unreadable"),
            fails("upload", json!({"files": [folder]}), "file_unreadable"),
            fails("upload", upload("huge.mp4"), "file_too_large"),
            fails("upload", json!({"files": []}), "invalid_input"),
            fails("upload", json!({"files": ["http://127.0.0.1:1/x.mp4"]}), "url_refused"),
            step("upload", upload("text.mp4"), unsupported(), json!({"is_error": true, "code": "unsupported_file"})),
            step("upload", json!({"files": [clip(folder)]}), Script::Arrives(scene(&[])), json!({"status": "done"})),
            fails("state", json!({"session": "s-of-nobody"}), "not_found"),
            fails("state", json!({"turn": "t-of-nobody"}), "not_found"),
            fails("state", json!({"export": "e-of-nobody"}), "not_found"),
            fails("generate_music", json!({"request": "calm", "session": "s-of-nobody"}), "not_found"),
            fails("generate_music", json!({"request": "calm", "skill": "of-nobody"}), "not_found"),
            fails("generate_music", json!({"request": " "}), "invalid_input"),
            fails("generate_music", json!({"request": "calm", "duration_seconds": -5}), "invalid_input"),
            fails("generate_music", json!({"request": "calm", "tempo_bpm": 9_000}), "invalid_input"),
            fails("generate_music", json!({}), "invalid_input"),
            fails("export", json!({"format": "exe"}), "invalid_input"),
            fails("export", json!({"quality": "best"}), "invalid_input"),
            fails("export", json!({"aspect": "4:3"}), "invalid_input"),
            fails("export", json!({"session": "s-of-nobody"}), "not_found"),
            fails("export", json!({"output": "/proc/nowhere/x.mp4"}), "output_unwritable"),
            fails("export", json!({"output": at("there.wav")}), "output_exists"),
            fails("export", json!({"format": "mp3", "output": at("x.wav")}), "invalid_input"),
            step("credits", json!({}), Script::Nothing, json!({"available": 1_000})),
            step(
                "state",
                json!({}),
                Script::Nothing,
                json!({"timeline": "Timeline (1 track): 1. Video: city timelapse (0-4s)"}),
            ),
        ]
    })
    .await;
    for side in &sides {
        assert_eq!(std::fs::read(side.home.folder().join("there.wav")).unwrap(), b"mine", "{}", side.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_of_credits_is_warned_of_told_and_costs_nothing() {
    let refused = || Script::Fault(Route::Run, vec![Answer::code(2001)]);
    let mut sides = same_on_both(30, |_| {
        vec![
            step(
                "generate_music",
                json!({"request": "calm piano, 5 seconds"}),
                refused(),
                json!({"is_error": true, "code": "no_credits", "spent": 0, "available": 30, "retryable": false}),
            ),
            step("credits", json!({}), Script::Nothing, json!({"available": 30})),
        ]
    })
    .await;
    for side in &mut sides {
        let result = side.call("generate_music", &json!({"request": "calm piano, 6 seconds"}), refused());
        assert!(result.text.contains("100") && result.text.contains("30"), "{}: {}", side.name, result.text);
    }
    let studio = store(&sides[1].home).await;
    let movements = studio.ledger().entries("owner").await.unwrap();
    assert_eq!(movements.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(), ["grant"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_request_is_answered_again_and_paid_once() {
    let piece = || state(&[plays(1, "m", 5_000, Some(1.0))], &[], &[medium("m", "music", "Solo Piano", 5_000)]);
    for mut side in Side::both(1_000).await {
        let name = side.name;
        let turn = || Script::Turn(Turn::says("Done.").leaving(piece()).costing(100));
        let ask = json!({"request": "calm solo piano, 5 seconds", "request_id": "once"});
        let first = side.call("generate_music", &ask, turn());
        assert_eq!(worth(&first)["spent"], 100, "{name}: {}", first.text);
        let again = side.call("generate_music", &ask, Script::Nothing);
        assert_eq!((worth(&again), &again.structured["turn"]), (worth(&first), &first.structured["turn"]), "{name}");
        let other = json!({"request": "loud metal", "request_id": "once"});
        let reused = side.call("generate_music", &other, Script::Nothing);
        assert_eq!(reused.code(), "request_id_reused", "{name}: {}", reused.text);
        let balance = side.call("credits", &json!({}), Script::Nothing);
        assert_eq!(worth(&balance)["available"], 900, "{name}");
        if let Some(cloud) = &side.cloud {
            assert_eq!(cloud.messages().len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_call_twice_at_once_is_one_run() {
    let piece = || state(&[plays(1, "m", 60_000, Some(1.0))], &[], &[medium("m", "music", "Ambient", 60_000)]);
    for mut side in Side::both(1_000).await {
        let name = side.name;
        let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
        if let Some(cloud) = &side.cloud {
            let gated = Turn::default().then(crate::harness::cloud::Piece::Gate(gate.clone()));
            cloud.turn(gated.leaving(piece()).costing(100));
        }
        let ask = json!({"request": "calm ambient, 60 seconds", "wait_seconds": 0});
        let first = side.server.call_tool("generate_music", &ask);
        let second = side.server.call_tool("generate_music", &ask);
        gate.add_permits(1);
        assert_eq!(second.structured["session"], first.structured["session"], "{name}");
        assert_eq!(second.structured["turn"], first.structured["turn"], "{name}");
        let (first, second) = (side.finished(first), side.finished(second));
        assert_eq!(worth(&first), worth(&second), "{name}");
        assert_eq!(worth(&first)["spent"], 100, "{name}: {}", first.text);
        let balance = side.call("credits", &json!({}), Script::Nothing);
        assert_eq!(worth(&balance)["available"], 900, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_files_and_several_exports_at_once_each_have_their_own_result() {
    for mut side in Side::both(1_000).await {
        let name = side.name;
        let folder = side.home.folder().to_owned();
        let bad = folder.join("text.mp4");
        std::fs::write(&bad, b"this is no film\n").unwrap();
        let refused = vec![Answer::code(4001)];
        let files = json!({"files": [bad, clip(&folder)]});
        if let Some(cloud) = &side.cloud {
            cloud.fault(Route::Upload, refused);
        }
        let result = side.call("upload", &files, Script::Arrives(scene(&[])));
        assert_eq!(result.code(), "unsupported_file", "{name}: {}", result.text);
        assert!(result.text.contains("text.mp4"), "{name}: {}", result.text);
        assert_eq!(worth(&result)["media"], json!([["video", "city-timelapse.mp4", 4.0]]), "{name}: {}", result.text);
        let asks = [json!({"format": "mp4", "quality": "draft"}), json!({"format": "mp4", "quality": "standard"})];
        let ids = asks.map(|ask| side.server.begin("tools/call", &json!({"name": "export", "arguments": ask})));
        let results = side.server.answers(&ids);
        let files = results.map(|answer| {
            let result = side.finished(ToolResult::of(&answer));
            assert_eq!(result.structured["status"], "done", "{name}: {}", result.text);
            (result.structured["export"].clone(), exported(&result))
        });
        assert_ne!(files[0].0, files[1].0, "{name}");
        assert_ne!(files[0].1, files[1].1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_the_backend_lost_is_told_with_what_was_in_it() {
    for side in Side::both(1_000).await {
        let name = side.name;
        let mut side = side;
        let files = json!({"files": [clip(side.home.folder())]});
        side.call("upload", &files, Script::Arrives(scene(&[])));
        let Side { home, server, cloud, .. } = side;
        assert!(server.close().status.success());
        match &cloud {
            Some(cloud) => cloud.world().sessions.clear(),
            None => {
                let store = store(&home).await;
                let front = store.front().recent_sessions("owner", 1).await.unwrap();
                let database = sqlite_url(&home.folder().join("home/bedtrack.sqlite3"));
                lose_session(&database, &front[0].sid).await;
                store.close().await;
            }
        }
        let server = home.initialized();
        let mut side = Side { name, home, server, cloud };
        let lost = side.call("state", &json!({}), Script::Nothing);
        assert_eq!(lost.code(), "session_lost", "{name}: {}", lost.text);
        assert!(lost.text.contains("city-timelapse.mp4"), "{name}: {}", lost.text);
        let after = side.call("export", &json!({}), Script::Nothing);
        assert_eq!(after.code(), "nothing_to_export", "{name}: {}", after.text);
    }
}
