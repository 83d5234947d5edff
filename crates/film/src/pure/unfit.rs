//! Why a file is not worked on here, and work that may find so.

use std::path::Path;

use bedtrack_mp4::Mp4Error;

use crate::FilmError;
use crate::blocking::run_blocking;
use crate::error::name_of;
use crate::magic::Format;

/// Why a file is not worked on here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    /// ffmpeg may know what to do with it.
    #[error("{0}")]
    Unusual(&'static str),
    /// Nobody can do anything with it.
    #[error("{0}")]
    Broken(&'static str),
    /// What was written is not what was meant.
    #[error("{0}")]
    Wrong(&'static str),
    #[error(transparent)]
    Film(#[from] FilmError),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl From<Mp4Error> for Unfit {
    fn from(fault: Mp4Error) -> Self {
        match fault {
            Mp4Error::Unusual(why) => Self::Unusual(why),
            Mp4Error::Broken(why) => Self::Broken(why),
            Mp4Error::File(fault) => Self::File(fault),
        }
    }
}

impl Unfit {
    /// The error to give about a source at `path` where there is no ffmpeg to step aside for, `missing` saying so.
    pub fn without_ffmpeg(self, path: &Path, format: Format, missing: FilmError) -> FilmError {
        match self {
            Self::Unusual(why) => {
                tracing::debug!(why, "this needs ffmpeg");
                missing
            }
            Self::Broken(detail) | Self::Wrong(detail) => {
                FilmError::Damaged { name: name_of(path), container: format.name(), detail: detail.to_owned() }
            }
            Self::Film(fault) => fault,
            Self::File(fault) => FilmError::reading(path, &fault),
        }
    }
}

/// Runs what blocks off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unfit> + Send + 'static,
) -> Result<T, Unfit> {
    run_blocking(move || Ok(work())).await?
}
