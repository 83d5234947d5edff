//! Looking at a plane through a rectangle of any size at any place, to fractions of a sample. One pass over the rows
//! and one over the columns, each with a cubic kernel (Catmull-Rom), which is widened where the picture gets smaller.

use super::planes::Plane;

/// Weights sum up to this.
const ONE: i32 = 1 << 14;
/// Up to this many source samples for one of the result, four of them are enough.
const NEAR_ONE: f64 = 1.25;

/// For each sample of a line of the result: where its source samples begin, and their weights.
#[derive(Debug)]
pub(super) struct Kernel {
    starts: Vec<usize>,
    weights: Vec<i16>,
    taps: usize,
}

impl Kernel {
    /// A line of `length` samples, the first centred at `from` on a source of `source` samples (whose own centres are
    /// at 0, 1, 2, …), the others `step` further each.
    pub fn new(source: usize, length: usize, from: f64, step: f64) -> Self {
        let reach = if step <= NEAR_ONE { 1.0 } else { step };
        let whole = (4.0 * reach).ceil() as isize;
        // A source narrower than the kernel gathers what lies beyond it on its edges.
        let taps = usize::try_from(whole).unwrap_or(4).min(source.max(1));
        let (mut starts, mut weights) = (Vec::with_capacity(length), Vec::with_capacity(length * taps));
        let mut shares = vec![0.0_f64; taps];
        for at in 0..length {
            let centre = (from + step * at as f64).clamp(0.0, source.saturating_sub(1) as f64);
            let first = (centre - 2.0 * reach).floor() as isize + 1;
            let start = first.clamp(0, source.saturating_sub(taps) as isize);
            shares.fill(0.0);
            for tap in 0..whole {
                // What lies beyond an edge is the edge's own sample.
                let place = (first + tap).clamp(0, source.saturating_sub(1) as isize) - start;
                let share = cubic(((first + tap) as f64 - centre) / reach);
                if let Some(sum) = usize::try_from(place).ok().and_then(|place| shares.get_mut(place)) {
                    *sum += share;
                }
            }
            push_whole(&mut weights, &shares);
            starts.push(start as usize);
        }
        Self { starts, weights, taps }
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &[i16])> {
        self.starts.iter().copied().zip(self.weights.chunks_exact(self.taps.max(1)))
    }
}

/// Catmull and Rom, "A class of local interpolating splines" (1974): cubic convolution with a = -1/2.
fn cubic(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// Adds weights that sum up to [`ONE`] exactly: else a flat area would flicker as the camera moves.
fn push_whole(weights: &mut Vec<i16>, shares: &[f64]) {
    let sum: f64 = shares.iter().sum();
    let begin = weights.len();
    weights.extend(shares.iter().map(|share| (share / sum * f64::from(ONE)).round() as i16));
    let got: i32 = weights.iter().skip(begin).map(|weight| i32::from(*weight)).sum();
    if let Some(most) = weights.iter_mut().skip(begin).max_by_key(|weight| **weight) {
        *most += (ONE - got) as i16;
    }
}

/// Fills `out` from `source`, through a kernel across and one down. `line` is kept between calls.
pub(super) fn resample(source: &Plane, across: &Kernel, down: &Kernel, out: &mut Plane, line: &mut Vec<i16>) {
    line.clear();
    line.resize(source.width, 0);
    let width = out.width.max(1);
    for ((start, weights), out) in down.lines().zip(out.samples.chunks_exact_mut(width)) {
        let rows = source.samples.get(start * source.width..).unwrap_or_default();
        column(rows, source.width, weights, line);
        if across.taps == 4 {
            for ((start, weights), out) in across.lines().zip(out) {
                let (Some(&[a, b, c, d]), &[e, f, g, h]) = (line.get(start..start + 4), weights) else { continue };
                let sum = i32::from(a) * i32::from(e)
                    + i32::from(b) * i32::from(f)
                    + i32::from(c) * i32::from(g)
                    + i32::from(d) * i32::from(h);
                *out = level(sum);
            }
        } else {
            for ((start, weights), out) in across.lines().zip(out) {
                let samples = line.iter().skip(start).zip(weights);
                *out = level(samples.map(|(sample, weight)| i32::from(*sample) * i32::from(*weight)).sum());
            }
        }
    }
}

/// One line of weighted rows, in 1/64 levels.
fn column(rows: &[u8], width: usize, weights: &[i16], line: &mut [i16]) {
    const ROUND: i32 = 1 << 7;
    let mut each = rows.chunks_exact(width.max(1));
    if let &[e, f, g, h] = weights {
        let (Some(a), Some(b), Some(c), Some(d)) = (each.next(), each.next(), each.next(), each.next()) else { return };
        for ((((out, a), b), c), d) in line.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            let sum = i32::from(i16::from(*a)) * i32::from(e)
                + i32::from(i16::from(*b)) * i32::from(f)
                + i32::from(i16::from(*c)) * i32::from(g)
                + i32::from(i16::from(*d)) * i32::from(h);
            *out = ((sum + ROUND) >> 8) as i16;
        }
        return;
    }
    let mut sums = vec![ROUND; width];
    for (row, weight) in each.zip(weights) {
        let weight = i32::from(*weight);
        sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += i32::from(*sample) * weight);
    }
    line.iter_mut().zip(sums).for_each(|(out, sum)| *out = (sum >> 8) as i16);
}

/// 14 bits of weight over 6 bits of level.
#[inline]
fn level(sum: i32) -> u8 {
    ((sum + (1 << 19)) >> 20).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn through(source: &Plane, size: (usize, usize), from: (f64, f64), step: f64) -> Plane {
        let mut out = Plane::new(size.0, size.1, 0);
        let across = Kernel::new(source.width, size.0, from.0, step);
        let down = Kernel::new(source.height, size.1, from.1, step);
        resample(source, &across, &down, &mut out, &mut Vec::new());
        out
    }

    #[test]
    fn looking_straight_at_a_plane_gives_the_plane() {
        let mut source = Plane::new(9, 7, 0);
        source.samples.iter_mut().enumerate().for_each(|(at, level)| *level = (at * 37 % 256) as u8);
        assert_eq!(through(&source, (9, 7), (0.0, 0.0), 1.0), source);
    }

    #[test]
    fn a_ramp_moves_by_fractions_of_a_sample() {
        let mut source = Plane::new(64, 4, 0);
        source.samples.iter_mut().enumerate().for_each(|(at, level)| *level = (at % 64 * 4) as u8);
        for quarter in 0..4 {
            let out = through(&source, (32, 4), (8.0 + f64::from(quarter) / 4.0, 0.0), 1.0);
            assert_eq!(out.rows().nth(2).unwrap()[10], 72 + quarter as u8);
        }
    }

    proptest! {
        #[test]
        fn a_flat_plane_stays_flat_at_any_place_and_scale(
            level: u8, wide in 1_usize..40, high in 1_usize..40, from in -5.0_f64..20.0, step in 0.2_f64..9.0
        ) {
            let source = Plane::new(wide, high, level);
            let out = through(&source, (17, 9), (from, from / 2.0), step);
            prop_assert!(out.samples.iter().all(|got| *got == level));
        }
    }
}
