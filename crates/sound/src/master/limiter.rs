//! A look-ahead limiter on true peaks: the gain is already down when a peak arrives, and comes back gently.

use std::collections::VecDeque;

use super::peak::{self, TruePeak};
use crate::dsp::db;
use crate::{Frame, RATE};

/// Frames looked ahead: 3 ms.
pub const AHEAD: usize = 144;
/// Frames by which sound waits for its gain: a peak is seen late, and the mean of the gains is down one window after it.
const DELAY: usize = AHEAD - 1 + peak::LATENCY;
/// Seconds in which the gain comes back.
pub const RELEASE: f32 = 0.11;

/// A limiter behind a gain.
pub struct Limiter {
    gain: f32,
    ceiling: f32,
    detector: TruePeak,
    /// The last [`DELAY`] frames, which wait for their gain, and behind them those of the present call.
    waiting: Vec<Frame>,
    /// Gains below one asked for by the frames ahead, smallest last kept first: a sliding minimum.
    minimum: VecDeque<(u64, f32)>,
    /// The last [`AHEAD`] gains, whose mean is applied, and behind them those of the present call.
    recent: Vec<f32>,
    sum: f64,
    held: f32,
    back: f32,
    at: u64,
    /// Frames still to be dropped from the front, which are the delay.
    late: usize,
}

impl Limiter {
    /// A limiter that lifts by `gain` and holds `ceiling_db`.
    pub fn new(gain: f32, ceiling_db: f32) -> Self {
        Self {
            gain,
            ceiling: db(ceiling_db),
            detector: TruePeak::new(),
            waiting: vec![[0.0; 2]; DELAY],
            minimum: VecDeque::new(),
            recent: vec![1.0; AHEAD],
            sum: AHEAD as f64,
            held: 1.0,
            back: 1.0 - (-1.0 / (RELEASE * RATE as f32)).exp(),
            at: 0,
            late: DELAY,
        }
    }

    /// Takes `frames` and appends to `out` those that are ready.
    pub fn push(&mut self, frames: &[Frame], out: &mut Vec<Frame>) {
        self.waiting.extend_from_slice(frames);
        self.hold(frames);
        let dropped = self.late.min(frames.len());
        self.late -= dropped;
        let gains = self.recent.iter().zip(self.recent.iter().skip(AHEAD));
        for (number, (frame, (oldest, newest))) in self.waiting.iter().zip(gains).enumerate() {
            self.sum += f64::from(*newest);
            self.sum -= f64::from(*oldest);
            if number >= dropped {
                let gain = self.gain * ((self.sum / AHEAD as f64) as f32).min(1.0);
                out.push(frame.map(|value| value * gain));
            }
        }
        self.waiting.drain(..frames.len());
        self.recent.drain(..frames.len());
    }

    /// Appends the gain held at each of `frames` to the recent ones.
    fn hold(&mut self, frames: &[Frame]) {
        // Below this the limiter has nothing to do.
        let peaks = self.detector.process(frames, self.ceiling / self.gain.max(1e-9));
        for peak in peaks {
            let lifted = peak * self.gain;
            if lifted > self.ceiling {
                let wanted = self.ceiling / lifted;
                while self.minimum.back().is_some_and(|(_, gain)| *gain >= wanted) {
                    self.minimum.pop_back();
                }
                self.minimum.push_back((self.at, wanted));
            }
            while self.minimum.front().is_some_and(|(at, _)| at + AHEAD as u64 <= self.at) {
                self.minimum.pop_front();
            }
            self.at += 1;
            let lowest = self.minimum.front().map_or(1.0, |(_, gain)| *gain);
            self.held = if lowest < self.held { lowest } else { self.held + (lowest - self.held) * self.back };
            self.recent.push(self.held);
        }
    }

    /// Appends what is still on its way.
    pub fn drain(&mut self, out: &mut Vec<Frame>) {
        let rest = vec![[0.0; 2]; DELAY];
        self.push(&rest, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_peak_passes_the_ceiling_and_every_frame_comes_out_once() {
        let frames: Vec<Frame> = (0..RATE)
            .map(|at| {
                let burst = if at % 9000 < 40 { 3.0 } else { 0.2 };
                let value = burst * (at as f32 * 0.71).sin();
                [value, -0.5 * value]
            })
            .collect();
        let mut limiter = Limiter::new(1.5, -1.0);
        let mut out = Vec::new();
        for piece in frames.chunks(1000) {
            limiter.push(piece, &mut out);
        }
        limiter.drain(&mut out);
        assert_eq!(out.len(), frames.len());
        let mut detector = TruePeak::new();
        let highest = detector.process(&out, 0.0).iter().fold(0.0_f32, |a, b| a.max(*b));
        assert!(highest <= db(-0.9), "{highest}");
        // Where nothing sticks out, only the gain is left.
        let (quiet, plain) = (out[8000], frames[8000]);
        assert!((quiet[0] - 1.5 * plain[0]).abs() < 0.05 * plain[0].abs().max(0.01));
    }
}
