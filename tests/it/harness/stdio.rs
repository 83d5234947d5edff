//! The real binary over pipes, as a client starts it: a data folder of its own, an environment of its own, and every line
//! on its stdout held to be JSON-RPC.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::patience::{HUNG, Patience};

/// Folders of one user: they outlive a server, so that another can be started on them.
#[derive(Clone)]
pub struct Home {
    folder: Arc<TempDir>,
    variables: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()), variables: Vec::new() }
    }

    /// Sets a variable for every server started here.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where tests may put files of their own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `BEDTRACK_OUTPUT`.
    pub fn output(&self) -> PathBuf {
        self.folder().join("output")
    }

    /// The binary with this home's environment and nothing of the one who runs the tests.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bedtrack"));
        command.args(arguments).current_dir(self.folder()).env_clear();
        // What a system needs to find its tools and libraries.
        for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("HOME", self.folder());
        command.env("BEDTRACK_HOME", self.folder().join("home"));
        command.env("BEDTRACK_OUTPUT", self.output());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts a server over stdio.
    pub fn start(&self) -> Bedtrack {
        Bedtrack::start(self)
    }

    /// Starts a server and shakes hands with it.
    pub fn initialized(&self) -> Bedtrack {
        let mut server = self.start();
        server.initialize("2025-11-25");
        server
    }
}

/// One running server and the client that speaks to it.
pub struct Bedtrack {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    next_id: i64,
    /// Notifications that came in while answers were waited for.
    pub notifications: Vec<Value>,
    stderr: PathBuf,
    _home: Home,
}

/// What a tool answered.
#[derive(Debug)]
pub struct ToolResult {
    pub is_error: bool,
    pub text: String,
    pub structured: Value,
}

/// How a server ended.
pub struct Ended {
    pub status: ExitStatus,
    /// What it still said after stdin was closed.
    pub rest: Vec<Value>,
}

impl Bedtrack {
    fn start(home: &Home) -> Self {
        let stderr = home.folder().join("stderr.log");
        let log = File::options().create(true).append(true).open(&stderr).unwrap();
        let mut command = home.command(&[]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, stdin, lines, next_id: 1, notifications: Vec::new(), stderr, _home: home.clone() }
    }

    pub fn send_raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).and_then(|()| stdin.flush()).unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        self.send_raw(format!("{message}\n").as_bytes());
    }

    /// The next message, be it an answer or a notification.
    pub fn next_message(&mut self) -> Value {
        let line = self.lines.recv_timeout(HUNG);
        protocol(&line.unwrap_or_else(|error| panic!("no message ({error}); stderr:\n{}", self.log())))
    }

    /// The answer with this id; notifications on the way are kept.
    pub fn answer(&mut self, id: &Value) -> Value {
        loop {
            let message = self.next_message();
            if message.get("id") == Some(id) {
                return message;
            }
            assert!(message.get("method").is_some(), "an answer to nothing: {message}");
            self.notifications.push(message);
        }
    }

    /// The answers with these ids, in whichever order they come.
    pub fn answers<const N: usize>(&mut self, ids: &[Value; N]) -> [Value; N] {
        let mut found = [const { Value::Null }; N];
        while found.iter().any(Value::is_null) {
            let message = self.next_message();
            match ids.iter().position(|id| message.get("id") == Some(id)) {
                Some(at) => found[at] = message,
                None => self.notifications.push(message),
            }
        }
        found
    }

    /// Sends a request without waiting for its answer; gives its id.
    pub fn begin(&mut self, method: &str, params: &Value) -> Value {
        let id = json!(self.next_id);
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends a request and gives its whole answer.
    pub fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        self.answer(&id)
    }

    /// Shakes hands; gives what the server says of itself.
    pub fn initialize(&mut self, version: &str) -> Value {
        let client = json!({"name": "bedtrack-tests", "version": "1"});
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
        let answer = self.request("initialize", &params);
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        answer["result"].clone()
    }

    pub fn call_tool(&mut self, name: &str, arguments: &Value) -> ToolResult {
        ToolResult::of(&self.request("tools/call", &json!({"name": name, "arguments": arguments})))
    }

    /// Calls a tool and waits until its work is over, however it ends.
    pub fn finish(&mut self, tool: &str, arguments: &Value) -> ToolResult {
        let begun = self.call_tool(tool, arguments);
        self.wait_for(begun)
    }

    /// Waits until work that was begun is over, however it ends.
    pub fn wait_for(&mut self, mut result: ToolResult) -> ToolResult {
        let patience = Patience::until("the work of the tool is over");
        while result.structured["status"] == "running" {
            patience.check();
            let handle = if result.structured["export"].is_string() { "export" } else { "turn" };
            let ask = json!({"session": result.structured["session"], handle: result.structured[handle]});
            result = self.call_tool("state", &ask);
        }
        result
    }

    /// The structured content of a call that has to end well.
    pub fn done(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.finish(tool, arguments);
        assert!(!result.is_error && result.structured["status"] == "done", "{tool} {arguments}: {}", result.text);
        result.structured
    }

    /// Calls a tool and asks for progress; gives the result and what was told on the way.
    pub fn call_tool_with_progress(&mut self, name: &str, arguments: &Value) -> (ToolResult, Vec<Value>) {
        let token = format!("progress-{}", self.next_id);
        let meta = json!({"progressToken": token});
        let answer = self.request("tools/call", &json!({"name": name, "arguments": arguments, "_meta": meta}));
        let told = self.notifications.extract_if(.., |message| message["params"]["progressToken"] == *token).collect();
        (ToolResult::of(&answer), told)
    }

    /// Closes stdin and waits until the server has ended of itself.
    pub fn close(mut self) -> Ended {
        drop(self.stdin.take());
        let mut rest = Vec::new();
        // The reader hangs up when stdout closes, and stdout closes when the process is gone.
        loop {
            match self.lines.recv_timeout(HUNG) {
                Ok(line) => rest.push(protocol(&line)),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(error) => panic!("it does not end ({error}); stderr:\n{}", self.log()),
            }
        }
        Ended { status: self.child.wait().unwrap(), rest }
    }

    /// Kills the server where it stands.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }
}

impl Drop for Bedtrack {
    fn drop(&mut self) {
        // Only our own child, and only if it still runs.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl ToolResult {
    pub fn of(answer: &Value) -> Self {
        let result = answer.get("result").unwrap_or_else(|| panic!("no tool result: {answer}"));
        Self {
            is_error: result["isError"] == true,
            text: result["content"][0]["text"].as_str().unwrap_or_default().to_owned(),
            structured: result["structuredContent"].clone(),
        }
    }

    /// The code of its error; empty if there is none.
    pub fn code(&self) -> &str {
        self.structured["error"]["code"].as_str().unwrap_or_default()
    }
}

fn protocol(line: &str) -> Value {
    let message: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON on stdout: {line}"));
    assert_eq!(message["jsonrpc"], "2.0", "not JSON-RPC on stdout: {line}");
    message
}
