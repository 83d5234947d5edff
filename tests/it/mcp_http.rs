//! `bedtrack serve`: the same door over streamable HTTP, from the log line that names its address to a clean end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::harness::stdio::Home;

/// A running server; ended with its test.
pub struct Serving {
    child: Child,
    base: String,
    /// The session that [`Serving::call`] speaks in.
    session: Option<String>,
}

impl Serving {
    fn start(home: &Home) -> Self {
        Self::start_with(home, &[])
    }

    /// With further flags.
    pub fn start_with(home: &Home, flags: &[&str]) -> Self {
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(flags);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let named = log.find_map(|line| line.split_once("listening on ").map(|(_, rest)| rest.trim().to_owned()));
        // Somebody has to read on, or a full pipe would stop the server.
        std::thread::spawn(move || log.for_each(drop));
        Self { child, base: named.expect("it says where it listens"), session: None }
    }

    /// Calls a tool and gives the structured part of its answer.
    pub async fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        if self.session.is_none() {
            let opened = self.post(&initialize(), None).await;
            self.session = Some(opened.headers()["mcp-session-id"].to_str().unwrap().to_owned());
        }
        let params = json!({"name": tool, "arguments": arguments});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        answer(self.post(&call, self.session.as_deref()).await).await["result"]["structuredContent"].take()
    }

    async fn post(&self, message: &Value, session: Option<&str>) -> reqwest::Response {
        let request = http().post(format!("{}/mcp", self.base));
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request.header("content-type", "application/json").body(message.to_string());
        let request = match session {
            Some(session) => request.header("mcp-session-id", session),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        http().get(format!("{}{path}", self.base)).send().await.unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Only our own child, and only if it still runs.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn http() -> reqwest::Client {
    // Whichever test comes first installs it; the others find it there.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// The answer in an event stream or a JSON body.
async fn answer(response: reqwest::Response) -> Value {
    let text = response.text().await.unwrap();
    let lines = text.lines().map(|line| line.strip_prefix("data:").unwrap_or(line).trim());
    let mut messages = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.find(|message| message.get("id").is_some()).unwrap_or_else(|| panic!("no answer in {text:?}"))
}

fn initialize() -> Value {
    let params =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
}

#[tokio::test]
async fn the_five_tools_are_served_beside_probes_and_metrics() {
    let serving = Serving::start(&Home::new());
    assert_eq!(serving.get("/healthz").await.status(), 200);
    assert_eq!(serving.get("/readyz").await.status(), 200);
    let opened = serving.post(&initialize(), None).await;
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    assert_eq!(answer(opened).await["result"]["serverInfo"]["name"], "bedtrack");
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let listed = answer(serving.post(&list, Some(&session)).await).await;
    assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 5);
    let call = json!({"name": "export", "arguments": {"format": "exe"}});
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call});
    let refused = answer(serving.post(&call, Some(&session)).await).await;
    assert_eq!(refused["result"]["structuredContent"]["error"]["code"], "invalid_input");
    let metrics = serving.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bedtrack_tool_calls_total{tool=\"export\",outcome=\"error\"} 1"), "{metrics}");
}

#[tokio::test]
async fn pages_of_other_places_are_refused() {
    let serving = Serving::start(&Home::new());
    let request = http().post(format!("{}/mcp", serving.base)).header("origin", "https://evil.example");
    let request = request.header("accept", "application/json, text/event-stream");
    let response = request.header("content-type", "application/json").body(initialize().to_string()).send().await;
    assert_eq!(response.unwrap().status(), 403);
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_cleanly_even_with_a_stream_open() {
    let mut serving = Serving::start(&Home::new());
    let opened = serving.post(&initialize(), None).await;
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let stream = http().get(format!("{}/mcp", serving.base)).header("accept", "text/event-stream");
    let stream = stream.header("mcp-session-id", &session).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let id = rustix::process::Pid::from_child(&serving.child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert!(serving.child.wait().unwrap().success());
}
