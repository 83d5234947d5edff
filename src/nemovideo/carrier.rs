//! What carries a call: the settings, the HTTP clients, and the secrets that must not come back in an answer.

use std::sync::Arc;

use super::http::Transport;
use super::redact::Secrets;
use super::settings::ClientSettings;

/// The carrier of every call, a token's own request included.
pub struct Carrier {
    /// Waits and limits.
    pub settings: ClientSettings,
    /// The HTTP clients.
    pub transport: Transport,
    /// What must not come back in an answer.
    pub secrets: Arc<Secrets>,
}

impl Carrier {
    /// Nothing is opened before the first call.
    pub fn new(settings: ClientSettings) -> Self {
        Self { settings, transport: Transport::default(), secrets: Arc::default() }
    }
}
