//! The embedded studio as a service: the NemoVideo API as any client of it would use it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::patience::Patience;
use crate::harness::service::{Studio, events};
use crate::harness::stdio::Home;

/// Asks for a render until it is over.
async fn rendered(account: &crate::harness::service::Account<'_>, id: &str) -> Value {
    let patience = Patience::until("the render is over");
    loop {
        patience.check();
        let render = account.get(&format!("/api/render/proxy/lambda/{id}")).await;
        if !matches!(render["status"].as_str(), Some("pending" | "processing")) {
            return render;
        }
        tokio::time::sleep(Duration::from_millis(render["poll_after_ms"].as_u64().unwrap())).await;
    }
}

#[tokio::test]
async fn a_turn_streams_adk_events_and_its_music_renders() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client-1").await;
    let session = account.open_session().await;
    let heard = events(account.run(&session, "calm piano, 5 seconds").await).await;
    assert!(heard.iter().all(|event| event["invocationId"].is_string()), "{heard:?}");
    let texts: Vec<&str> = heard.iter().filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect();
    assert_eq!(texts.len(), 1, "{heard:?}");
    assert!(heard.iter().any(|event| event["actions"]["stateDelta"]["draft"].is_object()));
    let state = account.state(&session).await;
    assert_eq!(state["draft"]["t"][0]["sg"][0]["d"], 5000);
    let output = json!({"format": "wav", "quality": "high"});
    let body = json!({"id": "render_1", "sessionId": session, "draft": state["draft"], "output": output});
    account.post("/api/render/proxy/lambda", &body).await;
    // The same id again is the same render.
    account.post("/api/render/proxy/lambda", &body).await;
    let render = rendered(&account, "render_1").await;
    assert_eq!(render["status"], "completed", "{render}");
    let file = account.request(Method::GET, render["output"]["url"].as_str().unwrap()).send().await.unwrap();
    let bytes = file.bytes().await.unwrap();
    assert_eq!((bytes.get(..4), Some(bytes.len() as u64)), (Some(&b"RIFF"[..]), render["output"]["size"].as_u64()));
}

#[tokio::test]
async fn what_lacks_a_token_a_header_or_a_right_is_refused_with_its_code() {
    let studio = Studio::start(&Home::new());
    let nobody = studio.request(Method::POST, "/api/auth/anonymous-token").send().await.unwrap();
    assert_eq!((nobody.status().as_u16(), nobody.json::<Value>().await.unwrap()["code"].as_i64()), (400, Some(400)));
    let bare = studio.request(Method::GET, "/api/credits/balance/simple").send().await.unwrap();
    assert_eq!((bare.status().as_u16(), bare.json::<Value>().await.unwrap()["code"].as_i64()), (401, Some(1001)));
    let (mine, theirs) = (studio.account("mine").await, studio.account("theirs").await);
    let session = mine.open_session().await;
    let state = format!("/api/state/nemo_agent/me/{session}/latest");
    assert_eq!(mine.get(&state).await["code"], 0);
    assert_eq!(theirs.get(&state).await["code"], 1002);
    assert_eq!(theirs.run(&session, "hello").await.status().as_u16(), 404);
    let body =
        json!({"id": "r", "sessionId": session, "draft": {"t": []}, "output": {"format": "mp4", "quality": "high"}});
    let unattributed = mine.bare(Method::POST, "/api/render/proxy/lambda").json(&body).send().await.unwrap();
    assert_eq!(unattributed.status().as_u16(), 402);
    assert_eq!(mine.post("/api/render/proxy/lambda", &body).await["code"], 400, "an empty draft");
    assert_eq!(mine.get("/api/render/proxy/lambda/nowhere").await["code"], 404);
}

#[tokio::test]
async fn a_cancelled_turn_leaves_the_draft_as_it_was() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client").await;
    let session = account.open_session().await;
    let mut stream = account.run(&session, "ambient, 20 minutes").await;
    let first = stream.chunk().await.unwrap().unwrap();
    let event: Value =
        serde_json::from_str(std::str::from_utf8(&first).unwrap().lines().next().unwrap().trim_start_matches("data: "))
            .unwrap();
    let body = json!({"session_id": session, "invocation_id": event["invocationId"]});
    assert_eq!(account.post("/run_sse/cancel", &body).await["code"], 0);
    while stream.chunk().await.unwrap().is_some() {}
    let state = account.state(&session).await;
    assert!(state["draft"]["t"].as_array().is_none_or(Vec::is_empty), "{state}");
    assert!(state["poll_after_ms"].is_null());
}

#[tokio::test]
async fn a_killed_studio_takes_its_turn_up_again() {
    let home = Home::new();
    let studio = Studio::start(&home);
    let account = studio.account("client").await;
    let session = account.open_session().await;
    let mut stream = account.run(&session, "calm ambient, 5 minutes, seed 4").await;
    stream.chunk().await.unwrap();
    drop(stream);
    drop(account);
    studio.kill();
    let studio = Studio::start(&home);
    // The same client id leads to the same account.
    let account = studio.account("client").await;
    let patience = Patience::until("the turn is over");
    let state = loop {
        patience.check();
        let state = account.state(&session).await;
        match state["poll_after_ms"].as_u64() {
            Some(wait) => tokio::time::sleep(Duration::from_millis(wait)).await,
            None => break state,
        }
    };
    assert_eq!(state["draft"]["t"][0]["sg"][0]["d"], 300_000, "{state}");
    assert_eq!(state["generated_media"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_render_that_nobody_fetches_any_more_is_removed_and_the_sessions_media_stay() {
    let home = Home::new();
    let studio = Studio::start(&home);
    let account = studio.account("client").await;
    let session = account.open_session().await;
    events(account.run(&session, "calm piano, 5 seconds").await).await;
    let state = account.state(&session).await;
    let output = json!({"format": "wav", "quality": "high"});
    let body = json!({"id": "render_1", "sessionId": session, "draft": state["draft"], "output": output});
    account.post("/api/render/proxy/lambda", &body).await;
    let render = rendered(&account, "render_1").await;
    drop(account);
    studio.kill();
    let month = Duration::from_secs(30 * 24 * 3600);
    let mut folders = vec![home.folder().join("home/blobs")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                crate::store::media::age(&path, month);
            }
        }
    }
    let studio = Studio::start(&home);
    let account = studio.account("client").await;
    let get = async |url: &Value| account.request(Method::GET, url.as_str().unwrap()).send().await.unwrap().status();
    let patience = Patience::until("the old render is removed");
    while get(&render["output"]["url"]).await != 404 {
        patience.check();
    }
    assert_eq!(get(&state["generated_media"][0]["url"]).await, 200);
}

#[tokio::test]
async fn a_timeline_beyond_the_limit_is_refused_in_every_format_and_the_limit_is_named() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client").await;
    let session = account.open_session().await;
    for (number, format) in ["wav", "mp3", "mp4", "stems", "project"].into_iter().enumerate() {
        let id = format!("render_{number}");
        let draft = json!({"t": [{"tt": 1, "sg": [{"d": i64::MAX}]}]});
        let output = json!({"format": format, "quality": "high"});
        let body = json!({"id": id, "sessionId": session, "draft": draft, "output": output});
        account.post("/api/render/proxy/lambda", &body).await;
        let render = rendered(&account, &id).await;
        assert_eq!(render["error"]["code"], "invalid_input", "{format}: {render}");
        assert!(render["error"]["message"].as_str().unwrap().contains("at most 14400 s"), "{format}: {render}");
    }
}

#[tokio::test]
async fn a_list_of_addresses_that_is_endless_is_refused_before_it_is_kept() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client").await;
    let session = account.open_session().await;
    let path = format!("/api/upload-video/nemo_agent/me/{session}");
    let body = json!({"urls": ["x".repeat(1 << 20)], "source_type": "url"});
    let refused = account.request(Method::POST, &path).json(&body).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 413);
}

#[tokio::test]
async fn an_upload_by_url_never_reaches_this_machine_unasked() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client").await;
    let session = account.open_session().await;
    let body = json!({"urls": ["http://127.0.0.1:9/x.mp4"], "source_type": "url"});
    let refused = account.post(&format!("/api/upload-video/nemo_agent/me/{session}"), &body).await;
    assert_eq!(refused["code"], 400, "{refused}");
}
