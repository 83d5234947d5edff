//! MCP over streamable HTTP at `/mcp`, with `/healthz`, `/readyz` and `/metrics` beside it. Both eras of the protocol
//! share the endpoint: sessions up to 2025-11-25, requests that stand alone from 2026-07-28 on.

pub mod auth;
mod guard;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any_service, get};
use futures::future::BoxFuture;
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, SessionConfig};
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::auth::Clients;
use super::Server;

/// Largest request body.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// How long a session may be silent. Agents pause for minutes between calls while their users look and listen.
const SESSION_IDLE: Duration = Duration::from_secs(2 * 3600);
/// How long running calls may still answer once we were told to stop.
const ANSWERS: Duration = Duration::from_millis(500);
/// How long open connections may then take to close.
const CONNECTIONS: Duration = Duration::from_secs(2);
/// Browser pages that may call us: those served from this machine.
const ORIGINS: [&str; 6] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://[::1]:*",
];

/// Says whether work can be taken on; the words say why not.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What the HTTP transport needs beside the server.
#[derive(Clone)]
pub struct HttpSettings {
    /// Who may call; `None`: anybody on this machine.
    pub clients: Option<Arc<Clients>>,
    /// What `/readyz` asks.
    pub ready: Ready,
    /// Told to stop.
    pub shutdown: CancellationToken,
}

#[derive(Clone)]
struct Side {
    server: Server,
    ready: Ready,
}

/// The routes. Without [`HttpSettings::clients`] only hosts and pages of this machine are let in. `stop` ends sessions and
/// streams; it takes every running call for cancelled, so [`serve`] hangs up first.
pub fn router(server: Server, settings: &HttpSettings, stop: &CancellationToken) -> Router {
    let open = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .with_state(Side { server: server.clone(), ready: Arc::clone(&settings.ready) });
    let guarded = Router::new()
        .route("/metrics", get(metrics))
        .with_state(server.clone())
        .route("/mcp", any_service(service(server, settings, stop)))
        .layer(axum::middleware::from_fn_with_state(settings.clients.clone(), guard::guard));
    open.merge(guarded)
}

/// Serves the routes until `settings.shutdown` fires, then lets running answers go out for a moment.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(listener: TcpListener, server: Server, settings: HttpSettings) -> io::Result<()> {
    let hangup = server.hangup();
    let shutdown = settings.shutdown.clone();
    let stop = CancellationToken::new();
    let router = router(server, &settings, &stop);
    let told = shutdown.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move { told.cancelled().await });
    let parting = async {
        shutdown.cancelled().await;
        hangup.cancel();
        // Calls answer that we are stopping; then the streams they answer on are closed.
        tokio::time::sleep(ANSWERS).await;
        stop.cancel();
        tokio::time::sleep(CONNECTIONS).await;
    };
    tokio::select! {
        result = serving.into_future() => result,
        () = parting => Ok(()),
    }
}

fn service(
    server: Server,
    settings: &HttpSettings,
    stop: &CancellationToken,
) -> StreamableHttpService<Server, LocalSessionManager> {
    let config = StreamableHttpServerConfig::default()
        .with_max_request_body_bytes(MAX_BODY)
        .with_allowed_origins(ORIGINS)
        .with_cancellation_token(stop.child_token());
    // A name that points here is no danger to a server that asks every caller for a token.
    let config = if settings.clients.is_some() { config.disable_allowed_hosts() } else { config };
    let mut sessions = LocalSessionManager::default();
    let mut life = SessionConfig::default();
    life.keep_alive = Some(SESSION_IDLE);
    sessions.session_config = life;
    StreamableHttpService::new(move || Ok(server.connected()), Arc::new(sessions), config)
}

async fn readyz(State(side): State<Side>) -> impl IntoResponse {
    if side.server.hangup().is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned());
    }
    match (side.ready)().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

async fn metrics(State(server): State<Server>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], server.shared.metrics.text())
}

#[cfg(test)]
mod tests;
