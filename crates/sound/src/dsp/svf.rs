//! A state-variable filter that may be swept while it runs: the trapezoidal form of Andrew Simper (Cytomic, 2013).

use std::f32::consts::PI;

use wide::f32x4;

use super::flush;
use super::wave::ROW;
use crate::{Frame, RATE};

/// One channel of a low-pass that can move.
#[derive(Debug, Clone, Copy, Default)]
pub struct Svf {
    ic1: f32,
    ic2: f32,
}

/// The part of a filter that depends on its cutoff and resonance only.
#[derive(Debug, Clone, Copy)]
pub struct SvfShape {
    a1: f32,
    a2: f32,
    a3: f32,
    k: f32,
}

impl SvfShape {
    /// A shape with cutoff `hz` and quality `q`.
    pub fn new(hz: f32, q: f32) -> Self {
        let g = (PI * hz.clamp(10.0, 0.45 * RATE as f32) / RATE as f32).tan();
        let k = 1.0 / q.max(0.3);
        let a1 = 1.0 / (1.0 + g * (g + k));
        let a2 = g * a1;
        Self { a1, a2, a3: g * a2, k }
    }
}

impl Svf {
    /// The filter's two integrators, multiplied out so that a sample waits for as few operations as can be.
    #[inline]
    fn step(&mut self, shape: &SvfShape, x: f32) -> (f32, f32) {
        let SvfShape { a1, a2, a3, .. } = *shape;
        let ic1 = (2.0 * a1 - 1.0) * self.ic1 + (2.0 * a2 * x - 2.0 * a2 * self.ic2);
        let ic2 = 2.0 * a2 * self.ic1 + (2.0 * a3 * x + (1.0 - 2.0 * a3) * self.ic2);
        let outputs = (0.5 * (self.ic1 + ic1), 0.5 * (self.ic2 + ic2));
        (self.ic1, self.ic2) = (ic1, ic2);
        outputs
    }

    /// What lies below the cutoff.
    #[inline]
    pub fn low(&mut self, shape: &SvfShape, x: f32) -> f32 {
        self.step(shape, x).1
    }

    /// What lies around the cutoff, unity at its centre.
    #[inline]
    pub fn band(&mut self, shape: &SvfShape, x: f32) -> f32 {
        shape.k * self.step(shape, x).0
    }

    /// Takes away what is too small to matter; once a block.
    pub fn settle(&mut self) {
        self.ic1 = flush(self.ic1);
        self.ic2 = flush(self.ic2);
    }
}

/// Both channels of a low-pass that can move, two frames at a time.
#[derive(Debug, Clone)]
pub struct StereoSvf {
    ic1: f32x4,
    ic2: f32x4,
}

impl Default for StereoSvf {
    fn default() -> Self {
        Self { ic1: f32x4::ZERO, ic2: f32x4::ZERO }
    }
}

impl StereoSvf {
    /// Leaves what lies below the cutoff.
    ///
    /// With the integrators as a vector, a frame is `s' = M s + B x`. A frame has to wait for the one before it, so two are
    /// taken in one step, `s'' = M² s + M B x + B x'`, which waits half as long.
    pub fn low(&mut self, shape: &SvfShape, frames: &mut [Frame]) {
        let (p, q, r, t) = (2.0 * shape.a1 - 1.0, 2.0 * shape.a2, 1.0 - 2.0 * shape.a3, 2.0 * shape.a3);
        let [own, cross, other] = [p * p - q * q, q * (p + r), r * r - q * q].map(f32x4::splat);
        let through = [q * (p - t), q * q + r * t].map(f32x4::splat);
        let [p, q, r, t, half] = [p, q, r, t, 0.5].map(f32x4::splat);
        let (mut ic1, mut ic2) = (self.ic1, self.ic2);
        let (pairs, rest) = frames.as_chunks_mut::<2>();
        for [first, second] in pairs {
            let (x, next) = (lanes(*first), lanes(*second));
            let between = q * ic1 + (r * ic2 + t * x);
            let after = (
                own * ic1 + ((through[0] * x + q * next) - cross * ic2),
                cross * ic1 + ((through[1] * x + t * next) + other * ic2),
            );
            *first = frame(half * (ic2 + between));
            *second = frame(half * (between + after.1));
            (ic1, ic2) = after;
        }
        for last in rest {
            let x = lanes(*last);
            let after = (p * ic1 + (q * x - q * ic2), q * ic1 + (r * ic2 + t * x));
            *last = frame(half * (ic2 + after.1));
            (ic1, ic2) = after;
        }
        [self.ic1, self.ic2] = [ic1, ic2].map(|state| f32x4::new(state.to_array().map(flush)));
    }
}

#[inline]
fn lanes(frame: Frame) -> f32x4 {
    f32x4::new([frame[0], frame[1], 0.0, 0.0])
}

#[inline]
fn frame(lanes: f32x4) -> Frame {
    let [left, right, ..] = lanes.to_array();
    [left, right]
}

/// A stereo low-pass whose cutoff glides.
#[derive(Debug, Clone, Default)]
pub struct Sweep {
    filter: StereoSvf,
    hz: Option<f32>,
}

impl Sweep {
    /// Filters `block`, the cutoff gliding to `hz` over it; fully open (20 kHz and more) costs nothing.
    pub fn process(&mut self, block: &mut [Frame], hz: f32) {
        const OPEN: f32 = 19_500.0;
        let from = self.hz.replace(hz).unwrap_or(hz);
        if from >= OPEN && hz >= OPEN {
            self.filter = StereoSvf::default();
            return;
        }
        let pieces = block.len().div_ceil(ROW).max(1);
        let ratio = (hz / from).powf(1.0 / pieces as f32);
        let mut at = from;
        for piece in block.chunks_mut(ROW) {
            at *= ratio;
            self.filter.low(&SvfShape::new(at, 0.707), piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_channels_two_frames_at_a_time_are_what_one_channel_is_frame_by_frame() {
        let noise = |at: usize| (at * 7919 % 1009) as f32 / 1009.0 - 0.5;
        for (hz, q) in [(60.0, 0.7), (1500.0, 4.0), (15_000.0, 0.5)] {
            let shape = SvfShape::new(hz, q);
            let (mut stereo, mut left, mut right) = (StereoSvf::default(), Svf::default(), Svf::default());
            for (number, length) in [32, 31, 1, 2, 256, 7].into_iter().enumerate() {
                let frames: Vec<Frame> = (0..length).map(|at| [noise(at + 500 * number), noise(at + 9)]).collect();
                let mut together = frames.clone();
                stereo.low(&shape, &mut together);
                for (frame, both) in frames.iter().zip(&together) {
                    let alone = [left.low(&shape, frame[0]), right.low(&shape, frame[1])];
                    for (alone, both) in alone.iter().zip(both) {
                        assert!((alone - both).abs() < 2e-5, "{hz} Hz, {length} frames: {alone} {both}");
                    }
                }
            }
        }
    }
}
