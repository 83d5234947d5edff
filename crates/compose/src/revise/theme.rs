//! A melody that was given becomes the motif: stated as it is, answered, turned round, brought to a close; and the chords
//! under it change where they would not bear it.

use super::character::lead;
use super::pitch::{Map, into_range, root_of};
use super::timeline::{bar_lines, cadence, tidy};
use crate::brief::Brief;
use crate::given::{Melody, MelodyNote};
use crate::instruments::{Role, instruments};
use crate::metre::Metre;
use crate::score::{ChordSpan, Note, Part, Score, Stem};
use crate::theory::{Chord, nearest};

/// Longest motif, in bars.
const MOST_BARS: usize = 8;
/// The share of a melody's weight over a chord that must belong to it.
const BEARS: f64 = 0.6;

/// How a unit of the form brings the melody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Statement,
    Answer,
    Departure(usize),
    Close,
    Opening,
}

/// Lets the tune player sing a given melody.
pub fn apply(score: &mut Score, brief: &Brief, melody: &Melody) {
    let Some(metre) = Metre::new(score.metre.0, score.metre.1) else { return };
    let quarters = metre.quarters();
    let end = melody.notes.iter().map(|n| n.at + n.length).fold(0.0, f64::max);
    let bars = ((end / quarters - 0.02).ceil().max(1.0) as usize).min(MOST_BARS).next_power_of_two();
    let Some(singer) = singer(score, brief) else { return };
    let motif = moved(melody, score, singer, bars as f64 * quarters);
    let lines = bar_lines(score);
    let mut sung: Vec<(usize, Vec<Note>)> = Vec::new();
    for (turn, section) in score.sections.clone().iter().enumerate() {
        let inside = |bar: &usize| {
            let middle = lines.get(*bar).zip(lines.get(bar + 1)).map_or(0.0, |(from, to)| (from + to) / 2.0);
            middle >= section.start && middle < section.end
        };
        let own: Vec<usize> = (0..lines.len().saturating_sub(1)).filter(inside).collect();
        let letter = section.name.trim_end_matches(|c: char| c.is_ascii_digit());
        for (unit, chunk) in own.chunks(bars).enumerate() {
            let last = (unit + 1) * bars >= own.len();
            let way = match letter {
                "break" if unit % 2 == 1 => continue,
                "intro" | "break" if own.len() > bars => Way::Opening,
                "outro" => Way::Close,
                _ if chunk.len() * 2 < bars => Way::Opening,
                // A contrast that comes again comes with the theme.
                "b" | "hook" | "c" if unit == 0 && section.name != letter => Way::Statement,
                "b" | "hook" | "c" => match unit % 4 {
                    0 => Way::Departure(turn),
                    2 => Way::Departure(turn + 1),
                    _ => Way::Statement,
                },
                _ => match unit % 4 {
                    1 => Way::Answer,
                    2 => Way::Departure(turn),
                    3 if last => Way::Close,
                    _ => Way::Statement,
                },
            };
            let energy = section.energy;
            for (offset, bar) in chunk.iter().enumerate() {
                let notes = phrase(score, &motif, way, bars, quarters);
                let from = offset as f64 * quarters;
                let here = notes.iter().filter(|n| n.at >= from - 1e-9 && n.at < from + quarters - 1e-9);
                let placed = here.map(|note| placed(note, from, *bar, &lines, quarters, energy, metre)).collect();
                sung.push((*bar, placed));
            }
        }
    }
    let tail = cadence(score);
    if let Some(part) = score.parts.get_mut(singer) {
        part.notes.retain(|note| note.start >= tail - 0.05);
        part.notes.extend(sung.iter().flat_map(|(_, notes)| notes.iter().copied()));
    }
    // Nobody else sings a tune of their own over it.
    let stated: Vec<(f64, f64)> = sung
        .iter()
        .filter(|(_, notes)| !notes.is_empty())
        .filter_map(|(bar, _)| Some((*lines.get(*bar)?, *lines.get(bar + 1)?)))
        .collect();
    for (index, part) in score.parts.iter_mut().enumerate() {
        if part.stem == Stem::Melody && index != singer {
            part.notes.retain(|n| !stated.iter().any(|(from, to)| n.start >= from - 0.03 && n.start < to - 0.03));
        }
    }
    let tune: Vec<Note> = sung.into_iter().flat_map(|(_, notes)| notes).collect();
    harmonise(score, singer, &tune);
    tidy(score);
}

/// Who sings: the tune player, else a player of chords who can, else a piano.
fn singer(score: &mut Score, brief: &Brief) -> Option<usize> {
    if let Some(index) = lead(score) {
        return Some(index);
    }
    if brief.without.iter().any(|id| id == "melody") {
        return None;
    }
    let able = |part: &&Part| instruments().get(&part.instrument).is_some_and(|i| i.plays(Role::Melody));
    let instrument = score.parts.iter().find(able).map_or("piano", |part| part.instrument.as_str()).to_owned();
    score.parts.push(Part {
        stem: Stem::Melody,
        instrument,
        gain_db: -3.0,
        pan: 0.0,
        notes: Vec::new(),
        brightness: Vec::new(),
    });
    Some(score.parts.len() - 1)
}

/// The melody in the piece's key, in the octave where the singer sings.
fn moved(melody: &Melody, score: &Score, singer: usize, most: f64) -> Vec<MelodyNote> {
    let map = Map::between(melody.key, score.key);
    let keys: Vec<i32> = melody.notes.iter().map(|note| map.key(i32::from(note.key))).collect();
    let part = score.parts.get(singer);
    let range = part.and_then(|part| instruments().get(&part.instrument)).map_or((48, 84), |i| i.range);
    let mut own: Vec<u8> = part.map(|part| part.notes.iter().map(|n| n.key).collect()).unwrap_or_default();
    own.sort_unstable();
    let middle = own.get(own.len() / 2).map_or(69, |key| i32::from(*key));
    let mean = keys.iter().sum::<i32>() / keys.len().max(1) as i32;
    let inside = |shift: i32| {
        keys.iter().filter(|key| (i32::from(range.0)..=i32::from(range.1)).contains(&(**key + shift))).count()
    };
    let shift = (-5..=5)
        .map(|octave| octave * 12)
        .max_by_key(|shift| (inside(*shift), -(mean + shift - middle).abs()))
        .unwrap_or(0);
    let fit = |(note, key): (&MelodyNote, i32)| MelodyNote { key: into_range(key + shift, range), ..*note };
    melody.notes.iter().zip(keys).filter(|(note, _)| note.at < most - 1e-6).map(fit).collect()
}

/// The motif as a unit brings it; times in quarters from the unit's start.
fn phrase(score: &Score, motif: &[MelodyNote], way: Way, bars: usize, quarters: f64) -> Vec<MelodyNote> {
    let whole = bars as f64 * quarters;
    let half = whole / 2.0;
    let first = motif.first().map_or(60, |note| i32::from(note.key));
    let step = |note: &MelodyNote, by: i32| MelodyNote { key: stepped(score, i32::from(note.key), by), ..*note };
    match way {
        Way::Statement => motif.to_vec(),
        Way::Opening => motif.iter().filter(|note| note.at < quarters - 1e-9).copied().collect(),
        // The same beginning, the rest a step higher.
        Way::Answer => motif.iter().map(|note| if note.at < half - 1e-9 { *note } else { step(note, 1) }).collect(),
        // In sequence or upside down: the rhythm stays.
        Way::Departure(turn) => match turn % 3 {
            0 => motif.iter().map(|note| step(note, 2)).collect(),
            1 => motif
                .iter()
                .map(|note| {
                    let away = degrees_between(score, first, i32::from(note.key));
                    MelodyNote { key: stepped(score, first, -away), ..*note }
                })
                .collect(),
            _ => motif.iter().map(|note| step(note, -2)).collect(),
        },
        Way::Close => {
            let mut notes: Vec<MelodyNote> =
                motif.iter().filter(|note| note.at < half - 1e-9 || whole <= quarters).copied().collect();
            let last = notes.last().map_or(60, |note| i32::from(note.key));
            let home = nearest(i32::from(score.key.tonic), last).clamp(0, 127) as u8;
            if whole > quarters {
                notes.push(MelodyNote { at: half, length: half * 0.75, key: home });
            } else if let Some(note) = notes.last_mut() {
                note.key = home;
            }
            notes
        }
    }
}

fn in_scale(score: &Score, key: i32) -> bool {
    let above = (key - i32::from(score.key.tonic)).rem_euclid(12);
    score.key.mode.degrees().contains(&above)
}

/// So many degrees of the scale up or down.
fn stepped(score: &Score, key: i32, by: i32) -> u8 {
    let mut at = key;
    for _ in 0..by.abs() {
        at += by.signum();
        while !in_scale(score, at) && (1..127).contains(&at) {
            at += by.signum();
        }
    }
    at.clamp(0, 127) as u8
}

/// Degrees of the scale from one key to another.
fn degrees_between(score: &Score, from: i32, to: i32) -> i32 {
    let (low, high) = (from.min(to), from.max(to));
    let count = (low + 1..=high).filter(|key| in_scale(score, *key)).count() as i32;
    if to >= from { count } else { -count }
}

/// A note of a unit in its bar, in seconds.
fn placed(note: &MelodyNote, from: f64, bar: usize, lines: &[f64], quarters: f64, energy: f64, metre: Metre) -> Note {
    let (start, end) = lines.get(bar).zip(lines.get(bar + 1)).map_or((0.0, 1.0), |(from, to)| (*from, *to));
    let quarter = (end - start) / quarters;
    let place = note.at - from;
    let weight = metre.weight((place * 4.0).round() as usize);
    let velocity = 62.0 + 20.0 * weight + 26.0 * energy;
    Note {
        start: start + place * quarter,
        duration: (note.length * quarter * 0.96).max(0.05),
        key: note.key,
        velocity: velocity.clamp(1.0, 122.0) as u8,
    }
}

/// Gives each chord that would not bear the tune above it a better one.
fn harmonise(score: &mut Score, singer: usize, tune: &[Note]) {
    let scale: Vec<i32> =
        score.key.mode.degrees().iter().map(|d| (d + i32::from(score.key.tonic)).rem_euclid(12)).collect();
    let last = score.chords.len().saturating_sub(1);
    for index in 0..last {
        let Some(span) = score.chords.get(index).cloned() else { continue };
        let over: Vec<(i32, f64)> = tune
            .iter()
            .filter_map(|note| {
                let sounds = (note.start + note.duration).min(span.end) - note.start.max(span.start);
                (sounds > 0.02).then_some((i32::from(note.key).rem_euclid(12), sounds))
            })
            .collect();
        if over.is_empty() {
            continue;
        }
        let old = tones(&span);
        if fit(&old, &over) >= BEARS {
            continue;
        }
        let triad = |degree: usize| -> Vec<i32> {
            [0, 2, 4].iter().filter_map(|step| scale.get((degree + step) % 7).copied()).collect()
        };
        // The tonic, the fourth, the fifth and the sixth bear most tunes; the seventh degree few.
        let likes = [0.08, 0.0, -0.02, 0.06, 0.06, 0.05, -0.1];
        let score_of = |degree: usize| {
            let tones = triad(degree);
            let common = tones.iter().filter(|tone| old.contains(tone)).count() as f64;
            fit(&tones, &over) + likes.get(degree).copied().unwrap_or(0.0) + common * 0.04
        };
        let best = (0..7).max_by(|a, b| score_of(*a).total_cmp(&score_of(*b))).unwrap_or(0);
        let new = triad(best);
        if fit(&new, &over) <= fit(&old, &over) {
            continue;
        }
        reharmonise(score, singer, index, &old, &new, &scale);
    }
}

/// The pitch classes of a chord, root first.
fn tones(span: &ChordSpan) -> Vec<i32> {
    let named = root_of(&span.symbol).and_then(|(root, quality)| {
        let tones = Chord::tones_of(quality)?;
        Some(tones.iter().map(|tone| (root + tone).rem_euclid(12)).collect())
    });
    named.unwrap_or_else(|| {
        let mut classes: Vec<i32> = Vec::new();
        for key in &span.keys {
            let class = i32::from(*key).rem_euclid(12);
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        classes
    })
}

/// The share of a tune's weight that belongs to a chord.
fn fit(tones: &[i32], over: &[(i32, f64)]) -> f64 {
    let all: f64 = over.iter().map(|(_, weight)| weight).sum();
    let own: f64 = over.iter().filter(|(class, _)| tones.contains(class)).map(|(_, weight)| weight).sum();
    if all > 0.0 { own / all } else { 1.0 }
}

/// Moves what plays under a span from one chord to another: tone by tone, by the shortest way, the bass by its root.
fn reharmonise(score: &mut Score, singer: usize, index: usize, old: &[i32], new: &[i32], scale: &[i32]) {
    let Some(span) = score.chords.get(index) else { return };
    let (from, to) = (span.start, span.end);
    let swap = |class: i32| -> i32 {
        match old.iter().position(|tone| *tone == class) {
            Some(place) if place < new.len() => new.get(place).copied().unwrap_or(class),
            // Sevenths and further tones go to the nearest tone of the new chord; passing tones to the scale.
            Some(_) => closest(new, class),
            None if scale.contains(&class)
                && !new.iter().any(|tone| matches!((class - tone).rem_euclid(12), 1 | 11)) =>
            {
                class
            }
            None => closest(new, class),
        }
    };
    for (nth, part) in score.parts.iter_mut().enumerate() {
        if nth == singer || matches!(part.stem, Stem::Drums | Stem::Texture) {
            continue;
        }
        let range = instruments().get(&part.instrument).map_or((0, 127), |i| i.range);
        for note in part.notes.iter_mut().filter(|n| n.start >= from - 0.04 && n.start < to - 0.04) {
            let key = i32::from(note.key);
            note.key = into_range(nearest(swap(key.rem_euclid(12)), key), range);
        }
    }
    let key = score.key;
    if let Some(span) = score.chords.get_mut(index) {
        for tone in &mut span.keys {
            let at = i32::from(*tone);
            *tone = nearest(swap(at.rem_euclid(12)), at).clamp(0, 127) as u8;
        }
        span.keys.dedup();
        let root = new.first().copied().unwrap_or(0);
        let above: Vec<i32> = new.iter().map(|tone| (tone - root).rem_euclid(12)).collect();
        span.symbol = format!("{}{}", key.spell(root), Chord::quality_of(&above).unwrap_or(""));
    }
}

/// The nearest of some pitch classes.
fn closest(classes: &[i32], to: i32) -> i32 {
    let distance = |class: &i32| {
        let up = (class - to).rem_euclid(12);
        up.min(12 - up)
    };
    classes.iter().copied().min_by_key(distance).unwrap_or(to)
}
