//! Media into a session, as files or URLs. A file is written to the scratch folder, looked into, and only then kept.

use std::path::{Path as FilePath, PathBuf};

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::api::Api;
use super::body::JsonBody;
use super::failure::Failure;
use super::fetch::{self, WRITTEN_AT_ONCE};
use super::gate::Account;
use crate::studio::jobs::RequestLimits;
use crate::studio::jobs::intake::{self, Arrival};
use bedtrack_wire::envelope::Envelope;
use bedtrack_wire::session::UploadUrls;

/// Most files in one upload.
const MOST_FILES: usize = 100;

/// `POST /api/upload-video/nemo_agent/me/<sid>`.
pub async fn upload(
    State(api): State<Api>,
    Account(account): Account,
    Path(session): Path<String>,
    mut request: Request,
) -> Result<Json<Envelope>, Failure> {
    let session = api.session(&account, &session).await?;
    let folder = api.workshop.scratch_folder().await?;
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let arrivals = if is_json {
        DefaultBodyLimit::max(api.workshop.limits.addresses_bytes).apply(&mut request);
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
    let mut room = Room::of(api.workshop.limits);
    while let Some(field) = form.next_field().await.map_err(|error| room.unreadable(&error))? {
        if field.name() != Some("files") {
            continue;
        }
        if arrivals.len() >= MOST_FILES {
            return Err(Failure::bad_request(format!("more than {MOST_FILES} files in one upload")));
        }
        let name = intake::plain_name(field.file_name().unwrap_or("upload"));
        let path = place(folder, arrivals.len(), &name)?;
        write_field(field, &path, &mut room).await?;
        arrivals.push(Arrival { path });
    }
    Ok(arrivals)
}

/// The room that the files of one upload have.
struct Room {
    limits: RequestLimits,
    /// Bytes that are left of what they may have together.
    left: u64,
}

impl Room {
    fn of(limits: RequestLimits) -> Self {
        Self { limits, left: limits.uploads_bytes }
    }

    /// Bytes of the largest file that still fits.
    fn limit(&self) -> u64 {
        self.limits.upload_bytes.min(self.left)
    }

    /// Why a file beyond that is refused.
    fn full(&self) -> Failure {
        match self.left < self.limits.upload_bytes {
            true => Failure::too_large_together(self.limits.uploads_bytes),
            false => Failure::too_large(self.limits.upload_bytes),
        }
    }

    fn unreadable(&self, error: &MultipartError) -> Failure {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large_together(self.limits.uploads_bytes),
            _ => Failure::bad_request("the upload broke off or is not multipart/form-data"),
        }
    }
}

/// A place of its own for each file, under its own name: what is wrong with a file is then said by that name.
fn place(folder: &TempDir, number: usize, name: &str) -> std::io::Result<PathBuf> {
    let own = folder.path().join(number.to_string());
    std::fs::create_dir(&own)?;
    Ok(own.join(name))
}

async fn write_field(mut field: Field<'_>, path: &FilePath, room: &mut Room) -> Result<(), Failure> {
    let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, tokio::fs::File::create_new(path).await?);
    let mut size = 0_u64;
    while let Some(chunk) = field.chunk().await.map_err(|error| room.unreadable(&error))? {
        size = size.saturating_add(chunk.len() as u64);
        if size > room.limit() {
            return Err(room.full());
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    room.left = room.left.saturating_sub(size);
    Ok(())
}

async fn fetched(api: &Api, urls: &[String], folder: &TempDir) -> Result<Vec<Arrival>, Failure> {
    if urls.len() > MOST_FILES {
        return Err(Failure::bad_request(format!("more than {MOST_FILES} files in one upload")));
    }
    let mut arrivals = Vec::new();
    let mut room = Room::of(api.workshop.limits);
    for url in urls {
        let name = intake::plain_name(&fetch::file_name(url));
        let path = place(folder, arrivals.len(), &name)?;
        let size = api.fetch.fetch(url, &path, room.limit()).await?.ok_or_else(|| room.full())?;
        room.left = room.left.saturating_sub(size);
        arrivals.push(Arrival { path });
    }
    Ok(arrivals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_upload_have_a_limit_together_and_it_is_said_which_one_was_met() {
        let mut room =
            Room::of(RequestLimits { upload_bytes: 10 << 20, uploads_bytes: 15 << 20, ..RequestLimits::default() });
        assert_eq!(room.limit(), 10 << 20);
        assert!(format!("{:?}", room.full()).contains("file is larger than 10 MB"));
        room.left -= 8 << 20;
        assert_eq!(room.limit(), 7 << 20);
        assert!(format!("{:?}", room.full()).contains("together are larger than 15 MB"));
    }
}
