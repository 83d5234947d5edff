//! Tokens and sessions.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::json;
use uuid::Uuid;

use super::api::Api;
use super::body::JsonBody;
use super::failure::Failure;
use super::gate::Account;
use bedtrack_store::NewSession;
use bedtrack_wire::envelope::Envelope;
use bedtrack_wire::session::{ClaimRequest, OpenSession};

/// `POST /api/auth/anonymous-token`: needs `X-Client-Id`, no bearer.
pub async fn anonymous_token(State(api): State<Api>, headers: HeaderMap) -> Result<Json<Envelope>, Failure> {
    let client = headers.get("x-client-id").and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    if client.is_empty() || client.len() > 128 {
        return Err(Failure::bad_request("X-Client-Id is missing"));
    }
    let token = api.gate.anonymous_token(client).ok_or_else(Failure::bad_token)?;
    Ok(Json(Envelope::ok(json!({"token": token, "credits": 0, "unlimited": true}))))
}

/// `POST /api/tasks/me/with-session/nemo_agent`.
pub async fn open(
    State(api): State<Api>,
    Account(account): Account,
    JsonBody(wish): JsonBody<OpenSession>,
) -> Result<Json<Envelope>, Failure> {
    api.workshop.open_account(&account).await?;
    let (id, task_id) = (format!("s-{}", Uuid::new_v4().simple()), format!("t-{}", Uuid::new_v4().simple()));
    let session =
        NewSession { id: id.clone(), task_id: task_id.clone(), account, language: wish.language.unwrap_or_default() };
    api.workshop.store.studio_sessions().create(session).await?;
    Ok(Json(Envelope::ok(json!({"task_id": task_id, "session_id": id}))))
}

/// `POST /api/auth/claim-token`: the studio has no web page that could be claimed.
pub async fn claim(Account(_): Account, JsonBody(_): JsonBody<ClaimRequest>) -> Failure {
    Failure::not_found("web page")
}
