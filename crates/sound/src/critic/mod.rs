//! A critic who hears every piece before it is handed over and holds it against its brief: length, tempo, key, energy,
//! loudness, width, variety, silence, ending. Bounds are wide: they catch what went wrong and leave taste alone.

mod ear;
mod measure;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{Measured, RATE};
use bedtrack_compose::score::Ending;
use bedtrack_compose::{Brief, Score, genres};

pub use ear::Ear;

/// What is asked of every piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// As long as the brief says, to the frame.
    Length,
    /// At the tempo of brief and score, as far as strokes tell.
    Tempo,
    /// In the key of brief and score, or its relative, or a fifth from it.
    Key,
    /// Louder where the score asks for more.
    Energy,
    /// -14 LUFS, and no true peak above -1 dBTP.
    Loudness,
    /// Neither mono nor out of phase.
    Width,
    /// Not one loop throughout.
    Variety,
    /// No silence where notes are written.
    Silence,
    /// Gone at the end; a loop goes over its seam without a step.
    Ending,
}

/// What was heard, and where it is not as it should be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// Length in seconds.
    pub seconds: f64,
    /// Beats a minute heard; none where there are too few strokes, or none of a beat.
    pub bpm: Option<f64>,
    /// How much better strokes come round at that tempo than at others.
    pub pulse: Option<f64>,
    /// Collections of seven notes that hold more of what was heard than the key's own; 0 is the key or its relative.
    pub key_rank: Option<usize>,
    /// How loudness follows energy, -1 to 1.
    pub energy: Option<f64>,
    /// LUFS.
    pub lufs: f64,
    /// dBTP.
    pub true_peak_db: f64,
    /// Sides against middle, dB.
    pub width_db: f64,
    /// Correlation of the sides.
    pub correlation: f64,
    /// Mean difference between bars that are most alike, dB.
    pub variety_db: Option<f64>,
    /// Longest silence where notes are written, seconds.
    pub silence: f64,
    /// Level of the last 50 ms, dB.
    pub end_db: f64,
    /// What it misses; empty as a rule.
    pub misses: Vec<Criterion>,
}

/// Tempo asked for is kept within half a percent; heard from strokes, within two.
const TEMPO_KEPT: f64 = 0.005;
const TEMPO_HEARD: f64 = 0.02;
/// A pulse weaker than this is none.
const PULSE: f64 = 1.6;
/// The own collection and the two a fifth away may come first.
const KEY_RANK: usize = 2;
/// Sections need not be as loud as planned, but not the other way round.
const ENERGY: f64 = 0.0;
const LOUDNESS: (f64, f64) = (super::master::TARGET_LUFS, 0.5);
const PEAK: f64 = -1.0;
/// Solo pieces are narrow by nature.
const WIDTH: (f64, f64) = (-26.0, -1.5);
const CORRELATION: f64 = 0.15;
const VARIETY: f64 = 1.0;
const GAP: f64 = 0.5;
const END: f64 = -45.0;
/// A loop's seam may step by as much as the music does, and a little more.
const SEAM: f32 = 1.5;

/// Holds what `ear` heard of `score`, and what its master measures, against `brief`.
pub fn review(brief: &Brief, score: &Score, measured: &Measured, ear: &Ear) -> Review {
    let genre = genres().get(&score.genre);
    let has_beat = genre.is_none_or(|genre| !genre.beatless);
    let has_key = genre.is_none_or(|genre| !genre.keyless);
    let tempo = measure::tempo(ear, score.bpm).filter(|_| has_beat);
    let mut review = Review {
        seconds: ear.frames as f64 / f64::from(RATE),
        bpm: tempo.map(|(bpm, _)| bpm),
        pulse: tempo.map(|(_, pulse)| pulse),
        key_rank: measure::key_rank(ear, score.key).filter(|_| has_key),
        energy: measure::follows_energy(ear, score),
        lufs: measured.lufs,
        true_peak_db: measured.true_peak_db,
        width_db: measured.width_db,
        correlation: measured.correlation,
        variety_db: measure::variety(ear, score).filter(|_| has_beat),
        silence: measure::unwritten_silence(ear, score),
        end_db: ear.level(score.duration - 0.05, score.duration).unwrap_or(-120.0),
        misses: Vec::new(),
    };
    let found = misses(brief, score, ear, &review);
    review.misses = found.into_iter().filter_map(|(criterion, missed)| missed.then_some(criterion)).collect();
    review
}

fn misses(brief: &Brief, score: &Score, ear: &Ear, heard: &Review) -> [(Criterion, bool); 9] {
    let frames = (brief.duration_seconds * f64::from(RATE)).round() as u64;
    let apart = |a: f64, b: f64| (a / b - 1.0).abs();
    let off_asked = brief.tempo_bpm.is_some_and(|asked| apart(score.bpm, asked) > TEMPO_KEPT);
    let off_heard = match (heard.bpm, heard.pulse) {
        (Some(bpm), Some(pulse)) => pulse > PULSE && apart(bpm, score.bpm) > TEMPO_HEARD,
        _ => false,
    };
    let (target, within) = LOUDNESS;
    let ends = if score.ending == Ending::Loop {
        let (first, last, step) = ear.seam;
        (first[0] - last[0]).abs() <= SEAM * step
    } else {
        heard.end_db < END
    };
    [
        (Criterion::Length, ear.frames != frames),
        (Criterion::Tempo, off_asked || off_heard),
        (
            Criterion::Key,
            brief.key.is_some_and(|asked| asked != score.key) || heard.key_rank.is_some_and(|rank| rank > KEY_RANK),
        ),
        (Criterion::Energy, heard.energy.is_some_and(|follows| follows < ENERGY)),
        (Criterion::Loudness, (heard.lufs - target).abs() > within || heard.true_peak_db > PEAK),
        (Criterion::Width, !(WIDTH.0..=WIDTH.1).contains(&heard.width_db) || heard.correlation < CORRELATION),
        (Criterion::Variety, heard.variety_db.is_some_and(|variety| variety < VARIETY)),
        (Criterion::Silence, heard.silence > GAP),
        (Criterion::Ending, !ends),
    ]
}
