//! Wow and flutter: the speed of a tape that is not quite even, as a delay that wanders. Every stem wanders alike.

use crate::studio::sound::dsp::delay::Delay;
use crate::studio::sound::dsp::lfo::Lfo;
use crate::studio::sound::{Frame, RATE};

/// Delay around which it wanders, in frames: 6 ms.
pub const LATENCY: usize = 288;

/// A tape for one stem.
pub struct Tape {
    delays: [Delay; 2],
    wow: Lfo,
    drift: Lfo,
    flutter: Lfo,
    depth: f32,
}

impl Tape {
    /// A tape that wanders by `amount`, 0 to 1; at 1 its pitch goes ±0.35%.
    pub fn new(amount: f32, period: Option<f64>) -> Self {
        Self {
            delays: std::array::from_fn(|_| Delay::new(LATENCY * 2)),
            wow: Lfo::new(0.55, 0.0, period),
            drift: Lfo::new(0.19, 0.3, period),
            flutter: Lfo::new(6.7, 0.6, period),
            depth: amount.clamp(0.0, 1.0),
        }
    }

    fn length(&self, seconds: f64) -> f32 {
        // In frames: depth over 2π f is the swing that bends pitch by the share wanted.
        let swing = 35.0 * self.wow.at(seconds) + 60.0 * self.drift.at(seconds) + 1.1 * self.flutter.at(seconds);
        LATENCY as f32 + self.depth * swing
    }

    /// Plays `block`, which starts at `seconds`, from the tape.
    pub fn process(&mut self, block: &mut [Frame], seconds: f64) {
        const PIECE: usize = 64;
        for (number, piece) in block.chunks_mut(PIECE).enumerate() {
            let from = seconds + (number * PIECE) as f64 / f64::from(RATE);
            let mut at = self.length(from);
            let step = (self.length(from + PIECE as f64 / f64::from(RATE)) - at) / PIECE as f32;
            for frame in piece {
                let [left, right] = &mut self.delays;
                left.push(frame[0]);
                right.push(frame[1]);
                *frame = [left.between(at), right.between(at)];
                at += step;
            }
        }
    }
}
