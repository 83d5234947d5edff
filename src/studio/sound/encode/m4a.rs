//! AAC in M4A through `syom`. Access units go to the file as they are made; only their sizes are kept until the index is
//! written behind them.

use std::io::{Seek, SeekFrom, Write};

use syom::{EncodeOptions, Encoder};

use super::boxes::{Movie, file_type, movie};
use super::failed;
use crate::studio::sound::{Frame, RATE, SoundError};

/// Writes an M4A file.
pub struct M4aWriter<W: Write + Seek> {
    output: W,
    start: u64,
    encoder: Encoder,
    sizes: Vec<u32>,
    frames: u64,
    planes: [Vec<f32>; 2],
    units: Vec<u8>,
}

impl<W: Write + Seek> M4aWriter<W> {
    /// A stereo file of about `bits_per_second` in `output`; 256,000 is transparent for music.
    pub fn new(mut output: W, bits_per_second: u32) -> Result<Self, SoundError> {
        let options = EncodeOptions::raw().with_bitrate_bps(bits_per_second.clamp(64_000, 400_000)).with_ath(true);
        let encoder = Encoder::new(RATE, 2, &options).map_err(error)?;
        let start = output.stream_position()?;
        output.write_all(&file_type())?;
        // The size is filled in at the end.
        output.write_all(b"\0\0\0\0mdat")?;
        Ok(Self { output, start, encoder, sizes: Vec::new(), frames: 0, planes: Default::default(), units: Vec::new() })
    }

    /// Appends `frames`.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        if frames.is_empty() {
            return Ok(());
        }
        let [left, right] = &mut self.planes;
        left.clear();
        right.clear();
        for frame in frames {
            let [l, r] = frame.map(|value| if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 });
            left.push(l);
            right.push(r);
        }
        let Self { units, sizes, .. } = self;
        units.clear();
        self.encoder
            .feed(&[left, right], |unit| {
                units.extend_from_slice(unit.payload);
                sizes.push(unit.payload.len() as u32);
                Ok(())
            })
            .map_err(error)?;
        self.output.write_all(units)?;
        self.frames += frames.len() as u64;
        Ok(())
    }

    /// Writes what the encoder still holds, and the index.
    pub fn finish(mut self) -> Result<(), SoundError> {
        let Self { units, sizes, encoder, .. } = &mut self;
        units.clear();
        let info = encoder
            .finish(|unit| {
                units.extend_from_slice(unit.payload);
                sizes.push(unit.payload.len() as u32);
                Ok(())
            })
            .map_err(error)?;
        self.output.write_all(&self.units)?;
        let opening = file_type().len() as u64;
        let media = self.output.stream_position()? - self.start - opening;
        let fits = |value: u64| u32::try_from(value).map_err(|error| failed("M4A", error));
        let index = movie(&Movie {
            config: self.encoder.asc(),
            sizes: &self.sizes,
            media_at: fits(opening + 8)?,
            priming: fits(info.priming)?,
            frames: fits(self.frames)?,
        });
        self.output.write_all(&index)?;
        self.output.seek(SeekFrom::Start(self.start + opening))?;
        self.output.write_all(&fits(media)?.to_be_bytes())?;
        self.output.seek(SeekFrom::End(0))?;
        self.output.flush()?;
        Ok(())
    }
}

fn error(error: syom::AacError) -> SoundError {
    failed("M4A", error)
}
