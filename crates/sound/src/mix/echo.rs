//! A delay in time with the music that wanders from side to side, darker with every turn.

use crate::dsp::delay::Delay;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::dsp::wave::ROW;
use crate::dsp::{BLOCK, add, flush};
use crate::{Frame, RATE};

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
    pub fn process(&mut self, input: &[Frame; BLOCK], out: &mut [Frame; BLOCK], gain: f32) {
        // 4 kHz: each turn loses a little more.
        const DARKER: f32 = 0.41;
        let mut wet = [[0.0; 2]; BLOCK];
        // A row is shorter than the delay, so that it can be read as a whole before it is written.
        for (input, wet) in input.as_chunks::<ROW>().0.iter().zip(wet.as_chunks_mut::<ROW>().0) {
            let [left, right] = &mut self.lines;
            let (a, b): ([f32; ROW], [f32; ROW]) = (left.read(self.frames), right.read(self.frames));
            let (mut to_left, mut to_right) = ([0.0; ROW], [0.0; ROW]);
            let heard = input.iter().zip(&a).zip(&b);
            for ((((frame, a), b), wet), (to_left, to_right)) in
                heard.zip(wet).zip(to_left.iter_mut().zip(&mut to_right))
            {
                self.dark[0] = (1.0 - DARKER) * self.dark[0] + DARKER * a;
                self.dark[1] = (1.0 - DARKER) * self.dark[1] + DARKER * b;
                // What comes in goes left; what comes back crosses over.
                *to_left = 0.5 * (frame[0] + frame[1]) + FEEDBACK * self.dark[1];
                *to_right = self.dark[0] * 0.9;
                *wet = [*a, *b];
            }
            left.write(&to_left);
            right.write(&to_right);
        }
        self.dark = self.dark.map(flush);
        Biquad::chain(&mut self.filters, &mut wet);
        add(out, &wet, gain);
    }
}
