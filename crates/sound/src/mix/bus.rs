//! A stem's bus: ducking, room, plate and delay, warmth, band limits, tape. Nothing here hears another stem.

use super::desk::Channel;
use super::echo::Echo;
use super::glue::Glue;
use super::reverb::Reverb;
use super::tape::Tape;
use crate::Frame;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::dsp::{BLOCK, add, is_silent, saturate};
use bedtrack_compose::score::MixColour;

/// Blocks of silence (10 s) after which no tail is left.
const REST: u32 = 1900;
/// Warmth is made below this, so that its harmonics stay below half the rate.
const WARM_HZ: f32 = 5500.0;

/// What a bus needs to know of the piece.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// How it is mixed.
    pub mix: &'a MixColour,
    /// Seconds between echoes.
    pub echo_seconds: f64,
    /// Length of a loop.
    pub period: Option<f64>,
}

/// One stem.
pub struct Bus {
    duck: f32,
    room: Option<(Reverb, f32)>,
    plate: Option<(Reverb, f32)>,
    echo: Option<(Echo, f32)>,
    punch: Glue,
    warmth: f32,
    warm: Biquad,
    /// For middle and side.
    limits: Vec<Biquad>,
    tape: Option<Tape>,
    silent: u32,
}

impl Bus {
    /// The bus of the stem on `channel`.
    pub fn new(channel: &Channel, setting: &Setting<'_>) -> Self {
        let mix = setting.mix;
        let seconds = mix.room_seconds;
        let send = |amount: f32, part: f32| Some(amount * part).filter(|gain| *gain > 0.001);
        // The more room there is, the closer its sides, so that a mix of little else keeps a middle.
        let shared = 0.22 + 0.3 * mix.room.clamp(0.0, 1.0);
        let mut limits = Vec::new();
        if let Some(hz) = mix.low_pass_hz {
            limits.push(Biquad::new(Coefficients::low_pass(hz, 0.54)));
            limits.push(Biquad::new(Coefficients::low_pass(hz, 1.3)));
        }
        if mix.air_db.abs() > 0.1 {
            limits.push(Biquad::new(Coefficients::high_shelf(7500.0, mix.air_db.clamp(-12.0, 12.0))));
        }
        if mix.presence_db.abs() > 0.1 {
            limits.push(Biquad::new(Coefficients::peak(3500.0, 0.6, mix.presence_db.clamp(-12.0, 12.0))));
        }
        // Takes the sides out of the lows: below 120 Hz both speakers, and every club, get the same.
        limits.push(Biquad::second(Coefficients::high_pass(120.0, 0.6)));
        Self {
            duck: channel.duck * mix.sidechain,
            room: send(channel.room, mix.room)
                .map(|gain| (Reverb::new((0.25 + 0.3 * seconds).min(1.1), 0.45, 6500.0, 0.004, shared), gain)),
            plate: send(channel.plate, mix.room).map(|gain| {
                (Reverb::new(seconds, (0.7 + 0.25 * seconds).clamp(0.8, 2.0), 5200.0, 0.018, shared), gain)
            }),
            echo: send(channel.echo, mix.delay).map(|gain| (Echo::new(setting.echo_seconds), gain)),
            punch: Glue::new(channel.punch * (0.6 + 0.6 * mix.glue), 0.02, 0.14),
            warmth: mix.warmth.clamp(0.0, 1.0),
            warm: Biquad::new(Coefficients::low_pass(WARM_HZ, 0.6)),
            limits,
            tape: (mix.wow > 0.001).then(|| Tape::new(mix.wow, setting.period)),
            silent: REST,
        }
    }

    /// Works on `block`, which starts at `seconds`; `ducks` are the depths of the kick's ducking.
    pub fn process(&mut self, block: &mut [Frame; BLOCK], ducks: &[f32], seconds: f64) {
        self.silent = if is_silent(block) { self.silent.saturating_add(1) } else { 0 };
        if self.silent > REST {
            return;
        }
        let mut gains = [1.0; BLOCK];
        self.punch.gains(block, &mut gains);
        for ((frame, gain), depth) in block.iter_mut().zip(&gains).zip(ducks) {
            let gain = gain * (1.0 - self.duck * depth);
            frame[0] *= gain;
            frame[1] *= gain;
        }
        let mut wet = [[0.0; 2]; BLOCK];
        if let Some((echo, gain)) = &mut self.echo {
            echo.process(block, &mut wet, *gain);
        }
        let mut sent = *block;
        add(&mut sent, &wet, 0.5);
        for (reverb, gain) in self.room.iter_mut().chain(&mut self.plate) {
            reverb.process(&sent, &mut wet, *gain);
        }
        add(block, &wet, 1.0);
        if self.warmth > 0.0 {
            let drive = 1.0 + 2.2 * self.warmth;
            let mut low = *block;
            self.warm.process(&mut low);
            for (frame, [left, right]) in block.iter_mut().zip(&low) {
                frame[0] += saturate(*left, drive) - left;
                frame[1] += saturate(*right, drive) - right;
            }
        }
        to_middle_and_side(block);
        Biquad::chain(&mut self.limits, block);
        from_middle_and_side(block);
        if let Some(tape) = &mut self.tape {
            tape.process(block, seconds);
        }
    }
}

fn to_middle_and_side(block: &mut [Frame; BLOCK]) {
    for [left, right] in block {
        (*left, *right) = (0.5 * (*left + *right), 0.5 * (*left - *right));
    }
}

fn from_middle_and_side(block: &mut [Frame; BLOCK]) {
    for [middle, side] in block {
        (*middle, *side) = (*middle + *side, *middle - *side);
    }
}
