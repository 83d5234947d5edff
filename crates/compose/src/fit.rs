//! Music for a picture: the tempo and the start at which most cuts fall on beats.

use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::genres::genres;
use super::limits::{FASTEST_TAPPED_BPM, SLOWEST_TAPPED_BPM};
use super::metre::{COMMON, Metre};
use super::score::Score;

/// How far from a beat a cut may lie and still be seen on it, in seconds. Picture and sound fuse within it.
pub const NEAR: f64 = 0.045;
/// Steps between the tempos that are looked at, in beats a minute.
const STEP: f64 = 0.1;
/// Most cuts that are looked at; a film of more is no less well met.
const MOST: usize = 400;
/// What counts beside a cut on a beat: one on a bar line besides, the music's start coming a whole beat late, the tempo
/// lying at the end of its range, a tempo that is no whole number.
const ON_BAR: f64 = 0.25;
const LATE: f64 = 1.5;
const FAR: f64 = 0.6;
const BROKEN: f64 = 0.05;

/// How music lies under a picture's cuts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PictureFit {
    /// Beats a minute.
    pub bpm: f64,
    /// When the first beat falls, in ms from the picture's start; less than a beat.
    pub offset_ms: u64,
    /// Cuts that lie within [`NEAR`] of a beat.
    pub on_beat: usize,
    /// Cuts in all.
    pub of: usize,
}

/// What the tempo may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TempoRange {
    /// Slowest and fastest, in beats a minute. The same twice: that tempo and no other.
    pub range: (f64, f64),
    /// Where it would lie without a picture.
    pub usual: f64,
    /// Beats in a bar, for cuts on bar lines.
    pub bar: usize,
}

impl TempoRange {
    /// What a brief allows: the tempo or range it asks for, else its genre's.
    pub fn of(brief: &Brief) -> Self {
        let genre = genres().get(&brief.genre);
        let usual = genre.map_or(110.0, |genre| genre.tempo.usual);
        let range = match (brief.tempo_bpm, brief.tempo_range) {
            (Some(bpm), _) => (bpm, bpm),
            (None, Some((one, other))) => (one.min(other), one.max(other)),
            (None, None) => genre.map_or((90.0, 130.0), |genre| (genre.tempo.low, genre.tempo.high)),
        };
        let asked = brief.metre.and_then(|(over, under)| Metre::new(over, under));
        let metre = asked.or_else(|| genre.and_then(|genre| genre.metres.first().copied())).unwrap_or(COMMON);
        Self { range, usual: usual.clamp(range.0, range.1), bar: (metre.quarters() / metre.beat()).round() as usize }
    }
}

/// The tempo and start at which most of `cuts` (ms from the picture's start) fall on beats of music that lasts to
/// `duration_ms`. `None` without cuts.
pub fn tempo(cuts: &[u64], allowed: TempoRange, duration_ms: u64) -> Option<PictureFit> {
    let cuts: Vec<f64> =
        cuts.iter().filter(|cut| **cut > 0 && **cut < duration_ms).take(MOST).map(|cut| *cut as f64 / 1000.0).collect();
    if cuts.is_empty() {
        return None;
    }
    let tapped = |bpm: f64| bpm.clamp(SLOWEST_TAPPED_BPM, FASTEST_TAPPED_BPM);
    let (low, high) = (tapped(allowed.range.0), tapped(allowed.range.1));
    let steps = ((high - low) / STEP).floor().max(0.0) as usize;
    let mut best: Option<(f64, PictureFit)> = None;
    for bpm in (0..=steps).map(|step| low + step as f64 * STEP) {
        let period = 60.0 / bpm;
        let far = (bpm - allowed.usual).abs() / (high - low).max(1.0);
        let odd = if (bpm - bpm.round()).abs() < 1e-6 { 0.0 } else { BROKEN };
        for offset in starts(&cuts, period) {
            let (on_beat, on_bar) = meets(&cuts, offset, period, allowed.bar);
            let merit = on_beat as f64 + ON_BAR * on_bar as f64 - LATE * offset / period - FAR * far - odd;
            if best.is_none_or(|(most, _)| merit > most) {
                let bpm = (bpm * 1e6).round() / 1e6;
                best = Some((
                    merit,
                    PictureFit { bpm, offset_ms: (offset * 1000.0).round() as u64, on_beat, of: cuts.len() },
                ));
            }
        }
    }
    best.map(|(_, fit)| fit)
}

/// Starts that are worth a try: at once, and those that put a beat on a cut with the others of its kind around it.
fn starts(cuts: &[f64], period: f64) -> Vec<f64> {
    let mut phases: Vec<f64> = cuts.iter().map(|cut| cut.rem_euclid(period)).collect();
    phases.sort_by(f64::total_cmp);
    let mut starts = vec![0.0];
    for (number, first) in phases.iter().enumerate() {
        // All cuts within twice the tolerance of this one can be met together, from their middle.
        let around = phases.iter().skip(number).take_while(|phase| **phase - first <= 2.0 * NEAR - 0.004);
        let last = around.last().copied().unwrap_or(*first);
        starts.push(((first + last) / 2.0).rem_euclid(period));
    }
    starts.dedup_by(|a, b| (*a - *b).abs() < 0.001);
    starts
}

fn meets(cuts: &[f64], offset: f64, period: f64, bar: usize) -> (usize, usize) {
    let (mut on_beat, mut on_bar) = (0, 0);
    for cut in cuts {
        let beat = ((cut - offset) / period).round();
        if (cut - offset - beat * period).abs() <= NEAR && beat >= 0.0 {
            on_beat += 1;
            on_bar += usize::from((beat as usize).is_multiple_of(bar.max(1)));
        }
    }
    (on_beat, on_bar)
}

/// Whether music for a brief has beats that a cut could fall on.
pub fn has_beats(brief: &Brief) -> bool {
    genres().get(&brief.genre).is_some_and(|genre| !genre.beatless)
}

/// How many of `cuts` (ms) lie within [`NEAR`] of a beat of a score.
pub fn count(cuts: &[u64], score: &Score) -> usize {
    let met = |cut: &&u64| {
        let at = **cut as f64 / 1000.0;
        let next = score.beats.partition_point(|beat| *beat < at);
        let near = |number: Option<usize>| {
            number.and_then(|number| score.beats.get(number)).is_some_and(|beat| (beat - at).abs() <= NEAR + 1e-6)
        };
        near(Some(next)) || near(next.checked_sub(1))
    };
    cuts.iter().filter(met).count()
}

impl PictureFit {
    /// The brief with this tempo, and shorter by the start: what is composed before [`PictureFit::delay`].
    pub fn brief(&self, brief: &Brief) -> Brief {
        let late = self.offset_ms as f64 / 1000.0;
        Brief {
            tempo_bpm: Some(self.bpm),
            tempo_range: None,
            duration_seconds: brief.duration_seconds - late,
            ..brief.clone()
        }
    }

    /// Lets all of a score begin at this start. The first section reaches back to 0, so that none is missing.
    pub fn delay(&self, score: &mut Score) {
        let late = self.offset_ms as f64 / 1000.0;
        score.duration += late;
        score.beats.iter_mut().chain(&mut score.bars).for_each(|at| *at += late);
        for (number, section) in score.sections.iter_mut().enumerate() {
            section.start += if number == 0 { 0.0 } else { late };
            section.end += late;
        }
        for chord in &mut score.chords {
            chord.start += late;
            chord.end += late;
        }
        for part in &mut score.parts {
            part.notes.iter_mut().for_each(|note| note.start += late);
            part.brightness.iter_mut().for_each(|(at, _)| *at += late);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: TempoRange = TempoRange { range: (80.0, 120.0), usual: 95.0, bar: 4 };

    fn cuts(bpm: f64, offset: f64, beats: &[u32]) -> Vec<u64> {
        beats.iter().map(|beat| ((offset + f64::from(*beat) * 60.0 / bpm) * 1000.0).round() as u64).collect()
    }

    #[test]
    fn the_tempo_of_cuts_is_found_with_its_start() {
        let beats = [4, 8, 11, 12, 16, 19, 20, 24, 27, 30, 32, 37, 40, 44];
        let fit = tempo(&cuts(92.0, 0.0, &beats), FREE, 60_000).unwrap();
        assert!((fit.bpm - 92.0).abs() < 0.2 && (fit.on_beat, fit.of) == (14, 14), "{fit:?}");
        let fit = tempo(&cuts(104.0, 0.3, &beats), FREE, 60_000).unwrap();
        assert!((fit.bpm - 104.0).abs() < 0.3 && fit.on_beat == 14 && fit.offset_ms.abs_diff(300) < 46, "{fit:?}");
    }

    #[test]
    fn a_fixed_tempo_is_kept_and_few_cuts_are_counted_as_few() {
        let fixed = TempoRange { range: (100.0, 100.0), usual: 100.0, bar: 4 };
        let fit = tempo(&[1_130, 2_910, 4_450, 6_020, 7_777, 9_001], fixed, 10_000).unwrap();
        assert_eq!((fit.bpm, fit.of), (100.0, 6));
        assert!(fit.on_beat < 6);
    }

    #[test]
    fn without_cuts_there_is_nothing_to_fit() {
        assert_eq!(tempo(&[], FREE, 10_000), None);
        assert_eq!(tempo(&[0, 20_000], FREE, 10_000), None);
    }
}
