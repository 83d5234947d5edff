//! The NemoVideo API, served locally. This file is its table of contents; one file holds one group of endpoints.

mod api;
mod body;
mod credits;
mod failure;
mod fetch;
mod gate;
mod media;
mod render;
mod run;
mod session;
mod state;
mod upload;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::studio::jobs::Workshop;
use bedtrack_wire::paths;

use api::Api;

pub use fetch::FetchPolicy;
pub use gate::Gate;

/// JSON bodies are messages and drafts; real drafts can have thousands of segments.
const JSON_LIMIT: usize = 16 << 20;

/// The API over a workshop.
pub fn router(workshop: Arc<Workshop>, gate: Gate, fetch: FetchPolicy) -> Router {
    // The form's own lines come on top of the files.
    let form_limit = usize::try_from(workshop.limits.uploads_bytes).unwrap_or(usize::MAX).saturating_add(JSON_LIMIT);
    let api = Api { workshop, gate: Arc::new(gate), fetch: Arc::new(fetch) };
    let session = "{session}";
    Router::new()
        .route(paths::OPEN_SESSION, post(session::open))
        .route(paths::CLAIM_TOKEN, post(session::claim))
        .route(paths::RUN, post(run::run))
        .route(paths::CANCEL_RUN, post(run::cancel))
        .route(paths::BALANCE, get(credits::balance))
        .route(&format!("/api/state/nemo_agent/me/{session}/latest"), get(state::latest))
        .route(paths::RENDER, post(render::submit))
        .route(&format!("{}/{{id}}", paths::RENDER), get(render::status))
        .route("/api/render/proxy/{id}/download", get(render::download))
        .route(&format!("{}/{session}/{{name}}", media::PREFIX), get(media::get))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
        .merge(
            Router::new()
                .route(&format!("/api/upload-video/nemo_agent/me/{session}"), post(upload::upload))
                .layer(DefaultBodyLimit::max(form_limit)),
        )
        .layer(from_fn_with_state(api.gate.clone(), gate::admit))
        .route(paths::ANONYMOUS_TOKEN, post(session::anonymous_token))
        .route("/healthz", get(|| async { "ok" }))
        .with_state(api)
}

/// Serves until `shutdown` completes; running requests may finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}
