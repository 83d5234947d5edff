//! What can go wrong with a call, sorted by what may have become of it: that decides what may be repeated.

use std::path::PathBuf;
use std::time::Duration;

/// The calls of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A token for a client without an account.
    AnonymousToken,
    /// A link token for a person.
    ClaimToken,
    /// A new session.
    OpenSession,
    /// A message to the agent.
    Run,
    /// The end of a turn.
    CancelRun,
    /// Media into a session.
    Upload,
    /// The balance.
    Balance,
    /// The session's state.
    State,
    /// A new render.
    SubmitRender,
    /// How a render is getting on.
    Render,
    /// A file.
    Download,
}

/// Whose token a call went out with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Auth {
    /// Fetched by us for a client without an account.
    #[default]
    Anonymous,
    /// Given by the user, or by the local studio.
    Given,
}

/// A call that did not work out. The texts come from the backend and are untrusted; none holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// It never left this machine, or no connection could be made.
    #[error("{call:?} was not sent: {reason}")]
    NotSent {
        /// The call.
        call: Call,
        /// Why.
        reason: String,
    },
    /// What speaks the API could not be made ready.
    #[error("the service could not be started: {reason}")]
    NotReady {
        /// Why, in words for people.
        reason: String,
    },
    /// The backend said no before it began.
    #[error("{0}")]
    Refused(Refused),
    /// It may or may not have been accepted.
    #[error("{call:?} has an unclear end: {how}")]
    Unclear {
        /// The call.
        call: Call,
        /// How it showed.
        how: Unclear,
    },
    /// The backend answered, but not in the API's terms.
    #[error("{call:?} was answered with {what}")]
    BadAnswer {
        /// The call.
        call: Call,
        /// What came instead.
        what: String,
    },
    /// A file of this machine could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A refusal, in either shape: an HTTP status, or a code in the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{call:?} was refused (HTTP {http}, code {code:?}): {message}")]
pub struct Refused {
    /// The call.
    pub call: Call,
    /// The HTTP status.
    pub http: u16,
    /// The body's own non-zero code.
    pub code: Option<i64>,
    /// The body's words; may be empty.
    pub message: String,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Whose token it was.
    pub auth: Auth,
}

impl Refused {
    /// The number that says what it is: the body's code is the finer word.
    pub fn number(&self) -> i64 {
        self.code.unwrap_or(i64::from(self.http))
    }
}

/// How a call ended of which we do not know whether it was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// The service or a gateway before it answered with this 5xx.
    #[error("HTTP {0}")]
    Status(u16),
    /// The connection broke.
    #[error("the connection broke")]
    Cut,
    /// No answer came in time.
    #[error("no answer in time")]
    TimedOut,
}

impl ApiError {
    /// Whether the call may have had its effect.
    pub fn is_unclear(&self) -> bool {
        matches!(self, Self::Unclear { .. } | Self::BadAnswer { .. })
    }

    /// The number of a refusal.
    pub fn refusal(&self) -> Option<i64> {
        match self {
            Self::Refused(refused) => Some(refused.number()),
            _ => None,
        }
    }

    /// Whether the session is gone: code 1002, or 404 on a path that names one.
    pub fn is_session_lost(&self) -> bool {
        let Self::Refused(refused) = self else { return false };
        let names_a_session = matches!(refused.call, Call::Run | Call::Upload | Call::State | Call::CancelRun);
        refused.number() == bedtrack_wire::codes::NO_SESSION
            || names_a_session && refused.http == 404 && refused.code.is_none_or(|code| code == 404)
    }

    /// A failed transport, by what it tells of the request's way. Addresses are left out: they may hold signatures.
    pub(super) fn transport(call: Call, error: &reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            return Self::NotSent { call, reason: innermost(error) };
        }
        let how = if error.is_timeout() { Unclear::TimedOut } else { Unclear::Cut };
        Self::Unclear { call, how }
    }
}

/// The root of an error's chain: "connection refused" rather than the layers above it.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().chars().take(200).collect()
}
