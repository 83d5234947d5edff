//! A piece of ours passes; the same piece with one thing wrong does not, and what is wrong is named.

use std::io::Cursor;
use std::sync::LazyLock;

use super::*;
use crate::{Bank, Frame, render_music};
use bedtrack_compose::compose;

struct Heard {
    brief: Brief,
    score: Score,
    frames: Vec<Frame>,
    measured: Measured,
}

/// Forty seconds of house: a clear pulse, sections, and more than twelve bars.
static PIECE: LazyLock<Heard> = LazyLock::new(|| {
    let brief: Brief = serde_json::from_value(serde_json::json!({
        "genre": "house", "duration_seconds": 40.0, "tempo_bpm": 122.0, "key": {"tonic": 9, "mode": "minor"}, "seed": 4,
    }))
    .expect("a brief");
    let score = compose(&brief).expect("a piece").score;
    let (mut frames, mut spool) = (Vec::new(), Cursor::new(Vec::new()));
    let mut keep = |block: &[Frame]| {
        frames.extend_from_slice(block);
        Ok(())
    };
    let measured = render_music(&score, Bank::built_in(), &mut spool, &mut keep, &mut |_| true).expect("a master");
    Heard { brief, score, frames, measured }
});

fn hear(frames: &[Frame]) -> Ear {
    let mut ear = Ear::new();
    // Odd pieces, as they come.
    frames.chunks(1111).for_each(|block| ear.push(block));
    ear
}

fn misses(score: &Score, frames: &[Frame], measured: Measured) -> Vec<Criterion> {
    review(&PIECE.brief, score, &measured, &hear(frames)).misses
}

#[test]
fn a_piece_as_it_should_be_passes() {
    let found = review(&PIECE.brief, &PIECE.score, &PIECE.measured, &hear(&PIECE.frames));
    assert!(found.misses.is_empty(), "{found:?}");
    assert!(found.bpm.is_some_and(|bpm| (bpm - 122.0).abs() < 1.3), "{found:?}");
    assert_eq!(found.key_rank, Some(0), "{found:?}");
}

#[test]
fn a_piece_that_is_too_short_is_turned_down() {
    let cut = &PIECE.frames[..PIECE.frames.len() - 1];
    assert_eq!(misses(&PIECE.score, cut, PIECE.measured), [Criterion::Length]);
}

#[test]
fn strokes_at_another_tempo_than_written_are_turned_down() {
    let mut score = PIECE.score.clone();
    score.bpm *= 1.06;
    assert!(misses(&score, &PIECE.frames, PIECE.measured).contains(&Criterion::Tempo));
}

#[test]
fn another_tempo_than_asked_for_is_turned_down() {
    let brief = Brief { tempo_bpm: Some(124.0), ..PIECE.brief.clone() };
    let found = review(&brief, &PIECE.score, &PIECE.measured, &hear(&PIECE.frames));
    assert_eq!(found.misses, [Criterion::Tempo]);
}

#[test]
fn notes_of_another_key_are_turned_down() {
    let mut score = PIECE.score.clone();
    score.key.tonic = (score.key.tonic + 6) % 12;
    let brief = Brief { key: Some(score.key), ..PIECE.brief.clone() };
    let found = review(&brief, &score, &PIECE.measured, &hear(&PIECE.frames));
    assert_eq!(found.misses, [Criterion::Key]);
}

#[test]
fn a_piece_that_is_soft_where_it_should_be_loud_is_turned_down() {
    let mut score = PIECE.score.clone();
    score.sections.iter_mut().for_each(|section| section.energy = 1.0 - section.energy);
    assert_eq!(misses(&score, &PIECE.frames, PIECE.measured), [Criterion::Energy]);
}

#[test]
fn a_master_that_is_too_loud_or_peaks_is_turned_down() {
    let loud = Measured { lufs: -12.0, ..PIECE.measured };
    let peaks = Measured { true_peak_db: -0.4, ..PIECE.measured };
    for measured in [loud, peaks] {
        assert_eq!(misses(&PIECE.score, &PIECE.frames, measured), [Criterion::Loudness]);
    }
}

#[test]
fn a_mono_master_and_one_out_of_phase_are_turned_down() {
    let mono = Measured { width_db: -90.0, correlation: 1.0, ..PIECE.measured };
    let out_of_phase = Measured { width_db: 3.0, correlation: -0.3, ..PIECE.measured };
    for measured in [mono, out_of_phase] {
        assert_eq!(misses(&PIECE.score, &PIECE.frames, measured), [Criterion::Width]);
    }
}

#[test]
fn one_bar_over_and_over_is_turned_down() {
    let at = |seconds: f64| (seconds * f64::from(RATE)).round() as usize;
    let bars = &PIECE.score.bars;
    let bar = PIECE.frames[at(bars[8])..at(bars[9])].to_vec();
    let mut frames = PIECE.frames.clone();
    for start in &bars[..bars.len() - 1] {
        let from = at(*start);
        frames[from..from + bar.len()].copy_from_slice(&bar);
    }
    assert!(misses(&PIECE.score, &frames, PIECE.measured).contains(&Criterion::Variety));
}

#[test]
fn a_hole_in_the_music_is_turned_down() {
    let mut frames = PIECE.frames.clone();
    frames[RATE as usize * 20..][..RATE as usize].fill([0.0; 2]);
    assert_eq!(misses(&PIECE.score, &frames, PIECE.measured), [Criterion::Silence]);
}

#[test]
fn an_end_that_is_cut_off_is_turned_down() {
    let mut frames = PIECE.frames.clone();
    let end = frames.len() - RATE as usize / 10;
    let loud = frames[RATE as usize * 20..][..RATE as usize / 10].to_vec();
    frames[end..].copy_from_slice(&loud);
    assert_eq!(misses(&PIECE.score, &frames, PIECE.measured), [Criterion::Ending]);
}
