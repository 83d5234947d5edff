//! Tokens stay home: the real binary in a whole conversation with a cloud that repeats them wherever it can, everything
//! logged, and then every output and every file looked through.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::cloud::{Answer, Cloud, Piece, Route, Turn, draft, segment, sse, text_event};
use crate::harness::patience::Patience;
use crate::harness::stdio::{Bedtrack, Home, ToolResult};

/// Every file below a folder that holds the secret.
fn holders(folder: &Path, secret: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holders(&path, secret, found);
        } else if std::fs::read(&path).unwrap().windows(secret.len()).any(|window| window == secret.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
}

/// What a client saw of a tool's work, whole.
fn call(server: &mut Bedtrack, heard: &mut String, tool: &str, arguments: &Value) {
    let (mut result, told) = server.call_tool_with_progress(tool, arguments);
    let mut note = |result: &ToolResult| heard.push_str(&format!("{}\n{}\n", result.text, result.structured));
    note(&result);
    let patience = Patience::until("the tool's work is over");
    while result.structured["status"] == "running" {
        patience.check();
        let handle = if result.structured["export"].is_string() { "export" } else { "turn" };
        result = server.call_tool("state", &json!({handle: result.structured[handle]}));
        note(&result);
    }
    heard.push_str(&format!("{told:?}\n{:?}\n", server.notifications));
}

/// A conversation with faults, each of which repeats the secret.
fn conversation(cloud: &Cloud, home: &Home, secret: &str) -> String {
    let mut heard = String::new();
    let mut server = home.initialized();
    let echo =
        |status: u16| Answer::json(status, json!({"code": status, "message": format!("Bearer {secret} is no good")}));
    let bearing = |words: &str| text_event(&format!("{words} {secret} {words}"));
    let made = draft(json!([segment(1, &format!("Lo-fi {secret}"), 10_000)]));

    cloud.fault(Route::Claim, [echo(404)]);
    cloud.turn(Turn::bytes(sse(&bearing("Made with"))).leaving(made.clone()));
    call(&mut server, &mut heard, "generate_music", &json!({"request": "music"}));
    let (one, two) = secret.split_at(secret.len() / 2);
    let mut piece = text_event(&format!("In pieces {one}"));
    piece["partial"] = json!(true);
    let mut rest = text_event(two);
    rest["partial"] = json!(true);
    let tool =
        json!({"content": {"parts": [{"functionCall": {"name": format!("edit_{secret}")}}]}, "invocationId": "e-1"});
    cloud.turn(Turn::bytes([sse(&tool), sse(&piece), sse(&rest)].concat()).then(Piece::Cut).leaving(made));
    call(&mut server, &mut heard, "generate_music", &json!({"request": "more music"}));
    cloud.turn(Turn::bytes(sse(
        &json!({"error": format!("token {secret} refused"), "error_details": {"error_message": secret}}),
    )));
    call(&mut server, &mut heard, "generate_music", &json!({"request": "other music"}));
    cloud.turn(Turn::bytes(sse(&json!({"code": 418, "message": format!("{secret}?")}))));
    call(&mut server, &mut heard, "generate_music", &json!({"request": "yet other music"}));
    for status in [400, 403, 418, 500] {
        cloud.fault(Route::Run, [echo(status)]);
        call(&mut server, &mut heard, "generate_music", &json!({"request": format!("music {status}")}));
        cloud.fault(Route::Balance, [echo(status)]);
        call(&mut server, &mut heard, "credits", &json!({}));
    }
    cloud.fault(Route::Balance, [Answer::json(200, json!({"code": 0, "data": {"available": secret}}))]);
    call(&mut server, &mut heard, "credits", &json!({}));
    cloud.fault(Route::State, [Answer::json(200, json!({"code": 7, "error": {"message": secret}}))]);
    call(&mut server, &mut heard, "state", &json!({}));
    cloud.world().polls.push_back(vec![json!({"status": "failed", "error": format!("no {secret}")})]);
    cloud.fault(Route::File, [Answer::json(404, json!({"detail": secret}))]);
    call(&mut server, &mut heard, "export", &json!({"format": "mp4"}));
    // A bad token as the last word: an anonymous one is replaced, a given one is complained about.
    cloud.fault(Route::Balance, [echo(401), echo(401)]);
    call(&mut server, &mut heard, "credits", &json!({}));
    heard.push_str(&server.log());
    let ended = server.close();
    assert!(ended.status.success());
    heard.push_str(&format!("{:?}", ended.rest));
    heard
}

fn home(cloud: &Cloud) -> Home {
    Home::new()
        .with("BEDTRACK_BACKEND", "cloud")
        .with("NEMO_API_URL", &cloud.base())
        .with("BEDTRACK_LOG", "trace")
        .with("BEDTRACK_POLL_SECS", "0")
        .with("BEDTRACK_RECOVER_SECS", "0,0")
        .with("BEDTRACK_RETRY_SECS", "0")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_the_environment_shows_up_nowhere() {
    let secret = "sentinel-env-4c1f9a";
    let cloud = Cloud::start().await;
    cloud.world().tokens.push(secret.into());
    let home = home(&cloud).with("NEMO_TOKEN", secret);
    let heard = tokio::task::block_in_place(|| conversation(&cloud, &home, secret));
    assert!(heard.contains("[hidden]"), "the cloud's echoes went by");
    assert!(heard.contains("TRACE") || heard.contains("DEBUG"), "everything is logged");
    if let Some(at) = heard.find(secret) {
        panic!("…{}…", heard.get(at.saturating_sub(300)..at + 100).unwrap_or(&heard));
    }
    let mut found = Vec::new();
    holders(home.folder(), secret, &mut found);
    assert_eq!(found, Vec::<String>::new());
    assert!(cloud.world().seen.iter().all(|seen| !seen.path.contains(secret)), "nor in any address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetched_token_lies_in_its_own_file_and_nowhere_else() {
    let secret = "nmv_usr_1";
    let cloud = Cloud::start().await;
    let home = home(&cloud);
    let heard = tokio::task::block_in_place(|| conversation(&cloud, &home, secret));
    if let Some(at) = heard.find("nmv_usr_") {
        panic!("…{}…", heard.get(at.saturating_sub(300)..at + 100).unwrap_or(&heard));
    }
    let mut found = Vec::new();
    holders(home.folder(), "nmv_usr_", &mut found);
    assert_eq!(found, [home.folder().join("home/token.json").display().to_string()]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&found[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
