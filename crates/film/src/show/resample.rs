//! Looking at a plane through a rectangle of any size at any place, to fractions of a sample. One pass over the rows
//! and one over the columns, each with a cubic kernel (Catmull-Rom), which is widened where the picture gets smaller.

use wide::{i16x8, u8x16};

use super::planes::Plane;

/// Weights sum up to this: as near to 1 as 15 bits come.
const ONE: i32 = (1 << 15) - 1;
/// Up to this many source samples for one of the result, four of them are enough.
const NEAR_ONE: f64 = 1.25;
/// Rows that are worked on together: one in each lane of a vector.
const ROWS: usize = 8;

/// What resampling keeps from plane to plane, so that nothing is asked of the allocator for every frame.
#[derive(Debug, Default)]
pub(super) struct Slab {
    /// Rows of the result as wide as the source, in 1/64 levels, each padded to whole vectors.
    rows: [Vec<i16x8>; ROWS],
    /// The same, a vector for each column of the source.
    columns: Vec<i16x8>,
    line: Vec<i16>,
}

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

    /// The same in groups of [`ROWS`], the last of which may be smaller.
    fn groups(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, &[i16])>> {
        let taps = self.taps.max(1);
        let weights = self.weights.chunks(ROWS * taps).map(move |group| group.chunks_exact(taps));
        self.starts.chunks(ROWS).zip(weights).map(|(starts, weights)| starts.iter().copied().zip(weights))
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

/// Fills `out` from `source`, through a kernel across and one down.
pub(super) fn resample(source: &Plane, across: &Kernel, down: &Kernel, out: &mut Plane, slab: &mut Slab) {
    if across.taps == 4 && down.taps == 4 {
        return by_eights(source, across, down, out, slab);
    }
    let line = &mut slab.line;
    line.clear();
    line.resize(source.width, 0);
    let width = out.width.max(1);
    for ((start, weights), out) in down.lines().zip(out.samples.chunks_exact_mut(width)) {
        let rows = source.samples.get(start * source.width..).unwrap_or_default();
        column(rows, source.width, weights, line);
        for ((start, weights), out) in across.lines().zip(out) {
            let samples = line.iter().skip(start).zip(weights);
            *out = level(samples.map(|(sample, weight)| i32::from(*sample) * i32::from(*weight)).sum());
        }
    }
}

/// The same for kernels of four samples each, which is what every frame of a move takes: eight rows of the result at a
/// time, first down the columns, then across with a row in each lane, so that both passes read whole vectors.
fn by_eights(source: &Plane, across: &Kernel, down: &Kernel, out: &mut Plane, slab: &mut Slab) {
    let Slab { rows, columns, .. } = slab;
    let vectors = source.width.div_ceil(ROWS);
    rows.iter_mut().for_each(|row| row.resize(vectors, i16x8::ZERO));
    columns.resize(vectors * ROWS, i16x8::ZERO);
    let width = out.width.max(1);
    let mut lines = down.lines();
    for band in out.samples.chunks_mut(ROWS * width) {
        for (row, (start, weights)) in rows.iter_mut().zip(&mut lines) {
            let above = source.samples.get(start * source.width..).unwrap_or_default();
            row_of_four(above, source.width, weights, row);
        }
        turn(rows, columns);
        for (nth, kernels) in across.groups().enumerate() {
            let mut across = [i16x8::ZERO; ROWS];
            for ((start, weights), sum) in kernels.zip(&mut across) {
                let (Some(&[a, b, c, d]), &[e, f, g, h]) = (columns.get(start..start + 4), weights) else { continue };
                // 6 bits of fraction and 15 of weight, of which the upper half stays: 5 bits of fraction.
                *sum = share(a, e) + share(b, f) + share(c, g) + share(d, h);
            }
            let round = i16x8::splat((1 << 4) + LOST);
            let levels = i16x8::transpose(across.map(|sum| (sum + round) >> 5));
            let (pairs, _) = levels.as_chunks::<2>();
            for (pair, two) in band.chunks_mut(2 * width).zip(pairs) {
                let [upper, lower] = *two;
                let packed = u8x16::narrow_i16x8(upper, lower).to_array();
                for (row, levels) in pair.chunks_exact_mut(width).zip(packed.chunks_exact(ROWS)) {
                    let row = row.get_mut(nth * ROWS..).unwrap_or_default();
                    match row.first_chunk_mut::<ROWS>() {
                        Some(row) => row.copy_from_slice(levels),
                        None => row.iter_mut().zip(levels).for_each(|(out, level)| *out = *level),
                    }
                }
            }
        }
    }
}

/// What four roundings down lose on average, in steps of the sum.
const LOST: i16 = 2;

/// The upper half of a product.
#[inline]
fn share(samples: i16x8, weight: i16) -> i16x8 {
    samples.mul_keep_high(i16x8::splat(weight))
}

/// Four rows of a source weighted into one, in 1/64 levels.
fn row_of_four(rows: &[u8], width: usize, weights: &[i16], out: &mut [i16x8]) {
    let mut each = rows.chunks_exact(width.max(1));
    let (Some(a), Some(b), Some(c), Some(d)) = (each.next(), each.next(), each.next(), each.next()) else { return };
    let &[e, f, g, h] = weights else { return };
    // 7 bits of fraction and 15 of weight, of which the upper half stays: 6 bits of fraction.
    let lost = i16x8::splat(LOST);
    let sum =
        |[a, b, c, d]: [i16x8; 4]| share(a << 7, e) + share(b << 7, f) + share(c << 7, g) + share(d << 7, h) + lost;
    let (whole, rest) = out.split_at_mut(width / (2 * ROWS) * 2);
    let sixteens = a.as_chunks().0.iter().zip(b.as_chunks().0).zip(c.as_chunks().0.iter().zip(d.as_chunks().0));
    for (out, ((a, b), (c, d))) in whole.chunks_exact_mut(2).zip(sixteens) {
        let four = [a, b, c, d].map(|samples| u8x16::new(*samples));
        if let [low, high] = out {
            *low = sum(four.map(i16x8::from_u8x16_low));
            *high = sum(four.map(i16x8::from_u8x16_high));
        }
    }
    let from = width / (2 * ROWS) * 2 * ROWS;
    for (nth, out) in rest.iter_mut().enumerate() {
        *out = sum([a, b, c, d].map(|row| {
            let mut samples = [0_i16; ROWS];
            let there = row.iter().skip(from + nth * ROWS);
            samples.iter_mut().zip(there).for_each(|(to, sample)| *to = i16::from(*sample));
            i16x8::new(samples)
        }));
    }
}

/// Turns eight rows into columns of eight.
fn turn(rows: &[Vec<i16x8>; ROWS], columns: &mut [i16x8]) {
    let [a, b, c, d, e, f, g, h] = rows.each_ref().map(|row| row.iter().copied());
    let blocks = a.zip(b).zip(c.zip(d)).zip(e.zip(f).zip(g.zip(h)));
    for (block, (((a, b), (c, d)), ((e, f), (g, h)))) in columns.as_chunks_mut().0.iter_mut().zip(blocks) {
        *block = i16x8::transpose([a, b, c, d, e, f, g, h]);
    }
}

/// One line of weighted rows, in 1/64 levels.
fn column(rows: &[u8], width: usize, weights: &[i16], line: &mut [i16]) {
    const ROUND: i32 = 1 << 8;
    let mut sums = vec![ROUND; width];
    for (row, weight) in rows.chunks_exact(width.max(1)).zip(weights) {
        let weight = i32::from(*weight);
        sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += i32::from(*sample) * weight);
    }
    line.iter_mut().zip(sums).for_each(|(out, sum)| *out = (sum >> 9) as i16);
}

/// 15 bits of weight over 6 bits of level.
#[inline]
fn level(sum: i32) -> u8 {
    ((sum + (1 << 20)) >> 21).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn through(source: &Plane, size: (usize, usize), from: (f64, f64), step: f64) -> Plane {
        let mut out = Plane::new(size.0, size.1, 0);
        let across = Kernel::new(source.width, size.0, from.0, step);
        let down = Kernel::new(source.height, size.1, from.1, step);
        resample(source, &across, &down, &mut out, &mut Slab::default());
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
        fn a_picture_seen_from_near_is_the_exact_cubic_one_to_a_level(
            samples in prop::collection::vec(any::<u8>(), 37 * 19), from in -3.0_f64..9.0, step in 0.3_f64..1.25
        ) {
            let source = Plane { width: 37, height: 19, samples };
            let out = through(&source, (21, 13), (from, from / 3.0), step);
            let at = |x: isize, y: isize| f64::from(source.samples[y.clamp(0, 18) as usize * 37 + x.clamp(0, 36) as usize]);
            for (y, row) in out.rows().enumerate() {
                for (x, got) in row.iter().enumerate() {
                    let place = |from: f64, at: usize, last: f64| (from + step * at as f64).clamp(0.0, last);
                    let (fx, fy) = (place(from, x, 36.0), place(from / 3.0, y, 18.0));
                    let (left, top) = (fx.floor() as isize - 1, fy.floor() as isize - 1);
                    let sum: f64 = (0..16)
                        .map(|tap| (left + tap % 4, top + tap / 4))
                        .map(|(x, y)| at(x, y) * cubic(x as f64 - fx) * cubic(y as f64 - fy))
                        .sum();
                    prop_assert!((f64::from(*got) - sum.clamp(0.0, 255.0)).abs() < 1.0, "{got} for {sum} at {x} {y}");
                }
            }
        }

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
