//! Looking into a file by its index alone.

use std::fs::File;
use std::path::Path;

use super::describe;
use super::movie::Movie;
use super::unfit::Unfit;
use crate::FilmError;
use crate::error::name_of;
use crate::inspected::Inspected;
use crate::limits::LIMITS;
use crate::magic::Format;

/// Reads a file's index, and describes it.
pub(crate) fn look(path: &Path, mut file: File, format: Format) -> Result<(Movie, Inspected), Unfit> {
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
