//! Which of several ways to tap is the beat: each is described by what happens on its taps and between them, and weighed.
//! Half and double tempo, and the off-beat, meet as many onsets as the beat does; kick and bass, the change of chords and
//! the lilt of a swing tell them apart.

use super::onsets::{MOMENTS, Onsets};
use super::tempo::{Pace, likely};

/// How many things are looked at.
const TRAITS: usize = 26;

/// What each of them counts. Fitted on 182 rendered songs whose beats are known: pieces of our own, accompaniments in a
/// hundred styles, and plain patterns, with swing, off-beats, compound metres and drift.
const WEIGHTS: [f32; TRAITS] = [
    0.820, 0.132, -0.638, 0.079, -0.060, 0.108, 0.821, -0.337, -10.729, -1.332, -6.329, 4.154, 1.266, -0.435, -0.004,
    0.143, 0.452, 0.098, -0.537, 1.130, 1.043, 0.903, -0.081, 3.936, 0.910, -2.437,
];

/// A way to tap through a song.
#[derive(Debug, Clone)]
pub struct Way {
    /// Its taps, in moments.
    pub beats: Vec<f64>,
    /// How much speaks for it.
    pub merit: f32,
}

/// Means over all taps.
struct Taps<'a> {
    heard: &'a Onsets,
    beats: &'a [f64],
}

impl Taps<'_> {
    /// Mean of what a curve reaches at `share` of the way from each tap to the next; of every second tap alone if asked.
    fn mean(&self, curve: &[f32], share: f64, only: Option<usize>) -> f32 {
        let chosen = self.beats.windows(2).enumerate().filter(|(number, _)| only.is_none_or(|rest| number % 2 == rest));
        let (mut sum, mut count) = (0.0, 0);
        for (_, pair) in chosen {
            let [from, to] = *pair else { continue };
            let at = from + share * (to - from);
            // Players are up to 30 ms off.
            let near = (at - 3.0).max(0.0).round() as usize..(at + 4.0).max(0.0).round() as usize;
            let top = curve.get(near.start..near.end.min(curve.len())).unwrap_or_default();
            sum += top.iter().fold(0.0_f32, |most, value| most.max(*value));
            count += 1;
        }
        sum / count.max(1) as f32
    }

    /// Mean change of chord at `share` of the way from each tap to the next.
    fn chords(&self, share: f64, only: Option<usize>) -> f32 {
        let (mut sum, mut count) = (0.0, 0);
        for (number, four) in self.beats.windows(3).enumerate() {
            let [before, from, to] = *four else { continue };
            if only.is_some_and(|rest| number % 2 != rest) {
                continue;
            }
            let move_by = share * (to - from);
            sum += self.heard.chord_change(before + move_by, from + move_by, to + move_by);
            count += 1;
        }
        sum / count.max(1) as f32
    }
}

/// Describes and weighs a way to tap.
pub fn judge(heard: &Onsets, pace: &Pace, beats: Vec<f64>) -> Way {
    let taps = Taps { heard, beats: &beats };
    let (all, low) = (heard.all.as_slice(), heard.low.as_slice());
    let bpm = MOMENTS * 60.0 / pace.usual();
    let at = |curve: &[f32], share: f64| taps.mean(curve, share, None);
    let differs = |curve: &[f32]| (taps.mean(curve, 0.0, Some(0)) - taps.mean(curve, 0.0, Some(1))).abs();
    let (on, on_low) = (at(all, 0.0), at(low, 0.0));
    let (half, half_low) = (at(all, 0.5), at(low, 0.5));
    let (third, two_thirds) = (at(all, 1.0 / 3.0), at(all, 2.0 / 3.0));
    let change = taps.chords(0.0, None);
    let traits = [
        on,
        on_low,
        half,
        half_low,
        differs(all),
        differs(low),
        two_thirds - third,
        third + two_thirds - half,
        change,
        taps.chords(0.5, None),
        (taps.chords(0.0, Some(0)) - taps.chords(0.0, Some(1))).abs(),
        likely(bpm).ln() as f32,
        at(&heard.kick, 0.0),
        at(&heard.kick, 0.5),
        at(&heard.bright, 0.0),
        at(&heard.bright, 0.5),
        differs(&heard.kick),
        differs(&heard.bright),
        at(all, 0.25) + at(all, 0.75),
        repeats(all, pace, 2.0),
        repeats(all, pace, 3.0),
        repeats(all, pace, 4.0),
        repeats(&heard.kick, pace, 2.0),
        repeats(&heard.kick, pace, 4.0).max(repeats(&heard.kick, pace, 3.0)),
        ((bpm / 150.0).log2().max(0.0) as f32).powi(2),
        ((70.0 / bpm).log2().max(0.0) as f32).powi(2),
    ];
    let merit = traits.iter().zip(&WEIGHTS).map(|(value, weight)| value * weight).sum();
    Way { beats, merit }
}

/// How like itself a curve is so many beats later, in parts of its power.
fn repeats(curve: &[f32], pace: &Pace, beats: f64) -> f32 {
    let lag = (pace.usual() * beats).round() as usize;
    let mean = curve.iter().sum::<f32>() / curve.len().max(1) as f32;
    let wide = |at: usize| {
        let near = curve.get(at.saturating_sub(2)..(at + 3).min(curve.len())).unwrap_or_default();
        near.iter().fold(0.0_f32, |most, value| most.max(*value)) - mean
    };
    let (mut product, mut power) = (0.0, 1e-6);
    for (at, now) in curve.iter().enumerate().filter(|(_, now)| **now > 0.3) {
        product += (now - mean) * wide(at + lag);
        power += (now - mean) * (now - mean);
    }
    (product / power).clamp(-1.0, 2.0)
}
