//! A scripted cloud: NemoVideo's routes with a state per session and a ledger, headers checked on every request, faults
//! by script, and streams from recorded or made-up bytes. It listens on a free port and knows nothing of the product.

mod bench;
mod routes;
mod script;

pub use bench::Bench;
pub use script::{Answer, Piece, Turn, draft, medium, segment, sse, text_event, title};

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The calls that a fault can be scripted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    Token,
    Claim,
    Open,
    Run,
    Cancel,
    Upload,
    Balance,
    State,
    Submit,
    Render,
    Download,
    /// A file by its own URL.
    File,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub route: Route,
    pub path: String,
    pub bearer: Option<String>,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A session of the cloud.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub state: Value,
}

/// A render of the cloud.
#[derive(Debug, Clone)]
pub struct Render {
    pub polls: VecDeque<Value>,
    pub file: Vec<u8>,
}

/// What the cloud knows.
pub struct World {
    pub base: String,
    pub sessions: HashMap<String, Session>,
    pub renders: HashMap<String, Render>,
    pub tokens: Vec<String>,
    pub credits: i64,
    /// What was charged, by session.
    pub ledger: Vec<(String, i64)>,
    pub seen: Vec<Seen>,
    /// What the next requests of a route get instead of the usual answer.
    pub faults: HashMap<Route, VecDeque<Answer>>,
    /// What the next messages bring.
    pub turns: VecDeque<Turn>,
    /// What the next renders do when polled; none: they complete at the first poll.
    pub polls: VecDeque<Vec<Value>>,
    /// The file of every render.
    pub file: Vec<u8>,
    /// What is wrong with requests; empty when all is well.
    pub offences: Vec<String>,
    /// A permit for every turn that was ended on request.
    pub cancels: Arc<Semaphore>,
    opened: usize,
}

/// A running cloud.
#[derive(Clone)]
pub struct Cloud {
    world: Arc<Mutex<World>>,
}

impl Cloud {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let world = World {
            base: format!("http://{}", listener.local_addr().unwrap()),
            credits: 1_000,
            ledger: Vec::new(),
            file: mp4(),
            cancels: Arc::new(Semaphore::new(0)),
            sessions: HashMap::new(),
            renders: HashMap::new(),
            tokens: Vec::new(),
            seen: Vec::new(),
            faults: HashMap::new(),
            turns: VecDeque::new(),
            polls: VecDeque::new(),
            offences: Vec::new(),
            opened: 0,
        };
        let cloud = Self { world: Arc::new(Mutex::new(world)) };
        let router = routes::router(cloud.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        cloud
    }

    /// What it knows, to look at and to change.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Its address.
    pub fn base(&self) -> String {
        self.world().base.clone()
    }

    /// Scripts the next answers of a route.
    pub fn fault(&self, route: Route, answers: impl IntoIterator<Item = Answer>) {
        self.world().faults.entry(route).or_default().extend(answers);
    }

    /// Scripts the next turn.
    pub fn turn(&self, turn: Turn) {
        self.world().turns.push_back(turn);
    }

    /// How many requests of a route came.
    pub fn count(&self, route: Route) -> usize {
        self.world().seen.iter().filter(|seen| seen.route == route).count()
    }

    /// The texts of all messages that came.
    pub fn messages(&self) -> Vec<String> {
        let world = self.world();
        let runs = world.seen.iter().filter(|seen| seen.route == Route::Run);
        runs.map(|seen| seen.body["new_message"]["parts"][0]["text"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The last request of a route.
    pub fn last(&self, route: Route) -> Seen {
        self.world().seen.iter().rev().find(|seen| seen.route == route).cloned().unwrap()
    }

    /// Puts a draft into every session, those still to be opened included.
    pub fn hold(&self, state: Value) {
        self.world().sessions.insert(routes::TEMPLATE.into(), Session { state });
    }
}

/// The smallest thing that begins as an MP4 does.
pub fn mp4() -> Vec<u8> {
    [&b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2"[..], &[0; 64]].concat()
}

/// An empty state.
pub fn nothing() -> Value {
    json!({"draft": null, "video_infos": [], "canvas_config": null, "generated_media": []})
}
