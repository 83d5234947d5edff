//! What can go wrong with pictures and sound, each naming what is wrong in words that a person can act on. No message
//! holds a folder of this machine: a file is named by its last part only.

use std::io;
use std::path::{Path, PathBuf};

/// A fault of the film room.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// Nothing is at the path.
    #[error("{0}: no such file")]
    Missing(String),
    /// The path is there and is no regular file.
    #[error("{name}: this is {what}, not a file")]
    NotAFile {
        /// The file's name.
        name: String,
        /// "a folder", "a named pipe", …
        what: &'static str,
    },
    /// The last part of the path is a link. Links are not followed.
    #[error("{name}: this is a link to {target}; give the file itself")]
    Link {
        /// The link's name.
        name: String,
        /// What it points to, as it is written in the link.
        target: String,
    },
    /// The file may not be read.
    #[error("{name}: cannot be read ({reason})")]
    Unreadable {
        /// The file's name.
        name: String,
        /// The system's words.
        reason: String,
    },
    /// Zero bytes.
    #[error("{0}: the file is empty (0 bytes)")]
    Empty(String),
    /// What the bytes say is nothing that we take.
    #[error("{name}: this is {what}, which is not supported")]
    Unsupported {
        /// The file's name.
        name: String,
        /// "an HLS playlist", "a text file", …
        what: String,
    },
    /// The right type, and broken.
    #[error("{name}: the {container} file is damaged or cut short ({detail})")]
    Damaged {
        /// The file's name.
        name: String,
        /// The type it is.
        container: &'static str,
        /// What failed.
        detail: String,
    },
    /// The name stands for another file than the one that was looked into.
    #[error("{0}: the file was changed or replaced while it was being read; try again")]
    Changed(String),
    /// Neither picture nor sound in it.
    #[error("{0}: there is neither a picture nor sound in this file")]
    NoStreams(String),
    /// A picture beyond the limit.
    #[error("{name}: {width}x{height} is too large; at most {limit} million pixels are supported")]
    TooManyPixels {
        /// The file's name.
        name: String,
        /// Pixels across.
        width: u64,
        /// Pixels down.
        height: u64,
        /// The limit in millions of pixels.
        limit: u64,
    },
    /// A length that no clip has.
    #[error("{name}: a length of {seconds} s is not usable; at most {limit} s are supported")]
    AbsurdDuration {
        /// The file's name.
        name: String,
        /// What the file says, in seconds.
        seconds: u64,
        /// The limit in seconds.
        limit: u64,
    },
    /// The file has no sound, and sound was asked for.
    #[error("{0}: there is no sound in this file")]
    NoSound(String),
    /// The plan cannot be made into a film.
    #[error("{0}")]
    BadPlan(String),
    /// ffmpeg or ffprobe is not here.
    #[error("{tool} is needed for this and was not found; {hint}")]
    ToolMissing {
        /// "ffmpeg" or "ffprobe".
        tool: &'static str,
        /// How it is installed on this system.
        hint: String,
    },
    /// The installed ffmpeg lacks a part.
    #[error("the installed ffmpeg has no {part}; {hint}")]
    PartMissing {
        /// The encoder or filter.
        part: String,
        /// How a fuller one is installed on this system.
        hint: String,
    },
    /// ffmpeg failed.
    #[error("{task} failed: {tool} ended with {code}: {stderr}")]
    ToolFailed {
        /// What was being done.
        task: &'static str,
        /// "ffmpeg" or "ffprobe".
        tool: &'static str,
        /// The exit code, or the signal.
        code: String,
        /// The last lines it wrote.
        stderr: String,
        /// The whole command, for the log.
        command: String,
    },
    /// ffmpeg took too long and was ended.
    #[error("{task} took longer than {seconds} s and was stopped")]
    TooSlow {
        /// What was being done.
        task: &'static str,
        /// The limit in seconds.
        seconds: u64,
    },
    /// The result did not stand up to the check after making it.
    #[error("the finished file did not pass its check: {0}")]
    BadResult(String),
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Something is at the output path already.
    #[error("{0} exists already and was left as it is")]
    OutputExists(String),
    /// No room left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// The output cannot be written.
    #[error("{name}: cannot be written ({reason})")]
    Unwritable {
        /// The file's name.
        name: String,
        /// The system's words.
        reason: String,
    },
    /// A title could not be drawn.
    #[error("the title could not be drawn: {0}")]
    Title(String),
}

impl FilmError {
    /// Whether the user's file is what is wrong, so that another file would help.
    pub fn is_bad_input(&self) -> bool {
        matches!(
            self,
            Self::Missing(_)
                | Self::NotAFile { .. }
                | Self::Link { .. }
                | Self::Unreadable { .. }
                | Self::Empty(_)
                | Self::Unsupported { .. }
                | Self::Damaged { .. }
                | Self::Changed(_)
                | Self::NoStreams(_)
                | Self::TooManyPixels { .. }
                | Self::AbsurdDuration { .. }
                | Self::NoSound(_)
        )
    }

    /// A fault while writing to `path`.
    pub(super) fn writing(path: &Path, fault: &io::Error) -> Self {
        match fault.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::AlreadyExists => Self::OutputExists(name_of(path)),
            kind => Self::Unwritable { name: name_of(path), reason: kind.to_string() },
        }
    }

    /// A fault while reading from `path`.
    pub(super) fn reading(path: &Path, fault: &io::Error) -> Self {
        match fault.kind() {
            io::ErrorKind::NotFound => Self::Missing(name_of(path)),
            kind => Self::Unreadable { name: name_of(path), reason: kind.to_string() },
        }
    }
}

/// A file's last part, with control characters replaced, for messages.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().map_or_else(|| PathBuf::from(path), PathBuf::from);
    name.to_string_lossy().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
