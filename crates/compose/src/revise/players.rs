//! Who plays: parts that go, join, or change hands. A part that joins is taken from what the composer would have written
//! for it, seed and form being the same; every other part is not touched.

use super::ground::ground;
use super::names::{known, means, stem};
use super::pitch::into_range;
use super::span;
use crate::brief::Brief;
use crate::instruments::{Instrument, instruments};
use crate::remark::{ComposeError, Remark};
use crate::revision::Revision;
use crate::score::{Note, Part, Score, Stem};
use crate::write::base_take;

/// How much an instrument that plays already comes forward when it is asked for, dB.
const FORWARD: f32 = 2.5;

/// What a part that joins is composed from: the brief, and which of its pieces was kept.
type Source<'a> = (&'a Brief, u64);

/// Applies all revisions of players, in order.
pub fn apply(score: &mut Score, brief: &Brief, take: u64, remarks: &mut Vec<Remark>) -> Result<(), ComposeError> {
    for revision in &brief.revisions {
        match revision {
            Revision::Without { id } => without(score, (brief, take), id, remarks)?,
            Revision::With { id } => with(score, (brief, take), id)?,
            Revision::Only { ids } => only(score, (brief, take), ids)?,
            Revision::Swap { out, with } => swap(score, (brief, take), out, with, remarks)?,
            _ => {}
        }
    }
    if score.parts.iter().all(|part| part.stem == Stem::Texture) {
        return Err(ComposeError::NothingLeft);
    }
    Ok(())
}

/// The piece as the composer writes it when the brief differs, at the same length and tempo.
fn variant((brief, take): Source<'_>, change: impl FnOnce(&mut Brief)) -> Result<Score, ComposeError> {
    let mut other = brief.clone();
    // Where the end shall fall decides how the piece ends, so that goes along.
    let shapes = |r: &Revision| matches!(r, Revision::Tempo { .. } | Revision::Length { .. } | Revision::EndAt { .. });
    other.revisions.retain(shapes);
    change(&mut other);
    let mut score = ground(&other, base_take(&other, take)?).score;
    span::apply(&mut score, &other);
    Ok(score)
}

/// Whether two scores share their bars, so that a part of one fits the other.
fn same_bars(one: &Score, two: &Score) -> bool {
    one.bars.len() == two.bars.len() && one.bars.iter().zip(&two.bars).all(|(a, b)| (a - b).abs() < 0.01)
}

fn without(score: &mut Score, source: Source<'_>, id: &str, remarks: &mut Vec<Remark>) -> Result<(), ComposeError> {
    if stem(id).is_none() {
        known(id)?;
    }
    let gone: Vec<Stem> = score.parts.iter().filter(|part| means(id, part)).map(|part| part.stem).collect();
    if gone.is_empty() {
        remarks.push(Remark::NotPlaying { id: id.to_owned() });
        return Ok(());
    }
    score.parts.retain(|part| !means(id, part));
    // Chords or a bass that only it played are taken over; nobody asked for those to go.
    let lost = |stem: &Stem| !matches!(stem, Stem::Texture) && score.parts.iter().all(|part| part.stem != *stem);
    let lost: Vec<Stem> = if stem(id).is_some() { Vec::new() } else { gone.into_iter().filter(lost).collect() };
    let holes = holes(score);
    if lost.is_empty() && holes.is_empty() {
        return Ok(());
    }
    let excluded: Vec<String> = source
        .0
        .revisions
        .iter()
        .filter_map(|revision| if let Revision::Without { id } = revision { Some(id.clone()) } else { None })
        .collect();
    let Ok(other) = variant(source, |brief| brief.without.extend(excluded.clone())) else {
        return if score.parts.is_empty() { Err(ComposeError::NothingLeft) } else { Ok(()) };
    };
    if !same_bars(score, &other) {
        return Ok(());
    }
    for part in other.parts.iter().filter(|part| lost.contains(&part.stem)) {
        if excluded.iter().all(|id| !means(id, part)) {
            score.parts.push(part.clone());
        }
    }
    for (from, to) in holes {
        // Whoever the composer would have let play there steps in for that stretch.
        let there = |note: &&Note| note.start >= from - 0.03 && note.start < to - 0.03;
        let stand_in = other
            .parts
            .iter()
            .filter(|part| part.stem != Stem::Texture && excluded.iter().all(|id| !means(id, part)))
            .max_by_key(|part| part.notes.iter().filter(there).count());
        if let Some(part) = stand_in.filter(|_| silent(score, from, to)) {
            let notes: Vec<Note> = part.notes.iter().filter(there).copied().collect();
            match score.parts.iter_mut().find(|own| own.instrument == part.instrument && own.stem == part.stem) {
                Some(own) => own.notes.extend(notes),
                None => score.parts.push(Part { notes, ..part.clone() }),
            }
        }
    }
    Ok(())
}

/// Sections in which nobody plays.
fn holes(score: &Score) -> Vec<(f64, f64)> {
    score.sections.iter().map(|s| (s.start, s.end)).filter(|(from, to)| silent(score, *from, *to)).collect()
}

fn silent(score: &Score, from: f64, to: f64) -> bool {
    score
        .parts
        .iter()
        .filter(|part| part.stem != Stem::Texture)
        .all(|part| part.notes.iter().all(|note| note.start >= to - 0.03 || note.start + note.duration <= from + 0.05))
}

fn with(score: &mut Score, source: Source<'_>, id: &str) -> Result<(), ComposeError> {
    let instrument = known(id)?;
    let mut there = score.parts.iter_mut().filter(|part| part.instrument == id).peekable();
    if there.peek().is_some() {
        there.for_each(|part| part.gain_db += FORWARD);
        return Ok(());
    }
    let other = variant(source, |brief| {
        brief.without.retain(|out| out != id && stem(out) != Some(instrument.stem));
        brief.instruments.push(id.to_owned());
    })?;
    if same_bars(score, &other) {
        score.parts.extend(other.parts.into_iter().filter(|part| part.instrument == id));
    }
    Ok(())
}

fn only(score: &mut Score, source: Source<'_>, ids: &[String]) -> Result<(), ComposeError> {
    for id in ids {
        known(id)?;
    }
    let wanted = |part: &Part| ids.iter().any(|id| means(id, part));
    let missing: Vec<&String> = ids.iter().filter(|id| score.parts.iter().all(|part| !means(id, part))).collect();
    let had: Vec<Stem> = score.parts.iter().map(|part| part.stem).collect();
    let mut kept: Vec<Part> = score.parts.iter().filter(|part| wanted(part)).cloned().collect();
    let other = variant(source, |brief| {
        brief.instruments = ids.to_vec();
        brief.only_these = true;
        brief.without.retain(|out| !ids.contains(out));
    })?;
    let fits = same_bars(score, &other);
    // Who is new, and who takes over chords and tune from those that go.
    for part in other.parts.into_iter().filter(|part| fits && wanted(part)) {
        let new = missing.iter().any(|id| means(id, &part));
        let needed = matches!(part.stem, Stem::Harmony | Stem::Melody)
            && had.contains(&part.stem)
            && kept.iter().all(|own| own.stem != part.stem);
        if new || needed {
            kept.push(part);
        }
    }
    if kept.iter().all(|part| part.stem == Stem::Texture) {
        return Err(ComposeError::NothingLeft);
    }
    score.parts = kept;
    Ok(())
}

fn swap(
    score: &mut Score,
    source: Source<'_>,
    out: &[String],
    into: &str,
    remarks: &mut Vec<Remark>,
) -> Result<(), ComposeError> {
    let instrument = known(into)?;
    let goes = |part: &Part| out.iter().any(|id| means(id, part)) && part.instrument != into;
    if !score.parts.iter().any(goes) {
        remarks.extend(out.iter().take(1).map(|id| Remark::NotPlaying { id: id.clone() }));
        return with(score, source, into);
    }
    // Percussion keys are no pitches: a part cannot go from one to the other.
    let fits = |part: &Part| instruments().get(&part.instrument).is_some_and(|was| was.is_kit() == instrument.is_kit());
    if !score.parts.iter().filter(|part| goes(part)).all(fits) {
        score.parts.retain(|part| !goes(part));
        return with(score, source, into);
    }
    for part in score.parts.iter_mut().filter(|part| out.iter().any(|id| means(id, part)) && part.instrument != into) {
        hand_over(part, instrument);
    }
    Ok(())
}

/// Gives a part's notes to another instrument: moved by whole octaves to where it sounds, single notes folded in.
fn hand_over(part: &mut Part, to: &Instrument) {
    part.instrument.clone_from(&to.id);
    if to.is_kit() {
        return;
    }
    let (low, high) = (i32::from(to.range.0), i32::from(to.range.1));
    let fits = |shift: i32| part.notes.iter().filter(|n| (low..=high).contains(&(i32::from(n.key) + shift))).count();
    let shift = [0, -12, 12, -24, 24].into_iter().max_by_key(|shift| (fits(*shift), -shift.abs())).unwrap_or(0);
    for note in &mut part.notes {
        note.key = into_range(i32::from(note.key) + shift, to.range);
    }
    if !to.polyphonic {
        one_voice(&mut part.notes);
    }
}

/// Of what starts together only the top voice stays, and it ends where the next begins.
fn one_voice(notes: &mut Vec<Note>) {
    notes.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.key.cmp(&b.key)));
    let mut line: Vec<Note> = Vec::new();
    for note in notes.drain(..) {
        match line.last_mut() {
            Some(last) if note.start - last.start < 0.06 => {
                if note.key > last.key {
                    *last = Note { start: last.start, ..note };
                }
            }
            Some(last) => {
                last.duration = last.duration.min((note.start - last.start).max(0.03));
                line.push(note);
            }
            None => line.push(note),
        }
    }
    *notes = line;
}
