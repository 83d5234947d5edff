//! What the plots and the table show beyond the critic's measures: the waveform's outline, the spectrum, crest, fold.

use std::sync::Arc;

use bedtrack_sound::Frame;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

const RATE: f32 = 48_000.0;
const WINDOW: usize = 4096;
/// Columns of the outline.
pub const COLUMNS: usize = 240;

/// A stream, summed up.
pub struct Heard {
    /// Lowest and highest value and the power of each column.
    pub columns: Vec<(f32, f32, f32)>,
    per_column: usize,
    power: Vec<f64>,
    window: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    spectrum: Vec<Complex<f32>>,
    frames: usize,
    peak: f32,
    both: f64,
    middle: f64,
}

impl Heard {
    /// Nothing yet, of `seconds`.
    pub fn new(seconds: f64) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(WINDOW);
        Self {
            columns: Vec::new(),
            per_column: ((seconds * f64::from(RATE)) as usize).div_ceil(COLUMNS).max(1),
            power: vec![0.0; WINDOW / 2 + 1],
            window: Vec::new(),
            spectrum: fft.make_output_vec(),
            fft,
            frames: 0,
            peak: 0.0,
            both: 0.0,
            middle: 0.0,
        }
    }

    /// The next frames.
    pub fn push(&mut self, frames: &[Frame]) {
        for [left, right] in frames {
            if self.frames.is_multiple_of(self.per_column) {
                self.columns.push((0.0, 0.0, 0.0));
            }
            self.frames += 1;
            let middle = 0.5 * (left + right);
            if let Some((low, high, power)) = self.columns.last_mut() {
                (*low, *high) = (low.min(middle), high.max(middle));
                *power += middle * middle / self.per_column as f32;
            }
            self.peak = self.peak.max(left.abs()).max(right.abs());
            self.both += f64::from(0.5 * (left * left + right * right));
            self.middle += f64::from(middle * middle);
            self.window.push(middle);
            if self.window.len() == WINDOW {
                self.transform();
            }
        }
    }

    fn transform(&mut self) {
        for (at, value) in self.window.iter_mut().enumerate() {
            *value *= 0.5 - 0.5 * (std::f32::consts::TAU * at as f32 / WINDOW as f32).cos();
        }
        if self.fft.process(&mut self.window, &mut self.spectrum).is_ok() {
            for (power, line) in self.power.iter_mut().zip(&self.spectrum) {
                *power += f64::from(line.norm_sqr());
            }
        }
        self.window.clear();
    }

    /// The share of `from` to `to` Hz in the whole, dB.
    pub fn share_db(&self, from: f32, to: f32) -> f64 {
        let hz = |line: usize| line as f32 * RATE / WINDOW as f32;
        let total: f64 = self.power.iter().sum();
        let lines = self.power.iter().enumerate().filter(|(line, _)| (from..to).contains(&hz(*line)));
        10.0 * (lines.map(|(_, power)| power).sum::<f64>() / total.max(1e-20)).max(1e-9).log10()
    }

    /// The share of 2 to 6 kHz, dB.
    pub fn presence_db(&self) -> f64 {
        self.share_db(2000.0, 6000.0)
    }

    /// Peak over root mean square, dB.
    pub fn crest_db(&self) -> f64 {
        20.0 * f64::from(self.peak).log10() - 10.0 * (self.both / self.frames.max(1) as f64).max(1e-20).log10()
    }

    /// What folding to mono costs, dB.
    pub fn fold_db(&self) -> f64 {
        10.0 * (self.both / self.middle.max(1e-20)).log10()
    }
}
