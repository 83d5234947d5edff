//! Wow and flutter: the speed of a tape that is not quite even, as a delay that wanders. Every stem wanders alike.

use crate::dsp::BLOCK;
use crate::dsp::delay::Delay;
use crate::dsp::lfo::Lfo;
use crate::{Frame, RATE};

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
    pub fn process(&mut self, block: &mut [Frame; BLOCK], seconds: f64) {
        const PIECE: usize = 64;
        let mut length = self.length(seconds);
        for (number, piece) in block.as_chunks_mut::<PIECE>().0.iter_mut().enumerate() {
            let next = self.length(seconds + ((number + 1) * PIECE) as f64 / f64::from(RATE));
            for (side, delay) in self.delays.iter_mut().enumerate() {
                let mut values = [0.0; PIECE];
                for (value, frame) in values.iter_mut().zip(&*piece) {
                    *value = if side == 0 { frame[0] } else { frame[1] };
                }
                delay.write(&values);
                let played: [f32; PIECE] = delay.glide(length, (next - length) / PIECE as f32);
                for (value, frame) in played.iter().zip(&mut *piece) {
                    *(if side == 0 { &mut frame[0] } else { &mut frame[1] }) = *value;
                }
            }
            length = next;
        }
    }
}
