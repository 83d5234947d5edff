//! The paths of the API, below its base URL. Ids are percent-encoded here, so that a strange id cannot leave its place.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

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

/// What stands in a segment for itself: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~').remove(b'.');
/// In the shortest segments dots do not, since `.` and `..` lead elsewhere.
const DOTLESS: &AsciiSet = &SEGMENT.add(b'.');

/// Percent-encodes one path segment.
fn encode(segment: &str) -> String {
    let set = if segment.len() > 2 { SEGMENT } else { DOTLESS };
    utf8_percent_encode(segment, set).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_id_cannot_leave_its_place() {
        for (id, encoded) in [
            ("s-1_a~b.c", "s-1_a~b.c"),
            ("..", "%2E%2E"),
            (".", "%2E"),
            ("a/../b?c#d", "a%2F..%2Fb%3Fc%23d"),
            ("乐 %41", "%E4%B9%90%20%2541"),
        ] {
            assert_eq!(encode(id), encoded);
        }
    }
}
