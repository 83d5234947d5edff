//! The balance of the account.

use axum::Json;
use axum::extract::State;

use super::api::Api;
use super::failure::Failure;
use super::gate::Account;
use bedtrack_wire::envelope::Envelope;

/// `GET /api/credits/balance/simple`.
pub async fn balance(State(api): State<Api>, Account(account): Account) -> Result<Json<Envelope>, Failure> {
    api.workshop.open_account(&account).await?;
    let balance = api.workshop.store.ledger().balance(&account).await?;
    Ok(Json(Envelope::ok(serde_json::json!(balance))))
}
