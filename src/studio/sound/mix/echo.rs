//! A delay in time with the music that wanders from side to side, darker with every turn.

use crate::studio::sound::dsp::delay::Delay;
use crate::studio::sound::dsp::filter::{Biquad, Coefficients};
use crate::studio::sound::dsp::flush;
use crate::studio::sound::{Frame, RATE};

const FEEDBACK: f32 = 0.38;

/// A ping-pong delay.
pub struct Echo {
    lines: [Delay; 2],
    frames: usize,
    dark: Frame,
    filters: [Biquad; 2],
}

impl Echo {
    /// An echo every `seconds`.
    pub fn new(seconds: f64) -> Self {
        let frames = ((seconds.clamp(0.05, 2.0) * f64::from(RATE)) as usize).max(2);
        Self {
            lines: std::array::from_fn(|_| Delay::new(frames)),
            frames,
            dark: [0.0; 2],
            filters: [
                Biquad::new(Coefficients::high_pass(350.0, 0.7)),
                Biquad::new(Coefficients::low_pass(5200.0, 0.6)),
            ],
        }
    }

    /// Adds the echoes of `input` to `out`.
    pub fn process(&mut self, input: &[Frame], out: &mut [Frame], gain: f32) {
        let mut wet: Vec<Frame> = Vec::with_capacity(input.len());
        // 4 kHz: each turn loses a little more.
        const DARKER: f32 = 0.41;
        for input in input {
            let [left, right] = &mut self.lines;
            let (a, b) = (left.tap(self.frames - 1), right.tap(self.frames - 1));
            self.dark[0] += (a - self.dark[0]) * DARKER;
            self.dark[1] += (b - self.dark[1]) * DARKER;
            // What comes in goes left; what comes back crosses over.
            left.push(0.5 * (input[0] + input[1]) + FEEDBACK * self.dark[1]);
            right.push(self.dark[0] * 0.9);
            wet.push([a, b]);
        }
        self.dark = self.dark.map(flush);
        Biquad::chain(&mut self.filters, &mut wet);
        crate::studio::sound::dsp::add(out, &wet, gain);
    }
}
