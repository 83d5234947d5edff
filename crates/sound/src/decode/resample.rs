//! Any rate to the house rate, by Fourier transform in blocks; the delay of the transform is taken out, so that the first
//! frame stays the first.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler};

use super::decoded::Decoded;
use crate::pcm::read_full;
use crate::{Frame, PcmSource, RATE, SoundError};

/// Frames taken at a time, about.
const CHUNK: usize = 2048;

/// A file heard at the house rate.
pub struct Resampled {
    source: Decoded,
    resampler: Fft<f32>,
    rate: u32,
    input: Vec<Frame>,
    output: Vec<Frame>,
    ready: (usize, usize),
    skip: usize,
    taken: u64,
    given: u64,
    ended: bool,
}

impl Resampled {
    /// `source`, which is at `rate`.
    pub fn new(source: Decoded, rate: u32) -> Result<Self, SoundError> {
        let resampler = Fft::new(rate as usize, RATE as usize, CHUNK, 2, FixedSync::Input)
            .map_err(|error| source.refused(error.to_string()))?;
        let output = vec![[0.0; 2]; resampler.output_frames_max()];
        let skip = resampler.output_delay();
        Ok(Self {
            source,
            resampler,
            rate,
            input: Vec::new(),
            output,
            ready: (0, 0),
            skip,
            taken: 0,
            given: 0,
            ended: false,
        })
    }

    /// Frames that the whole file makes, as far as it was read.
    fn total(&self) -> u64 {
        (u128::from(self.taken) * u128::from(RATE) / u128::from(self.rate)) as u64
    }

    fn step(&mut self) -> Result<(), SoundError> {
        let wanted = self.resampler.input_frames_next();
        self.input.clear();
        self.input.resize(wanted, [0.0; 2]);
        let count = if self.ended { 0 } else { read_full(&mut self.source, &mut self.input)? };
        self.taken += count as u64;
        self.ended = count < wanted;
        let room = self.output.len();
        let refused = |error: String| self.source.refused(error);
        let input = InterleavedSlice::new(self.input.as_flattened(), 2, wanted).map_err(|e| refused(e.to_string()))?;
        let mut output = InterleavedSlice::new_mut(self.output.as_flattened_mut(), 2, room)
            .map_err(|error| self.source.refused(error.to_string()))?;
        let (_, made) = self
            .resampler
            .process_into_buffer(&input, &mut output, Some(&Indexing::new()))
            .map_err(|error| self.source.refused(error.to_string()))?;
        let skip = self.skip.min(made);
        self.skip -= skip;
        self.ready = (skip, made);
        Ok(())
    }
}

impl PcmSource for Resampled {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        let mut count = 0;
        while count < out.len() {
            if self.ready.0 >= self.ready.1 {
                if self.ended && self.given >= self.total() {
                    break;
                }
                self.step()?;
                continue;
            }
            let (from, to) = self.ready;
            let mut frames = self.output.get(from..to).unwrap_or_default();
            if self.ended {
                let rest = self.total().saturating_sub(self.given);
                frames = frames.get(..usize::try_from(rest).unwrap_or(usize::MAX)).unwrap_or(frames);
                if frames.is_empty() {
                    break;
                }
            }
            let mut moved = 0;
            for (to, from) in out.iter_mut().skip(count).zip(frames) {
                *to = *from;
                moved += 1;
            }
            self.ready.0 += moved;
            self.given += moved as u64;
            count += moved;
        }
        Ok(count)
    }
}
