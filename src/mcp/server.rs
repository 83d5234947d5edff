//! One MCP server and what its connections share. Building one costs nothing; whatever takes time waits for the first
//! request that needs it.

use std::sync::Arc;

use rmcp::service::{RequestContext, RoleServer};
use tokio_util::sync::CancellationToken;

use super::behind::Behind;
use super::caller::caller;
use super::logging::Chosen;
use super::metrics::Metrics;
use super::progress::Pace;
use super::shelf::Shelf;
use crate::director::Caller;
use crate::skills::Catalogue;

/// One MCP server. Clones share who is behind it and what they remember.
#[derive(Clone)]
pub struct Server {
    pub(super) shared: Arc<Shared>,
    /// Stands for the connection where the transport has no name for it.
    connection: Arc<str>,
    /// The log level this connection chose.
    pub(super) logging: Chosen,
    pub(super) pace: Pace,
}

/// What all connections share.
pub(super) struct Shared {
    pub behind: Arc<dyn Behind>,
    pub skills: Arc<Catalogue>,
    pub shelf: Shelf,
    pub metrics: Metrics,
    /// Fires when the client is gone or we stop: calls end their waiting, work goes on.
    pub hangup: CancellationToken,
}

impl Server {
    /// A server that puts its calls to `behind` and offers `skills` as prompts.
    #[must_use]
    pub fn new(behind: Arc<dyn Behind>, skills: Arc<Catalogue>) -> Self {
        let shared = Shared {
            behind,
            skills,
            shelf: Shelf::default(),
            metrics: Metrics::default(),
            hangup: CancellationToken::new(),
        };
        Self {
            shared: Arc::new(shared),
            connection: uuid::Uuid::new_v4().to_string().into(),
            logging: Chosen::default(),
            pace: Pace::default(),
        }
    }

    /// The same server for one more connection.
    pub(super) fn connected(&self) -> Self {
        Self { logging: Chosen::default(), ..self.clone() }
    }

    /// Fires when nobody waits any more.
    pub(super) fn hangup(&self) -> CancellationToken {
        self.shared.hangup.clone()
    }

    /// Who makes this request, over which connection.
    pub(super) fn caller(&self, context: &RequestContext<RoleServer>) -> Caller {
        caller(context, &self.connection)
    }
}
