//! One who answers calls by script, and a client of a few lines, for the front door's own tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::progress::Pace;
use super::{Behind, Server, stdio};
use crate::director::answer::{Answer, Media, Timeline};
use crate::director::tools::generate_music::GenerateAsk;
use crate::director::tools::state::StateAsk;
use crate::director::tools::{Calling, Tool};
use crate::director::{Caller, Progress, Step};
use crate::skills::Catalogue;

/// Requests the script knows: `wait` never ends, `panic` is a defect, `busy` tells progress and never ends; anything
/// else is answered with who asked.
#[derive(Default)]
pub struct Script {
    /// Calls that were taken back.
    pub taken_back: AtomicUsize,
    /// Calls that are waited for.
    pub waiting: AtomicUsize,
}

fn told(caller: &Caller, reply: &str) -> Answer {
    Answer {
        session: "s1".to_owned(),
        reply: format!("{reply} for {} of {:?}", caller.client, caller.reach),
        timeline: Timeline { summary: "Timeline (empty)".to_owned(), tracks: vec![] },
        media: vec![Media { kind: "music".to_owned(), name: "Lo-fi 1".to_owned(), ..Media::default() }],
        ..Answer::default()
    }
}

impl Behind for Script {
    fn call<'a>(
        &'a self,
        tool: &'static Tool,
        caller: &'a Caller,
        arguments: Value,
        progress: &'a dyn Progress,
    ) -> Calling<'a> {
        let asked = match tool.name {
            "generate_music" => serde_json::from_value::<GenerateAsk>(arguments)?.request,
            "state" => serde_json::from_value::<StateAsk>(arguments)?.session,
            name => name.to_owned(),
        };
        Ok(async move {
            match asked.as_str() {
                "wait" | "busy" => {
                    self.waiting.fetch_add(1, Ordering::SeqCst);
                    if asked == "busy" {
                        progress.say(&Step::part("Composing", 0.25));
                    }
                    caller.cancelled.cancelled().await;
                    self.taken_back.fetch_add(1, Ordering::SeqCst);
                    told(caller, "taken back")
                }
                "panic" => panic!("a defect of the script"),
                words => told(caller, words),
            }
        }
        .boxed())
    }
}

/// A server with a script behind it.
pub fn server() -> (Server, Arc<Script>) {
    let script = Arc::new(Script::default());
    let (skills, _) = Catalogue::load(None);
    let mut server = Server::new(Arc::clone(&script) as Arc<dyn Behind>, Arc::new(skills));
    server.pace = Pace { least_gap: Duration::from_millis(1), most_silence: Duration::from_millis(4) };
    (server, script)
}

/// A client on the other end of the pipes.
pub struct Talk {
    writer: WriteHalf<DuplexStream>,
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    pub script: Arc<Script>,
    pub shutdown: CancellationToken,
    pub serving: JoinHandle<std::io::Result<()>>,
}

impl Talk {
    pub fn start() -> Self {
        let (server, script) = server();
        let shutdown = CancellationToken::new();
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (reader, writer) = tokio::io::split(theirs);
        let serving = tokio::spawn(stdio::run(server, reader, writer, shutdown.clone()));
        let (reader, writer) = tokio::io::split(ours);
        Self { writer, lines: BufReader::new(reader).lines(), script, shutdown, serving }
    }

    pub async fn opened() -> Self {
        let mut talk = Self::start();
        talk.initialize("2025-11-25").await;
        talk
    }

    pub async fn initialize(&mut self, version: &str) -> Value {
        let params =
            json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let answer = self.ask(json!({"jsonrpc": "2.0", "id": "init", "method": "initialize", "params": params})).await;
        self.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        answer
    }

    pub async fn send(&mut self, message: Value) {
        self.send_raw(format!("{message}\n").as_bytes()).await;
    }

    pub async fn send_raw(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).await.unwrap();
    }

    /// The next message; every line must be JSON-RPC.
    pub async fn next(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap().expect("the server still talks");
        let message: Value = serde_json::from_str(&line).expect("only JSON on stdout");
        assert_eq!(message["jsonrpc"], "2.0");
        message
    }

    pub async fn ask(&mut self, message: Value) -> Value {
        let id = message["id"].clone();
        self.send(message).await;
        let answer = self.next().await;
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    pub async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        self.ask(json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})).await
    }

    /// Closes stdin and reads what is still said.
    pub async fn close(mut self) -> Vec<String> {
        self.writer.shutdown().await.unwrap();
        let mut rest = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            rest.push(line);
        }
        self.serving.await.unwrap().unwrap();
        rest
    }
}
