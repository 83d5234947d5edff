//! Running a call: the child dies with its future, with the token, and at its time limit; what it prints is bounded.

use std::ops::ControlFlow;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::call::Call;
use super::limits::{LIMITS, confine};
use super::progress::Progress;
use super::tools::Tools;
use super::watch::Watch;
use super::{FilmError, fence};

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
        let seat = tools.seat(watch).await?;
        let running = self.start(tools, Stdio::null()).await?;
        let said = running.drive(watch, sink, std::future::ready(Ok(()))).await;
        drop(seat);
        said
    }

    /// Runs a child that waits for what `feed` writes into its standard input; progress goes to the watch. Whatever
    /// else `feed` starts runs on the seat of this child: if each took one, two films could wait for each other.
    pub async fn feed<F: Future<Output = Result<(), FilmError>>>(
        &self,
        tools: &Tools,
        watch: &Watch,
        feed: impl FnOnce(ChildStdin) -> F,
    ) -> Result<String, FilmError> {
        watch.check()?;
        let seat = tools.seat(watch).await?;
        let mut running = self.start(tools, Stdio::piped()).await?;
        let pipe = running.child.stdin.take().ok_or_else(|| self.failed("has no pipes".to_owned(), String::new()))?;
        let (mut progress, total) = (Progress::default(), self.media_ms.max(1));
        let mut sink = |bytes: &[u8]| {
            progress.feed(bytes, &mut |at_ms| watch.at(at_ms as f32 / total as f32));
            ControlFlow::Continue(())
        };
        let said = running.drive(watch, &mut sink, feed(pipe)).await;
        drop(seat);
        said
    }

    /// Starts a child whose standard output is read bit by bit, on the seat of the child that it works for.
    pub async fn read(self, tools: &Tools) -> Result<Reading, FilmError> {
        let Running { child, stdout, stderr, time, .. } = self.start(tools, Stdio::null()).await?;
        let said = tokio::spawn(tail_of(stderr));
        Ok(Reading { call: self, child, stdout, said, ends: Instant::now() + time, over: false })
    }

    async fn start(&self, tools: &Tools, stdin: Stdio) -> Result<Running<'_>, FilmError> {
        let program = tools.path(self.tool)?;
        let time = LIMITS.child_time(self.media_ms);
        let mut command = fence::command(program);
        command.args(&self.args).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Opened in any case: what is no plain file, or another one than before, no child sees.
        let gate = self.gate()?;
        let started = if tools.has_fence().await { fence::spawn(command, gate).await } else { command.spawn() };
        let mut child =
            started.map_err(|fault| self.failed(format!("could not be started ({})", fault.kind()), String::new()))?;
        if let Some(id) = child.id() {
            confine(id, time, self.output_bytes, self.data_bytes);
        }
        tracing::debug!(command = %self.shown(), "child started");
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(self.failed("has no pipes".to_owned(), String::new()));
        };
        Ok(Running { call: self, child, stdout, stderr, time })
    }

    /// What a child's end means.
    fn judge(&self, status: ExitStatus, said: &[u8]) -> Result<String, FilmError> {
        let said = self.without_folders(&String::from_utf8_lossy(said));
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

/// A child at work.
struct Running<'a> {
    call: &'a Call,
    child: Child,
    stdout: ChildStdout,
    stderr: ChildStderr,
    time: Duration,
}

impl Running<'_> {
    /// Runs it to its end, while `sink` takes what it writes and `feeding` goes on beside it.
    async fn drive(
        self,
        watch: &Watch,
        sink: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
        feeding: impl Future<Output = Result<(), FilmError>>,
    ) -> Result<String, FilmError> {
        let Self { call, mut child, mut stdout, stderr, time } = self;
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
            let talking = async {
                Ok(tokio::select! {
                    enough = &mut reading => if enough { (true, Vec::new()) } else { (false, listening.await) },
                    said = &mut listening => (reading.await, said),
                })
            };
            // What cannot be fed ends the child; a child that ends is what ends the feeding.
            tokio::try_join!(talking, feeding).map(|(talked, ())| talked)
        };
        let done = tokio::select! {
            done = work => done,
            () = watch.token().cancelled() => Err(FilmError::Cancelled),
            () = tokio::time::sleep(time) => Err(FilmError::TooSlow { task: call.task, seconds: time.as_secs() }),
        };
        let (enough, said) = match done {
            Ok(done) => done,
            Err(fault) => {
                end(&mut child).await;
                return Err(fault);
            }
        };
        if enough {
            end(&mut child).await;
            return Ok(String::new());
        }
        let status = child.wait().await.map_err(|fault| call.failed(fault.kind().to_string(), String::new()))?;
        call.judge(status, &said)
    }
}

/// A child whose output is read as it is needed; it dies with this value.
#[derive(Debug)]
pub(super) struct Reading {
    call: Call,
    child: Child,
    stdout: ChildStdout,
    said: JoinHandle<Vec<u8>>,
    ends: Instant,
    over: bool,
}

impl Reading {
    /// Fills the buffer; false where the child's output is over before that.
    pub async fn fill(&mut self, buffer: &mut [u8]) -> Result<bool, FilmError> {
        if self.over {
            return Ok(false);
        }
        let seconds = LIMITS.child_time(self.call.media_ms).as_secs();
        match tokio::time::timeout_at(self.ends, self.stdout.read_exact(buffer)).await {
            Ok(Ok(_)) => return Ok(true),
            Ok(Err(_)) => self.over = true,
            Err(_) => return Err(FilmError::TooSlow { task: self.call.task, seconds }),
        }
        let said = (&mut self.said).await.unwrap_or_default();
        let status = self.child.wait().await;
        let status = status.map_err(|fault| self.call.failed(fault.kind().to_string(), String::new()))?;
        self.call.judge(status, &said).map(|_| false)
    }
}

/// Kills and reaps, so that no file is written to after this returns.
async fn end(child: &mut Child) {
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
