//! WAV, 16 or 24 bit.

use std::io::{Seek, Write};

use hound::{SampleFormat, WavSpec};

use super::quantizer::Quantizer;
use crate::{Frame, RATE, SoundError};

/// Bytes of sound in the largest file: its header counts in 32 bits, and counts from 0 again beyond them.
const MOST_BYTES: u32 = u32::MAX - 1024;

/// Writes a WAV file.
pub struct WavWriter<W: Write + Seek> {
    writer: hound::WavWriter<W>,
    /// Frames that still fit.
    left: usize,
    quantizer: Quantizer,
}

impl<W: Write + Seek> WavWriter<W> {
    /// A stereo file of `bits` (16 or 24) in `output`.
    pub fn new(output: W, bits: u16) -> Result<Self, SoundError> {
        let bits = if bits <= 16 { 16 } else { 24 };
        let spec = WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: bits, sample_format: SampleFormat::Int };
        let writer = hound::WavWriter::new(output, spec).map_err(error)?;
        let left = usize::try_from(MOST_BYTES / (u32::from(bits) / 8 * 2)).unwrap_or(usize::MAX);
        Ok(Self { writer, left, quantizer: Quantizer::new(bits) })
    }

    /// Appends `frames`.
    ///
    /// # Errors
    /// What the output says, and a file beyond 4 GB (4 h of 24 bits): no WAV can be larger.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        let left = self.left.checked_sub(frames.len());
        self.left = left.ok_or_else(|| SoundError::encode("WAV", "a file of more than 4 GB cannot be written"))?;
        for frame in frames {
            for sample in self.quantizer.round(*frame) {
                self.writer.write_sample(sample).map_err(error)?;
            }
        }
        Ok(())
    }

    /// Writes the header's lengths.
    pub fn finish(self) -> Result<(), SoundError> {
        self.writer.finalize().map_err(error)
    }
}

fn error(error: hound::Error) -> SoundError {
    match error {
        hound::Error::IoError(error) => SoundError::Io(error),
        error => SoundError::encode("WAV", error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_file_beyond_what_its_header_can_say_is_refused_and_four_hours_fit() {
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), 24).unwrap();
        assert!(writer.left >= 4 * 3600 * RATE as usize);
        writer.left = 2;
        writer.push(&[[0.0; 2]; 2]).unwrap();
        let refused = writer.push(&[[0.0; 2]]).unwrap_err();
        assert!(refused.to_string().contains("4 GB"), "{refused}");
    }
}
