//! Periodic waves a row at a time, without branches, so that the compiler turns whole rows into vectors. Phases are turns.

/// Frames in a row; also how often filters and vibrato are set anew.
pub const ROW: usize = 32;

/// `turns` less the nearest whole number, -0.5 to 0.5. Adding and taking away 1.5 × 2²³ rounds to whole numbers, which
/// baseline x86-64 has no instruction for; right for up to four million turns.
#[inline]
fn centred(turns: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    turns - ((turns + ROUND) - ROUND)
}

/// Sine of `turns`, right to 1e-5: its zeros at 0 and half a turn are factors, and what is left of it between them is a
/// polynomial in the square, fitted for the least largest error.
#[inline]
pub fn sine(turns: f32) -> f32 {
    const TERMS: [f32; 4] = [25.132_17, -64.792_74, 66.238_88, -32.609_165];
    let [a, b, c, d] = TERMS;
    let x = centred(turns);
    let s = x * x;
    x * (0.25 - s) * (a + s * (b + s * (c + s * d)))
}

/// Phases of a row that starts at `phase` and goes on by `step`, and the phase after `count` frames.
#[inline]
pub fn phases(phase: &mut f32, step: f32, count: usize) -> [f32; ROW] {
    let mut row = [0.0; ROW];
    for (number, value) in row.iter_mut().enumerate() {
        *value = *phase + number as f32 * step;
    }
    *phase = (*phase + count as f32 * step).fract();
    row
}

/// What rounds the jump of a wave at ±0.5 turns: the polynomial band-limited step of Välimäki and Huovilainen (2007), 0
/// but for a frame before and after the jump. `x` is centred, `per_step` is 1 over the phase's advance each frame.
#[inline]
fn corner(x: f32, per_step: f32) -> f32 {
    let near = (1.0 - (0.5 - x.abs()) * per_step).max(0.0);
    (near * near).copysign(x)
}

/// A ramp from -1 to 1, band-limited.
#[inline]
pub fn saw(turns: f32, per_step: f32) -> f32 {
    let x = centred(turns);
    2.0 * x - corner(x, per_step)
}

/// A square wave, band-limited: two ramps half a turn apart.
#[inline]
pub fn square(turns: f32, per_step: f32) -> f32 {
    saw(turns, per_step) - saw(turns + 0.5, per_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polynomial_follows_the_sine() {
        for step in -2500..5000 {
            let turns = step as f32 / 1000.0;
            let wanted = (f64::from(turns) * std::f64::consts::TAU).sin() as f32;
            assert!((sine(turns) - wanted).abs() < 1e-5, "{turns}");
        }
    }

    #[test]
    fn waves_stay_within_bounds_and_have_no_offset() {
        let (mut phase, step) = (0.3_f32, 0.013_f32);
        let (mut saws, mut squares) = (0.0, 0.0);
        for _ in 0..1000 {
            for turns in phases(&mut phase, step, ROW) {
                let (a, b) = (saw(turns, 1.0 / step), square(turns, 1.0 / step));
                assert!(a.abs() <= 1.001 && b.abs() <= 1.001, "{a} {b}");
                saws += a;
                squares += b;
            }
        }
        assert!((saws / 32_000.0_f32).abs() < 0.01 && (squares / 32_000.0_f32).abs() < 0.01);
    }
}
