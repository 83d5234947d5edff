//! Cutting and stretching a score: pieces of it laid one after the other, and time bent between knots. Notes keep their
//! place within the beat, so a groove that is late by milliseconds stays so.

use crate::score::{Ending, Note, Score, Section};

/// How early before a bar line a note may be played and still belong to the bar, in seconds: less than a sixteenth at
/// any tempo, more than any drift.
const EARLY: f64 = 0.032;
/// Closer than this two strokes of a key are one, in seconds; grace notes and flams are further apart.
const AT_ONCE: f64 = 0.013;
/// Shortest note that surgery leaves, in seconds.
const SHORTEST: f64 = 0.03;

/// Where the last chord falls; in a loop, where it comes round; in a fade, the end.
pub fn cadence(score: &Score) -> f64 {
    match score.ending {
        Ending::Loop | Ending::Fade => score.duration,
        _ => score.chords.last().map_or(score.duration, |last| last.start),
    }
}

/// Bar lines of the body, its end included: bar `n` lies between line `n` and line `n + 1`.
pub fn bar_lines(score: &Score) -> Vec<f64> {
    let end = cadence(score);
    let mut lines: Vec<f64> = score.bars.iter().copied().filter(|bar| *bar < end - 0.02).collect();
    if lines.is_empty() {
        lines.push(0.0);
    }
    lines.push(end);
    lines
}

/// As [`bar_lines`], without the bar that a fade breaks off in.
pub fn whole_bars(score: &Score) -> Vec<f64> {
    let mut lines = bar_lines(score);
    let broken = match lines.as_slice() {
        [.., a, b, c] => score.ending == Ending::Fade && c - b < (b - a) * 0.98,
        _ => false,
    };
    if broken {
        lines.pop();
    }
    lines
}

/// Lays stretches of a score (from, to, in seconds) one after the other. Stretches that follow one another in the score are
/// one; what sounds over the end of any other is cut there.
pub fn lay(score: &Score, stretches: &[(f64, f64)]) -> Score {
    let mut runs: Vec<(f64, f64)> = Vec::new();
    for (from, to) in stretches.iter().copied().filter(|(from, to)| to > from) {
        match runs.last_mut().filter(|run| (run.1 - from).abs() < 1e-6) {
            Some(run) => run.1 = to,
            None => runs.push((from, to)),
        }
    }
    let mut laid = Score {
        beats: Vec::new(),
        bars: Vec::new(),
        sections: Vec::new(),
        chords: Vec::new(),
        parts: score
            .parts
            .iter()
            .map(|part| crate::score::Part { notes: Vec::new(), brightness: Vec::new(), ..part.clone() })
            .collect(),
        ..score.clone()
    };
    let mut at = 0.0;
    for (from, to) in runs {
        let move_by = at - from;
        let inside = |time: &f64| *time >= from - 1e-6 && *time < to - 1e-6;
        laid.beats.extend(score.beats.iter().filter(|beat| inside(beat)).map(|beat| beat + move_by));
        laid.bars.extend(score.bars.iter().filter(|bar| inside(bar)).map(|bar| bar + move_by));
        for section in score.sections.iter().filter(|s| s.start < to - 0.02 && s.end > from + 0.02) {
            let (start, end) = (section.start.max(from) + move_by, section.end.min(to) + move_by);
            match laid.sections.last_mut().filter(|last| last.name == section.name && (last.end - start).abs() < 0.02) {
                Some(last) => last.end = end,
                None => laid.sections.push(Section { start, end, ..section.clone() }),
            }
        }
        for chord in score.chords.iter().filter(|c| c.start < to - 0.02 && c.end > from + 0.02) {
            let mut chord = chord.clone();
            (chord.start, chord.end) = (chord.start.max(from) + move_by, chord.end.min(to) + move_by);
            laid.chords.push(chord);
        }
        let whole = to >= score.duration - 1e-6;
        for (part, source) in laid.parts.iter_mut().zip(&score.parts) {
            let early = if from <= EARLY { f64::MAX } else { EARLY };
            let early_end = if whole { -1.0 } else { EARLY };
            let belongs = |note: &&Note| note.start >= from - early && note.start < to - early_end;
            part.notes.extend(source.notes.iter().filter(belongs).map(|note| {
                let end = if whole { note.start + note.duration } else { (note.start + note.duration).min(to) };
                Note { start: (note.start + move_by).max(0.0), duration: (end - note.start).max(SHORTEST), ..*note }
            }));
            if !source.brightness.is_empty() {
                part.brightness.push((at, value_at(&source.brightness, from)));
                part.brightness.extend(
                    source
                        .brightness
                        .iter()
                        .filter(|(t, _)| *t > from + 1e-6 && *t < to - 1e-6)
                        .map(|(t, v)| (t + move_by, *v)),
                );
                part.brightness.push((at + to - from - 0.001, value_at(&source.brightness, to - 0.001)));
            }
        }
        at += to - from;
    }
    laid.duration = at;
    laid
}

/// A breakpoint curve at a moment.
pub fn value_at(points: &[(f64, f32)], at: f64) -> f32 {
    let after = points.partition_point(|(time, _)| *time <= at);
    let before = after.checked_sub(1).and_then(|index| points.get(index));
    match (before, points.get(after)) {
        (Some((t0, v0)), Some((t1, v1))) => {
            let share = ((at - t0) / (t1 - t0).max(1e-9)) as f32;
            v0 + (v1 - v0) * share
        }
        (Some((_, value)), None) | (None, Some((_, value))) => *value,
        (None, None) => 1.0,
    }
}

/// Bends time: each knot says where a moment goes; between knots time runs evenly. The first knot is the start, the last
/// the end of the piece.
pub fn bend(score: &mut Score, knots: &[(f64, f64)]) {
    let to = |time: f64| -> f64 {
        let after = knots.partition_point(|(from, _)| *from <= time).clamp(1, knots.len().saturating_sub(1).max(1));
        match (knots.get(after - 1), knots.get(after)) {
            (Some((s0, d0)), Some((s1, d1))) => d0 + (time - s0) * (d1 - d0) / (s1 - s0).max(1e-9),
            (Some((s0, d0)), None) => d0 + time - s0,
            _ => time,
        }
    };
    for time in score.beats.iter_mut().chain(&mut score.bars) {
        *time = to(*time);
    }
    for section in &mut score.sections {
        (section.start, section.end) = (to(section.start), to(section.end));
    }
    for chord in &mut score.chords {
        (chord.start, chord.end) = (to(chord.start), to(chord.end));
    }
    for part in &mut score.parts {
        for note in &mut part.notes {
            let (start, end) = (to(note.start).max(0.0), to(note.start + note.duration));
            (note.start, note.duration) = (start, (end - start).max(SHORTEST));
        }
        part.brightness.iter_mut().for_each(|(time, _)| *time = to(*time));
    }
    score.duration = to(score.duration);
}

/// Stretches the whole score by a factor.
pub fn stretch(score: &mut Score, factor: f64) {
    let end = score.duration;
    bend(score, &[(0.0, 0.0), (end, end * factor)]);
}

/// Tempo as the beats have it: the middle one of all distances.
pub fn measured_bpm(score: &Score) -> f64 {
    let mut gaps: Vec<f64> = score.beats.windows(2).filter_map(|w| Some(w.last()? - w.first()?)).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).filter(|gap| **gap > 0.0).map_or(score.bpm, |gap| 60.0 / gap)
}

/// Puts a score in order after surgery: by time, nothing beyond the end, no key struck while it still sounds, no part
/// without notes.
pub fn tidy(score: &mut Score) {
    let duration = score.duration;
    score.beats.retain(|beat| *beat < duration - 1e-6);
    score.bars.retain(|bar| *bar < duration - 1e-6);
    score.sections.retain(|section| section.start < duration - 0.05 && section.end - section.start > 0.02);
    score.chords.retain(|chord| chord.start < duration - 0.05 && chord.end - chord.start > 0.01);
    // Sections and chords follow one another without gaps.
    let starts: Vec<f64> = score.sections.iter().skip(1).map(|s| s.start).chain([duration]).collect();
    score.sections.iter_mut().zip(starts).for_each(|(section, next)| meet(&mut section.end, next));
    if let Some(first) = score.sections.first_mut() {
        first.start = 0.0;
    }
    let starts: Vec<f64> = score.chords.iter().skip(1).map(|c| c.start).collect();
    score.chords.iter_mut().zip(starts).for_each(|(chord, next)| meet(&mut chord.end, next));
    if let Some(last) = score.chords.last_mut() {
        match score.ending {
            // A dry end is over before the piece is.
            Ending::Stop | Ending::Sting => last.end = last.end.min(duration),
            _ => meet(&mut last.end, duration),
        }
    }
    for part in &mut score.parts {
        part.notes.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.key.cmp(&b.key)));
        part.notes.retain(|note| note.start < duration - AT_ONCE);
        part.notes = part_repeats(std::mem::take(&mut part.notes));
        for note in &mut part.notes {
            if note.start + note.duration > duration + 1e-9 {
                note.duration = duration - note.start;
            }
        }
        part.brightness.sort_by(|a, b| a.0.total_cmp(&b.0));
        part.brightness.retain(|(time, _)| *time <= duration);
    }
    score.parts.retain(|part| !part.notes.is_empty());
}

/// Lets an end meet the next start; a difference that is only rounding is none.
fn meet(end: &mut f64, next: f64) {
    if (*end - next).abs() > 1e-6 {
        *end = next;
    }
}

/// A key struck again ends its earlier note; struck twice at once it counts once.
fn part_repeats(notes: Vec<Note>) -> Vec<Note> {
    let mut kept: Vec<Note> = Vec::with_capacity(notes.len());
    let mut open: [Option<usize>; 128] = [None; 128];
    for note in notes {
        let slot = open.get_mut(usize::from(note.key));
        if let Some(earlier) = slot.as_ref().and_then(|at| **at).and_then(|at| kept.get_mut(at)) {
            if note.start - earlier.start < AT_ONCE {
                earlier.velocity = earlier.velocity.max(note.velocity);
                earlier.duration = earlier.duration.max(note.duration);
                continue;
            }
            if earlier.start + earlier.duration > note.start + 1e-9 {
                earlier.duration = note.start - earlier.start - 0.002;
            }
        }
        if let Some(slot) = slot {
            *slot = Some(kept.len());
        }
        kept.push(note);
    }
    kept
}
