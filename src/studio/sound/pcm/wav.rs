//! WAV files of our own making: 48 kHz stereo, 16 or 24 bit or float. Any other goes through `decode`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavReader};

use super::{Frame, PcmSource};
use crate::studio::sound::{RATE, SoundError};

/// A WAV file read block by block.
pub struct WavFile {
    path: PathBuf,
    reader: WavReader<BufReader<File>>,
    scale: f32,
    float: bool,
}

impl WavFile {
    /// Opens a stereo WAV file at the house rate.
    pub fn open(path: &Path) -> Result<Self, SoundError> {
        let reader = WavReader::open(path).map_err(|error| undecodable(path, &error))?;
        let spec = reader.spec();
        let float = spec.sample_format == SampleFormat::Float;
        if spec.channels != 2 || spec.sample_rate != RATE {
            let reason = format!("{} channels at {} Hz instead of 2 at {RATE}", spec.channels, spec.sample_rate);
            return Err(SoundError::Undecodable { path: path.to_owned(), reason });
        }
        let scale = if float { 1.0 } else { 1.0 / (1_u32 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32 };
        Ok(Self { path: path.to_owned(), reader, scale, float })
    }

    /// Frames in the file.
    pub fn frames(&self) -> u64 {
        u64::from(self.reader.duration())
    }

    fn sample(&mut self) -> Result<Option<f32>, SoundError> {
        let read = if self.float {
            self.reader.samples::<f32>().next()
        } else {
            let scale = self.scale;
            self.reader.samples::<i32>().next().map(|sample| sample.map(|sample| sample as f32 * scale))
        };
        read.transpose().map_err(|error| undecodable(&self.path, &error))
    }
}

impl PcmSource for WavFile {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        let mut count = 0;
        for frame in out {
            let (Some(left), Some(right)) = (self.sample()?, self.sample()?) else { break };
            *frame = [left, right].map(|sample| if sample.is_finite() { sample } else { 0.0 });
            count += 1;
        }
        Ok(count)
    }
}

fn undecodable(path: &Path, error: &hound::Error) -> SoundError {
    SoundError::Undecodable { path: path.to_owned(), reason: error.to_string() }
}
