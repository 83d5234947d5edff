//! Renders: submitted under the client's own id, which makes a submission safe to repeat.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::api::Api;
use super::body::JsonBody;
use super::failure::Failure;
use super::gate::Account;
use crate::studio::jobs::render;
use bedtrack_store::engine::JobKind as _;
use bedtrack_store::{Job, JobState, NewJob};
use bedtrack_wire::draft::Draft;
use bedtrack_wire::paths;
use bedtrack_wire::render::{Render, RenderOutput, RenderRequest, RenderStatus};

/// How soon a client should ask again.
const POLL_AFTER_MS: u64 = 200;
const ATTRIBUTION: [&str; 3] = ["x-skill-source", "x-skill-version", "x-skill-platform"];

/// `POST /api/render/proxy/lambda`.
pub async fn submit(
    State(api): State<Api>,
    Account(account): Account,
    headers: HeaderMap,
    JsonBody(request): JsonBody<RenderRequest>,
) -> Result<Response, Failure> {
    if !ATTRIBUTION.iter().all(|name| headers.contains_key(*name)) {
        return Err(Failure::no_attribution());
    }
    let session = api.session(&account, &request.session_id).await?;
    let valid = (1..=64).contains(&request.id.len())
        && request.id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !valid {
        return Err(Failure::bad_request("the render's id must be 1 to 64 letters, digits, `-` and `_`"));
    }
    if !Draft::read(&request.draft).has_segments() {
        return Err(Failure::bad_request("the draft has no track with segments"));
    }
    let wanted = render::Render { draft: request.draft, output: request.output };
    let job = NewJob { id: job_id(&account, &request.id), account, session: session.id, cost: 0, ..wanted.to_job() };
    api.workshop.enqueue(job).await?;
    let render = Render { id: request.id, poll_after_ms: Some(POLL_AFTER_MS), ..Render::default() };
    Ok(Json(render).into_response())
}

/// `GET /api/render/proxy/lambda/<id>`.
pub async fn status(
    State(api): State<Api>,
    Account(account): Account,
    Path(id): Path<String>,
) -> Result<Json<Render>, Failure> {
    let job = api.render_job(&account, &id).await?;
    let mut render = Render { id: id.clone(), ..Render::default() };
    match job.state {
        JobState::Done => {
            let made: render::RenderedFile = serde_json::from_value(job.result)
                .map_err(|_| Failure::internal("the render's record cannot be read"))?;
            render.status = RenderStatus::Completed;
            render.progress = Some(100.0);
            let url = Some(paths::render_download(&id));
            render.output = Some(RenderOutput { url, size: Some(made.bytes), notes: made.notes });
        }
        JobState::Failed | JobState::Dead | JobState::Cancelled => {
            render.status = RenderStatus::Failed;
            render.error = Some(json!(render::fault(&job)));
        }
        JobState::Queued | JobState::Running => {
            let started = job.state == JobState::Running;
            render.status = if started { RenderStatus::Processing } else { RenderStatus::Pending };
            render.progress = started.then_some(f64::from(job.progress) * 100.0);
            render.poll_after_ms = Some(POLL_AFTER_MS);
        }
    }
    Ok(Json(render))
}

/// `GET /api/render/proxy/<id>/download`.
pub async fn download(
    State(api): State<Api>,
    Account(account): Account,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let job = api.render_job(&account, &id).await?;
    let made: render::RenderedFile =
        serde_json::from_value(job.result).map_err(|_| Failure::not_found("rendered file"))?;
    api.file(&made.key).await
}

/// Ids are the client's to choose, so each account has its own space of them.
fn job_id(account: &str, render: &str) -> String {
    format!("{account}/{render}")
}

impl Api {
    async fn render_job(&self, account: &str, id: &str) -> Result<Job, Failure> {
        let job = self.workshop.store.jobs().get(&job_id(account, id)).await?;
        job.filter(|job| job.kind == render::Render::NAME && job.account == account)
            .ok_or_else(|| Failure::not_found("render"))
    }
}
