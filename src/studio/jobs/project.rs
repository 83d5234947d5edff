//! A project as one zip: the state as JSON, and every medium that the timeline plays.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::programme::medium_of;
use super::render::RenderError;
use super::workshop::Workshop;
use crate::wire::draft::Draft;
use crate::wire::state::State;

/// Writes the project of a draft.
pub async fn write(
    workshop: &Workshop,
    session: &str,
    state: &State,
    draft: &Draft,
    out: &Path,
) -> Result<(), RenderError> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for medium in draft.t.iter().flat_map(|track| &track.sg).filter_map(|segment| medium_of(state, segment)) {
        let urls = ["midi", "beats", "provenance", "score"].iter().filter_map(|key| medium.m.get(*key)?.as_str());
        for url in medium.url.as_deref().into_iter().chain(urls) {
            let name = url.rsplit('/').next().unwrap_or_default();
            files.insert(format!("media/{name}"), workshop.file_at(session, url).await?);
        }
    }
    let project = format!("{:#}\n", json!({"engine": concat!("bedtrack ", env!("CARGO_PKG_VERSION")), "state": state}));
    let out = out.to_owned();
    let written = tokio::task::spawn_blocking(move || {
        let mut zip = ZipWriter::new(File::create(out)?);
        zip.start_file("project.json", SimpleFileOptions::default()).map_err(std::io::Error::from)?;
        zip.write_all(project.as_bytes())?;
        add_files(&mut zip, files.iter().map(|(name, path)| (name.as_str(), path.as_path())))?;
        zip.finish().map_err(std::io::Error::from)?;
        Ok::<_, std::io::Error>(())
    });
    written.await.map_err(|_| RenderError::Stopped)??;
    Ok(())
}

/// Adds files as they are; media do not shrink.
pub(super) fn add_files<'a>(
    zip: &mut ZipWriter<File>,
    files: impl Iterator<Item = (&'a str, &'a Path)>,
) -> std::io::Result<()> {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).large_file(true);
    for (name, path) in files {
        zip.start_file(name, stored).map_err(std::io::Error::from)?;
        std::io::copy(&mut File::open(path)?, zip)?;
    }
    Ok(())
}
