//! What a file is where there is no ffmpeg: a film by its index, a sound by decoding it.

use std::path::Path;

use super::look::look;
use super::sound;
use super::unfit::{Unfit, blocking};
use crate::inspected::Inspected;
use crate::magic::Format;
use crate::open::open;

/// Looks into a file by its index alone.
pub(crate) async fn inspect(path: &Path, format: Format) -> Result<Inspected, Unfit> {
    let path = path.to_owned();
    blocking(move || {
        let (file, format) = match format {
            Format::Mp4 | Format::Mov | Format::M4a => (open(&path)?.0, format),
            _ => return sound::alone(&path, format),
        };
        let (movie, seen) = look(&path, file, format)?;
        movie.check_sound()?;
        Ok(seen)
    })
    .await
}
