//! One user in front of one of the two backends: the real binary over stdio with the scripted cloud or the embedded studio
//! behind it, the same credits in the account, and what an answer is worth in a form that can be compared.

use std::path::{Path, PathBuf};

use bedtrack_store::{Grant, Store, file_url, sqlite_url};
use serde_json::{Value, json};

use super::cloud::{Answer, Cloud, Route, Turn, nothing};
use super::patience::Patience;
use super::stdio::{Bedtrack, Home, ToolResult};

/// What the scripted cloud is told before a call; the studio needs no telling.
pub enum Script {
    /// It answers as it always does.
    Nothing,
    /// The next message brings this.
    Turn(Turn),
    /// The next upload leads to this state.
    Arrives(Value),
    /// A route's next answers.
    Fault(Route, Vec<Answer>),
    /// Renders come as this.
    File(Vec<u8>),
}

/// One user.
pub struct Side {
    pub name: &'static str,
    pub home: Home,
    pub server: Bedtrack,
    pub cloud: Option<Cloud>,
}

impl Side {
    /// In front of the scripted cloud, with so many credits.
    pub async fn cloud(credits: i64) -> Self {
        let cloud = Cloud::start().await;
        {
            let mut world = cloud.world();
            world.credits = credits;
            world.tokens.push("user-token".into());
        }
        let home = Home::new()
            .with("BEDTRACK_BACKEND", "cloud")
            .with("NEMO_TOKEN", "user-token")
            .with("NEMO_API_URL", &cloud.base())
            .with("BEDTRACK_POLL_SECS", "0.01")
            .with("BEDTRACK_RECOVER_SECS", "0,0")
            .with("BEDTRACK_RETRY_SECS", "0");
        let server = home.initialized();
        Self { name: "cloud", home, server, cloud: Some(cloud) }
    }

    /// In front of the embedded studio, with so many credits instead of the usual free account.
    pub async fn studio(credits: i64) -> Self {
        let home = Home::new().with("BEDTRACK_BACKEND", "local");
        let store = store(&home).await;
        store.ledger().open_account("owner", Grant::Credits(credits)).await.unwrap();
        store.close().await;
        let server = home.initialized();
        Self { name: "studio", home, server, cloud: None }
    }

    /// Both, one after the other.
    pub async fn both(credits: i64) -> [Self; 2] {
        [Self::cloud(credits).await, Self::studio(credits).await]
    }

    /// Calls a tool once the cloud was told what comes, and waits until its work is over.
    pub fn call(&mut self, tool: &str, arguments: &Value, script: Script) -> ToolResult {
        let mut after = None;
        if let Some(cloud) = &self.cloud {
            match script {
                Script::Nothing => {}
                Script::Turn(turn) => cloud.turn(turn),
                Script::Fault(route, answers) => cloud.fault(route, answers),
                Script::File(file) => cloud.world().file = file,
                Script::Arrives(state) => {
                    // The state is read before the upload and after it.
                    let before = cloud.world().sessions.values().next().map_or_else(nothing, |one| one.state.clone());
                    let read = |state: &Value| Answer::json(200, json!({"code": 0, "data": {"state": state}}));
                    cloud.fault(Route::State, [read(&before), read(&state)]);
                    after = Some(state);
                }
            }
        }
        let result = self.server.call_tool(tool, arguments);
        let result = self.finished(result);
        if let (Some(cloud), Some(state)) = (&self.cloud, after) {
            cloud.world().sessions.values_mut().for_each(|session| session.state = state.clone());
        }
        result
    }

    /// Waits until a piece of work is over.
    pub fn finished(&mut self, mut result: ToolResult) -> ToolResult {
        let patience = Patience::until("the work is over");
        while result.structured["status"] == "running" {
            patience.check();
            result = self.state_of(&result);
        }
        result
    }

    /// How a piece of work stands.
    pub fn state_of(&mut self, result: &ToolResult) -> ToolResult {
        let handle = if result.structured["export"].is_string() { "export" } else { "turn" };
        let ask = json!({"session": result.structured["session"], handle: result.structured[handle]});
        self.server.call_tool("state", &ask)
    }

    /// Kills the server where it stands and starts another on the same folders.
    pub fn killed_and_restarted(self) -> Self {
        let Self { name, home, server, cloud } = self;
        server.kill();
        let server = home.initialized();
        Self { name, home, server, cloud }
    }
}

/// The store of a home, for looking behind the scenes.
pub async fn store(home: &Home) -> Store {
    let data = home.folder().join("home");
    Store::open(&sqlite_url(&data.join("bedtrack.sqlite3")), &file_url(&data.join("blobs"))).await.unwrap()
}

/// What an answer is worth: everything in it that both backends must agree on. Handles and words are each one's own.
pub fn worth(result: &ToolResult) -> Value {
    let structured = &result.structured;
    let media = structured["media"].as_array().into_iter().flatten();
    let media: Vec<Value> = media.map(|medium| json!([medium["kind"], medium["name"], medium["seconds"]])).collect();
    json!({
        "is_error": result.is_error,
        "status": structured["status"],
        "code": structured["error"]["code"],
        "retryable": structured["error"]["retryable"],
        "action": structured["action"],
        "changes": structured["changes"],
        "timeline": structured["timeline"]["summary"],
        "media": media,
        "available": structured["credits"]["available"],
        "spent": structured["credits"]["spent"],
    })
}

/// A state with these tracks, uploads and made media.
pub fn state(tracks: &[Value], uploads: &[Value], made: &[Value]) -> Value {
    json!({"draft": {"t": tracks}, "video_infos": uploads, "canvas_config": null, "generated_media": made})
}

/// A track with one segment that plays a medium.
pub fn plays(kind: i64, asset: &str, ms: i64, volume: Option<f64>) -> Value {
    let mut m = json!({"asset": asset, "start": 0});
    if let Some(volume) = volume {
        m["volume"] = json!(volume);
    }
    json!({"tt": kind, "sg": [{"d": ms, "m": m}]})
}

/// A medium as the backend lists it.
pub fn medium(id: &str, kind: &str, name: &str, ms: i64) -> Value {
    json!({"id": id, "kind": kind, "name": name, "url": format!("https://cdn.example/{id}"), "d": ms})
}

/// The smallest whole file of a format.
pub fn file(format: &str) -> Vec<u8> {
    match format {
        "mov" => b"\0\0\0\x08wide\0\0\0\x0cmdatABCD".to_vec(),
        "webm" => b"\x1a\x45\xdf\xa3\x81A\x18\x53\x80\x67\x84ABCD".to_vec(),
        "gif" => b"GIF89aABCD\x3b".to_vec(),
        "jpg" => b"\xff\xd8\xff\xe0ABCD\xff\xd9".to_vec(),
        "png" => b"\x89PNG\r\n\x1a\nABCD\0\0\0\0IEND\xae\x42\x60\x82".to_vec(),
        "wav" => b"RIFF\x08\0\0\0WAVEABCD".to_vec(),
        "mp3" => b"ID3\x04ABCD".to_vec(),
        "aac" => b"\xff\xf1\x50\x80ABCD".to_vec(),
        "flac" => b"fLaCABCD".to_vec(),
        "stems" | "project" => b"PK\x03\x04ABCDPK\x05\x06".to_vec(),
        _ => super::cloud::mp4(),
    }
}

/// The file of an answer, which must be there.
pub fn exported(result: &ToolResult) -> PathBuf {
    let path = result.structured["media"][0]["path"].as_str().unwrap_or_else(|| panic!("no file: {}", result.text));
    assert!(Path::new(path).is_file(), "{path}");
    assert!(result.text.contains(path), "{}", result.text);
    PathBuf::from(path)
}
