//! Where bars begin: chords change there, the bass falls there, and accents return after so many beats.

use super::onsets::Onsets;

/// Bars of a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bars {
    /// Beats in a bar.
    pub length: usize,
    /// Number of the first beat that begins one.
    pub first: usize,
    /// As written.
    pub metre: (u8, u8),
}

/// Bars that are looked at, in beats, and how much each is expected beforehand.
const LENGTHS: [(usize, f32); 2] = [(4, 1.0), (3, 0.8)];

/// The bars that explain most of what happens on the beats (moments, in order).
pub fn find(heard: &Onsets, beats: &[f64]) -> Bars {
    let accents = accents(heard, beats);
    let ternary = is_ternary(heard, beats);
    let mut best = (f32::MIN, Bars { length: 4, first: 0, metre: (4, 4) });
    for (length, expected) in LENGTHS {
        for first in 0..length {
            let merit = contrast(&accents, length, first) * expected;
            if merit > best.0 {
                best = (merit, Bars { length, first, metre: (length as u8, 4) });
            }
        }
    }
    if ternary && best.1.length == 4 {
        // Bars of 6/8 have two beats; pairs are told apart as well by every second accent.
        let first = usize::from(contrast(&accents, 2, 1) > contrast(&accents, 2, 0));
        return Bars { length: 2, first, metre: (6, 8) };
    }
    best.1
}

/// How much a beat sounds like the first of a bar.
fn accents(heard: &Onsets, beats: &[f64]) -> Vec<f32> {
    let top = |curve: &[f32], at: f64| {
        let near = (at - 3.0).max(0.0) as usize..(at + 4.0).max(0.0) as usize;
        let part = curve.get(near.start..near.end.min(curve.len())).unwrap_or_default();
        part.iter().fold(0.0_f32, |most, value| most.max(*value))
    };
    let mut accents: Vec<f32> = Vec::with_capacity(beats.len());
    for (number, at) in beats.iter().enumerate() {
        let before = number.checked_sub(2).and_then(|at| beats.get(at)).or(beats.first()).copied().unwrap_or(*at);
        let after = beats.get(number + 2).or(beats.last()).copied().unwrap_or(*at);
        let change = heard.chord_change(before, *at, after);
        accents.push(6.0 * change + 0.25 * top(&heard.low, *at));
    }
    accents
}

/// How far the accents of the bars' first beats stand above the others, in their spread.
fn contrast(accents: &[f32], length: usize, first: usize) -> f32 {
    let mean = |on: bool| {
        let chosen: Vec<f32> =
            accents.iter().enumerate().filter(|(at, _)| (at % length == first) == on).map(|(_, a)| *a).collect();
        chosen.iter().sum::<f32>() / chosen.len().max(1) as f32
    };
    mean(true) - mean(false)
}

/// Whether beats divide in three, evenly: onsets at one third and two thirds, and few at the half.
fn is_ternary(heard: &Onsets, beats: &[f64]) -> bool {
    let mean = |share: f64| {
        let sum: f32 = beats
            .windows(2)
            .map(|pair| {
                let [from, to] = *pair else { return 0.0 };
                let at = (from + share * (to - from)).max(2.0) as usize;
                let near = heard.all.get(at - 2..(at + 4).min(heard.all.len())).unwrap_or_default();
                near.iter().fold(0.0_f32, |most, value| most.max(*value))
            })
            .sum();
        sum / beats.len().max(1) as f32
    };
    let (third, half, two_thirds) = (mean(1.0 / 3.0), mean(0.5), mean(2.0 / 3.0));
    third > 1.3 * half && two_thirds > 1.3 * half && third > 0.5 * two_thirds
}
