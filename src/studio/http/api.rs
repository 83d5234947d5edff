//! What every endpoint has at its side.

use std::sync::Arc;

use bedtrack_store::StudioSession;

use super::failure::Failure;
use super::fetch::FetchPolicy;
use super::gate::Gate;
use crate::studio::jobs::Workshop;

/// The studio behind the API; a cheap handle.
#[derive(Clone)]
pub struct Api {
    pub workshop: Arc<Workshop>,
    pub gate: Arc<Gate>,
    pub fetch: Arc<FetchPolicy>,
}

impl Api {
    /// The account's session of that id.
    pub async fn session(&self, account: &str, id: &str) -> Result<StudioSession, Failure> {
        let session = self.workshop.store.studio_sessions().get(id).await?;
        session.filter(|session| session.account == account).ok_or_else(Failure::no_session)
    }
}
