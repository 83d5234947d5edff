//! AAC in M4A. Access units go to the file as they are made; only their sizes are kept until the index is written behind
//! them.

use std::io::{Seek, SeekFrom, Write};

use bedtrack_mp4::{M4aIndex, m4a_opening};

use super::aac::Units;
use crate::{Frame, RATE, SoundError};

/// Writes an M4A file.
pub struct M4aWriter<W: Write + Seek> {
    output: W,
    /// Where the file begins in the output, and its box of media.
    start: u64,
    media_at: u64,
    units: Units,
    sizes: Vec<u32>,
    frames: u64,
}

impl<W: Write + Seek> M4aWriter<W> {
    /// A stereo file of about `bits_per_second` in `output`; 256,000 is transparent for music.
    pub fn new(mut output: W, bits_per_second: u32) -> Result<Self, SoundError> {
        let units = Units::new(bits_per_second)?;
        let start = output.stream_position()?;
        output.write_all(&m4a_opening().map_err(refused)?)?;
        let media_at = output.stream_position()?;
        // The size is filled in at the end.
        output.write_all(b"\0\0\0\0mdat")?;
        Ok(Self { output, start, media_at, units, sizes: Vec::new(), frames: 0 })
    }

    /// Appends `frames`.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        self.units.push(frames)?;
        self.frames += frames.len() as u64;
        self.keep()
    }

    fn keep(&mut self) -> Result<(), SoundError> {
        self.sizes.extend_from_slice(&self.units.sizes);
        Ok(self.output.write_all(&self.units.bytes)?)
    }

    /// Writes what the encoder still holds, and the index.
    pub fn finish(mut self) -> Result<(), SoundError> {
        let priming = self.units.finish()?;
        self.keep()?;
        let media = self.output.stream_position()? - self.media_at;
        let fits = |value: u64| u32::try_from(value).map_err(|error| SoundError::encode("M4A", error));
        let index = M4aIndex {
            rate: RATE,
            config: self.units.config(),
            sizes: &self.sizes,
            media_at: fits(self.media_at - self.start + 8)?,
            priming: fits(priming)?,
            frames: fits(self.frames)?,
        };
        self.output.write_all(&index.to_box().map_err(refused)?)?;
        self.output.seek(SeekFrom::Start(self.media_at))?;
        self.output.write_all(&fits(media)?.to_be_bytes())?;
        self.output.seek(SeekFrom::End(0))?;
        self.output.flush()?;
        Ok(())
    }
}

fn refused(error: bedtrack_mp4::Mp4Error) -> SoundError {
    SoundError::encode("M4A", error)
}
