//! Running a call: the child dies with its future, with the token, and at its time limit; what it prints is bounded.

use std::ops::ControlFlow;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::FilmError;
use super::call::Call;
use super::limits::{LIMITS, confine};
use super::progress::Progress;
use super::tools::Tools;
use super::watch::Watch;

/// How much of what a child says on stderr is kept: the end of it.
const STDERR_KEPT: usize = 8 << 10;
/// How much of that goes into a message.
const STDERR_SHOWN: usize = 600;
/// The most that a child may answer at once.
const ANSWER_LIMIT: usize = 32 << 20;

impl Call {
    /// Runs to the end; progress goes to the watch. Returns what it said on stderr.
    pub async fn run(&self, tools: &Tools, watch: &Watch) -> Result<String, FilmError> {
        let mut progress = Progress::default();
        let total = self.media_ms.max(1);
        self.drive(tools, watch, &mut |bytes| {
            progress.feed(bytes, &mut |at_ms| watch.at(at_ms as f32 / total as f32));
            ControlFlow::Continue(())
        })
        .await
    }

    /// Runs to the end and returns all of its standard output, which is bounded.
    pub async fn output_of(&self, tools: &Tools, watch: &Watch) -> Result<Vec<u8>, FilmError> {
        let mut answer = Vec::new();
        self.drive(tools, watch, &mut |bytes| {
            answer.extend_from_slice(bytes);
            if answer.len() > ANSWER_LIMIT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
        Ok(answer)
    }

    /// Runs while `sink` takes its standard output; a break ends the child, and that is no failure.
    pub async fn drive(
        &self,
        tools: &Tools,
        watch: &Watch,
        sink: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    ) -> Result<String, FilmError> {
        watch.check()?;
        let program = tools.path(self.tool)?;
        let time = LIMITS.child_time(self.media_ms);
        let _seat = tools.seat(watch).await?;
        let mut child = Command::new(program)
            .args(&self.args)
            // Settings such as FFREPORT would write files and logs of the child's own.
            .env_remove("FFREPORT")
            .env("AV_LOG_FORCE_NOCOLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|fault| self.failed(format!("could not be started ({})", fault.kind()), String::new()))?;
        if let Some(id) = child.id() {
            confine(id, time, self.output_bytes);
        }
        tracing::debug!(command = %self.shown(), "child started");
        let (Some(mut stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(self.failed("has no pipes".to_owned(), String::new()));
        };
        let work = async {
            let reading = async {
                let mut buffer = vec![0_u8; 64 << 10];
                loop {
                    let count = stdout.read(&mut buffer).await.unwrap_or(0);
                    if count == 0 || sink(buffer.get(..count).unwrap_or_default()).is_break() {
                        return count > 0;
                    }
                }
            };
            tokio::pin!(reading);
            let listening = tail_of(stderr);
            tokio::pin!(listening);
            // An early break must not wait for a child that has not seen it.
            let (enough, said) = tokio::select! {
                enough = &mut reading => if enough { (true, Vec::new()) } else { (false, listening.await) },
                said = &mut listening => (reading.await, said),
            };
            (enough, said)
        };
        let (enough, said) = tokio::select! {
            done = work => done,
            () = watch.token().cancelled() => {
                end(&mut child).await;
                return Err(FilmError::Cancelled);
            }
            () = tokio::time::sleep(time) => {
                end(&mut child).await;
                return Err(FilmError::TooSlow { task: self.task, seconds: time.as_secs() });
            }
        };
        if enough {
            end(&mut child).await;
            return Ok(String::new());
        }
        let status = child.wait().await.map_err(|fault| self.failed(fault.kind().to_string(), String::new()))?;
        let said = self.without_folders(&String::from_utf8_lossy(&said));
        if status.success() {
            return Ok(said);
        }
        if said.contains("No space left on device") {
            return Err(FilmError::DiskFull);
        }
        Err(self.failed(code_of(status), said))
    }

    fn failed(&self, code: String, said: String) -> FilmError {
        let from = said.len().saturating_sub(STDERR_SHOWN);
        let from = (from..said.len()).find(|at| said.is_char_boundary(*at)).unwrap_or(0);
        let stderr = said.get(from..).unwrap_or_default().trim().replace('\n', " | ");
        let stderr = if stderr.is_empty() { "it gave no reason".to_owned() } else { stderr };
        FilmError::ToolFailed { task: self.task, tool: self.tool.name(), code, stderr, command: self.shown() }
    }
}

/// Kills and reaps, so that no file is written to after this returns.
async fn end(child: &mut tokio::process::Child) {
    if let Err(fault) = child.kill().await {
        tracing::debug!(%fault, "a child was gone before it could be ended");
    }
}

fn code_of(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"))
}

/// The end of a stream.
async fn tail_of(mut stream: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return kept,
            Ok(count) => kept.extend_from_slice(buffer.get(..count).unwrap_or_default()),
        }
        if kept.len() > 2 * STDERR_KEPT {
            kept.drain(..kept.len() - STDERR_KEPT);
        }
    }
}
