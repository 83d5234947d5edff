//! Raw 32-bit little-endian float stereo at the house rate: what ffmpeg hands over, and what spools hold.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::{Frame, PcmSource};
use crate::SoundError;

/// A source that reads raw frames.
#[derive(Debug)]
pub struct RawFile<R> {
    reader: R,
    bytes: Vec<u8>,
}

impl RawFile<BufReader<File>> {
    /// Opens the file at `path`.
    pub fn open(path: &Path) -> Result<Self, SoundError> {
        Ok(Self::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
    }
}

impl<R: Read> RawFile<R> {
    /// Reads raw frames from `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, bytes: Vec::new() }
    }
}

impl<R: Read> PcmSource for RawFile<R> {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        self.bytes.resize(out.len() * 8, 0);
        let mut filled = 0;
        while let Some(rest) = self.bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let count = filled / 8;
        for (frame, bytes) in out.iter_mut().zip(self.bytes.as_chunks::<8>().0).take(count) {
            let [a, b, c, d, e, f, g, h] = *bytes;
            *frame = [finite(f32::from_le_bytes([a, b, c, d])), finite(f32::from_le_bytes([e, f, g, h]))];
        }
        Ok(count)
    }
}

/// A file may hold anything; a NaN in one sample would silence every filter behind it.
fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-64.0, 64.0) } else { 0.0 }
}

/// The bytes of `frames`, appended to `bytes`.
pub(crate) fn write_frames(frames: &[Frame], bytes: &mut Vec<u8>) {
    bytes.reserve(frames.len() * 8);
    for [left, right] in frames {
        bytes.extend_from_slice(&left.to_le_bytes());
        bytes.extend_from_slice(&right.to_le_bytes());
    }
}
