//! True peaks: the highest value between the samples too, found by four times oversampling (ITU-R BS.1770, annex 2).

use std::f64::consts::PI;

use wide::f32x4;

use crate::Frame;

/// Taps of each phase; the filter looks six frames back and six ahead.
const TAPS: usize = 12;
/// Frames by which peaks are late.
pub const LATENCY: usize = TAPS / 2;
const PHASES: usize = 3;
/// Frames that are looked into, or passed over, together.
const BLOCK: usize = 64;
/// Peaks found at a time, and the frames that they are found from.
const LANES: usize = 4;
const REACH: usize = LANES + TAPS - 1;

/// A true-peak detector.
#[derive(Debug, Clone)]
pub struct TruePeak {
    /// For each tap, a quarter, a half and three quarters of the way to the next frame.
    taps: [[f32x4; PHASES]; TAPS],
    /// Left and right, the last frames of the block before in front.
    history: [Vec<f32>; 2],
    /// How far a peak can stand above the samples around it, as a factor.
    overshoot: f32,
    peaks: Vec<f32>,
}

impl TruePeak {
    /// A detector at rest.
    pub fn new() -> Self {
        let filters: [[f32; TAPS]; PHASES] = std::array::from_fn(|phase| {
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
        let overshoot = filters.iter().map(|taps| taps.iter().map(|tap| tap.abs()).sum()).fold(1.0, f32::max);
        let mut taps = [[f32x4::ZERO; PHASES]; TAPS];
        for (phase, filter) in filters.iter().enumerate() {
            for (weight, slot) in filter.iter().zip(taps.iter_mut().filter_map(|tap| tap.get_mut(phase))) {
                *slot = f32x4::splat(*weight);
            }
        }
        let history = std::array::from_fn(|_| vec![0.0; TAPS]);
        Self { taps, history, overshoot, peaks: Vec::new() }
    }

    /// For each of `frames` the highest magnitude of either side around the frame [`LATENCY`] before it. Where no peak can
    /// reach `floor`, the samples' own magnitude is good enough.
    pub fn process(&mut self, frames: &[Frame], floor: f32) -> &[f32] {
        self.peaks.clear();
        self.peaks.resize(frames.len(), 0.0);
        for (side, history) in self.history.iter_mut().enumerate() {
            let keep = history.len() - TAPS;
            history.drain(..keep);
            history.extend(frames.iter().map(|[left, right]| if side == 0 { *left } else { *right }));
            for (peak, value) in self.peaks.iter_mut().zip(history.iter().skip(TAPS - LATENCY)) {
                *peak = peak.max(value.abs());
            }
            for (number, peaks) in self.peaks.chunks_mut(BLOCK).enumerate() {
                let from = number * BLOCK + 1;
                let heard = history.get(from..from + peaks.len() + TAPS - 1).unwrap_or_default();
                let loudest = heard.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
                if loudest * self.overshoot < floor {
                    continue;
                }
                // The last few are found from a row that goes on in silence.
                let mut row = [0.0; BLOCK + REACH];
                for (slot, value) in row.iter_mut().zip(heard) {
                    *slot = *value;
                }
                for (peaks, heard) in peaks.chunks_mut(LANES).zip(row.windows(REACH).step_by(LANES)) {
                    for (peak, between) in peaks.iter_mut().zip(between(&self.taps, heard)) {
                        *peak = peak.max(between);
                    }
                }
            }
        }
        &self.peaks
    }
}

/// The highest magnitude between the samples, at each of four frames in turn.
#[inline]
fn between(taps: &[[f32x4; PHASES]; TAPS], heard: &[f32]) -> [f32; LANES] {
    let mut sums = [f32x4::ZERO; PHASES];
    for (weights, values) in taps.iter().zip(heard.windows(LANES)) {
        let &[a, b, c, d] = values else { continue };
        let values = f32x4::new([a, b, c, d]);
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum += *weight * values;
        }
    }
    let [a, b, c] = sums.map(f32x4::abs);
    a.max(b).max(c).to_array()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_between_the_samples_is_seen() {
        // A quarter of the rate, off by 45 degrees: every sample is at 0.707 of the wave's height.
        let frames: Vec<Frame> = (0..480).map(|at| [(PI / 2.0 * at as f64 + PI / 4.0).sin() as f32; 2]).collect();
        let mut detector = TruePeak::new();
        let highest = detector.process(&frames, 0.0).iter().skip(40).fold(0.0_f32, |a, b| a.max(*b));
        assert!((highest - 1.0).abs() < 0.02, "{highest}");
    }

    #[test]
    fn what_is_passed_over_never_reached_the_floor() {
        let wave = |at: usize| (at as f32 * 0.9).sin() * (0.2 + 0.8 * (at as f32 * 0.003).sin().abs());
        let frames: Vec<Frame> = (0..20_000).map(|at| [wave(at), wave(at + 77) * 0.7]).collect();
        let (mut whole, mut quick) = (TruePeak::new(), TruePeak::new());
        for piece in frames.chunks(777) {
            let all = whole.process(piece, 0.0).to_vec();
            for (all, seen) in all.iter().zip(quick.process(piece, 0.8)) {
                assert!(all == seen || *all < 0.8, "{all} {seen}");
            }
        }
    }
}
