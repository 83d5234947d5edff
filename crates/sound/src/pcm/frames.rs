//! Frames, and sources that give them block by block.

use crate::SoundError;

/// Frames a second, in every part of this crate.
pub const RATE: u32 = 48_000;

/// Left and right, each from -1 to 1 at full scale.
pub type Frame = [f32; 2];

/// A stream of frames at [`RATE`].
pub trait PcmSource {
    /// Fills `out` from the front and returns how many frames it gave; fewer than asked for only at the end, and 0 from
    /// then on.
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError>;

    /// How many frames are still to come, where that is known.
    fn frames_left(&self) -> Option<u64> {
        None
    }
}

impl<T: PcmSource + ?Sized> PcmSource for Box<T> {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        (**self).read(out)
    }

    fn frames_left(&self) -> Option<u64> {
        (**self).frames_left()
    }
}

impl<T: PcmSource + ?Sized> PcmSource for &mut T {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        (**self).read(out)
    }

    fn frames_left(&self) -> Option<u64> {
        (**self).frames_left()
    }
}

/// Frames held in memory.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    frames: Vec<Frame>,
    at: usize,
}

impl Samples {
    /// A source of `frames`, from the first to the last.
    pub fn new(frames: Vec<Frame>) -> Self {
        Self { frames, at: 0 }
    }
}

impl PcmSource for Samples {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        let rest = self.frames.get(self.at..).unwrap_or_default();
        let count = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += count;
        Ok(count)
    }

    fn frames_left(&self) -> Option<u64> {
        Some(self.frames.len().saturating_sub(self.at) as u64)
    }
}

/// Reads until `out` is full or the source ends.
pub(crate) fn read_full(source: &mut dyn PcmSource, out: &mut [Frame]) -> Result<usize, SoundError> {
    let mut filled = 0;
    while filled < out.len() {
        let Some(rest) = out.get_mut(filled..) else { break };
        match source.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}
