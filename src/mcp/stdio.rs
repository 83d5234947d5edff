//! MCP over stdin and stdout. stdout carries protocol and nothing else; whatever comes in, however broken or large, is
//! answered or dropped, and the connection lives on until stdin closes.

mod lines;
mod stray;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{ClientJsonRpcMessage, ClientRequest, ErrorCode, ErrorData, GetMeta, ProtocolVersion, RequestId};
use rmcp::service::{RoleServer, RxJsonRpcMessage, ServiceExt, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::lines::{Line, Lines};
use super::Server;

/// Longest line taken in: a request of a hundred thousand characters fits many times over.
const MAX_LINE: usize = 4 * 1024 * 1024;
/// How long calls in flight may still finish once stdin has closed; their turns go on in the background all the same.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Messages in one batch (spec 2025-03-26) that are taken.
const MAX_BATCH: usize = 100;

/// Serves one client over the process's own stdin and stdout until stdin closes or `shutdown` fires.
///
/// # Errors
/// When the connection could not be served at all; a client that leaves is not an error.
pub async fn run_stdio(server: Server, shutdown: CancellationToken) -> io::Result<()> {
    let (reader, writer) = rmcp::transport::io::stdio_pipes();
    run(server, reader, writer, shutdown).await
}

/// Serves one client over any pair of streams.
///
/// # Errors
/// As [`run_stdio`].
pub async fn run<R, W>(server: Server, reader: R, writer: W, shutdown: CancellationToken) -> io::Result<()>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let closed = CancellationToken::new();
    let hangup = server.hangup();
    let stop = CancellationToken::new();
    let transport = Stdio::new(reader, writer, closed.clone());
    let serving = async {
        match server.serve_with_ct(transport, stop.clone()).await {
            Ok(running) => running.waiting().await.map(|_| ()).map_err(io::Error::other),
            // Stdin closed, or we were told to stop, before a client had opened: nothing was lost.
            Err(error) => {
                tracing::debug!(%error, "the client left before it opened");
                Ok(())
            }
        }
    };
    let parting = async {
        tokio::select! {
            () = closed.cancelled() => tokio::time::sleep(LAST_WORDS).await,
            () = shutdown.cancelled() => {}
        }
        // First the hang-up, then the stop: a call must not take our leaving for its client's cancelling.
        hangup.cancel();
        if shutdown.is_cancelled() {
            stop.cancel();
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    let result = tokio::select! {
        result = serving => result,
        never = parting => match never {},
    };
    hangup.cancel();
    result
}

struct Stdio<R, W> {
    lines: Lines<R>,
    writer: Arc<Mutex<W>>,
    /// Messages of a batch that wait their turn.
    waiting: VecDeque<RxJsonRpcMessage<RoleServer>>,
    /// A refusal being written. Kept here because `receive` may be dropped at any await.
    refusal: Option<JoinHandle<()>>,
    /// Whether a request has settled which lifecycle this connection has.
    opened: bool,
    closed: CancellationToken,
}

impl<R, W> Stdio<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    fn new(reader: R, writer: W, closed: CancellationToken) -> Self {
        Self {
            lines: Lines::new(reader, MAX_LINE),
            writer: Arc::new(Mutex::new(writer)),
            waiting: VecDeque::new(),
            refusal: None,
            opened: false,
            closed,
        }
    }

    fn refuse(&mut self, id: Option<RequestId>, code: ErrorCode, message: &'static str) {
        tracing::debug!(message, "refused a message");
        let refusal = TxJsonRpcMessage::<RoleServer>::error(ErrorData::new(code, message, None), id);
        let writer = Arc::clone(&self.writer);
        self.refusal = Some(tokio::spawn(async move {
            if let Err(error) = write(&writer, &refusal).await {
                tracing::debug!(%error, "a refusal could not be written");
            }
        }));
    }

    /// Takes in one line; what it holds waits in `waiting`.
    fn take(&mut self, line: &[u8]) {
        let value: Value = match serde_json::from_slice(line) {
            Ok(value) => value,
            Err(_) => return self.refuse(None, ErrorCode::PARSE_ERROR, "Parse error: a line must be one JSON message"),
        };
        match value {
            Value::Array(batch) if batch.is_empty() || batch.len() > MAX_BATCH => {
                self.refuse(None, ErrorCode::INVALID_REQUEST, "A batch holds 1 to 100 messages");
            }
            Value::Array(batch) => batch.into_iter().for_each(|message| self.take_one(message)),
            message => self.take_one(message),
        }
    }

    fn take_one(&mut self, message: Value) {
        let id = stray::id(&message);
        let stray = stray::is_foreign_notification(&message);
        match serde_json::from_value::<RxJsonRpcMessage<RoleServer>>(message) {
            Ok(message) => {
                // Before a request has opened the connection, only a request can mean anything.
                if self.opened || matches!(message, ClientJsonRpcMessage::Request(_)) {
                    self.opened = self.opened || opens(&message);
                    self.waiting.push_back(message);
                }
            }
            Err(_) if stray => tracing::debug!("dropped a notification that is not MCP's"),
            Err(_) => self.refuse(id, ErrorCode::INVALID_REQUEST, "Invalid request: not a JSON-RPC 2.0 message of MCP"),
        }
    }
}

/// Whether a request settles the lifecycle: `initialize`, or one that carries all it needs in its own `_meta`.
fn opens(message: &ClientJsonRpcMessage) -> bool {
    let ClientJsonRpcMessage::Request(request) = message else { return false };
    match &request.request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        other => {
            let meta = other.get_meta();
            meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
                && meta.protocol_version().is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
        }
    }
}

async fn write<W: AsyncWrite + Unpin>(writer: &Mutex<W>, message: &TxJsonRpcMessage<RoleServer>) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut writer = writer.lock().await;
    writer.write_all(&line).await?;
    writer.flush().await
}

impl<R, W> Transport<RoleServer> for Stdio<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(&mut self, item: TxJsonRpcMessage<RoleServer>) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let writer = Arc::clone(&self.writer);
        async move { write(&writer, &item).await }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            // One refusal at a time: a client that sends rubbish and never reads cannot make us hold it all.
            if let Some(refusal) = self.refusal.as_mut() {
                let _written = refusal.await;
                self.refusal = None;
            }
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            match self.lines.next().await {
                Ok(Line::Whole(line)) => self.take(&line),
                Ok(Line::TooLong(id)) => {
                    self.refuse(id, ErrorCode::INVALID_REQUEST, "The message is longer than 4 MiB and was dropped");
                }
                Ok(Line::End) => {
                    self.closed.cancel();
                    return None;
                }
                Err(error) => {
                    tracing::warn!(%error, "stdin could not be read");
                    self.closed.cancel();
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.writer.lock().await.flush().await
    }
}

#[cfg(test)]
mod tests;
