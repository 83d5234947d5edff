//! What happens at a moment of the clock: builds, drops, soft and silent stretches, the end on a picture's last word. First
//! the bar lines are brought to where they must fall, then the players do what the moment asks; elsewhere nothing changes.

use super::character::{kit, shade, struck};
use super::names::means;
use super::span;
use super::tension::may_play;
use super::timeline::{bar_lines, bend, cadence, lay, tidy, whole_bars};
use crate::brief::Brief;
use crate::instruments::instruments;
use crate::remark::Remark;
use crate::revision::Revision;
use crate::score::{Ending, Note, Part, Score, Section, Stem};

/// Percussion keys of General MIDI: snare and crash.
const SNARE: u8 = 38;
const CRASH: u8 = 49;
/// How long what drops stays full, in bars.
const FULL_BARS: usize = 8;

/// Applies all revisions that name a moment.
pub fn apply(score: &mut Score, brief: &Brief, remarks: &mut Vec<Remark>) {
    let mut drops: Vec<f64> =
        brief.revisions.iter().filter_map(|r| if let Revision::Drop { at } = r { Some(*at) } else { None }).collect();
    drops.retain(|at| !outside(*at, score.duration, remarks));
    drops.sort_by(f64::total_cmp);
    place(score, brief, &drops, remarks);
    for at in &drops {
        drop_at(score, brief, *at);
    }
    for revision in &brief.revisions {
        match revision {
            Revision::Build { at, until } if !outside(*at, score.duration, remarks) => {
                let until = until.filter(|until| *until > at + 0.5).unwrap_or_else(|| arrival(score, &drops, *at));
                build(score, brief, *at, until.min(cadence(score)));
            }
            Revision::Level { from, to, by } if !outside(*from, score.duration, remarks) => {
                level(score, *from, to.min(score.duration), *by);
            }
            Revision::Rest { from, to, ids } if !outside(*from, score.duration, remarks) => {
                rest(score, *from, to.min(score.duration), ids);
            }
            Revision::SoftEnd => soft_end(score),
            _ => {}
        }
    }
}

/// A moment that lies beyond the piece is said, not moved.
fn outside(at: f64, length: f64, remarks: &mut Vec<Remark>) -> bool {
    let out = !(0.0..length - 0.05).contains(&at);
    if out {
        remarks.push(Remark::MomentOutside { at, length });
    }
    out
}

/// Brings bar lines to the drops and the last chord to where it is wanted.
fn place(score: &mut Score, brief: &Brief, drops: &[f64], remarks: &mut Vec<Remark>) {
    let (target, ring) = (score.duration, score.duration - cadence(score));
    let gives = span::gives(brief);
    let mut anchor = 0.0;
    for at in drops {
        align(score, anchor, *at);
        bring_the_peak(score, *at);
        anchor = *at;
    }
    let end = brief.revisions.iter().rev().find_map(|r| if let Revision::EndAt { at } = r { Some(*at) } else { None });
    match end.filter(|at| !outside(*at, target, remarks)) {
        Some(at) => {
            score.duration = score.duration.max(cadence(score) + 0.3);
            span::end_at(score, anchor, at, gives);
            close_at(score, target);
        }
        None if !drops.is_empty() && score.ending != Ending::Loop => span::fit(score, anchor, target, ring, gives),
        None => {}
    }
}

/// The end of the file stays where it was.
fn close_at(score: &mut Score, target: f64) {
    score.duration = target;
    tidy(score);
}

/// Lets a bar line fall on `at` by stretching what lies between it and `from`; where that would be heard as another tempo,
/// the bar before loses beats instead.
fn align(score: &mut Score, from: f64, at: f64) {
    let lines = bar_lines(score);
    let beat = 60.0 / score.bpm.max(1.0);
    let mut best: Option<(f64, f64, f64)> = None;
    for line in lines.iter().copied().filter(|line| *line > from + 1.0) {
        for cut in 0..4 {
            let lost = f64::from(cut) * beat;
            let reach = line - lost - from;
            if reach < beat * 2.0 {
                continue;
            }
            let off = ((at - from) / reach).ln().abs();
            let cost = off * 25.0 + if cut > 0 { 0.35 } else { 0.0 };
            if best.is_none_or(|(least, ..)| cost < least) {
                best = Some((cost, line, lost));
            }
        }
    }
    let Some((_, line, lost)) = best else { return };
    if lost > 0.0 {
        *score = lay(score, &[(0.0, line - lost), (line, score.duration)]);
    }
    let (falls, whole) = (line - lost, score.duration);
    let end = if score.ending == Ending::Loop { whole } else { whole + at - falls };
    if from > 0.02 {
        bend(score, &[(0.0, 0.0), (from, from), (falls, at), (whole, end)]);
    } else {
        bend(score, &[(0.0, 0.0), (falls, at), (whole, end)]);
    }
    tidy(score);
}

/// Behind a drop stands the fullest section: where a thinner one would, the fullest one's bars take its place.
fn bring_the_peak(score: &mut Score, at: f64) {
    let peak = score
        .sections
        .iter()
        .filter(|s| !s.name.starts_with("intro") && !s.name.starts_with("outro"))
        .max_by(|a, b| a.energy.total_cmp(&b.energy))
        .cloned();
    let here = score.sections.iter().find(|s| s.end > at + 0.1).map_or(0.0, |s| s.energy);
    let Some(peak) = peak.filter(|peak| peak.energy > here + 0.08) else { return };
    let lines = whole_bars(score);
    let index = |time: f64| lines.iter().position(|line| *line >= time - 0.05);
    let (Some(first), Some(from)) = (index(at), index(peak.start)) else { return };
    let to = index(peak.end.min(cadence(score))).unwrap_or(lines.len().saturating_sub(1));
    let room = lines.len().saturating_sub(1).saturating_sub(first);
    let bars = FULL_BARS.min(to.saturating_sub(from)).min(room);
    let line = |index: usize| lines.get(index).copied();
    if let (Some(start), Some(a), Some(b), Some(behind)) =
        (line(first), line(from), line(from + bars), line(first + bars))
        && bars > 0
    {
        let whole = score.duration;
        *score = lay(score, &[(0.0, start), (a, b), (behind, whole)]);
        tidy(score);
    }
}

/// Length of a bar around a moment.
fn bar_at(score: &Score, at: f64) -> f64 {
    let lines = bar_lines(score);
    let pair =
        lines.windows(2).find(|pair| pair.last().is_some_and(|end| *end > at + 0.01)).or(lines.windows(2).last());
    pair.and_then(|pair| Some(pair.last()? - pair.first()?)).filter(|bar| *bar > 0.2).unwrap_or(2.0)
}

/// Whether gestures of noise may be added.
fn may_add(brief: &Brief, id: &str) -> bool {
    let limited = brief.only_these || brief.revisions.iter().any(|r| matches!(r, Revision::Only { .. }));
    !limited && may_play(brief, id, Stem::Texture)
}

fn gesture(score: &mut Score, brief: &Brief, id: &str, start: f64, duration: f64, velocity: u8) {
    let Some(instrument) = instruments().get(id).filter(|_| may_add(brief, id)) else { return };
    let key = ((u16::from(instrument.range.0) + u16::from(instrument.range.1)) / 2) as u8;
    let note = Note { start: start.max(0.0), duration: duration.min(score.duration - start.max(0.0)), key, velocity };
    match score.parts.iter_mut().find(|part| part.instrument == id) {
        Some(part) => part.notes.push(note),
        None => score.parts.push(Part {
            stem: Stem::Texture,
            instrument: id.to_owned(),
            gain_db: -10.0,
            pan: 0.0,
            notes: vec![note],
            brightness: Vec::new(),
        }),
    }
}

/// A stop before a moment, and all in on it.
pub fn drop_at(score: &mut Score, brief: &Brief, at: f64) {
    let bar = bar_at(score, (at - 0.1).max(0.0));
    let (before, beat) = ((at - 2.0 * bar).max(0.0), bar / 4.0);
    let after = (at + bar * FULL_BARS as f64).min(cadence(score).max(at + 0.1));
    for part in score.parts.iter_mut().filter(|part| part.stem != Stem::Texture) {
        // Drums and bass stop two beats before, everyone for the last one.
        let stop = if matches!(part.stem, Stem::Drums | Stem::Bass) { at - 2.0 * beat } else { at - beat };
        part.notes.retain(|n| !(n.start >= stop - 0.03 && n.start < at - 0.05));
        for note in part.notes.iter_mut().filter(|n| n.start < stop && n.start + n.duration > stop) {
            note.duration = (stop - note.start).max(0.04);
        }
        for note in &mut part.notes {
            if note.start >= before && note.start < at - 0.05 {
                note.velocity = struck(note.velocity, 0.8);
            } else if note.start >= at - 0.05 && note.start < after {
                note.velocity = struck(note.velocity, 1.18);
            }
        }
    }
    let rise = (4.0 * bar).min(at * 0.75);
    gesture(score, brief, "riser", at - rise, rise, 96);
    gesture(score, brief, "impact", at, bar, 108);
    if let Some(kit) = kit(score) {
        kit.notes.push(Note { start: at, duration: 0.8, key: CRASH, velocity: 112 });
    }
    mark(score, "drop", at, after, 1.0);
}

/// Where a build arrives: at the next drop, else at the next section that is some bars away, else eight bars on.
fn arrival(score: &Score, drops: &[f64], at: f64) -> f64 {
    let bar = bar_at(score, at);
    let drop = drops.iter().copied().find(|drop| *drop > at + bar && *drop < at + 40.0);
    let section =
        score.sections.iter().map(|s| s.start).find(|start| *start > at + 3.5 * bar && *start < at + 12.5 * bar);
    drop.or(section).unwrap_or(at + 8.0 * bar)
}

/// Everything grows from one moment to another.
pub fn build(score: &mut Score, brief: &Brief, at: f64, until: f64) {
    if until < at + 0.5 {
        return;
    }
    let share = |time: f64| ((time - at) / (until - at)).clamp(0.0, 1.0);
    let inside = |time: f64| time >= at - 0.03 && time < until - 0.03;
    for part in score.parts.iter_mut().filter(|part| part.stem != Stem::Texture) {
        for note in part.notes.iter_mut().filter(|note| inside(note.start)) {
            note.velocity = struck(note.velocity, 0.6 + 0.62 * share(note.start));
        }
        if part.stem != Stem::Drums {
            shade(part, (at, until), (0.45, 1.0));
        }
    }
    let beats: Vec<f64> =
        score.beats.iter().copied().filter(|beat| *beat >= at - 0.02 && *beat < until - 0.02).collect();
    let beat = 60.0 / score.bpm.max(1.0);
    if let Some(kit) = kit(score) {
        // A roll that doubles half way: quarters, eighths, sixteenths.
        for start in beats {
            let place = share(start);
            let strokes = if place < 0.4 {
                1
            } else if place < 0.75 {
                2
            } else {
                4
            };
            for stroke in 0..strokes {
                let start = start + beat * f64::from(stroke) / f64::from(strokes);
                let velocity = (38.0 + 70.0 * share(start)) as u8;
                kit.notes.push(Note { start, duration: 0.1, key: SNARE, velocity });
            }
        }
        kit.notes.push(Note { start: until, duration: 0.8, key: CRASH, velocity: 108 });
    }
    let rise = (until - at).min(beat * 16.0);
    gesture(score, brief, "riser", until - rise, rise, 92);
    mark(score, "build", at, until, 0.7);
}

/// Softer or stronger between two moments. What is held into the stretch is taken over softly.
fn level(score: &mut Score, from: f64, to: f64, by: f64) {
    if to <= from {
        return;
    }
    let factor = if by < 0.0 { 0.45_f64.powf(-by) } else { 1.3_f64.powf(by) };
    for part in &mut score.parts {
        let sustained = instruments().get(&part.instrument).is_some_and(|i| i.sustained) || part.stem == Stem::Texture;
        let mut more = Vec::new();
        for note in part.notes.iter_mut().filter(|n| n.start < from - 0.03 && n.start + n.duration > from + 0.15) {
            let left = note.start + note.duration - from;
            note.duration = from - note.start;
            if sustained {
                more.push(Note { start: from, duration: left, velocity: struck(note.velocity, factor), ..*note });
            }
        }
        // What begins in the stretch and is held beyond it comes back up.
        for note in part.notes.iter_mut().filter(|n| n.start >= from - 0.03 && n.start < to - 0.03) {
            let over = note.start + note.duration - to;
            if over > 0.4 && sustained {
                more.push(Note { start: to, duration: over, ..*note });
                note.duration = to - note.start;
            }
            note.velocity = struck(note.velocity, factor);
        }
        for note in &mut more {
            let over = note.start + note.duration - to;
            if note.start < to - 0.03 && over > 0.0 {
                note.duration = to - note.start;
            }
        }
        part.notes.extend(more);
        if by < 0.0 && part.stem != Stem::Drums && part.stem != Stem::Texture {
            shade(part, (from, to), (0.8, 0.8));
        }
    }
}

/// Instruments or stems are silent between two moments.
fn rest(score: &mut Score, from: f64, to: f64, ids: &[String]) {
    for part in score.parts.iter_mut().filter(|part| ids.iter().any(|id| means(id, part))) {
        part.notes.retain(|note| !(note.start >= from - 0.03 && note.start < to - 0.03));
        for note in part.notes.iter_mut().filter(|n| n.start < from && n.start + n.duration > from) {
            note.duration = (from - note.start).max(0.04);
        }
    }
}

/// From the last section on (four bars at least) all grow softer, and the drums stay out of the last bars.
fn soft_end(score: &mut Score) {
    let end = cadence(score);
    let bar = bar_at(score, (end - 0.1).max(0.0));
    let from = score.sections.last().map_or(end, |s| s.start).min(end - 4.0 * bar).max(end * 0.5);
    for part in &mut score.parts {
        if part.stem == Stem::Drums {
            part.notes.retain(|note| note.start < end - 2.0 * bar - 0.03);
        }
        for note in part.notes.iter_mut().filter(|note| note.start >= from - 0.03) {
            let share = ((note.start - from) / (end - from).max(0.1)).clamp(0.0, 1.0);
            note.velocity = struck(note.velocity, 1.0 - 0.55 * share);
        }
        if !matches!(part.stem, Stem::Drums | Stem::Texture) {
            shade(part, (from, end), (1.0, 0.6));
        }
    }
    if let Some(last) = score.sections.last_mut() {
        last.energy *= 0.7;
    }
}

/// Names a stretch of the form. What it leaves of a section is one of its own from a bar on; less is part of its
/// neighbour, as nothing may sound in it.
fn mark(score: &mut Score, name: &str, from: f64, to: f64, energy: f64) {
    let bar = bar_at(score, from) - 0.05;
    let mut marked: Vec<Section> = Vec::new();
    for section in std::mem::take(&mut score.sections) {
        let (start, end) = (section.start, section.end);
        if end <= from + 0.05 || start >= to - 0.05 {
            marked.push(section);
            continue;
        }
        let own = match marked.last_mut() {
            _ if start >= from - 0.05 => start.max(from),
            _ if from - start >= bar => {
                marked.push(Section { end: from, ..section.clone() });
                from
            }
            Some(before) => {
                before.end = from;
                from
            }
            None => start,
        };
        let until = if end - to < bar { end } else { to };
        match marked.last_mut().filter(|last| last.name == name && (last.end - own).abs() < 0.06) {
            Some(last) => last.end = end.min(until),
            None => marked.push(Section { name: name.to_owned(), start: own, end: end.min(until), energy }),
        }
        if end > until + 0.05 {
            marked.push(Section { start: until, ..section });
        }
    }
    score.sections = marked;
}
