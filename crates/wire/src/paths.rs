//! The paths of the API, below its base URL. Ids are percent-encoded here, so that a strange id cannot leave its place.

/// `POST`: a token for a client without an account.
pub const ANONYMOUS_TOKEN: &str = "/api/auth/anonymous-token";
/// `POST`: a link token that lets a person take over a project, without the bearer token.
pub const CLAIM_TOKEN: &str = "/api/auth/claim-token";
/// `POST`: a new task with its session.
pub const OPEN_SESSION: &str = "/api/tasks/me/with-session/nemo_agent";
/// `POST`: a message to the agent, answered by an event stream.
pub const RUN: &str = "/run_sse";
/// `POST`, ours: ends a running turn of the studio.
pub const CANCEL_RUN: &str = "/run_sse/cancel";
/// `GET`: the balance.
pub const BALANCE: &str = "/api/credits/balance/simple";
/// `POST`: a render.
pub const RENDER: &str = "/api/render/proxy/lambda";

/// `POST`: media into a session, as files or URLs.
pub fn upload(session: &str) -> String {
    format!("/api/upload-video/nemo_agent/me/{}", encode(session))
}

/// `GET`: the session's latest state.
pub fn state(session: &str) -> String {
    format!("/api/state/nemo_agent/me/{}/latest", encode(session))
}

/// `GET`: how a render is getting on.
pub fn render(id: &str) -> String {
    format!("{RENDER}/{}", encode(id))
}

/// `GET`: the rendered file, where the render's own URL fails.
pub fn render_download(id: &str) -> String {
    format!("/api/render/proxy/{}/download", encode(id))
}

/// Percent-encodes one path segment (RFC 3986 unreserved characters stay).
pub fn encode(segment: &str) -> String {
    use std::fmt::Write as _;
    segment.bytes().fold(String::with_capacity(segment.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || (byte == b'.' && segment.len() > 2) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
