//! Second-order filters after Robert Bristow-Johnson's audio equalizer cookbook, in transposed direct form II.

use std::f64::consts::PI;

use super::flush;
use crate::studio::sound::{Frame, RATE};

/// Coefficients, divided by a0.
#[derive(Debug, Clone, Copy)]
pub struct Coefficients {
    b: [f32; 3],
    a: [f32; 2],
}

impl Coefficients {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        let [a0, a1, a2] = a;
        Self { b: b.map(|b| (b / a0) as f32), a: [(a1 / a0) as f32, (a2 / a0) as f32] }
    }

    /// Passes what lies above `hz`; `q` of 0.707 is maximally flat.
    pub fn high_pass(hz: f32, q: f32) -> Self {
        let (cos, alpha) = angles(hz, q);
        Self::new([(1.0 + cos) / 2.0, -(1.0 + cos), (1.0 + cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// Passes what lies below `hz`.
    pub fn low_pass(hz: f32, q: f32) -> Self {
        let (cos, alpha) = angles(hz, q);
        Self::new([(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// Passes what lies around `hz`, unity at the centre.
    pub fn band_pass(hz: f32, q: f32) -> Self {
        let (cos, alpha) = angles(hz, q);
        Self::new([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// Lifts or lowers what lies around `hz` by `gain_db`.
    pub fn peak(hz: f32, q: f32, gain_db: f32) -> Self {
        let (cos, alpha) = angles(hz, q);
        let a = amplitude(gain_db);
        Self::new([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a])
    }

    /// Lifts or lowers what lies above `hz` by `gain_db`.
    pub fn high_shelf(hz: f32, gain_db: f32) -> Self {
        let (cos, alpha) = angles(hz, 0.707);
        let a = amplitude(gain_db);
        let root = 2.0 * a.sqrt() * alpha;
        Self::new(
            [
                a * ((a + 1.0) + (a - 1.0) * cos + root),
                -2.0 * a * ((a - 1.0) + (a + 1.0) * cos),
                a * ((a + 1.0) + (a - 1.0) * cos - root),
            ],
            [
                (a + 1.0) - (a - 1.0) * cos + root,
                2.0 * ((a - 1.0) - (a + 1.0) * cos),
                (a + 1.0) - (a - 1.0) * cos - root,
            ],
        )
    }
}

fn angles(hz: f32, q: f32) -> (f64, f64) {
    let w = 2.0 * PI * f64::from(hz.clamp(5.0, 0.49 * RATE as f32)) / f64::from(RATE);
    (w.cos(), w.sin() / (2.0 * f64::from(q)))
}

fn amplitude(gain_db: f32) -> f64 {
    10_f64.powf(f64::from(gain_db) / 40.0)
}

/// A stereo filter with its memory.
#[derive(Debug, Clone)]
pub struct Biquad {
    coefficients: Coefficients,
    state: [Frame; 2],
}

impl Biquad {
    /// A filter at rest.
    pub fn new(coefficients: Coefficients) -> Self {
        Self { coefficients, state: [[0.0; 2]; 2] }
    }

    /// Filters `block` in place.
    pub fn process(&mut self, block: &mut [Frame]) {
        let mut filter = self.clone();
        for frame in block {
            *frame = filter.step(*frame);
        }
        self.state = filter.state.map(|state| state.map(flush));
    }

    /// Filters `block` through all of `filters`, two at a time: while one waits for its own last value, the other works.
    pub fn chain(filters: &mut [Self], block: &mut [Frame]) {
        for pair in filters.chunks_mut(2) {
            match pair {
                [first, second] => {
                    let (mut a, mut b) = (first.clone(), second.clone());
                    for frame in block.iter_mut() {
                        *frame = b.step(a.step(*frame));
                    }
                    first.state = a.state.map(|state| state.map(flush));
                    second.state = b.state.map(|state| state.map(flush));
                }
                rest => rest.iter_mut().for_each(|filter| filter.process(block)),
            }
        }
    }

    #[inline]
    fn step(&mut self, x: Frame) -> Frame {
        let Coefficients { b: [b0, b1, b2], a: [a1, a2] } = self.coefficients;
        let [s1, s2] = self.state;
        let y = [b0 * x[0] + s1[0], b0 * x[1] + s1[1]];
        // In this order a sample waits for one product and one difference only.
        self.state = [
            [(b1 * x[0] + s2[0]) - a1 * y[0], (b1 * x[1] + s2[1]) - a1 * y[1]],
            [b2 * x[0] - a2 * y[0], b2 * x[1] - a2 * y[1]],
        ];
        y
    }
}
