//! Length and tempo: how many bars fill a time, by how little the tempo may give, and how long the last chord rings.

use super::bars::choose;
use super::timeline::{bar_lines, bend, cadence, lay, measured_bpm, stretch, tidy, whole_bars};
use crate::brief::Brief;
use crate::revision::Revision;
use crate::score::{Ending, Score};

/// How far a tempo that was asked for may give (the brief promises 0.5%).
const ASKED_GIVES: f64 = 0.004;
/// How far a tempo may give that nobody asked for.
const FREE_GIVES: f64 = 0.02;
/// Longest ring that is stretched out of a last chord, in seconds.
const LONGEST_RING: f64 = 5.0;

/// Applies the newest tempo and the newest length.
pub fn apply(score: &mut Score, brief: &Brief) {
    let (mut bpm, mut seconds) = (None, None);
    for revision in &brief.revisions {
        match revision {
            Revision::Tempo { bpm: to } => bpm = Some(*to),
            Revision::Length { seconds: to } => seconds = Some(*to),
            _ => {}
        }
    }
    if bpm.is_none() && seconds.is_none() {
        return;
    }
    let target = seconds.unwrap_or(score.duration);
    let ring = score.duration - cadence(score);
    if let Some(bpm) = bpm {
        let factor = score.bpm / bpm;
        stretch(score, factor);
        score.bpm = bpm;
    }
    let gives = if bpm.is_some() || brief.tempo_bpm.is_some() { ASKED_GIVES } else { FREE_GIVES };
    match score.ending {
        Ending::Loop => fit_loop(score, target),
        _ => fit(score, 0.0, target, ring, gives),
    }
}

/// How much the tempo may give in this brief.
pub fn gives(brief: &Brief) -> f64 {
    if brief.tempo().is_some() { ASKED_GIVES } else { FREE_GIVES }
}

/// Whole bars round again; the tempo gives as much as it must.
fn fit_loop(score: &mut Score, target: f64) {
    let lines = bar_lines(score);
    let bars = lines.len().saturating_sub(1).max(1);
    let bar = score.duration / bars as f64;
    let wanted = (target / bar).round().max(1.0) as usize;
    *score = taken(score, &lines, &choose(score, &lines, 0, wanted), 0.0, false);
    let end = score.duration;
    stretch(score, target / end);
    score.duration = target;
    score.bpm = measured_bpm(score);
}

/// Bars behind `from` to the end and a little over: a fade takes the last ones away.
fn fit_fade(score: &mut Score, from: f64, target: f64) {
    let lines = whole_bars(score);
    let first = lines.iter().position(|line| *line >= from - 0.02).unwrap_or(0);
    let start = lines.get(first).copied().unwrap_or(0.0);
    let have = lines.len().saturating_sub(1).saturating_sub(first);
    let bar = (lines.last().copied().unwrap_or(start) - start) / have.max(1) as f64;
    if have > 0 && bar > 0.0 {
        let wanted = ((target - start) / bar - 1e-6).ceil().max(1.0) as usize;
        // What is there already is best left alone.
        if wanted <= have || score.duration < target - 1e-6 {
            let chosen: Vec<usize> = (0..first).chain(choose(score, &lines, first, wanted)).collect();
            *score = taken(score, &lines, &chosen, 0.0, false);
        }
    }
    score.duration = target;
    tidy(score);
}

/// Fits what lies behind `from` so that the piece lasts `target` seconds and its last chord rings about `ring`.
pub fn fit(score: &mut Score, from: f64, target: f64, ring: f64, gives: f64) {
    if score.ending == Ending::Fade {
        fit_fade(score, from, target);
        return;
    }
    let lines = bar_lines(score);
    let first = lines.iter().position(|line| *line >= from - 0.02).unwrap_or(0);
    let start = lines.get(first).copied().unwrap_or(0.0);
    let bars = lines.len().saturating_sub(1).saturating_sub(first);
    let body = cadence(score) - start;
    if bars == 0 || body <= 0.0 {
        set_end(score, target);
        return;
    }
    let (bar, beats) = (body / bars as f64, beats_per_bar(score));
    let ring = ring.min((target - start) * 0.42).max(0.3);
    let mut best: Option<(f64, usize, usize, f64)> = None;
    let most = ((target - start) / bar).ceil().max(1.0) as usize;
    for wanted in most.saturating_sub(3).max(1)..=most {
        for cut in 0..beats {
            let length = bar * (wanted as f64 - cut as f64 / beats as f64);
            let ideal = (target - start - ring) / length;
            let factor = ideal.clamp(1.0 - gives, 1.0 + gives);
            let tail = target - start - length * factor;
            if tail < ring * 0.7 || length <= 0.0 {
                continue;
            }
            let odd = if wanted >= 8 && wanted % 2 == 1 { 0.15 } else { 0.0 };
            let broken = if cut > 0 { 0.4 } else { 0.0 };
            // What is there already is best left alone.
            let same = if wanted == bars && cut == 0 { -0.2 } else { 0.0 };
            let cost = (factor - 1.0).abs() * 12.0 + (tail - ring).abs() * 0.5 + odd + broken + same;
            if best.is_none_or(|(least, ..)| cost < least) {
                best = Some((cost, wanted, cut, factor));
            }
        }
    }
    let (_, wanted, cut, factor) = best.unwrap_or((0.0, 1, 0, 1.0));
    let chosen = choose(score, &lines, first, wanted);
    *score = taken_from(score, &lines, first, &chosen, cut as f64 / beats as f64 * bar);
    let end = cadence(score);
    let lands = start + (end - start) * factor;
    let whole = score.duration;
    if start > 0.02 {
        bend(score, &[(0.0, 0.0), (start, start), (end, lands), (whole, lands + whole - end)]);
    } else {
        bend(score, &[(0.0, 0.0), (end, lands), (whole, lands + whole - end)]);
        score.bpm = if factor == 1.0 { score.bpm } else { score.bpm / factor };
    }
    set_end(score, target);
}

/// The last chord falls on `at`, the piece lasts as long as before; what lies before `from` stays.
pub fn end_at(score: &mut Score, from: f64, at: f64, gives: f64) {
    let lines = bar_lines(score);
    let first = lines.iter().position(|line| *line >= from - 0.02).unwrap_or(0);
    let start = lines.get(first).copied().unwrap_or(0.0);
    let bars = lines.len().saturating_sub(1).saturating_sub(first);
    let (body, target) = (cadence(score) - start, score.duration);
    if bars == 0 || at <= start + 0.2 || body <= 0.0 {
        return;
    }
    let (bar, beats) = (body / bars as f64, beats_per_bar(score));
    let about = (at - start) / bar;
    let mut best: Option<(f64, usize, usize)> = None;
    for wanted in (about.floor() as usize).saturating_sub(1).max(1)..=about.ceil() as usize + 1 {
        for cut in 0..beats {
            let length = bar * (wanted as f64 - cut as f64 / beats as f64);
            let off = ((at - start) / length).ln().abs();
            let beyond = (off - gives).max(0.0) * 60.0;
            let cost = off * 12.0 + beyond + if cut > 0 { 0.3 } else { 0.0 };
            if best.is_none_or(|(least, ..)| cost < least) {
                best = Some((cost, wanted, cut));
            }
        }
    }
    let Some((_, wanted, cut)) = best else { return };
    let chosen = choose(score, &lines, first, wanted);
    *score = taken_from(score, &lines, first, &chosen, cut as f64 / beats as f64 * bar);
    let (end, whole) = (cadence(score), score.duration);
    if start > 0.02 {
        bend(score, &[(0.0, 0.0), (start, start), (end, at), (whole, at + whole - end)]);
    } else {
        bend(score, &[(0.0, 0.0), (end, at), (whole, at + whole - end)]);
        score.bpm *= end / at;
    }
    set_end(score, target);
}

fn beats_per_bar(score: &Score) -> usize {
    let metre = crate::metre::Metre::new(score.metre.0, score.metre.1);
    metre.filter(|metre| metre.is_even()).map_or(1, |metre| ((metre.quarters() / metre.beat()).round() as usize).max(1))
}

/// The chosen bars and the ending, from a score whose bars before `first` all stay.
fn taken_from(score: &Score, lines: &[f64], first: usize, chosen: &[usize], cut: f64) -> Score {
    let all: Vec<usize> = (0..first).chain(chosen.iter().copied()).collect();
    taken(score, lines, &all, cut, true)
}

/// The chosen bars, less `cut` seconds before the ending, and the ending.
fn taken(score: &Score, lines: &[f64], chosen: &[usize], cut: f64, ending: bool) -> Score {
    let mut stretches: Vec<(f64, f64)> =
        chosen.iter().filter_map(|bar| Some((lines.get(*bar).copied()?, lines.get(bar + 1).copied()?))).collect();
    if let (true, Some(last)) = (cut > 0.0, stretches.last_mut()) {
        last.1 -= cut;
    }
    if ending {
        stretches.push((cadence(score), score.duration));
    }
    // What was cut away may have been what joined: the pieces are laid one after the other either way.
    let mut laid = lay(score, &stretches);
    tidy(&mut laid);
    laid
}

/// Lets the piece last `target` seconds: what rings over the last chord rings longer or shorter.
pub fn set_end(score: &mut Score, target: f64) {
    let (end, whole) = (cadence(score), score.duration);
    let (ring, room) = (whole - end, target - end);
    if ring > 0.0 && room > 0.0 && score.ending != Ending::Loop {
        // A dry end gets no longer by waiting.
        let longest = if matches!(score.ending, Ending::Stop | Ending::Sting) { ring } else { LONGEST_RING.max(ring) };
        let factor = (room.min(longest) / ring).max(0.05);
        for part in &mut score.parts {
            for note in part.notes.iter_mut().filter(|note| note.start + note.duration > end + 0.05) {
                let (start, stop) = (note.start.max(end), note.start + note.duration);
                let (begin, over) = (end + (start - end) * factor.min(1.0), stop - start);
                if note.start >= end {
                    note.start = begin;
                    note.duration = over * factor;
                } else {
                    note.duration = end - note.start + (stop - end) * factor;
                }
            }
        }
    }
    score.duration = target;
    continue_grid(score, end);
    tidy(score);
}

/// Beats and bars go on under the last chord to the end of the piece.
fn continue_grid(score: &mut Score, end: f64) {
    let metre = crate::metre::Metre::new(score.metre.0, score.metre.1);
    let beat = 60.0 / score.bpm.max(1.0);
    let bar = metre.map_or(4.0, |metre| metre.quarters() / metre.beat()) * beat;
    for (grid, step) in [(&mut score.beats, beat), (&mut score.bars, bar)] {
        grid.retain(|time| *time < end - 0.01);
        let mut at = end;
        while at < score.duration - 1e-6 {
            grid.push(at);
            at += step;
        }
    }
}
