//! The studio as a service on a free port, and a plain HTTP client of its API.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::stdio::Home;

/// A running studio.
pub struct Studio {
    child: Child,
    base: String,
    http: Client,
    _home: Home,
}

/// One client of it, with a token of its own.
pub struct Account<'a> {
    studio: &'a Studio,
    token: String,
}

impl Studio {
    pub fn start(home: &Home) -> Self {
        let mut command = home.command(&["studio", "--listen", "127.0.0.1:0"]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening on ")).unwrap();
        let base = line.rsplit_once("listening on ").unwrap().1.trim().to_owned();
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { child, base, http, _home: home.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A token for a client id.
    pub async fn account(&self, client_id: &str) -> Account<'_> {
        let request = self.request(Method::POST, "/api/auth/anonymous-token").header("X-Client-Id", client_id);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        Account { studio: self, token: body["data"]["token"].as_str().unwrap().to_owned() }
    }

    /// Kills it where it stands.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // Only our own child, and only if it still runs.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Account<'_> {
    /// A request with bearer and attribution.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .header("X-Skill-Source", "tests")
            .header("X-Skill-Version", "1.0.0")
            .header("X-Skill-Platform", "unknown")
    }

    /// A request with the bearer alone.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.studio.request(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Value {
        self.request(Method::GET, path).send().await.unwrap().json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.request(Method::POST, path).json(body).send().await.unwrap().json().await.unwrap()
    }

    pub async fn open_session(&self) -> String {
        let body = json!({"task_name": "project", "language": "en"});
        let answer = self.post("/api/tasks/me/with-session/nemo_agent", &body).await;
        answer["data"]["session_id"].as_str().unwrap().to_owned()
    }

    /// Starts a turn; the stream is open.
    pub async fn run(&self, session: &str, text: &str) -> Response {
        let message = json!({"parts": [{"text": text}]});
        let body = json!({"app_name": "nemo_agent", "user_id": "me", "session_id": session, "new_message": message});
        self.request(Method::POST, "/run_sse").json(&body).send().await.unwrap()
    }

    pub async fn state(&self, session: &str) -> Value {
        self.get(&format!("/api/state/nemo_agent/me/{session}/latest")).await["data"]["state"].clone()
    }
}

/// The events of a stream that has ended.
pub async fn events(stream: Response) -> Vec<Value> {
    let text = stream.text().await.unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}
