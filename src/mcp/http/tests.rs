//! The HTTP transport over real sockets: probes, tokens, pages of other origins, both eras of the protocol.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::FutureExt;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::auth::Clients;
use super::{HttpSettings, serve};
use crate::mcp::testing::{Script, server};

fn http() -> reqwest::Client {
    // Whichever test comes first installs it; the others find it there.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

struct Site {
    address: SocketAddr,
    script: Arc<Script>,
    shutdown: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Site {
    async fn open(clients: Option<Clients>, ready: Result<(), String>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (server, script) = server();
        let shutdown = CancellationToken::new();
        let ready: super::Ready = Arc::new(move || std::future::ready(ready.clone()).boxed());
        let settings = HttpSettings { clients: clients.map(Arc::new), ready, shutdown: shutdown.clone() };
        Self { address, script, shutdown, serving: tokio::spawn(serve(listener, server, settings)) }
    }

    async fn here() -> Self {
        Self::open(None, Ok(())).await
    }

    fn get(&self, path: &str) -> RequestBuilder {
        http().get(format!("http://{}{path}", self.address))
    }

    fn post(&self, message: &Value) -> RequestBuilder {
        let url = format!("http://{}/mcp", self.address);
        let accept = "application/json, text/event-stream";
        http().post(url).header("accept", accept).header("content-type", "application/json").body(message.to_string())
    }

    /// A request of 2026-07-28, which stands alone.
    fn modern(&self, method: &str, mut params: Value) -> RequestBuilder {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {}
        });
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        let request = self.post(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}));
        let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        if name.is_empty() { request } else { request.header("mcp-name", name) }
    }
}

fn initialize() -> Value {
    let params =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
}

/// The answer in a body, be it JSON or an event stream.
async fn answer(response: Response) -> Value {
    let text = response.text().await.unwrap();
    let messages = text.lines().map(|line| line.strip_prefix("data:").unwrap_or(line).trim());
    let mut messages = messages.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.find(|message| message.get("id").is_some()).unwrap_or_else(|| panic!("no answer in {text:?}"))
}

#[tokio::test]
async fn the_probes_tell_life_and_readiness() {
    let site = Site::here().await;
    assert_eq!(site.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(site.get("/readyz").send().await.unwrap().status(), StatusCode::OK);
    let site = Site::open(None, Err("the database cannot be reached".to_owned())).await;
    let response = site.get("/readyz").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.text().await.unwrap(), "the database cannot be reached\n");
}

#[tokio::test]
async fn a_session_of_the_old_era_lists_and_calls() {
    let site = Site::here().await;
    let opened = site.post(&initialize()).send().await.unwrap();
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    assert_eq!(answer(opened).await["result"]["serverInfo"]["name"], "bedtrack");
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let listed = answer(site.post(&list).header("mcp-session-id", &session).send().await.unwrap()).await;
    assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 5);
    let call =
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "credits", "arguments": {}}});
    let told = answer(site.post(&call).header("mcp-session-id", &session).send().await.unwrap()).await;
    assert_eq!(told["result"]["structuredContent"]["reply"], "credits for owner of Remote");
    let metrics = site.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("bedtrack_tool_calls_total{tool=\"credits\",outcome=\"ok\"} 1"), "{metrics}");
}

#[tokio::test]
async fn a_request_of_the_new_era_stands_alone() {
    let site = Site::here().await;
    let found = answer(site.modern("server/discover", json!({})).send().await.unwrap()).await;
    assert!(found["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")), "{found}");
    let call = site.modern("tools/call", json!({"name": "state", "arguments": {"session": "s1"}}));
    let told = answer(call.send().await.unwrap()).await;
    assert_eq!(told["result"]["resultType"], "complete", "{told}");
    assert_eq!(told["result"]["structuredContent"]["session"], "s1");
}

#[tokio::test]
async fn a_client_is_known_by_its_token() {
    let token = "a token of alice";
    let digest = hex::encode(Sha256::digest(token));
    let site = Site::open(Some(Clients::parse(&format!("alice {digest}")).unwrap()), Ok(())).await;
    for refused in [
        site.post(&initialize()),
        site.post(&initialize()).bearer_auth("bt_wrong"),
        site.post(&initialize()).basic_auth("alice", Some(token)),
        site.get("/metrics"),
    ] {
        let response = refused.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    }
    assert_eq!(site.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    let call = site.modern("tools/call", json!({"name": "credits", "arguments": {}}));
    let told = answer(call.bearer_auth(token).send().await.unwrap()).await;
    assert_eq!(told["result"]["structuredContent"]["reply"], "credits for alice of Remote");
    // With tokens the server may be reached under any name.
    let call = site.post(&initialize()).bearer_auth(token).header("host", "music.example");
    assert_eq!(call.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn pages_and_names_of_other_places_are_refused() {
    let site = Site::here().await;
    for (header, value) in [("origin", "https://evil.example"), ("origin", "null"), ("host", "evil.example")] {
        let response = site.post(&initialize()).header(header, value).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{header}: {value}");
    }
    let response = site.get("/metrics").header("host", "evil.example").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let local = site.post(&initialize()).header("origin", "http://localhost:6274").send().await.unwrap();
    assert_eq!(local.status(), StatusCode::OK);
}

#[tokio::test]
async fn bodies_that_are_broken_or_too_large_are_refused() {
    let site = Site::here().await;
    let url = format!("http://{}/mcp", site.address);
    let send = |body: String| {
        let request = http().post(&url).header("accept", "application/json, text/event-stream");
        request.header("content-type", "application/json").body(body).send()
    };
    assert!(send("{".to_owned()).await.unwrap().status().is_client_error());
    assert_eq!(send("x".repeat(5 << 20)).await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
}

/// From 2026-07-28 on a closed stream is how a client cancels; before, it is only a lost connection.
#[tokio::test]
async fn a_closed_stream_takes_a_call_back_only_in_the_new_era() {
    let site = Site::here().await;
    let wait = json!({"name": "generate_music", "arguments": {"request": "wait"}});
    let opened = site.post(&initialize()).send().await.unwrap();
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let old = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": wait});
    let old = tokio::spawn(site.post(&old).header("mcp-session-id", &session).send());
    while site.script.waiting.load(Ordering::SeqCst) < 1 {
        tokio::task::yield_now().await;
    }
    old.abort();
    let new = tokio::spawn(site.modern("tools/call", wait).send());
    while site.script.waiting.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    new.abort();
    while site.script.taken_back.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.script.taken_back.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_shutdown_ends_waiting_calls_and_takes_nothing_back() {
    let site = Site::here().await;
    let opened = site.post(&initialize()).send().await.unwrap();
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let call = json!({"name": "generate_music", "arguments": {"request": "wait"}});
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call});
    let waiting = tokio::spawn(site.post(&call).header("mcp-session-id", &session).send());
    while site.script.waiting.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    site.shutdown.cancel();
    site.serving.await.unwrap().unwrap();
    assert_eq!(site.script.taken_back.load(Ordering::SeqCst), 0);
    drop(waiting);
}
