//! The whole path as an MCP client sees it: starts the server over stdio, uploads a sample clip, asks for music, looks at
//! the timeline, exports, and prints the path of the MP4.
//!
//! usage: demo PATH-OF-BEDTRACK

#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what is not there")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    let binary = std::env::args().nth(1).context("usage: demo PATH-OF-BEDTRACK")?;
    let folder = std::env::current_dir()?.join("out");
    std::fs::create_dir_all(&folder)?;
    let clip = folder.join("dusk-lights.mp4");
    sample_clip(&clip)?;

    let mut client = Client::start(&binary, &folder)?;
    let server = client.request(
        "initialize",
        json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "bedtrack-demo", "version": env!("CARGO_PKG_VERSION")},
        }),
    )?;
    say(&format!("connected to {} {}", server["serverInfo"]["name"], server["serverInfo"]["version"]));
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))?;

    client.call("upload", json!({"files": [clip]}))?;
    client.call("generate_music", json!({"request": "score this clip with mellow lo-fi, soft piano on top"}))?;
    client.call("state", json!({}))?;
    let exported = client.call("export", json!({"format": "mp4"}))?;
    let path = exported["media"][0]["path"].as_str().context("the export named no file")?.to_owned();
    client.end()?;
    say("");
    say(&path);
    Ok(())
}

/// A short silent clip to put music under; drawn by ffmpeg, so that the repository need not carry a video.
fn sample_clip(path: &Path) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let picture = "gradients=s=1280x720:r=30:d=12:c0=0x14213d:c1=0xf4a261:c2=0x6a4c93:c3=0x1d3557:n=4:speed=0.008:seed=3,vignette";
    let status = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture])
        .args([
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "26",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
        ])
        .arg(path)
        .status()
        .context("ffmpeg is needed for the sample clip")?;
    if !status.success() {
        bail!("ffmpeg could not draw the sample clip");
    }
    Ok(())
}

/// An MCP client in its simplest form: JSON-RPC, a line each, over the pipes of a child.
struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    next_id: u64,
}

impl Client {
    fn start(binary: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(binary)
            .env("BEDTRACK_OUTPUT", folder)
            .env("BEDTRACK_HOME", folder.join("home"))
            .env("BEDTRACK_BACKEND", "local")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{binary} cannot be started"))?;
        let stdin = child.stdin.take().context("no stdin")?;
        let stdout = BufReader::new(child.stdout.take().context("no stdout")?);
        Ok(Self { child, stdin, stdout, next_id: 1 })
    }

    fn send(&mut self, message: &Value) -> anyhow::Result<()> {
        writeln!(self.stdin, "{message}")?;
        Ok(self.stdin.flush()?)
    }

    fn request(&mut self, method: &str, params: Value) -> anyhow::Result<Value> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        loop {
            let mut line = String::new();
            if self.stdout.read_line(&mut line)? == 0 {
                bail!("the server ended before it answered {method}");
            }
            let mut answer: Value = serde_json::from_str(&line).context("a line that is no JSON")?;
            if answer["id"] == json!(id) {
                if !answer["error"].is_null() {
                    bail!("{method}: {}", answer["error"]);
                }
                return Ok(answer["result"].take());
            }
        }
    }

    /// Calls a tool, shows its words, waits for work that goes on, and gives the structured content.
    fn call(&mut self, tool: &str, arguments: Value) -> anyhow::Result<Value> {
        say(&format!("\n> {tool} {arguments}"));
        let mut result = self.request("tools/call", json!({"name": tool, "arguments": arguments}))?;
        loop {
            say(result["content"][0]["text"].as_str().unwrap_or_default());
            let answer = result["structuredContent"].take();
            if result["isError"] == json!(true) {
                bail!("{tool} failed");
            }
            if answer["status"] != json!("running") {
                return Ok(answer);
            }
            let handle = if answer["export"].is_string() { "export" } else { "turn" };
            let arguments = json!({handle: answer[handle], "session": answer["session"]});
            result = self.request("tools/call", json!({"name": "state", "arguments": arguments}))?;
        }
    }

    /// Closes stdin, which ends the server.
    fn end(self) -> anyhow::Result<()> {
        let Self { mut child, stdin, .. } = self;
        drop(stdin);
        let status = child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "an example for the terminal")]
fn say(line: &str) {
    println!("{line}");
}
