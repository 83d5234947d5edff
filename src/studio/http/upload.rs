//! Media into a session, as files or URLs. A file is written to the scratch folder, looked into, and only then kept.

use std::path::{Path as FilePath, PathBuf};

use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::http::header;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::Api;
use super::body::JsonBody;
use super::failure::Failure;
use super::fetch;
use super::gate::Account;
use crate::studio::jobs::intake::{self, Arrival};
use crate::wire::envelope::Envelope;
use crate::wire::session::UploadUrls;

/// Most files in one upload.
const MOST_FILES: usize = 100;
/// Bytes handed to the disk at a time; each time costs a change of thread.
pub(super) const WRITTEN_AT_ONCE: usize = 256 << 10;

/// `POST /api/upload-video/nemo_agent/me/<sid>`.
pub async fn upload(
    State(api): State<Api>,
    Account(account): Account,
    Path(session): Path<String>,
    request: Request,
) -> Result<Json<Envelope>, Failure> {
    let session = api.session(&account, &session).await?;
    let folder = api.workshop.scratch_folder().await?;
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let arrivals = if is_json {
        let JsonBody(wish) = JsonBody::<UploadUrls>::from_request(request, &()).await?;
        fetched(&api, &wish.urls, &folder).await?
    } else {
        let form =
            Multipart::from_request(request, &()).await.map_err(|error| Failure::bad_request(error.body_text()))?;
        received(&api, form, &folder).await?
    };
    if arrivals.is_empty() {
        return Err(Failure::bad_request("no file came with the upload; the field's name is `files`"));
    }
    let media = intake::take_in(&api.workshop, &session.id, arrivals).await.map_err(|error| match error {
        intake::IntakeError::Unusable(why) => Failure::unsupported(why),
        intake::IntakeError::Store(error) => error.into(),
        intake::IntakeError::Tool(why) => Failure::tool_missing(why),
        intake::IntakeError::DiskFull => Failure::disk_full(),
        intake::IntakeError::Broken(why) => Failure::internal(why),
    })?;
    Ok(Json(Envelope::ok(json!({"files": media}))))
}

async fn received(api: &Api, mut form: Multipart, folder: &TempDir) -> Result<Vec<Arrival>, Failure> {
    let mut arrivals = Vec::new();
    let unreadable = |_| Failure::bad_request("the upload broke off or is not multipart/form-data");
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("files") {
            continue;
        }
        if arrivals.len() >= MOST_FILES {
            return Err(Failure::bad_request(format!("more than {MOST_FILES} files in one upload")));
        }
        let name = intake::plain_name(field.file_name().unwrap_or("upload"));
        let path = place(folder, arrivals.len(), &name)?;
        write_field(field, &path, api.workshop.limits.upload_bytes).await?;
        arrivals.push(Arrival { path });
    }
    Ok(arrivals)
}

/// A place of its own for each file, under its own name: what is wrong with a file is then said by that name.
fn place(folder: &TempDir, number: usize, name: &str) -> std::io::Result<PathBuf> {
    let own = folder.path().join(number.to_string());
    std::fs::create_dir(&own)?;
    Ok(own.join(name))
}

async fn write_field(mut field: Field<'_>, path: &FilePath, limit: u64) -> Result<(), Failure> {
    let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, tokio::fs::File::create_new(path).await?);
    let mut size = 0_u64;
    let broken = |_| Failure::bad_request("the upload broke off");
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        size += chunk.len() as u64;
        if size > limit {
            return Err(Failure::too_large(limit));
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(())
}

async fn fetched(api: &Api, urls: &[String], folder: &TempDir) -> Result<Vec<Arrival>, Failure> {
    if urls.len() > MOST_FILES {
        return Err(Failure::bad_request(format!("more than {MOST_FILES} files in one upload")));
    }
    let mut arrivals = Vec::new();
    for url in urls {
        let name = intake::plain_name(&fetch::file_name(url));
        let path = place(folder, arrivals.len(), &name)?;
        api.fetch.fetch(url, &path, api.workshop.limits.upload_bytes).await?;
        arrivals.push(Arrival { path });
    }
    Ok(arrivals)
}
