//! The check before every request but the two probes: a known bearer token where clients are named, else a name of this
//! machine in `Host`, so that no page can reach us under a name of its own (DNS rebinding).

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::auth::{Client, Clients};

/// Lets a request through with its [`Client`] attached, or refuses it.
pub async fn guard(State(clients): State<Option<Arc<Clients>>>, mut request: Request, next: Next) -> Response {
    let Some(clients) = clients else {
        if is_local(request.headers()) {
            return next.run(request).await;
        }
        tracing::warn!("refused a request for a host that is not this machine");
        return (StatusCode::FORBIDDEN, "Forbidden: Host is not this machine\n").into_response();
    };
    let Some(client) = bearer(request.headers()).and_then(|token| clients.recognise(token)) else {
        tracing::warn!(path = request.uri().path(), "refused a request without a known token");
        return refusal();
    };
    request.extensions_mut().insert::<Client>(client.clone());
    // The token has done its work; nothing behind this point may come across it.
    request.headers_mut().remove(header::AUTHORIZATION);
    next.run(request).await
}

/// Whether `Host` names the loopback interface.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.and_then(|host| host.parse::<Authority>().ok()) else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refusal() -> Response {
    let body = r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Unauthorized: a known bearer token is needed"}}"#;
    let challenge = [
        (header::WWW_AUTHENTICATE, "Bearer realm=\"bedtrack\", error=\"invalid_token\""),
        (header::CONTENT_TYPE, "application/json"),
    ];
    (StatusCode::UNAUTHORIZED, challenge, body).into_response()
}
