//! The commonest job without ffmpeg: H.264 in MP4 or QuickTime, with AAC or no sound, gets a programme of ours. The
//! picture's samples, their times, its turn and its colours are carried over as they are; whatever is unusual steps aside
//! for ffmpeg.

mod avc;
mod boxes;
mod check;
mod describe;
mod movie;
mod mux;
mod render;
pub(super) mod sound;
mod track;

use std::fs::File;
use std::path::Path;

use super::FilmError;
use super::error::name_of;
use super::limits::LIMITS;
use super::magic::Format;
use super::probe::{Inspected, run_blocking};
use movie::Movie;

pub(super) use render::render;

/// Why a file is not worked on here.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
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

impl Unfit {
    const TOO_LARGE: Self = Self::Unusual("it is too large");

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

/// Looks into a file by its index alone.
pub(super) async fn inspect(path: &Path, format: Format) -> Result<Inspected, Unfit> {
    let path = path.to_owned();
    blocking(move || {
        let (file, format) = match format {
            Format::Mp4 | Format::Mov | Format::M4a => (super::open::open(&path)?.0, format),
            _ => return sound::alone(&path, format),
        };
        let (movie, seen) = look(&path, file, format)?;
        movie.check_sound()?;
        Ok(seen)
    })
    .await
}

/// Reads a file's index, and describes it.
fn look(path: &Path, mut file: File, format: Format) -> Result<(Movie, Inspected), Unfit> {
    let movie = Movie::read(&mut file)?;
    if movie.picture.is_none() && movie.sound.is_none() {
        return Err(FilmError::NoStreams(name_of(path)).into());
    }
    let seen = describe::describe(&movie, format);
    if let Some(video) = &seen.info.video {
        let (width, height) = (u64::from(video.width), u64::from(video.height));
        let limit = LIMITS.video_pixels;
        if width * height > limit {
            return Err(
                FilmError::TooManyPixels { name: name_of(path), width, height, limit: limit / 1_000_000 }.into()
            );
        }
    }
    if seen.info.duration_ms > LIMITS.media_seconds * 1000 {
        let (seconds, limit) = (seen.info.duration_ms / 1000, LIMITS.media_seconds);
        return Err(FilmError::AbsurdDuration { name: name_of(path), seconds, limit }.into());
    }
    Ok((movie, seen))
}

/// Runs what blocks off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Unfit> + Send + 'static) -> Result<T, Unfit> {
    run_blocking(move || Ok(work())).await?
}
