//! `compose --extras`: WAV, MIDI, beat grid, provenance and stems beside the result. They come out of the exports that
//! every client can ask for (`wav`, `project`, `stems`).

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use zip::ZipArchive;

use super::finished::finished;
use crate::director::tools::export::ExportAsk;
use crate::director::{Caller, Director, Progress};

/// Endings of the files that a project holds for each piece, and of their copies beside the result.
const PARTS: [&str; 3] = ["mid", "beats.json", "provenance.json"];

/// Looks whether there is room beside `result` for its extras, before anything is made.
///
/// # Errors
/// One that names the first file or folder that is in the way.
pub fn check(result: &Path) -> anyhow::Result<()> {
    let sound = result.with_extension("wav");
    let sound = (sound != result).then_some(sound);
    let parts = PARTS.iter().chain(&["stems"]).map(|ending| result.with_extension(ending));
    for path in parts.chain(sound) {
        if path.symlink_metadata().is_ok() {
            bail!("{} exists already; move it away, or choose another --out", path.display());
        }
    }
    Ok(())
}

/// Writes the extras of a session beside `result`.
///
/// # Errors
/// What is in the way, or why an export failed; `result` itself and what was written by then stay.
pub async fn write(
    director: &Director,
    caller: &Caller,
    session: &str,
    result: &Path,
    progress: &dyn Progress,
) -> anyhow::Result<()> {
    check(result)?;
    let beside = |ending: &str| result.with_extension(ending);
    let wav = beside("wav");
    let stems = beside("stems");
    // Beside the result files may be written, wherever else they may not.
    let folder = tempfile::Builder::new().prefix(".bedtrack-").tempdir_in(result.parent().unwrap_or(result));
    let folder = folder.context("no folder for temporary files beside the result")?;
    let export = async |format: &str, output: PathBuf| {
        let output = output.into_os_string().into_string().ok().context("a path must be valid Unicode")?;
        let ask = ExportAsk { session: session.to_owned(), format: format.into(), output, ..ExportAsk::default() };
        let started = director.answer(caller, ask, progress).await;
        finished(director, caller, started, progress).await
    };
    if result != wav {
        export("wav", wav).await?;
    }
    let archive = folder.path().join("project.zip");
    export("project", archive.clone()).await?;
    let parts: Vec<(String, PathBuf)> = PARTS.iter().map(|ending| (format!(".{ending}"), beside(ending))).collect();
    unpack(&archive, |name| parts.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, path)| path.clone()))?;
    let archive = folder.path().join("stems.zip");
    export("stems", archive.clone()).await?;
    unpack(&archive, |name| Some(stems.join(name)))
}

/// Unpacks the entries that `place` has a place for; the first of several for one place.
fn unpack(archive: &Path, place: impl Fn(&str) -> Option<PathBuf>) -> anyhow::Result<()> {
    let mut zip = ZipArchive::new(File::open(archive)?)?;
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        // Names that would lead out of the folder have no enclosed form.
        let Some(name) = entry.enclosed_name().and_then(|name| name.to_str().map(str::to_owned)) else { continue };
        let Some(path) = place(&name).filter(|path| !path.exists()) else { continue };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(&path).with_context(|| path.display().to_string())?;
        std::io::copy(&mut entry, &mut file)?;
    }
    Ok(())
}
