//! Handing a finished file over: made under a temporary name in the folder it will live in, then renamed in one step.
//! Whatever fails or is cancelled before that leaves nothing behind.

use std::path::Path;

use tempfile::TempPath;

use super::FilmError;
use super::error::name_of;
use super::measure::Heard;
use super::plan::Rendered;

/// A name in the same folder as `out`, which goes away with this value.
pub(super) fn beside(out: &Path) -> Result<TempPath, FilmError> {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    scratch(folder, out.extension().and_then(|ending| ending.to_str()).unwrap_or("part"))
}

/// A name in `folder`, which goes away with this value.
pub(super) fn scratch(folder: &Path, ending: &str) -> Result<TempPath, FilmError> {
    let mut builder = tempfile::Builder::new();
    let suffix = format!(".{ending}");
    builder.prefix(".bedtrack-").suffix(&suffix);
    #[cfg(unix)]
    {
        // As any new file: what the user's umask leaves of it.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder).map_err(|fault| FilmError::writing(folder, &fault))?;
    Ok(file.into_temp_path())
}

/// Refuses early what [`publish`] would refuse late.
pub(super) fn check_free(out: &Path) -> Result<(), FilmError> {
    if out.symlink_metadata().is_ok() { Err(FilmError::OutputExists(name_of(out))) } else { Ok(()) }
}

/// Gives a finished file its name in one step. Both must be in the same file system.
///
/// # Errors
/// [`FilmError::OutputExists`] where something is there and `overwrite` is not set; the file then keeps its temporary
/// name no longer.
pub fn publish(made: TempPath, out: &Path, overwrite: bool) -> Result<(), FilmError> {
    let done = if overwrite { made.persist(out) } else { made.persist_noclobber(out) };
    done.map_err(|fault| FilmError::writing(out, &fault.error))
}

/// Publishes a checked film.
pub(super) fn finish(
    made: TempPath,
    out: &Path,
    duration_ms: u64,
    heard: Option<Heard>,
    notes: Vec<String>,
    picture_copied: bool,
) -> Result<Rendered, FilmError> {
    let bytes = made.metadata().map_err(|fault| FilmError::reading(out, &fault))?.len();
    publish(made, out, false)?;
    Ok(Rendered {
        bytes,
        duration_ms,
        notes,
        picture_copied,
        lufs: heard.as_ref().and_then(|heard| heard.lufs),
        true_peak_db: heard.and_then(|heard| heard.true_peak_db),
    })
}
