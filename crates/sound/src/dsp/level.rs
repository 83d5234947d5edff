//! Blocks of frames and their level: decibels, sums, silence, and the soft curve.

use crate::Frame;

/// Frames that are made and mixed at a time: 5.3 ms.
pub const BLOCK: usize = 256;

/// A level in decibels as a factor.
pub fn db(level: f32) -> f32 {
    10_f32.powf(level / 20.0)
}

/// A factor in decibels, silence being -200.
pub fn to_db(factor: f32) -> f32 {
    if factor > 1e-10 { 20.0 * factor.log10() } else { -200.0 }
}

/// Below this (-300 dB) a state is taken as silence, so that no recursion ever runs on denormal numbers.
const SILENCE: f32 = 1e-15;

/// `value`, or zero where it is too small to matter.
#[inline]
pub fn flush(value: f32) -> f32 {
    if value.abs() < SILENCE { 0.0 } else { value }
}

/// Adds `gain` times `from` to `to`.
pub fn add(to: &mut [Frame], from: &[Frame], gain: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        to[0] += from[0] * gain;
        to[1] += from[1] * gain;
    }
}

/// Whether nothing in `block` can be heard.
pub fn is_silent(block: &[Frame]) -> bool {
    block.iter().all(|frame| frame[0].abs() < 1e-9 && frame[1].abs() < 1e-9)
}

/// A soft curve: straight for small values, at most ±1. The rational approximation of tanh is within 0.03 of it.
#[inline]
fn soft(value: f32) -> f32 {
    let x = value.clamp(-3.0, 3.0);
    x * (27.0 + x * x) / (27.0 + 9.0 * x * x)
}

/// The curve of `soft` applied with `drive`, its small-signal gain kept at one.
#[inline]
pub fn saturate(value: f32, drive: f32) -> f32 {
    soft(value * drive) / drive
}
