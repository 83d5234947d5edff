//! Second-order filters after Robert Bristow-Johnson's audio equalizer cookbook, in transposed direct form II.

use std::cell::Cell;
use std::f64::consts::PI;

use wide::f32x4;

use super::flush;
use crate::{Frame, RATE};

/// Coefficients, divided by a0.
#[derive(Debug, Clone, Copy)]
pub struct Coefficients {
    b: [f32; 3],
    a: [f32; 2],
}

impl Coefficients {
    /// What comes in goes out.
    const THROUGH: Self = Self { b: [1.0, 0.0, 0.0], a: [0.0, 0.0] };

    /// The filter with these numerator and denominator coefficients, those of the present first.
    pub fn new(b: [f64; 3], a: [f64; 3]) -> Self {
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
    /// Of each channel.
    coefficients: [Coefficients; 2],
    state: [Frame; 2],
}

impl Biquad {
    /// A filter at rest.
    pub fn new(coefficients: Coefficients) -> Self {
        Self { coefficients: [coefficients; 2], state: [[0.0; 2]; 2] }
    }

    /// A filter at rest that works on the second channel only.
    pub fn second(coefficients: Coefficients) -> Self {
        Self { coefficients: [Coefficients::THROUGH, coefficients], ..Self::new(coefficients) }
    }

    /// Filters `block` in place.
    pub fn process(&mut self, block: &mut [Frame]) {
        let mut lanes = Lanes::of(self, &Self::new(Coefficients::THROUGH));
        for frame in block {
            lanes.step(f32x4::new([frame[0], frame[1], 0.0, 0.0]));
            *frame = lanes.first();
        }
        [self.state, _] = lanes.states();
    }

    /// Filters `block` through all of `filters`, as many at a time as there is room for: while one works on a frame, the
    /// next works on the frame before.
    pub fn chain(filters: &mut [Self], block: &mut [Frame]) {
        for some in filters.chunks_mut(4) {
            match some {
                [a, b, c, d] => Self::four([a, b, c, d], block),
                [a, b, c] => Self::four([a, b, c, &mut Self::new(Coefficients::THROUGH)], block),
                [a, b] => Self::two([a, b], block),
                rest => rest.iter_mut().for_each(|filter| filter.process(block)),
            }
        }
    }

    fn two([a, b]: [&mut Self; 2], block: &mut [Frame]) {
        let frames = Cell::from_mut(block).as_slice_of_cells();
        let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return };
        let y = a.step(first.get());
        let mut lanes = Lanes::of(a, b);
        lanes.y = f32x4::new([y[0], y[1], 0.0, 0.0]);
        for (out, frame) in frames.iter().zip(frames.iter().skip(1)) {
            let ([left, right], [a_left, a_right]) = (frame.get(), lanes.first());
            lanes.step(f32x4::new([left, right, a_left, a_right]));
            out.set(lanes.second());
        }
        [a.state, b.state] = lanes.states();
        last.set(b.step(lanes.first()));
    }

    fn four([a, b, c, d]: [&mut Self; 4], block: &mut [Frame]) {
        let frames = Cell::from_mut(block).as_slice_of_cells();
        let ([first, second, third, ..], [.., x, y, z]) = (frames, frames) else {
            return [a, b, c, d].into_iter().for_each(|filter| filter.process(block));
        };
        // The first frames on their way in, until every filter has one.
        let ahead = b.step(a.step(first.get()));
        let middle = a.step(second.get());
        let (on_c, on_b, on_a) = (c.step(ahead), b.step(middle), a.step(third.get()));
        let (mut front, mut back) = (Lanes::of(a, b), Lanes::of(c, d));
        front.y = f32x4::new([on_a[0], on_a[1], on_b[0], on_b[1]]);
        back.y = f32x4::new([on_c[0], on_c[1], 0.0, 0.0]);
        for (out, frame) in frames.iter().zip(frames.iter().skip(3)) {
            let ([left, right], [a_left, a_right]) = (frame.get(), front.first());
            let ([b_left, b_right], [c_left, c_right]) = (front.second(), back.first());
            front.step(f32x4::new([left, right, a_left, a_right]));
            back.step(f32x4::new([b_left, b_right, c_left, c_right]));
            out.set(back.second());
        }
        [a.state, b.state] = front.states();
        [c.state, d.state] = back.states();
        // The last ones on their way out.
        x.set(d.step(back.first()));
        let (on_c, on_b) = (c.step(front.second()), b.step(front.first()));
        y.set(d.step(on_c));
        z.set(d.step(c.step(on_b)));
    }

    #[inline]
    fn step(&mut self, x: Frame) -> Frame {
        let mut lanes = Lanes::of(self, self);
        lanes.step(f32x4::new([x[0], x[1], 0.0, 0.0]));
        let ([[a, b, ..], [c, d, ..]], y) = (lanes.state.map(f32x4::to_array), lanes.first());
        self.state = [[a, b], [c, d]];
        y
    }
}

/// Two filters side by side: left and right of the one, left and right of the other. Each does exactly what
/// [`Biquad::step`] does, so that nothing depends on how filters are put together.
struct Lanes {
    b: [f32x4; 3],
    a: [f32x4; 2],
    state: [f32x4; 2],
    y: f32x4,
}

impl Lanes {
    fn of(one: &Biquad, other: &Biquad) -> Self {
        let [left, right] = one.coefficients;
        let [other_left, other_right] = other.coefficients;
        let four = [left, right, other_left, other_right];
        let [s, t] = one.state;
        let [u, v] = other.state;
        let each = |pick: fn(Coefficients) -> f32| f32x4::new(four.map(pick));
        Self {
            b: [each(|c| c.b[0]), each(|c| c.b[1]), each(|c| c.b[2])],
            a: [each(|c| c.a[0]), each(|c| c.a[1])],
            state: [f32x4::new([s[0], s[1], u[0], u[1]]), f32x4::new([t[0], t[1], v[0], v[1]])],
            y: f32x4::ZERO,
        }
    }

    #[inline]
    fn step(&mut self, x: f32x4) {
        let ([b0, b1, b2], [a1, a2], [s1, s2]) = (self.b, self.a, self.state);
        let y = b0 * x + s1;
        // In this order a sample waits for one product and one difference only.
        self.state = [(b1 * x + s2) - a1 * y, b2 * x - a2 * y];
        self.y = y;
    }

    #[inline]
    fn first(&self) -> Frame {
        let [left, right, ..] = self.y.to_array();
        [left, right]
    }

    #[inline]
    fn second(&self) -> Frame {
        let [.., left, right] = self.y.to_array();
        [left, right]
    }

    /// The states of both filters.
    fn states(&self) -> [[Frame; 2]; 2] {
        let [[a, b, c, d], [e, f, g, h]] = self.state.map(|state| state.to_array().map(flush));
        [[[a, b], [e, f]], [[c, d], [g, h]]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_in_a_chain_do_what_each_does_alone_whatever_the_block() {
        let noise = |at: usize| ((at * 7919 % 1009) as f32 / 1009.0 - 0.5) * 0.8;
        for count in 0..8 {
            let mut chain: Vec<Biquad> = (0..count)
                .map(|n| Biquad::new(Coefficients::peak(200.0 + 700.0 * n as f32, 0.8, 6.0 - 2.0 * n as f32)))
                .collect();
            let mut alone = chain.clone();
            for (number, length) in [1_usize, 2, 3, 4, 5, 64, 256, 7].into_iter().enumerate() {
                let block: Vec<Frame> = (0..length).map(|at| [noise(at + 300 * number), noise(at + 5)]).collect();
                let (mut together, mut one_by_one) = (block.clone(), block);
                Biquad::chain(&mut chain, &mut together);
                for filter in &mut alone {
                    for frame in &mut one_by_one {
                        *frame = filter.step(*frame);
                    }
                }
                assert_eq!(together, one_by_one, "{count} filters, {length} frames");
            }
        }
    }
}
