//! Everything that can go wrong for a caller, in types. Other rooms map their own errors onto this enum; the words come
//! from the tables beside it.

use bedtrack_wire::codes;

/// One failure that an agent can act on. Texts in it may come from a backend or a file and are cleaned when worded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An argument is wrong; `reason` is a whole sentence that says which and what is accepted.
    InvalidInput {
        /// A whole sentence.
        reason: String,
    },
    /// The file's type or content is not accepted (API code 4001).
    UnsupportedFile {
        /// Its name.
        file: String,
        /// What is wrong with it; may be empty.
        reason: String,
    },
    /// The file is larger than the skill's limit (API code 4002).
    FileTooLarge {
        /// Its name.
        file: String,
        /// Its size, where known.
        bytes: Option<u64>,
    },
    /// The file is missing, empty, no regular file or may not be read.
    FileUnreadable {
        /// Its path or name.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A local path lies outside what this caller may use.
    PathRefused {
        /// The path.
        path: String,
        /// Why, and what would be accepted.
        reason: String,
    },
    /// A URL may not be fetched.
    UrlRefused {
        /// The URL, without its query.
        url: String,
        /// Why.
        reason: String,
    },
    /// A handle or a name that means nothing here.
    NotFound {
        /// What was looked for.
        what: Thing,
        /// As it was given.
        id: String,
    },
    /// The backend no longer knows the session (API code 1002); a new one is open in its place.
    SessionLost {
        /// Names of the media that were in it.
        media: Vec<String>,
    },
    /// The draft has no segments.
    NothingToExport {
        /// Whether media were uploaded or made.
        has_media: bool,
    },
    /// The account cannot pay (API code 2001).
    NoCredits {
        /// What the work costs, where known.
        needed: Option<i64>,
        /// What can be spent, where known.
        available: Option<i64>,
    },
    /// The plan does not allow exports (API code 402).
    PlanRequired,
    /// The token is bad or has expired (API code 1001, HTTP 401), and a new one did not help or cannot be had.
    AuthExpired {
        /// Whose token it was.
        token: Token,
    },
    /// The token lacks a permission (HTTP 403).
    ScopeMissing {
        /// `read`, `write` or `upload`; where not told, the call names it.
        scope: Option<String>,
    },
    /// Too many requests (HTTP 429), after the one repetition that is allowed.
    RateLimited {
        /// What is limited.
        limit: Limit,
        /// When to try again, where told.
        after_seconds: Option<u64>,
    },
    /// The backend cannot be reached, answered 5xx, or the connection was lost.
    BackendDown {
        /// How it showed.
        outage: Outage,
        /// What may have become of the request.
        sent: Sent,
    },
    /// The backend refused or answered something that makes no sense.
    BackendError {
        /// Its words; may be empty.
        reason: String,
        /// The answer's own code.
        code: Option<i64>,
        /// The HTTP status.
        http: Option<u16>,
    },
    /// The backend ended the turn with an error.
    TurnFailed {
        /// Its words; may be empty.
        reason: String,
    },
    /// Nothing but heartbeats for too long, or the stream outlived its bound.
    TurnStalled {
        /// How long nothing came.
        quiet_seconds: u64,
    },
    /// The render failed for good.
    RenderFailed {
        /// The backend's words; may be empty.
        reason: String,
        /// Whether a second one, under a new id, was tried.
        twice: bool,
    },
    /// The render is there but could not be fetched or did not pass the check.
    DownloadFailed {
        /// What went wrong.
        reason: String,
    },
    /// A file of that name exists and `overwrite` was not asked for.
    OutputExists {
        /// Its path.
        path: String,
    },
    /// The output cannot be written.
    OutputUnwritable {
        /// Its path.
        path: String,
        /// Why.
        reason: String,
    },
    /// The studio needs ffmpeg and there is none, or it lacks what is needed.
    FfmpegMissing {
        /// How to get it here.
        hint: String,
    },
    /// No space left.
    DiskFull {
        /// Where.
        path: String,
    },
    /// The `request_id` was used before with other arguments.
    RequestIdReused {
        /// The id.
        id: String,
    },
    /// The work was stopped on request.
    Cancelled,
    /// A defect of ours that was caught.
    Internal {
        /// For the log reader.
        reason: String,
    },
}

/// What a handle was meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A session.
    Session,
    /// A turn.
    Turn,
    /// An export.
    Export,
    /// A skill.
    Skill,
    /// A medium of the session.
    Medium,
}

/// Whose token it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Fetched by us.
    Anonymous,
    /// Given by the user as `NEMO_TOKEN`.
    Given,
}

/// What a 429 was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Requests in general.
    Requests,
    /// New anonymous tokens: one per client in 7 days, ten per address.
    AnonymousTokens,
}

/// How an outage showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// No connection could be made.
    Unreachable,
    /// It answered with this 5xx.
    Status(u16),
    /// The connection broke off.
    Cut,
    /// No answer came in time.
    TimedOut,
}

/// What may have become of a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It never left, or was refused before work began.
    No,
    /// It may have been accepted, and was not repeated.
    Unclear,
    /// It may have been accepted; the state was read several times since and nothing has changed.
    UnclearAndUnchanged,
}

/// A refusal as it came over the wire, for [`Fault::from_refusal`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub http: Option<u16>,
    /// The answer's own non-zero code.
    pub code: Option<i64>,
    /// The answer's words; may be empty.
    pub message: String,
    /// `Retry-After`, in seconds.
    pub retry_after_seconds: Option<u64>,
    /// The file the call was about, if any.
    pub file: Option<String>,
}

impl Fault {
    /// An argument is wrong; a whole sentence says which and what is accepted.
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::InvalidInput { reason: reason.into() }
    }

    /// The row of the API's error table that a refusal belongs to. The body's code is the finer word and is read first.
    pub fn from_refusal(refusal: &Refusal, token: Token) -> Self {
        let file = refusal.file.clone().unwrap_or_default();
        let number = refusal.code.or_else(|| refusal.http.filter(|http| *http >= 400).map(i64::from));
        match number {
            Some(codes::BAD_TOKEN | 401) => Self::AuthExpired { token },
            Some(codes::NO_SESSION) => Self::SessionLost { media: Vec::new() },
            Some(codes::NO_CREDITS) => Self::NoCredits { needed: None, available: None },
            Some(codes::UNSUPPORTED_FILE | 415) => Self::UnsupportedFile { file, reason: String::new() },
            Some(codes::FILE_TOO_LARGE | 413) => Self::FileTooLarge { file, bytes: None },
            Some(codes::PLAN_REQUIRED) => Self::PlanRequired,
            Some(codes::TOOL_MISSING) => Self::FfmpegMissing { hint: refusal.message.clone() },
            Some(codes::DISK_FULL) => Self::DiskFull { path: String::new() },
            Some(codes::SCOPE_MISSING) => Self::ScopeMissing { scope: scope_in(&refusal.message) },
            Some(codes::RATE_LIMITED) => {
                Self::RateLimited { limit: Limit::Requests, after_seconds: refusal.retry_after_seconds }
            }
            Some(status @ 500..=599) => {
                Self::BackendDown { outage: Outage::Status(u16::try_from(status).unwrap_or(500)), sent: Sent::Unclear }
            }
            _ => Self::BackendError { reason: refusal.message.clone(), code: refusal.code, http: refusal.http },
        }
    }

    /// The stable word of the contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidInput { .. } => "invalid_input",
            Self::UnsupportedFile { .. } => "unsupported_file",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::FileUnreadable { .. } => "file_unreadable",
            Self::PathRefused { .. } => "path_refused",
            Self::UrlRefused { .. } => "url_refused",
            Self::NotFound { .. } => "not_found",
            Self::SessionLost { .. } => "session_lost",
            Self::NothingToExport { .. } => "nothing_to_export",
            Self::NoCredits { .. } => "no_credits",
            Self::PlanRequired => "plan_required",
            Self::AuthExpired { .. } => "auth_expired",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::RateLimited { .. } => "rate_limited",
            Self::BackendDown { .. } => "backend_down",
            Self::BackendError { .. } => "backend_error",
            Self::TurnFailed { .. } => "turn_failed",
            Self::TurnStalled { .. } => "turn_stalled",
            Self::RenderFailed { .. } => "render_failed",
            Self::DownloadFailed { .. } => "download_failed",
            Self::OutputExists { .. } => "output_exists",
            Self::OutputUnwritable { .. } => "output_unwritable",
            Self::FfmpegMissing { .. } => "ffmpeg_missing",
            Self::DiskFull { .. } => "disk_full",
            Self::RequestIdReused { .. } => "request_id_reused",
            Self::Cancelled => "cancelled",
            Self::Internal { .. } => "internal",
        }
    }

    /// Whether the same call, unchanged, may work later.
    pub fn retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::DownloadFailed { .. }
            | Self::RenderFailed { .. }
            | Self::TurnFailed { .. }
            | Self::TurnStalled { .. }
            | Self::DiskFull { .. }
            | Self::BackendDown { .. }
            | Self::Cancelled => true,
            Self::AuthExpired { token } => *token == Token::Anonymous,
            Self::BackendError { http, .. } => http.is_none_or(|http| http >= 500),
            _ => false,
        }
    }

    /// When, in seconds, where the fault tells it.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::RateLimited { after_seconds, .. } => *after_seconds,
            _ => None,
        }
    }
}

/// The scope a 403 names in its own words.
fn scope_in(message: &str) -> Option<String> {
    let lower = message.to_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':' | '.'))
        .find(|word| {
            ["read", "write", "upload", "render", "export"].iter().any(|scope| {
                word == scope || word.ends_with(&format!(":{scope}")) || word.starts_with(&format!("{scope}:"))
            })
        })
        .map(str::to_owned)
}
