//! Media of a session: uploads, and what was made, with all that belongs to it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;

use super::api::Api;
use super::failure::Failure;
use super::gate::Account;

/// First part of every medium's path; then the session and the name.
pub const PREFIX: &str = crate::studio::jobs::MEDIA_PREFIX;
/// Bytes read from the disk at a time; each time costs a change of thread.
const READ_AT_ONCE: usize = 256 << 10;

/// `GET /api/media/<sid>/<name>`.
pub async fn get(
    State(api): State<Api>,
    Account(account): Account,
    Path((session, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    api.session(&account, &session).await?;
    api.file(&crate::studio::jobs::media_key(&session, &name)).await
}

impl Api {
    /// Streams a blob.
    pub(super) async fn file(&self, key: &str) -> Result<Response, Failure> {
        let path = self.workshop.store.blobs().path(key).await.map_err(|error| match error {
            bedtrack_store::StoreError::NotFound { .. } => Failure::not_found("file"),
            other => other.into(),
        })?;
        let file = tokio::fs::File::open(&path).await?;
        let size = file.metadata().await?.len();
        let ending = key.rsplit_once('.').map_or("", |(_, ending)| ending);
        let headers =
            [(header::CONTENT_TYPE, content_type(ending).to_owned()), (header::CONTENT_LENGTH, size.to_string())];
        Ok((headers, Body::from_stream(ReaderStream::with_capacity(file, READ_AT_ONCE))).into_response())
    }
}

fn content_type(ending: &str) -> &'static str {
    match ending {
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        "mid" => "audio/midi",
        "json" => "application/json",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
