//! Who is alive among the processes that share an SQLite file. Each holds the lock of a small file beside the database
//! for as long as it lives; the system lets go of it when the process dies, however it dies. So what a dead process had
//! under a lease can be taken over at once, and what a living one has never is: Claude Desktop and Cursor may well run
//! on the same data folder.
//!
//! A lock that cannot be had (a file system without locks) costs nothing but the wait for the lease.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

/// This process, as others see it; gone when dropped.
#[derive(Debug)]
pub(super) struct Presence {
    id: String,
    /// Its locked file; none where others have to judge by leases alone.
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    folder: PathBuf,
    path: PathBuf,
    // Keeps the lock.
    _file: File,
}

/// The mark of a process that has died; its file goes with it.
#[derive(Debug)]
pub(super) struct Dead {
    /// What its leases are held under.
    pub(super) id: String,
    path: PathBuf,
    // Locked, so that nobody else buries it meanwhile.
    _file: File,
}

impl Presence {
    /// A presence that nobody can look up: leases decide.
    pub(super) fn unseen() -> Self {
        Self { id: Uuid::new_v4().simple().to_string(), held: None }
    }

    /// A presence beside a database.
    pub(super) fn beside(database: &Path) -> Arc<Self> {
        let mut presence = Self::unseen();
        let mut name = database.file_name().unwrap_or_default().to_owned();
        name.push("-owners");
        match hold(&database.with_file_name(name), &presence.id) {
            Ok(held) => presence.held = Some(held),
            Err(error) => tracing::debug!(%error, "no lock can be held here; leases decide who is alive"),
        }
        Arc::new(presence)
    }

    /// What this process's leases are held under.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The processes that died without a word. Each is in one caller's hands until it is buried or dropped.
    pub(super) fn dead(&self) -> Vec<Dead> {
        let Some(held) = &self.held else { return Vec::new() };
        let Ok(entries) = fs::read_dir(&held.folder) else { return Vec::new() };
        let others = entries.flatten().map(|entry| entry.path()).filter(|path| *path != held.path);
        others.filter_map(found_dead).collect()
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if let Some(held) = &self.held {
            // Left behind it would only be looked at once more.
            let _ = fs::remove_file(&held.path);
        }
    }
}

impl Dead {
    /// Forgets it, once nothing is held under its name any more.
    pub(super) fn bury(self) {
        // Somebody may have been faster.
        let _ = fs::remove_file(&self.path);
    }
}

/// A locked file under its name. It is locked before it gets that name, so nobody ever sees it unlocked in its life.
fn hold(folder: &Path, id: &str) -> std::io::Result<Held> {
    super::place::make_folder(folder).map_err(std::io::Error::other)?;
    let file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.as_file().try_lock()?;
    let path = folder.join(id);
    let file = file.persist_noclobber(&path).map_err(|error| error.error)?;
    Ok(Held { folder: folder.to_owned(), path, _file: file })
}

fn found_dead(path: PathBuf) -> Option<Dead> {
    let id = path.file_name()?.to_str().filter(|name| Uuid::try_parse(name).is_ok())?.to_owned();
    let file = File::open(&path).ok()?;
    match file.try_lock() {
        Ok(()) => Some(Dead { id, path, _file: file }),
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(dead: &[Dead]) -> Vec<&str> {
        dead.iter().map(|dead| dead.id.as_str()).collect()
    }

    #[test]
    fn the_living_are_left_alone_and_the_dead_are_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("x.db");
        let (one, two) = (Presence::beside(&database), Presence::beside(&database));
        assert!(one.dead().is_empty() && two.dead().is_empty());
        // What a kill leaves: the file, and no lock on it.
        let killed = Uuid::new_v4().simple().to_string();
        fs::write(folder.path().join("x.db-owners").join(&killed), "").unwrap();
        let found = one.dead();
        assert_eq!(ids(&found), [killed.as_str()]);
        assert!(two.dead().is_empty(), "it is in other hands");
        drop(found);
        let found = two.dead();
        assert_eq!(ids(&found), [killed.as_str()], "it was not buried");
        found.into_iter().for_each(Dead::bury);
        assert!(one.dead().is_empty());
        assert!(fs::read_dir(folder.path().join("x.db-owners")).unwrap().count() == 2);
        drop(two);
        assert!(one.dead().is_empty(), "one that leaves takes its mark along");
    }

    #[test]
    fn other_files_are_no_processes() {
        let folder = tempfile::tempdir().unwrap();
        let presence = Presence::beside(&folder.path().join("x.db"));
        fs::write(folder.path().join("x.db-owners/notes.txt"), "").unwrap();
        assert!(presence.dead().is_empty());
    }
}
