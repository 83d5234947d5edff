//! Refusals of the studio's API: the same codes, frame and statuses as the cloud's.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use bedtrack_store::StoreError;
use bedtrack_wire::codes;
use bedtrack_wire::envelope::Envelope;

/// A request that was not carried out.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    code: i64,
    message: String,
}

impl Failure {
    fn new(status: StatusCode, code: i64, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The bearer token is missing, wrong or has expired.
    pub fn bad_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, codes::BAD_TOKEN, "token is missing, wrong or expired")
    }

    /// No session of that id for this account.
    pub fn no_session() -> Self {
        Self::new(StatusCode::NOT_FOUND, codes::NO_SESSION, "session not found")
    }

    /// Nothing of that id for this account.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, format!("{what} not found"))
    }

    /// The request cannot be read or lacks something.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, codes::BAD_REQUEST, message)
    }

    /// The request's own words are longer than accepted.
    pub fn too_long() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::BAD_REQUEST, "the request's body is too long")
    }

    /// The file is not one of the accepted kinds, or is broken.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, codes::UNSUPPORTED_FILE, message)
    }

    /// The file is larger than accepted.
    pub fn too_large(limit_bytes: u64) -> Self {
        let message = format!("file is larger than {} MB", limit_bytes >> 20);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::FILE_TOO_LARGE, message)
    }

    /// The files of one upload are larger than accepted.
    pub fn too_large_together(limit_bytes: u64) -> Self {
        let message = format!("the files of one upload together are larger than {} MB", limit_bytes >> 20);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::FILE_TOO_LARGE, message)
    }

    /// Exports need the attribution headers.
    pub fn no_attribution() -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, codes::PLAN_REQUIRED, "attribution headers are missing")
    }

    /// The balance does not cover the work.
    pub fn no_credits(available: i64, needed: i64) -> Self {
        let message = format!("{needed} credits are needed, {available} are available");
        Self::new(StatusCode::OK, codes::NO_CREDITS, message)
    }

    /// The studio itself could not do it; `message` is for people, the cause went to the log.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, codes::INTERNAL, message)
    }

    /// ffmpeg, or a part of it, is not here; `message` says how to get it.
    pub fn tool_missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FAILED_DEPENDENCY, codes::TOOL_MISSING, message)
    }

    /// The disk has no room left.
    pub fn disk_full() -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, codes::DISK_FULL, "no room left for the studio's files")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::no_session(),
            StoreError::DiskFull { .. } => Self::disk_full(),
            other => {
                tracing::error!("store: {other}");
                Self::internal("the studio's store failed; nothing was changed")
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::disk_full();
        }
        tracing::error!("studio's files: {error}");
        Self::internal("the studio could not write its files")
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(Envelope::refusal(self.code, self.message))).into_response()
    }
}
