//! The beats of a song somebody brings: tempo, beats, downbeats and metre, with how sure it is.
//!
//! `onsets` hears what begins when, `tempo` follows the tempo through drift, `follow` taps along it at every metrical level
//! and phase that could be meant, `judge` says which of these is the beat, and `bars` finds the downbeats.

mod bars;
mod follow;
mod judge;
mod onsets;
mod tempo;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{PcmSource, SoundError};
use judge::Way;
use onsets::{MOMENTS, Onsets};

/// The beats of a song.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Beats {
    /// Tempo in beats a minute as people tap them, the middle one where it drifts; 0 without beats.
    pub bpm: f64,
    /// The beats in seconds from the song's start, in order.
    pub beats: Vec<f64>,
    /// Those that begin a bar.
    pub downbeats: Vec<f64>,
    /// Beats in a bar and the note that counts as one; (6, 8) has two beats of three eighths.
    pub metre: (u8, u8),
    /// How sure it is, 0 to 1. Below 0.3 there may be no beat at all.
    pub confidence: f64,
}

impl Beats {
    fn none() -> Self {
        Self { bpm: 0.0, beats: Vec::new(), downbeats: Vec::new(), metre: (4, 4), confidence: 0.0 }
    }
}

/// Fewest beats that make a song.
const FEWEST: usize = 4;
/// Lengths of the beat beside the one that explains most: half, a third, double, …
const LEVELS: [f64; 7] = [1.0, 0.5, 2.0, 1.0 / 3.0, 3.0, 2.0 / 3.0, 1.5];
/// Silence, in parts of the loudest moment (-54 dB).
const SILENT: f32 = 0.002;
/// The merit from which on taps meet a beat, and how blurred that line is. Drones, pads and noise reach 0.4 to 4.9, music
/// that people tap to 7 and more.
const ENOUGH: f32 = 5.4;
const BLUR: f32 = 0.35;

/// Finds the beats of `source`, the first half hour of it. Holds about 2 MB a minute while it works.
///
/// # Errors
/// Those of the source.
pub fn track(source: &mut dyn PcmSource) -> Result<Beats, SoundError> {
    let heard = Onsets::hear(source)?;
    let mut ways = ways(&heard);
    ways.sort_by(|a, b| b.merit.total_cmp(&a.merit));
    let Some(best) = ways.first() else { return Ok(Beats::none()) };
    Ok(report(&heard, best, &ways))
}

/// Every way to tap that could be meant.
fn ways(heard: &Onsets) -> Vec<Way> {
    let curve: Vec<f32> = heard.all.iter().zip(&heard.low).map(|(all, low)| all + 0.5 * low).collect();
    if curve.iter().all(|onset| *onset <= 0.0) {
        return Vec::new();
    }
    let first = tempo::follow(&curve);
    let mut ways = Vec::new();
    for factor in LEVELS {
        let pace = first.times(factor);
        if !pace.can_be_tapped() {
            continue;
        }
        let on = follow::beats(&curve, &pace);
        if on.len() < FEWEST {
            continue;
        }
        let off = follow::shifted(&curve, &pace, &on, 0.5);
        ways.push(judge::judge(heard, &pace, on));
        if off.len() >= FEWEST {
            ways.push(judge::judge(heard, &pace, off));
        }
    }
    ways
}

fn report(heard: &Onsets, best: &Way, ways: &[Way]) -> Beats {
    let loudest = heard.level.iter().fold(0.0_f32, |most, level| most.max(*level));
    let sounds = |at: f64| {
        let from = (at.max(0.0) as usize).saturating_sub(20);
        let near = heard.level.get(from..(from + 40).min(heard.level.len())).unwrap_or_default();
        near.iter().any(|level| *level > loudest * SILENT)
    };
    let from = best.beats.iter().position(|beat| sounds(*beat)).unwrap_or(0);
    let to = best.beats.iter().rposition(|beat| sounds(*beat)).map_or(0, |last| last + 1);
    let moments = best.beats.get(from..to).unwrap_or_default();
    let bars = bars::find(heard, moments);
    let seconds: Vec<f64> = moments.iter().map(|moment| exact(&heard.all, *moment)).collect();
    let mut gaps: Vec<f64> = seconds.windows(2).map(|pair| pair.iter().rev().fold(0.0, |a, b| b - a).abs()).collect();
    gaps.sort_by(f64::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    Beats {
        bpm: if middle > 0.0 { 60.0 / middle } else { 0.0 },
        downbeats: seconds
            .iter()
            .enumerate()
            .filter(|(at, _)| at % bars.length == bars.first)
            .map(|(_, s)| *s)
            .collect(),
        beats: seconds,
        metre: bars.metre,
        confidence: confidence(best, ways),
    }
}

/// Seconds of a beat: between the moments by a parabola through the onset's top, where there is one.
fn exact(curve: &[f32], moment: f64) -> f64 {
    let at = moment.round().max(0.0) as usize;
    let one = |at: Option<usize>| at.and_then(|at| curve.get(at)).copied().map_or(0.0, f64::from);
    let (before, top, after) = (one(at.checked_sub(1)), one(Some(at)), one(Some(at + 1)));
    let bend = before - 2.0 * top + after;
    let shift = if top >= before && top >= after && bend < -1e-9 { 0.5 * (before - after) / bend } else { 0.0 };
    ((moment + shift.clamp(-0.5, 0.5)) / MOMENTS).max(0.0)
}

/// How sure the best way is among the others, and that there is anything to tap to at all: through a drone, a pad or rain
/// some way is always the best, but little speaks for it.
fn confidence(best: &Way, ways: &[Way]) -> f64 {
    let sum: f32 = ways.iter().map(|way| (way.merit - best.merit).exp()).sum();
    let is_beat = 1.0 / (1.0 + ((ENOUGH - best.merit) / BLUR).exp());
    f64::from(is_beat / sum.max(1.0))
}
