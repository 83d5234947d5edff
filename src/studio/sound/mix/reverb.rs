//! A feedback delay network: eight delays through a Hadamard matrix, each damped, after Jot (1991) and Dahl and Jot
//! (2000), behind two diffusing all-passes. Lengths are prime to each other, so that echoes do not line up.

use crate::studio::sound::dsp::delay::Delay;
use crate::studio::sound::dsp::flush;
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
    /// The last values of all lines, the newest at `at`; as many as a power of two.
    rows: Vec<[f32; LINES]>,
    at: usize,
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
            rows: vec![[0.0; LINES]; lengths.iter().fold(1, |most, length| most.max(length + 1)).next_power_of_two()],
            at: 0,
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
        for (input, out) in input.iter().zip(out) {
            let mut entering = [0.0_f32; 2];
            for (((entering, input), before), low) in
                entering.iter_mut().zip(input).zip(&mut self.before).zip(&mut self.low)
            {
                before.push(*input);
                let late = before.tap(self.wait);
                *low += (late - *low) * self.low_cut;
                *entering = late - *low + TRACE;
            }
            for (pair, lengths) in self.diffusers.iter_mut().zip(DIFFUSERS) {
                for ((value, delay), length) in entering.iter_mut().zip(pair).zip(lengths) {
                    let old = delay.tap(length - 1);
                    let new = *value - DIFFUSION * old;
                    delay.push(new);
                    *value = old + DIFFUSION * new;
                }
            }
            let mut taps = [0.0_f32; LINES];
            let mask = self.rows.len() - 1;
            for (line, (((tap, length), gain), damped)) in
                taps.iter_mut().zip(self.lengths).zip(self.gains).zip(&mut self.damped).enumerate()
            {
                let row = self.rows.get((self.at + 1).wrapping_sub(length) & mask);
                let old = row.and_then(|row| row.get(line)).copied().unwrap_or(0.0);
                *damped += (old - *damped) * self.damping;
                *tap = *damped * gain;
            }
            let [a, b, c, d, e, f, g, h] = taps;
            // The two sides know nothing of each other; a share of each in the other keeps the room in front.
            let (left, right) = (gain * (a - c + e - g), gain * (b - d + f - h));
            out[0] += left + self.shared * right;
            out[1] += right + self.shared * left;
            let [a, b, c, d, e, f, g, h] = hadamard(taps);
            let [left, right] = entering;
            self.at = (self.at + 1) & mask;
            if let Some(row) = self.rows.get_mut(self.at) {
                *row = [a + left, b + right, c + left, d + right, e + left, f + right, g + left, h + right];
            }
        }
        self.damped = self.damped.map(flush);
        self.low = self.low.map(flush);
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
