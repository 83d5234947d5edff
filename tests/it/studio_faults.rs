//! What the studio answers where it cannot do what it was asked: the API's codes, and a render's fault by its name.

use serde_json::{Value, json};

use crate::harness::patience::Patience;
use crate::harness::service::{Account, Studio};
use crate::harness::stdio::Home;

async fn fault(account: &Account<'_>, id: &str, draft: Value, format: &str) -> Value {
    let session = account.open_session().await;
    let output = json!({"format": format, "quality": "high"});
    let body = json!({"id": id, "sessionId": session, "draft": draft, "output": output});
    account.post("/api/render/proxy/lambda", &body).await;
    let patience = Patience::until("the render is over");
    loop {
        let render = account.get(&format!("/api/render/proxy/lambda/{id}")).await;
        match render["status"].as_str() {
            Some("pending" | "processing") => patience.give_way().await,
            _ => return render["error"].clone(),
        }
    }
}

#[tokio::test]
async fn a_render_that_cannot_be_names_its_fault() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client").await;
    let title = json!({"t": [{"tt": 7, "sg": [{"d": 1_000, "m": {"text": "Dusk"}}]}]});
    let silent = fault(&account, "render_1", title.clone(), "wav").await;
    assert_eq!(silent["code"], "invalid_input", "{silent}");
    assert!(silent["message"].as_str().unwrap().contains("nothing on the timeline sounds"), "{silent}");
    let unknown = fault(&account, "render_2", title, "exe").await;
    assert_eq!(unknown["code"], "invalid_input", "{unknown}");
    let gone = json!({"t": [{"tt": 0, "sg": [{"d": 1_000, "m": {"asset": "nothing", "name": "walk"}}]}]});
    let gone = fault(&account, "render_3", gone, "mp4").await;
    assert_eq!(gone["code"], "file_unreadable", "{gone}");
}

#[test]
fn without_ffmpeg_exports_say_so_and_wav_still_works() {
    let home = Home::new();
    let none = home.folder().join("no-ffmpeg");
    std::fs::write(&none, "").unwrap();
    let mut server = home.with("BEDTRACK_FFMPEG", none.to_str().unwrap()).initialized();
    let made = server.call_tool("generate_music", &json!({"request": "calm piano, 5 seconds"}));
    assert_eq!(made.structured["status"], "done", "{}", made.text);
    let mp3 = server.call_tool("export", &json!({"format": "mp3"}));
    assert_eq!(mp3.code(), "ffmpeg_missing", "{}", mp3.text);
    let wav = server.call_tool("export", &json!({"format": "wav"}));
    assert_eq!(wav.structured["status"], "done", "{}", wav.text);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_in_the_apis_frame() {
    let studio = Studio::start(&Home::new());
    let account = studio.account("client").await;
    for path in ["/run_sse", "/api/render/proxy/lambda", "/api/tasks/me/with-session/nemo_agent"] {
        let refused = account.post(path, &json!(["not", "an", "object"])).await;
        assert_eq!(refused["code"], 400, "{path}: {refused}");
    }
}
