//! A part's channel strip: player, tone, brightness, width, channel.

use super::desk::Channel;
use super::widen::Widen;
use crate::bank::voices::Voice;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::dsp::svf::Sweep;
use crate::dsp::{BLOCK, db, is_silent, saturate};
use crate::player::Player;
use crate::{Frame, RATE};
use bedtrack_compose::score::{MixColour, Part};

/// Cutoff of a part whose brightness is 0, and of one that is fully bright, Hz.
const DARK: f32 = 260.0;
const OPEN: f32 = 20_000.0;
/// Blocks of silence after which filters have rung out and a strip may rest.
const REST: u32 = 200;

/// One part on the desk.
pub struct Strip {
    player: Box<dyn Player>,
    drive: f32,
    filters: Vec<Biquad>,
    sweep: Sweep,
    brightness: Vec<(f64, f32)>,
    widen: Widen,
    gains: Frame,
    silent: u32,
}

impl Strip {
    /// The strip of `part`, played by `player`.
    pub fn new(
        part: &Part,
        voice: &Voice,
        player: Box<dyn Player>,
        channel: &Channel,
        mix: &MixColour,
        period: Option<f64>,
    ) -> Self {
        let mut filters = vec![Biquad::new(Coefficients::high_pass(channel.high_pass_hz, 0.707))];
        filters.extend(channel.bells.iter().map(|&(hz, q, gain)| Biquad::new(Coefficients::peak(hz, q, gain))));
        if let Some(hz) = voice.low_pass_hz {
            filters.push(Biquad::new(Coefficients::low_pass(hz, 0.6)));
        }
        if voice.shelf_db != 0.0 {
            filters.push(Biquad::new(Coefficients::high_shelf(3500.0, voice.shelf_db)));
        }
        // Constant power over the field, one at the centre.
        let pan = if part.pan.is_finite() { part.pan.clamp(-1.0, 1.0) } else { 0.0 };
        let angle = (pan + 1.0) * std::f32::consts::FRAC_PI_4;
        let gain_db = if part.gain_db.is_finite() { part.gain_db.clamp(-60.0, 24.0) } else { 0.0 };
        let gain = db(voice.gain_db + gain_db + channel.level_db) * std::f32::consts::SQRT_2;
        let seed = part.instrument.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        Self {
            player,
            drive: voice.drive,
            filters,
            sweep: Sweep::default(),
            brightness: part.brightness.clone(),
            widen: Widen::new(
                voice.double * mix.width * 2.0,
                voice.sides * channel.width * mix.width * 2.0,
                seed,
                period,
            ),
            gains: [gain * angle.cos(), gain * angle.sin()],
            silent: REST,
        }
    }

    /// Adds the next block, which starts at `seconds`, to `bus`.
    pub fn render(&mut self, seconds: f64, bus: &mut [Frame]) {
        let mut block = [[0.0; 2]; BLOCK];
        self.player.render(&mut block);
        self.silent = if is_silent(&block) { self.silent.saturating_add(1) } else { 0 };
        if self.silent > REST {
            return;
        }
        if self.drive > 0.0 {
            let drive = 1.0 + 2.5 * self.drive;
            for frame in &mut block {
                *frame = frame.map(|value| saturate(value, drive));
            }
        }
        Biquad::chain(&mut self.filters, &mut block);
        let middle = seconds + BLOCK as f64 / f64::from(RATE) / 2.0;
        self.sweep.process(&mut block, cutoff(brightness(&self.brightness, middle)));
        self.widen.process(&mut block, seconds);
        for (out, frame) in bus.iter_mut().zip(&block) {
            out[0] += frame[0] * self.gains[0];
            out[1] += frame[1] * self.gains[1];
        }
    }
}

fn cutoff(brightness: f32) -> f32 {
    DARK * (OPEN / DARK).powf(brightness.clamp(0.0, 1.0))
}

/// The value of `points` at `seconds`: straight lines between them, held before and after; open where there are none.
fn brightness(points: &[(f64, f32)], seconds: f64) -> f32 {
    let next = points.partition_point(|(at, _)| *at <= seconds);
    match (next.checked_sub(1).and_then(|at| points.get(at)), points.get(next)) {
        (Some(&(from, a)), Some(&(to, b))) => a + (b - a) * ((seconds - from) / (to - from).max(1e-6)) as f32,
        (Some(&(_, value)), None) | (None, Some(&(_, value))) => value,
        (None, None) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_runs_straight_between_its_points_and_holds_outside() {
        let points = [(1.0, 0.2), (3.0, 0.8)];
        assert_eq!(brightness(&points, 0.0), 0.2);
        assert!((brightness(&points, 2.0) - 0.5).abs() < 1e-6);
        assert_eq!(brightness(&points, 9.0), 0.8);
        assert_eq!(brightness(&[], 1.0), 1.0);
    }
}
