//! The state of a session.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use super::api::Api;
use super::failure::Failure;
use super::gate::Account;
use crate::studio::jobs::turn;
use bedtrack_wire::envelope::Envelope;

/// How soon a client should ask again while a turn is at work.
const POLL_AFTER_MS: u64 = 250;

/// `GET /api/state/nemo_agent/me/<sid>/latest`.
pub async fn latest(
    State(api): State<Api>,
    Account(account): Account,
    Path(session): Path<String>,
) -> Result<Json<Envelope>, Failure> {
    api.session(&account, &session).await?;
    // Turns first: one that ends between the two reads then shows its outcome.
    let at_work = turn::is_at_work(&api.workshop, &session).await?;
    let mut state = api.workshop.state(&session).await?.state;
    state.poll_after_ms = at_work.then_some(POLL_AFTER_MS);
    Ok(Json(Envelope::ok(json!({"state": state}))))
}
