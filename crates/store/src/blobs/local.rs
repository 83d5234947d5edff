//! Writing to a folder: a file appears under its key whole, on disk, and never a second time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::StoreError;
use crate::place::make_folder;

/// The folder for files that are still being written; no key can begin with a dot.
pub(super) const SCRATCH: &str = ".scratch";

/// Left by a process that was killed: no work takes this long.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// Moves a finished file to its place. The file is gone from where it was, also if the name turns out to be taken.
pub(super) fn publish(root: &Path, from: &Path, to: &Path, key: &str) -> Result<(), StoreError> {
    let meta = fs::symlink_metadata(from).map_err(|error| StoreError::io(from, error))?;
    if !meta.is_file() {
        return Err(StoreError::Unusable {
            place: from.display().to_string(),
            problem: "only a regular file can become a blob".into(),
        });
    }
    seal(from)?;
    match place(root, from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let near = copy_near(root, from)?;
            place(root, &near, to).map_err(|error| fault(error, to, key))?;
        }
        Err(error) => return Err(fault(error, to, key)),
    }
    // The link under the old name; the blob is safe whether or not it goes.
    let _ = fs::remove_file(from);
    Ok(())
}

fn fault(error: io::Error, to: &Path, key: &str) -> StoreError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::conflict("blob", key),
        _ => StoreError::io(to, error),
    }
}

/// On disk, and for its owner alone.
fn seal(path: &Path) -> Result<(), StoreError> {
    let work = || {
        #[cfg(unix)]
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        fs::File::open(path)?.sync_all()
    };
    work().map_err(|error| StoreError::io(path, error))
}

/// Gives the file its second name. A hard link fails where the name is taken, a rename would overwrite.
fn place(root: &Path, from: &Path, to: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        make_parents(root, to)?;
        match fs::hard_link(from, to) {
            // Somebody removed the folder, empty until now, in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 10 && from.exists() => tries += 1,
            // A file system without hard links. Keys are minted once, so looking first is enough there.
            Err(error) if no_links(&error) => {
                return match to.try_exists()? {
                    true => Err(io::ErrorKind::AlreadyExists.into()),
                    false => fs::rename(from, to).and_then(|()| sync_folder(to)),
                };
            }
            Err(error) => return Err(error),
            Ok(()) => return sync_folder(to),
        }
    }
}

fn no_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied | io::ErrorKind::TooManyLinks)
}

/// Makes the folders between root and file, and has each new name written down in the folder above it.
fn make_parents(root: &Path, to: &Path) -> io::Result<()> {
    let Some(parent) = to.parent() else { return Ok(()) };
    if parent.is_dir() {
        return Ok(());
    }
    make_folder(parent).map_err(|error| match error {
        StoreError::Io { source, .. } => source,
        StoreError::DiskFull { .. } => io::ErrorKind::StorageFull.into(),
        other => io::Error::other(other),
    })?;
    parent.ancestors().take_while(|folder| folder.starts_with(root) && *folder != root).try_for_each(sync_folder)
}

/// Has the folder that holds `path` written to disk: a new name is durable only then.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Copies a file from another file system to the scratch folder.
fn copy_near(root: &Path, from: &Path) -> Result<tempfile::TempPath, StoreError> {
    let folder = scratch(root)?;
    let work = || {
        let mut near = tempfile::NamedTempFile::new_in(&folder)?;
        io::copy(&mut fs::File::open(from)?, near.as_file_mut())?;
        near.as_file().sync_all()?;
        Ok(near.into_temp_path())
    };
    work().map_err(|error| StoreError::io(&folder, error))
}

/// The folder for unfinished files.
pub(super) fn scratch(root: &Path) -> Result<PathBuf, StoreError> {
    let folder = root.join(SCRATCH);
    make_folder(&folder)?;
    Ok(folder)
}

/// Removes what killed processes left behind.
pub(super) fn sweep(root: &Path) {
    let Ok(entries) = fs::read_dir(root.join(SCRATCH)) else { return };
    let Some(limit) = SystemTime::now().checked_sub(STALE) else { return };
    for entry in entries.flatten() {
        let stale = entry.metadata().and_then(|meta| meta.modified()).is_ok_and(|time| time < limit);
        if stale {
            let path = entry.path();
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            if let Err(error) = removed {
                tracing::debug!(path = %path.display(), %error, "a stale scratch file stays");
            }
        }
    }
}
