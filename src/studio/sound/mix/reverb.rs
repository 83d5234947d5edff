//! A feedback delay network: eight delays through a Hadamard matrix, each damped, after Jot (1991) and Dahl and Jot
//! (2000), behind two diffusing all-passes. Lengths are prime to each other, so that echoes do not line up.

use crate::studio::sound::dsp::delay::Delay;
use crate::studio::sound::dsp::flush;
use crate::studio::sound::dsp::wave::ROW;
use crate::studio::sound::{Frame, RATE};

const LINES: usize = 8;
/// Delays of a plate of size 1, in frames.
const LENGTHS: [usize; LINES] = [1319, 1499, 1787, 2017, 2311, 2617, 2903, 3191];
/// Diffusers: frames, for left and right.
const DIFFUSERS: [[usize; 2]; 2] = [[211, 223], [467, 503]];
const DIFFUSION: f32 = 0.62;
/// What always comes in (-360 dB), so that a tail never sinks into denormal numbers, which are slow.
const TRACE: f32 = 1e-18;

/// A room or a plate.
pub struct Reverb {
    before: [Delay; 2],
    wait: usize,
    diffusers: [[Delay; 2]; 2],
    lines: [Delay; LINES],
    lengths: [usize; LINES],
    gains: [f32; LINES],
    /// Share of each side that the other hears too.
    shared: f32,
    /// Per line, what is left of it below the damping frequency.
    damped: [f32; LINES],
    damping: f32,
    /// One pole that keeps lows from piling up.
    low: Frame,
    low_cut: f32,
}

impl Reverb {
    /// A reverb that falls by 60 dB in `seconds`; `size` scales its delays, `damping_hz` is where its treble goes first,
    /// `wait` seconds pass before it answers, and each side hears the share `shared` of the other.
    pub fn new(seconds: f32, size: f32, damping_hz: f32, wait: f32, shared: f32) -> Self {
        let seconds = if seconds.is_finite() { seconds.clamp(0.15, 12.0) } else { 1.5 };
        let lengths = LENGTHS.map(|length| ((length as f32 * size) as usize) | 1);
        let one_pole = |hz: f32| 1.0 - (-std::f32::consts::TAU * hz / RATE as f32).exp();
        let wait = (wait * RATE as f32) as usize;
        Self {
            before: std::array::from_fn(|_| Delay::new(wait)),
            wait,
            diffusers: DIFFUSERS.map(|pair| pair.map(Delay::new)),
            lines: lengths.map(Delay::new),
            lengths,
            gains: lengths.map(|length| 0.001_f32.powf(length as f32 / (seconds * RATE as f32))),
            shared,
            damped: [0.0; LINES],
            damping: one_pole(damping_hz),
            low: [0.0; 2],
            low_cut: one_pole(160.0),
        }
    }

    /// Adds the answer to `input` to `out`.
    pub fn process(&mut self, input: &[Frame], out: &mut [Frame], gain: f32) {
        // A row is shorter than every delay in the loop, so that each can be read as a whole before it is written.
        for (input, out) in input.chunks(ROW).zip(out.chunks_mut(ROW)) {
            let entering = self.enter(input);
            let [left, right] = &entering;
            let mut taps = self.taps(input.len());
            for (((taps, left), right), out) in taps.iter_mut().zip(left).zip(right).zip(out) {
                for ((tap, gain), damped) in taps.iter_mut().zip(self.gains).zip(&mut self.damped) {
                    *damped += (*tap - *damped) * self.damping;
                    *tap = *damped * gain;
                }
                let [a, b, c, d, e, f, g, h] = *taps;
                // The two sides know nothing of each other; a share of each in the other keeps the room in front.
                let (heard_left, heard_right) = (gain * (a - c + e - g), gain * (b - d + f - h));
                out[0] += heard_left + self.shared * heard_right;
                out[1] += heard_right + self.shared * heard_left;
                let [a, b, c, d, e, f, g, h] = hadamard(*taps);
                *taps = [a + left, b + right, c + left, d + right, e + left, f + right, g + left, h + right];
            }
            self.keep(taps.get(..input.len()).unwrap_or_default());
        }
        self.damped = self.damped.map(flush);
        self.low = self.low.map(flush);
    }

    /// What comes to the lines: late, without lows, and blurred.
    fn enter(&mut self, input: &[Frame]) -> [[f32; ROW]; 2] {
        let mut entering = [[0.0_f32; ROW]; 2];
        for (side, ((entering, before), low)) in
            entering.iter_mut().zip(&mut self.before).zip(&mut self.low).enumerate()
        {
            let entering = entering.get_mut(..input.len()).unwrap_or_default();
            for (value, [left, right]) in entering.iter_mut().zip(input) {
                before.push(if side == 0 { *left } else { *right });
                let late = before.tap(self.wait);
                *low += (late - *low) * self.low_cut;
                *value = late - *low + TRACE;
            }
        }
        for (pair, lengths) in self.diffusers.iter_mut().zip(DIFFUSERS) {
            for ((entering, delay), length) in entering.iter_mut().zip(pair).zip(lengths) {
                let entering = entering.get_mut(..input.len()).unwrap_or_default();
                let (mut old, mut new) = ([0.0; ROW], [0.0; ROW]);
                let (old, new) =
                    (old.get_mut(..input.len()).unwrap_or_default(), new.get_mut(..input.len()).unwrap_or_default());
                delay.read(length, old);
                for ((value, old), new) in entering.iter_mut().zip(&*old).zip(&mut *new) {
                    *new = *value - DIFFUSION * old;
                    *value = old + DIFFUSION * *new;
                }
                delay.write(new);
            }
        }
        entering
    }

    /// What comes out of the lines in the next `count` frames.
    fn taps(&self, count: usize) -> [[f32; LINES]; ROW] {
        let mut taps = [[0.0; LINES]; ROW];
        for (line, (delay, length)) in self.lines.iter().zip(self.lengths).enumerate() {
            let mut old = [0.0; ROW];
            delay.read(length, old.get_mut(..count).unwrap_or_default());
            for (tap, old) in taps.iter_mut().filter_map(|taps| taps.get_mut(line)).zip(old) {
                *tap = old;
            }
        }
        taps
    }

    /// Sends `rows` back into the lines.
    fn keep(&mut self, rows: &[[f32; LINES]]) {
        for (line, delay) in self.lines.iter_mut().enumerate() {
            let mut new = [0.0; ROW];
            for (new, value) in new.iter_mut().zip(rows.iter().filter_map(|row| row.get(line))) {
                *new = *value;
            }
            delay.write(new.get(..rows.len()).unwrap_or_default());
        }
    }
}

/// The Hadamard matrix of order eight over the square root of eight: energy is kept.
fn hadamard(values: [f32; LINES]) -> [f32; LINES] {
    let [a, b, c, d, e, f, g, h] = values;
    let [a, b, c, d, e, f, g, h] = [a + b, a - b, c + d, c - d, e + f, e - f, g + h, g - h];
    let [a, b, c, d, e, f, g, h] = [a + c, b + d, a - c, b - d, e + g, f + h, e - g, f - h];
    let scale = 1.0 / (LINES as f32).sqrt();
    [a + e, b + f, c + g, d + h, a - e, b - f, c - g, d - h].map(|value| value * scale)
}
