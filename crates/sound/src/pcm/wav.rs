//! WAV files of our own making: 48 kHz stereo, 16 or 24 bit or float. Any other goes through `decode`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavReader};

use super::{Frame, PcmSource};
use crate::{RATE, SoundError};

/// Frames read at a time.
const CHUNK: usize = 2048;

/// A WAV file read block by block.
pub struct WavFile {
    path: PathBuf,
    /// Stands in the samples; `hound` has read what lies before them.
    reader: BufReader<File>,
    form: Form,
    frames: u64,
    left: u64,
    bytes: Vec<u8>,
}

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Int16,
    Int24,
    Float,
}

impl Form {
    fn bytes(self) -> usize {
        match self {
            Self::Int16 => 2,
            Self::Int24 => 3,
            Self::Float => 4,
        }
    }

    /// Appends to `out` what `bytes` hold.
    fn decode(self, bytes: &[u8], out: &mut [Frame]) {
        let samples = out.as_flattened_mut().iter_mut();
        match self {
            Self::Int16 => samples.zip(bytes.as_chunks().0).for_each(|(sample, bytes)| {
                *sample = f32::from(i16::from_le_bytes(*bytes)) / 32_768.0;
            }),
            Self::Int24 => samples.zip(bytes.as_chunks().0).for_each(|(sample, &[a, b, c])| {
                // In the upper three bytes, so that the sign is where it belongs.
                *sample = (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0;
            }),
            Self::Float => samples.zip(bytes.as_chunks().0).for_each(|(sample, bytes)| {
                let value = f32::from_le_bytes(*bytes);
                *sample = if value.is_finite() { value } else { 0.0 };
            }),
        }
    }
}

impl WavFile {
    /// Opens a stereo WAV file at the house rate.
    pub fn open(path: &Path) -> Result<Self, SoundError> {
        let fault = |reason: String| SoundError::Undecodable { path: path.to_owned(), reason };
        let reader = WavReader::open(path).map_err(|error| undecodable(path, &error))?;
        let spec = reader.spec();
        if spec.channels != 2 || spec.sample_rate != RATE {
            return Err(fault(format!("{} channels at {} Hz instead of 2 at {RATE}", spec.channels, spec.sample_rate)));
        }
        let form = match (spec.sample_format, spec.bits_per_sample) {
            (SampleFormat::Int, 16) => Form::Int16,
            (SampleFormat::Int, 24) => Form::Int24,
            (SampleFormat::Float, 32) => Form::Float,
            (_, bits) => return Err(fault(format!("{bits} bits a sample"))),
        };
        let frames = u64::from(reader.duration());
        Ok(Self { path: path.to_owned(), reader: reader.into_inner(), form, frames, left: frames, bytes: Vec::new() })
    }

    /// Frames in the file.
    pub fn frames(&self) -> u64 {
        self.frames
    }
}

impl PcmSource for WavFile {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        let mut count = 0;
        for out in out.chunks_mut(CHUNK) {
            let wanted = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.bytes.resize(wanted * 2 * self.form.bytes(), 0);
            self.reader.read_exact(&mut self.bytes).map_err(|error| undecodable(&self.path, &error.into()))?;
            self.form.decode(&self.bytes, out.get_mut(..wanted).unwrap_or_default());
            self.left -= wanted as u64;
            count += wanted;
        }
        Ok(count)
    }
}

fn undecodable(path: &Path, error: &hound::Error) -> SoundError {
    SoundError::Undecodable { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use hound::{WavSpec, WavWriter};

    use super::*;

    #[test]
    fn every_form_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let wave: Vec<f32> =
            (0..10_001).map(|at| (at as f32 * 0.37).sin() * if at % 3 == 0 { -1.0 } else { 0.6 }).collect();
        for (bits, sample_format) in [(16, SampleFormat::Int), (24, SampleFormat::Int), (32, SampleFormat::Float)] {
            let path = folder.path().join(format!("{bits}.wav"));
            let spec = WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: bits, sample_format };
            let mut writer = WavWriter::create(&path, spec).unwrap();
            let scale = (1_u32 << (bits.min(24) - 1)) as f32;
            for value in &wave {
                for sample in [*value, -0.5 * value] {
                    match sample_format {
                        SampleFormat::Int => writer.write_sample((sample * (scale - 1.0)) as i32).unwrap(),
                        SampleFormat::Float => writer.write_sample(sample).unwrap(),
                    }
                }
            }
            writer.finalize().unwrap();
            let mut file = WavFile::open(&path).unwrap();
            assert_eq!(file.frames(), wave.len() as u64);
            let mut heard = Vec::new();
            let mut block = [[0.0; 2]; 3001];
            while let count @ 1.. = file.read(&mut block).unwrap() {
                heard.extend_from_slice(&block[..count]);
            }
            assert_eq!(heard.len(), wave.len());
            for (frame, value) in heard.iter().zip(&wave) {
                let near = |a: f32, b: f32| (a - b).abs() < 2.5 / scale;
                assert!(near(frame[0], *value) && near(frame[1], -0.5 * value), "{bits} bits: {frame:?} {value}");
            }
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_an_error_and_not_silence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.wav");
        let spec = WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 24, sample_format: SampleFormat::Int };
        let mut writer = WavWriter::create(&path, spec).unwrap();
        (0..20_000).for_each(|at| writer.write_sample(at).unwrap());
        writer.finalize().unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 700]).unwrap();
        let read = WavFile::open(&path).and_then(|mut file| file.read(&mut vec![[0.0; 2]; 10_000]));
        assert!(matches!(read, Err(SoundError::Undecodable { .. })), "{read:?}");
    }
}
