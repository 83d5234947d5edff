//! Why no file was made of a draft.

use bedtrack_film::FilmError;
use bedtrack_sound::SoundError;
use bedtrack_store::StoreError;
use bedtrack_wire::render::RenderFault;

/// Why a render failed.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The wish cannot be met.
    #[error("{0}")]
    Wish(String),
    /// A medium of the draft is not there any more.
    #[error("a file of the timeline is missing: {0}")]
    Missing(String),
    /// The picture could not be made.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// The sound could not be made.
    #[error(transparent)]
    Sound(#[from] SoundError),
    /// Nothing could be written.
    #[error("the studio could not write its files: {0}")]
    File(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect of ours.
    #[error("the studio's work stopped unexpectedly")]
    Stopped,
}

impl RenderError {
    /// The stable word for it; a client knows by it whether another try may help.
    pub fn code(&self) -> &'static str {
        let of_io = |error: &std::io::Error| match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "disk_full",
            _ => RenderFault::FAILED,
        };
        match self {
            Self::Wish(_) | Self::Film(FilmError::BadPlan(_)) => "invalid_input",
            Self::Film(FilmError::ToolMissing { .. } | FilmError::PartMissing { .. }) => "ffmpeg_missing",
            Self::Film(FilmError::DiskFull) | Self::Store(StoreError::DiskFull { .. }) => "disk_full",
            Self::Film(FilmError::Cancelled) | Self::Sound(SoundError::Stopped) => RenderFault::CANCELLED,
            Self::Missing(_) | Self::Film(FilmError::Missing(_) | FilmError::Unreadable { .. }) => "file_unreadable",
            Self::Film(error) if error.is_bad_input() => "unsupported_file",
            Self::Sound(SoundError::Undecodable { .. }) => "unsupported_file",
            Self::File(error) | Self::Sound(SoundError::Io(error)) => of_io(error),
            Self::Film(_) | Self::Sound(_) | Self::Store(_) | Self::Stopped => RenderFault::FAILED,
        }
    }
}
