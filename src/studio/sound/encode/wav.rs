//! WAV, 16 or 24 bit.

use std::io::{Seek, Write};

use hound::{SampleFormat, WavSpec};

use super::{Quantizer, failed};
use crate::studio::sound::{Frame, RATE, SoundError};

/// Writes a WAV file.
pub struct WavWriter<W: Write + Seek> {
    writer: hound::WavWriter<W>,
    quantizer: Quantizer,
}

impl<W: Write + Seek> WavWriter<W> {
    /// A stereo file of `bits` (16 or 24) in `output`.
    pub fn new(output: W, bits: u16) -> Result<Self, SoundError> {
        let bits = if bits <= 16 { 16 } else { 24 };
        let spec = WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: bits, sample_format: SampleFormat::Int };
        let writer = hound::WavWriter::new(output, spec).map_err(error)?;
        Ok(Self { writer, quantizer: Quantizer::new(bits) })
    }

    /// Appends `frames`.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
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
        error => failed("WAV", error),
    }
}
