//! What a listener keeps of a finished stream: levels every 10 ms in four bands, and how strong each pitch class is.
//! Streams; twenty minutes take 3 MB.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use crate::{Frame, RATE};

/// Frames between two levels: 10 ms.
pub const HOP: usize = RATE as usize / 100;
/// Levels a second.
pub const HOPS: f64 = 100.0;
/// Bands of levels: below 150 Hz, to 800 Hz, to 4 kHz, above.
pub const BANDS: usize = 4;
/// Pitch is heard at a quarter of the rate.
const EVERY: usize = 4;
/// Frames of a spectrum at that rate: 0.34 s.
const WINDOW: usize = 4096;
/// Lowest and highest pitch heard, Hz: below, neighbouring keys share a line of the spectrum.
const PITCHES: (f32, f32) = (110.0, 2000.0);

/// A listener.
pub struct Ear {
    /// Power of each hop, in bands.
    pub hops: Vec<[f32; BANDS]>,
    /// Strength of each pitch class from C, summed over the piece.
    pub chroma: [f32; 12],
    /// Frames heard.
    pub frames: u64,
    /// First and last frame, and the largest step from one frame to the next, left.
    pub seam: (Frame, Frame, f32),
    hop: [f32; BANDS],
    before: f32,
    group: (f32, usize),
    splits: [(f32, f32); BANDS - 1],
    window: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    taper: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
}

impl Default for Ear {
    fn default() -> Self {
        Self::new()
    }
}

impl Ear {
    /// A listener who has heard nothing.
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let pole = |hz: f32| 1.0 - (-std::f32::consts::TAU * hz * EVERY as f32 / RATE as f32).exp();
        let taper = (0..WINDOW).map(|at| 0.5 - 0.5 * (std::f32::consts::TAU * at as f32 / WINDOW as f32).cos());
        Self {
            hops: Vec::new(),
            chroma: [0.0; 12],
            frames: 0,
            seam: ([0.0; 2], [0.0; 2], 0.0),
            hop: [0.0; BANDS],
            before: 0.0,
            group: (0.0, 0),
            splits: [150.0, 800.0, 4000.0].map(|hz| (pole(hz), 0.0)),
            window: Vec::with_capacity(WINDOW),
            spectrum: fft.make_output_vec(),
            taper: taper.collect(),
            fft,
        }
    }

    /// Hears `frames`.
    pub fn push(&mut self, frames: &[Frame]) {
        for frame in frames {
            if self.frames == 0 {
                self.seam.0 = *frame;
            } else {
                self.seam.2 = self.seam.2.max((frame[0] - self.seam.1[0]).abs());
            }
            self.seam.1 = *frame;
            self.frames += 1;
            let middle = 0.5 * (frame[0] + frame[1]);
            // A difference is a high-pass; what lies above 4 kHz is most of it.
            let edge = middle - self.before;
            self.before = middle;
            if let Some(high) = self.hop.last_mut() {
                *high += edge * edge;
            }
            self.group.0 += middle;
            self.group.1 += 1;
            if self.group.1 == EVERY {
                let value = self.group.0 / EVERY as f32;
                self.group = (0.0, 0);
                self.hear(value);
            }
            if self.frames.is_multiple_of(HOP as u64) {
                self.hops.push(self.hop.map(|power| power / HOP as f32));
                self.hop = [0.0; BANDS];
            }
        }
    }

    /// One value at a quarter of the rate.
    fn hear(&mut self, value: f32) {
        let mut below = 0.0;
        for ((pole, state), power) in self.splits.iter_mut().zip(&mut self.hop) {
            *state += (value - *state) * *pole;
            let band = *state - below;
            below = *state;
            *power += EVERY as f32 * band * band;
        }
        self.window.push(value);
        if self.window.len() == WINDOW {
            self.transform();
            self.window.clear();
        }
    }

    /// Adds the peaks of the last window to the pitch classes.
    fn transform(&mut self) {
        for (value, taper) in self.window.iter_mut().zip(&self.taper) {
            *value *= taper;
        }
        // Lengths are those that the plan was made for.
        if self.fft.process(&mut self.window, &mut self.spectrum).is_err() {
            return;
        }
        let per_line = RATE as f32 / EVERY as f32 / WINDOW as f32;
        for (line, three) in self.spectrum.windows(3).enumerate() {
            let &[a, b, c] = three else { continue };
            let (a, b, c) = (a.norm_sqr(), b.norm_sqr(), c.norm_sqr());
            let hz = (line + 1) as f32 * per_line;
            if b < a || b < c || !(PITCHES.0..PITCHES.1).contains(&hz) {
                continue;
            }
            // The peak of a parabola through three lines lies between them.
            let [a, b, c] = [a, b, c].map(|power| (power + 1e-20).ln());
            let hz = hz + per_line * 0.5 * (a - c) / (a - 2.0 * b + c).min(-1e-6);
            let key = (69.0 + 12.0 * (hz / 440.0).log2()).round() as usize;
            if let Some(class) = self.chroma.get_mut(key % 12) {
                // Amplitudes, so that one loud note does not drown the others.
                *class += (0.5 * b).exp();
            }
        }
    }

    /// Level from `from` to `to` seconds, dB; none of nothing.
    pub fn level(&self, from: f64, to: f64) -> Option<f64> {
        let at = |seconds: f64| ((seconds * HOPS).round().max(0.0) as usize).min(self.hops.len());
        let hops = self.hops.get(at(from)..at(to))?;
        let power: f64 = hops.iter().flatten().map(|power| f64::from(*power)).sum();
        (!hops.is_empty()).then(|| 10.0 * (power / hops.len() as f64).max(1e-12).log10())
    }
}
