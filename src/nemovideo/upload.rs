//! Media into a session: files streamed from disk as multipart, or URLs the backend fetches by itself.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Body, multipart};
use serde_json::Value;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::client::Client;
use super::error::{ApiError, Call};
use super::http;
use super::retry::Tried;
use crate::skills::Attribution;
use bedtrack_wire::envelope::payload;
use bedtrack_wire::paths;
use bedtrack_wire::session::UploadUrls;

/// The slowest line that is waited for, in bytes a second.
const SLOWEST: u64 = 64 << 10;
/// What the backend may take after the last byte to look at the file.
const LOOK: Duration = Duration::from_secs(300);

/// A file of this machine, checked by the caller.
#[derive(Debug, Clone)]
pub struct LocalFile {
    /// Where it lies.
    pub path: PathBuf,
    /// The name it is uploaded under.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

impl Client {
    /// Uploads one file. Never repeated once a byte may have left: the session would hold it twice.
    pub async fn upload_file(&self, attribution: &Attribution, sid: &str, file: &LocalFile) -> Result<Value, ApiError> {
        let call = Call::Upload;
        let patience = LOOK + Duration::from_secs(file.bytes / SLOWEST);
        let mut tried = Tried::default();
        loop {
            let way = self.way(attribution).await?;
            let attempt = async {
                let form = multipart::Form::new().part("files", part(file).await?);
                let response = self
                    .inner
                    .carrier
                    .transport
                    .api(&way.place.base, &self.inner.carrier.settings)?
                    .post(http::below(&way.place.base, &paths::upload(sid))?)
                    .headers(http::headers(attribution, Some(&way.bearer), way.client_id.as_deref()))
                    .multipart(form)
                    .timeout(patience)
                    .send()
                    .await
                    .map_err(|error| ApiError::transport(call, &error))?;
                http::json(call, way.auth, response).await
            };
            match self.cleaned(attempt.await) {
                Ok(answer) => return Ok(payload(answer)),
                Err(error) => self.mend(call, attribution, error, &mut tried, &way).await?,
            }
        }
    }

    /// Has the backend fetch URLs.
    pub async fn upload_urls(&self, attribution: &Attribution, sid: &str, urls: &[String]) -> Result<Value, ApiError> {
        let body = UploadUrls { urls: urls.to_vec(), source_type: "url".into() };
        let path = paths::upload(sid);
        let answer = self
            .json(Call::Upload, attribution, &path, &|client, url| client.post(url).timeout(LOOK).json(&body))
            .await?;
        Ok(payload(answer))
    }
}

async fn part(file: &LocalFile) -> Result<multipart::Part, ApiError> {
    let fault = |source| ApiError::File { path: file.path.clone(), source };
    let opened = open(&file.path).await.map_err(fault)?;
    let body = Body::wrap_stream(ReaderStream::with_capacity(opened, 256 << 10));
    multipart::Part::stream_with_length(body, file.bytes)
        .file_name(in_one_line(&file.name))
        .mime_str(media_type(&file.name))
        .map_err(|error| ApiError::transport(Call::Upload, &error))
}

/// A name as it may stand in a header: a line break in it would end the header, and the whole upload with it.
fn in_one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '_' } else { c }).collect()
}

/// Opens a regular file. What was checked may have been exchanged since: links are not followed, pipes not waited for.
async fn open(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    let file = File::from_std(options.open(path)?);
    if file.metadata().await?.is_file() { Ok(file) } else { Err(std::io::Error::other("it is not a regular file")) }
}

/// The media type by a name's ending; the backend looks at the content anyway.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "avi" => "video/x-msvideo",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        _ => "application/octet-stream",
    }
}
