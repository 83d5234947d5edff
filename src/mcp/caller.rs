//! Who makes a request, and from where.

use axum::http::request::Parts;
use rmcp::service::{RequestContext, RoleServer};
use tokio_util::sync::CancellationToken;

use super::http::auth::Client;
use crate::director::{Caller, Reach};

/// The caller. Over stdio it is the owner, and `connection` stands for the pipe.
pub fn caller(context: &RequestContext<RoleServer>, connection: &str) -> Caller {
    over_http(context).unwrap_or_else(|| Caller::owner(connection))
}

fn over_http(context: &RequestContext<RoleServer>) -> Option<Caller> {
    let parts = context.extensions.get::<Parts>()?;
    let client = parts.extensions.get::<Client>().map_or(Caller::OWNER, |client| client.name());
    // A request that stands alone has no connection, and so no newest session of its own: two agents of one client must
    // not come to work on each other's draft.
    let connection = parts.headers.get("mcp-session-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    Some(Caller {
        client: client.to_owned(),
        connection: connection.to_owned(),
        reach: Reach::Remote,
        cancelled: CancellationToken::new(),
    })
}
