//! A feedback delay network: eight delays through a Hadamard matrix, each damped, after Jot (1991) and Dahl and Jot
//! (2000), behind two diffusing all-passes. Lengths are prime to each other, so that echoes do not line up.

use wide::f32x4;

use crate::dsp::delay::Delay;
use crate::dsp::wave::ROW;
use crate::dsp::{BLOCK, flush};
use crate::{Frame, RATE};

const LINES: usize = 8;
/// One over the root of the number of lines.
const SCALE: f32 = 0.353_553_4;
/// Frames worked on side by side, and how many times a row holds them.
const LANES: usize = 4;
const GROUPS: usize = ROW / LANES;
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
    /// What each line loses on its way, times [`SCALE`].
    gains: [f32; LINES],
    /// Share of each side that the other hears too.
    shared: f32,
    /// Per line, what is left of it below the damping frequency.
    damped: [f32x4; 2],
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
        let wait = ((wait * RATE as f32) as usize).max(ROW);
        Self {
            before: std::array::from_fn(|_| Delay::new(wait)),
            wait,
            diffusers: DIFFUSERS.map(|pair| pair.map(Delay::new)),
            lines: lengths.map(Delay::new),
            lengths,
            gains: lengths.map(|length| SCALE * 0.001_f32.powf(length as f32 / (seconds * RATE as f32))),
            shared,
            damped: [f32x4::ZERO; 2],
            damping: one_pole(damping_hz),
            low: [0.0; 2],
            low_cut: one_pole(160.0),
        }
    }

    /// Adds the answer to `input` to `out`.
    pub fn process(&mut self, input: &[Frame; BLOCK], out: &mut [Frame; BLOCK], gain: f32) {
        let gain = f32x4::splat(gain / SCALE);
        // A row is shorter than every delay in the loop, so that each can be read as a whole before it is written.
        for (input, out) in input.as_chunks::<ROW>().0.iter().zip(out.as_chunks_mut::<ROW>().0) {
            let entering = self.enter(input);
            let mut groups = self.taps();
            let frames = out.as_chunks_mut::<LANES>().0.iter_mut();
            for ((group, entering), out) in groups.iter_mut().zip(entering).zip(frames) {
                let [left, right] = self.turn(group, entering);
                let (left, right) = (gain * left, gain * right);
                // The two sides know nothing of each other; a share of each in the other keeps the room in front.
                let shared = f32x4::splat(self.shared);
                let (left, right) = ((left + shared * right).to_array(), (right + shared * left).to_array());
                for ((frame, left), right) in out.iter_mut().zip(left).zip(right) {
                    frame[0] += left;
                    frame[1] += right;
                }
            }
            self.keep(&groups);
        }
        self.damped = self.damped.map(|lines| f32x4::new(lines.to_array().map(flush)));
        self.low = self.low.map(flush);
    }

    /// What comes to the lines, left and right: late, without lows, and blurred.
    fn enter(&mut self, input: &[Frame; ROW]) -> [[f32x4; 2]; GROUPS] {
        let (mut left, mut right) = ([0.0; ROW], [0.0; ROW]);
        for ((left, right), frame) in left.iter_mut().zip(&mut right).zip(input) {
            [*left, *right] = *frame;
        }
        let mut late = self.before.each_ref().map(|delay| delay.read::<ROW>(self.wait));
        for (delay, values) in self.before.iter_mut().zip([left, right]) {
            delay.write(&values);
        }
        // Both sides in one loop: a pole waits for its last value, so two take no longer than one.
        let ([left, right], keep) = (&mut late, 1.0 - self.low_cut);
        let [low_left, low_right] = &mut self.low;
        for (left, right) in left.iter_mut().zip(right) {
            *low_left = keep * *low_left + self.low_cut * *left;
            *low_right = keep * *low_right + self.low_cut * *right;
            *left = *left - *low_left + TRACE;
            *right = *right - *low_right + TRACE;
        }
        for (pair, lengths) in self.diffusers.iter_mut().zip(DIFFUSERS) {
            for ((entering, delay), length) in late.iter_mut().zip(pair).zip(lengths) {
                let old: [f32; ROW] = delay.read(length);
                let mut new = [0.0; ROW];
                for ((value, old), new) in entering.iter_mut().zip(&old).zip(&mut new) {
                    *new = *value - DIFFUSION * old;
                    *value = old + DIFFUSION * *new;
                }
                delay.write(&new);
            }
        }
        let [left, right] = &late;
        let mut groups = [[f32x4::ZERO; 2]; GROUPS];
        let values = left.as_chunks::<LANES>().0.iter().zip(right.as_chunks::<LANES>().0);
        for (group, (left, right)) in groups.iter_mut().zip(values) {
            *group = [f32x4::new(*left), f32x4::new(*right)];
        }
        groups
    }

    /// Takes four frames once through the loop: what came out of the lines becomes what goes back into them. Gives what is
    /// heard left and right.
    #[inline]
    fn turn(&mut self, lines: &mut [f32x4; LINES], [left, right]: [f32x4; 2]) -> [f32x4; 2] {
        let [a, b, c, d, e, f, g, h] = *lines;
        // Damping goes from frame to frame: four lines side by side, frame by frame.
        let mut frames = [f32x4::transpose([a, b, c, d]), f32x4::transpose([e, f, g, h])];
        let (damping, keep) = (f32x4::splat(self.damping), f32x4::splat(1.0 - self.damping));
        for (frames, damped) in frames.iter_mut().zip(&mut self.damped) {
            for frame in frames {
                *damped = keep * *damped + damping * *frame;
                *frame = *damped;
            }
        }
        // The rest is the same for all frames: four frames side by side, line by line.
        let [[a, b, c, d], [e, f, g, h]] = frames.map(f32x4::transpose);
        let mut damped = [a, b, c, d, e, f, g, h];
        for (line, gain) in damped.iter_mut().zip(self.gains) {
            *line *= f32x4::splat(gain);
        }
        let [a, b, c, d, e, f, g, h] = damped;
        let heard = [a - c + e - g, b - d + f - h];
        let [a, b, c, d, e, f, g, h] = hadamard(damped);
        *lines = [a + left, b + right, c + left, d + right, e + left, f + right, g + left, h + right];
        heard
    }

    /// What comes out of the lines in the next row.
    fn taps(&self) -> [[f32x4; LINES]; GROUPS] {
        let mut groups = [[f32x4::ZERO; LINES]; GROUPS];
        for (line, (delay, length)) in self.lines.iter().zip(self.lengths).enumerate() {
            let row: [f32; ROW] = delay.read(length);
            for (group, values) in groups.iter_mut().zip(row.as_chunks::<LANES>().0) {
                if let Some(slot) = group.get_mut(line) {
                    *slot = f32x4::new(*values);
                }
            }
        }
        groups
    }

    /// Sends a row back into the lines.
    fn keep(&mut self, groups: &[[f32x4; LINES]; GROUPS]) {
        for (line, delay) in self.lines.iter_mut().enumerate() {
            let mut row = [0.0; ROW];
            for (values, group) in row.as_chunks_mut::<LANES>().0.iter_mut().zip(groups) {
                if let Some(slot) = group.get(line) {
                    *values = slot.to_array();
                }
            }
            delay.write(&row);
        }
    }
}

/// The Hadamard matrix of order eight, which keeps energy behind a factor of [`SCALE`].
fn hadamard(values: [f32x4; LINES]) -> [f32x4; LINES] {
    let [a, b, c, d, e, f, g, h] = values;
    let [a, b, c, d, e, f, g, h] = [a + b, a - b, c + d, c - d, e + f, e - f, g + h, g - h];
    let [a, b, c, d, e, f, g, h] = [a + c, b + d, a - c, b - d, e + g, f + h, e - g, f - h];
    [a + e, b + f, c + g, d + h, a - e, b - f, c - g, d - h]
}
