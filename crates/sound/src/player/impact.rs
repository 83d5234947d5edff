//! Hits with long tails: a falling tone under a burst of noise, made once for each note's length and key.

use std::f32::consts::TAU;
use std::sync::Arc;

use super::event::{Event, Player};
use super::hits::{Hit, HitPlayer};
use crate::bank::voices::Impact;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::dsp::noise::Noise;
use crate::dsp::saturate;
use crate::{Frame, RATE};

/// The player of `events` on `patch`.
pub fn player(patch: &Impact, events: Vec<Event>, from: i64) -> impl Player + use<> {
    let hit = Hit { takes: (0..2).map(|take| Arc::from(make(patch, take))).collect(), group: 0 };
    HitPlayer::new(move |_: &Event| Some(hit.clone()), events, from)
}

fn make(patch: &Impact, take: u64) -> Vec<Frame> {
    let frames = (patch.seconds * 2.0 * RATE as f32) as usize;
    let mut noise = Noise::new(take + 101);
    let mut burst: Vec<Frame> = (0..frames).map(|_| [noise.next(), noise.next()]).collect();
    Biquad::new(Coefficients::low_pass(1800.0, 0.6)).process(&mut burst);
    Biquad::new(Coefficients::high_pass(90.0, 0.7)).process(&mut burst);
    let fade = frames / 10 + 1;
    let mut phase = 0.0_f32;
    let mut out = Vec::with_capacity(frames);
    for (at, burst) in burst.into_iter().enumerate() {
        let t = at as f32 / RATE as f32;
        let hz = patch.to_hz + (patch.from_hz - patch.to_hz) * (-5.0 * t / patch.seconds).exp();
        phase = (phase + hz / RATE as f32).fract();
        let tone = saturate((phase * TAU).sin(), 1.8) * 1.3 * (-3.0 * t / patch.seconds).exp();
        let hiss = patch.noise * ((-3.0 * t / (patch.seconds * 0.45)).exp() + 0.8 * (-3.0 * t / 0.05).exp());
        let edge = (t * 400.0).min(1.0) * ((frames - at) as f32 / fade as f32).min(1.0);
        out.push(burst.map(|burst| edge * 0.8 * (tone + hiss * burst)));
    }
    out
}
