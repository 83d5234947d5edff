//! A state-variable filter that may be swept while it runs: the trapezoidal form of Andrew Simper (Cytomic, 2013).

use std::f32::consts::PI;

use super::flush;
use crate::studio::sound::{Frame, RATE};

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

/// A stereo low-pass whose cutoff glides.
#[derive(Debug, Clone, Default)]
pub struct Sweep {
    channels: [Svf; 2],
    hz: Option<f32>,
}

impl Sweep {
    /// Filters `block`, the cutoff gliding to `hz` over it; fully open (20 kHz and more) costs nothing.
    pub fn process(&mut self, block: &mut [Frame], hz: f32) {
        const OPEN: f32 = 19_500.0;
        let from = self.hz.replace(hz).unwrap_or(hz);
        if from >= OPEN && hz >= OPEN {
            self.channels = [Svf::default(); 2];
            return;
        }
        let pieces = block.len().div_ceil(32).max(1);
        let ratio = (hz / from).powf(1.0 / pieces as f32);
        let mut at = from;
        let [left, right] = &mut self.channels;
        for piece in block.chunks_mut(32) {
            at *= ratio;
            let shape = SvfShape::new(at, 0.707);
            for frame in piece {
                *frame = [left.low(&shape, frame[0]), right.low(&shape, frame[1])];
            }
        }
        left.settle();
        right.settle();
    }
}
