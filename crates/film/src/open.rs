//! Opening a file that someone else made: no link is followed, nothing blocks, and only a regular file is taken.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::FilmError;
use super::error::name_of;
use super::magic::{Content, Format, HEAD, sniff};

/// Opens a regular file for reading, with its size.
pub(super) fn open(path: &Path) -> Result<(File, u64), FilmError> {
    let seen = path.symlink_metadata().map_err(|fault| FilmError::reading(path, &fault))?;
    if seen.is_symlink() {
        return Err(link(path));
    }
    refuse_special(path, &seen)?;
    let file = open_no_follow(path)?;
    // Between the look and the open the name may have come to mean something else: what is open decides.
    let facts = file.metadata().map_err(|fault| FilmError::reading(path, &fault))?;
    refuse_special(path, &facts)?;
    if facts.len() == 0 {
        return Err(FilmError::Empty(name_of(path)));
    }
    Ok((file, facts.len()))
}

/// What tells one file from another that has its name: device, number, size, and when it was last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal([u64; 4]);

impl Seal {
    /// The seal of an open file; none where the system has no such thing.
    #[cfg(unix)]
    pub fn of(file: &File) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let facts = file.metadata().ok()?;
        let changed = facts.mtime().wrapping_mul(1_000_000_000).wrapping_add(facts.mtime_nsec());
        Some(Self([facts.dev(), facts.ino(), facts.len(), changed.cast_unsigned()]))
    }

    #[cfg(not(unix))]
    pub fn of(_: &File) -> Option<Self> {
        None
    }
}

/// Opens an output of ours, and makes it where it is not there; a link in its place is refused.
#[cfg(unix)]
pub(super) fn open_output(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::from_raw_mode(0o666))?.into())
}

#[cfg(not(unix))]
pub(super) fn open_output(path: &Path) -> std::io::Result<File> {
    std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Opens a file and decides by its bytes what it is.
pub(super) fn recognise(path: &Path) -> Result<(File, Format), FilmError> {
    let (mut file, _) = open(path)?;
    let head = read_at(&mut file, 0).map_err(|fault| FilmError::reading(path, &fault))?;
    let content = sniff(&head, &mut |at| read_at(&mut file, at).unwrap_or_default());
    let what = match content {
        Content::Known(format) => {
            file.rewind().map_err(|fault| FilmError::reading(path, &fault))?;
            return Ok((file, format));
        }
        Content::Empty => return Err(FilmError::Empty(name_of(path))),
        Content::Other(what) => what,
        Content::Unknown => "of no type that is known here",
    };
    Err(FilmError::Unsupported { name: name_of(path), what: what.to_owned() })
}

fn read_at(file: &mut File, at: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut head = Vec::with_capacity(HEAD);
    file.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn link(path: &Path) -> FilmError {
    let target = path.read_link().map(|target| target.to_string_lossy().into_owned()).unwrap_or_default();
    FilmError::Link { name: name_of(path), target: target.replace(char::is_control, "\u{fffd}") }
}

fn refuse_special(path: &Path, facts: &std::fs::Metadata) -> Result<(), FilmError> {
    let kind = facts.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let what = if kind.is_dir() { "a folder" } else { special(kind) };
    Err(FilmError::NotAFile { name: name_of(path), what })
}

#[cfg(unix)]
fn special(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_block_device() || kind.is_char_device() => "a device",
        _ => "something special",
    }
}

#[cfg(not(unix))]
fn special(_: std::fs::FileType) -> &'static str {
    "something special"
}

#[cfg(unix)]
fn open_no_follow(path: &Path) -> Result<File, FilmError> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        Err(rustix::io::Errno::LOOP) => Err(link(path)),
        Err(fault) => Err(FilmError::reading(path, &fault.into())),
    }
}

#[cfg(not(unix))]
fn open_no_follow(path: &Path) -> Result<File, FilmError> {
    File::open(path).map_err(|fault| FilmError::reading(path, &fault))
}
