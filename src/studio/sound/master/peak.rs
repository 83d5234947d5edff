//! True peaks: the highest value between the samples too, found by four times oversampling (ITU-R BS.1770, annex 2).

use std::f64::consts::PI;

use crate::studio::sound::Frame;

/// Taps of each phase; the filter looks six frames back and six ahead.
const TAPS: usize = 12;
/// Frames by which peaks are late.
pub const LATENCY: usize = TAPS / 2;
const PHASES: usize = 3;

/// A true-peak detector.
#[derive(Debug, Clone)]
pub struct TruePeak {
    /// A quarter, a half and three quarters of the way to the next frame.
    filters: [[f32; TAPS]; PHASES],
    /// Left and right, the last frames of the block before in front.
    history: [Vec<f32>; 2],
    sums: Vec<f32>,
    peaks: Vec<f32>,
}

impl TruePeak {
    /// A detector at rest.
    pub fn new() -> Self {
        let filters = std::array::from_fn(|phase| {
            let offset = (phase + 1) as f64 / (PHASES + 1) as f64;
            let taps: [f64; TAPS] = std::array::from_fn(|tap| {
                // Distance from the tap to the point between the frames.
                let x = tap as f64 - (TAPS / 2 - 1) as f64 - offset;
                let window = (PI * x / (TAPS as f64 + 1.0)).cos().powi(2);
                (PI * x).sin() / (PI * x) * window
            });
            let sum: f64 = taps.iter().sum();
            taps.map(|tap| (tap / sum) as f32)
        });
        Self { filters, history: std::array::from_fn(|_| vec![0.0; TAPS]), sums: Vec::new(), peaks: Vec::new() }
    }

    /// For each of `frames` the highest magnitude of either side around the frame [`LATENCY`] before it.
    pub fn process(&mut self, frames: &[Frame]) -> &[f32] {
        self.peaks.clear();
        self.peaks.resize(frames.len(), 0.0);
        for (side, history) in self.history.iter_mut().enumerate() {
            let keep = history.len() - TAPS;
            history.drain(..keep);
            history.extend(frames.iter().map(|[left, right]| if side == 0 { *left } else { *right }));
            for (peak, value) in self.peaks.iter_mut().zip(history.iter().skip(TAPS - LATENCY)) {
                *peak = peak.max(value.abs());
            }
            for filter in &self.filters {
                self.sums.clear();
                self.sums.resize(frames.len(), 0.0);
                for (tap, weight) in filter.iter().enumerate() {
                    for (sum, value) in self.sums.iter_mut().zip(history.iter().skip(tap + 1)) {
                        *sum += weight * value;
                    }
                }
                for (peak, sum) in self.peaks.iter_mut().zip(&self.sums) {
                    *peak = peak.max(sum.abs());
                }
            }
        }
        &self.peaks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_between_the_samples_is_seen() {
        // A quarter of the rate, off by 45 degrees: every sample is at 0.707 of the wave's height.
        let frames: Vec<Frame> = (0..480).map(|at| [(PI / 2.0 * at as f64 + PI / 4.0).sin() as f32; 2]).collect();
        let mut detector = TruePeak::new();
        let highest = detector.process(&frames).iter().skip(40).fold(0.0_f32, |a, b| a.max(*b));
        assert!((highest - 1.0).abs() < 0.02, "{highest}");
    }
}
