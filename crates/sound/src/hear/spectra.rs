//! Short-time spectra of a stream: windows of one length, each a hop after the one before, the n-th centred on n hops.

use std::collections::VecDeque;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use crate::pcm::read_full;
use crate::{Frame, PcmSource, SoundError};

/// Frames read at a time.
const CHUNK: usize = 4096;

/// One window's magnitudes, from 0 Hz up; a sine at full scale is 1 at its bin.
pub(super) struct Spectra {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop: usize,
    /// Mono samples from the start of the next window on.
    held: VecDeque<f32>,
    block: Vec<Frame>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    magnitudes: Vec<f32>,
    ended: bool,
    /// Windows that still have their middle within the sound, once that is known.
    left: Option<usize>,
    taken: usize,
    given: usize,
}

impl Spectra {
    /// Windows of `length` samples (even), `hop` apart.
    pub fn new(length: usize, hop: usize) -> Self {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        let turn = std::f32::consts::TAU / length as f32;
        let window: Vec<f32> = (0..length).map(|at| 0.5 - 0.5 * (turn * at as f32).cos()).collect();
        let (input, output, scratch) = (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
        Self {
            magnitudes: vec![0.0; output.len()],
            fft,
            window,
            hop: hop.max(1),
            held: std::iter::repeat_n(0.0, length / 2).collect(),
            block: vec![[0.0; 2]; CHUNK],
            input,
            output,
            scratch,
            ended: false,
            left: None,
            taken: 0,
            given: 0,
        }
    }

    /// The next window's magnitudes; `None` after the last one whose middle lies in the sound.
    pub fn next(&mut self, source: &mut dyn PcmSource) -> Result<Option<&[f32]>, SoundError> {
        let length = self.window.len();
        while self.held.len() < length && !self.ended {
            let count = read_full(source, &mut self.block)?;
            self.taken += count;
            self.held.extend(self.block.iter().take(count).map(|[left, right]| {
                let mono = 0.5 * (left + right);
                if mono.is_finite() { mono } else { 0.0 }
            }));
            if count < self.block.len() {
                self.ended = true;
                self.left = Some(self.taken.div_ceil(self.hop).saturating_sub(self.given));
            }
        }
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return Ok(None);
            }
            *left -= 1;
        }
        self.given += 1;
        let samples = self.held.iter().copied().chain(std::iter::repeat(0.0));
        for ((to, from), weight) in self.input.iter_mut().zip(samples).zip(&self.window) {
            *to = from * weight;
        }
        self.held.drain(..self.hop.min(self.held.len()));
        // The buffers are the plan's own, so that it cannot refuse them.
        if self.fft.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch).is_err() {
            return Ok(None);
        }
        let scale = 4.0 / length as f32;
        for (to, from) in self.magnitudes.iter_mut().zip(&self.output) {
            // Spectra are far from the ends of the range that `norm` minds.
            *to = from.norm_sqr().sqrt() * scale;
        }
        Ok(Some(&self.magnitudes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Samples;

    #[test]
    fn windows_are_centred_on_their_hops_and_end_with_the_sound() {
        let frames: Vec<Frame> = (0..4800).map(|at| [if at >= 2400 { 0.5 } else { 0.0 }; 2]).collect();
        let (mut source, mut spectra) = (Samples::new(frames), Spectra::new(512, 480));
        let mut levels = Vec::new();
        while let Some(magnitudes) = spectra.next(&mut source).unwrap() {
            levels.push(magnitudes[0]);
        }
        assert_eq!(levels.len(), 10);
        // The step lies in the middle of the sixth window.
        assert!(levels[4] < 1e-6 && (levels[5] - 0.5).abs() < 0.01 && (levels[6] - 1.0).abs() < 0.01, "{levels:?}");
    }
}
