//! Character: colour, drive, how many notes, how much of a tune. Each touches what it names: colour moves filters and the
//! mix and no note, drive moves how hard is played and the drums, density takes away or adds what is weak in the bar.

use std::collections::BTreeMap;

use super::tension;
use super::timeline::{bar_lines, value_at};
use crate::brief::Brief;
use crate::instruments::{Role, instruments};
use crate::moods::moods;
use crate::revision::Revision;
use crate::score::{Note, Part, Score, Stem};

/// Shifts of a mood that are smaller than this leave the notes alone.
const AUDIBLE: f64 = 0.15;
/// Closed hi-hat of General MIDI.
const HAT: u8 = 42;
/// Hats, shakers, tambourines: what keeps time rather than marks it.
const TIMEKEEPERS: [u8; 8] = [42, 44, 46, 51, 53, 54, 69, 70];

/// Applies moods, energy, density and tune; several of one kind add up, so that "less" takes back "more".
pub fn apply(score: &mut Score, brief: &Brief) {
    let mut leaning: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut energy, mut dense, mut tuneful) = (0.0, 0.0, 0.0);
    for revision in &brief.revisions {
        match revision {
            Revision::Mood { id, by } => *leaning.entry(id).or_default() += by,
            Revision::Energy { by } => energy += by,
            Revision::Density { by } => dense += by,
            Revision::Tune { by } => tuneful += by,
            _ => {}
        }
    }
    let (mut shade, mut drives, mut strain, mut space) = (energy * 0.08, energy * 0.25, 0.0, 0.0);
    for (id, by) in leaning {
        let Some(mood) = moods().get(id) else { continue };
        let by = by.clamp(-2.5, 2.5);
        let loud = |shift: f64| if (shift * by).abs() >= AUDIBLE { shift * by } else { 0.0 };
        shade += mood.brightness * by;
        drives += loud(mood.energy);
        dense += loud(mood.density) * 3.0;
        strain += loud(mood.tension);
        space += mood.space * by;
    }
    if drives != 0.0 {
        drive(score, drives.clamp(-0.6, 0.6));
    }
    if dense != 0.0 {
        density(score, dense.clamp(-2.0, 2.0));
    }
    if tuneful != 0.0 {
        tune(score, tuneful.clamp(-2.0, 2.0));
    }
    if strain != 0.0 {
        tension::apply(score, brief, strain.clamp(-1.0, 1.0));
    }
    if shade != 0.0 {
        colour(score, shade.clamp(-0.8, 0.8));
    }
    score.mix.room = (score.mix.room + space as f32 * 0.5).clamp(0.0, 1.0);
}

/// Brighter or darker: filters, the high shelf and the band limit. No note changes.
fn colour(score: &mut Score, by: f64) {
    for part in score.parts.iter_mut().filter(|part| part.stem != Stem::Texture) {
        if part.brightness.is_empty() {
            if by < 0.0 && part.stem != Stem::Drums {
                part.brightness = vec![(0.0, (1.0 + by * 0.7) as f32), (score.duration, (1.0 + by * 0.7) as f32)];
            }
            continue;
        }
        for (_, value) in &mut part.brightness {
            *value = (*value + by as f32 * 0.55).clamp(0.08, 1.0);
        }
    }
    score.mix.air_db = (score.mix.air_db + by as f32 * 11.0).clamp(-12.0, 12.0);
    score.mix.low_pass_hz = score.mix.low_pass_hz.map(|hz| (hz * (1.0 + by as f32)).clamp(1_500.0, 20_000.0));
}

/// Harder or softer, with the drums pushing on or holding back.
fn drive(score: &mut Score, by: f64) {
    for part in score.parts.iter_mut().filter(|part| part.stem != Stem::Texture) {
        scale(&mut part.notes, 1.0 + by);
    }
    for section in &mut score.sections {
        section.energy = (section.energy + by).clamp(0.05, 1.0);
    }
    if by > 0.0 {
        add_hats(score);
    } else {
        for part in score.parts.iter_mut().filter(|part| part.stem == Stem::Drums) {
            let beats = &score.beats;
            part.notes.retain(|note| !TIMEKEEPERS.contains(&note.key) || on_beat(beats, note.start));
        }
    }
}

/// Multiplies how hard notes are played.
pub fn scale(notes: &mut [Note], factor: f64) {
    for note in notes {
        note.velocity = struck(note.velocity, factor);
    }
}

/// A velocity times a factor.
pub fn struck(velocity: u8, factor: f64) -> u8 {
    (f64::from(velocity) * factor).round().clamp(1.0, 127.0) as u8
}

/// Whether a moment falls on a beat, a human's lateness aside.
fn on_beat(beats: &[f64], at: f64) -> bool {
    let after = beats.partition_point(|beat| *beat < at);
    [after.checked_sub(1), Some(after)]
        .into_iter()
        .flatten()
        .filter_map(|n| beats.get(n))
        .any(|b| (b - at).abs() < 0.07)
}

/// The part that plays the drum set.
pub fn kit(score: &mut Score) -> Option<&mut Part> {
    let is_kit = |part: &&mut Part| {
        part.stem == Stem::Drums
            && instruments().get(&part.instrument).is_some_and(|i| i.roles.first() == Some(&Role::Drums))
    };
    score.parts.iter_mut().find(is_kit)
}

/// Hats between the beats wherever the drums play and nothing keeps time there.
fn add_hats(score: &mut Score) {
    let beats = score.beats.clone();
    let Some(part) = kit(score) else { return };
    let mut more: Vec<Note> = Vec::new();
    for pair in beats.windows(2) {
        let [from, to] = pair else { continue };
        let busy = part.notes.iter().any(|n| n.start >= from - 0.05 && n.start < to - 0.05);
        let between = (from + to) / 2.0;
        let kept = part.notes.iter().any(|n| TIMEKEEPERS.contains(&n.key) && (n.start - between).abs() < 0.09);
        if busy && !kept {
            more.push(Note { start: between, duration: 0.06, key: HAT, velocity: 62 });
        }
        let quarter = to - (to - from) / 4.0;
        let kept = part.notes.iter().any(|n| TIMEKEEPERS.contains(&n.key) && (n.start - quarter).abs() < 0.06);
        if busy && !kept {
            more.push(Note { start: quarter, duration: 0.05, key: HAT, velocity: 46 });
        }
    }
    part.notes.extend(more);
}

/// Fewer notes, the weak ones first, or more.
fn density(score: &mut Score, by: f64) {
    let beats = score.beats.clone();
    let beat = 60.0 / score.bpm.max(1.0);
    for part in &mut score.parts {
        match part.stem {
            Stem::Texture => {}
            Stem::Bass if by > -1.5 => {}
            _ if by < 0.0 => thin(part, &beats, beat, by),
            Stem::Harmony => thicken(part, beat),
            Stem::Melody if by > 0.5 => thicken(part, beat),
            _ => {}
        }
    }
    if by > 0.0 {
        add_hats(score);
    }
}

/// Takes out short notes off the beat: each second one, or from a full step on all but those that open a phrase.
fn thin(part: &mut Part, beats: &[f64], beat: f64, by: f64) {
    part.notes.sort_by(|a, b| a.start.total_cmp(&b.start));
    let tune = part.stem != Stem::Drums;
    let mut kept: Vec<Note> = Vec::with_capacity(part.notes.len());
    let (mut turn, mut last) = (0_usize, f64::MIN);
    for note in std::mem::take(&mut part.notes) {
        let weak = !on_beat(beats, note.start) && note.duration < beat * 1.05;
        let opens = note.start - last > beat * 1.6;
        last = note.start;
        if weak && (!opens || !tune) {
            turn += 1;
            if by <= -0.9 || turn % 2 == 0 {
                // What was there rings on, so that a line does not break.
                if let Some(before) = kept.last_mut().filter(|b| tune && note.start - b.start < beat * 2.0) {
                    let reach = note.start + note.duration - before.start;
                    before.duration = before.duration.max(reach);
                }
                continue;
            }
        }
        kept.push(note);
    }
    part.notes = kept;
}

/// Long notes of instruments that die away are struck again half way.
fn thicken(part: &mut Part, beat: f64) {
    if instruments().get(&part.instrument).is_some_and(|i| i.sustained) {
        return;
    }
    let mut more = Vec::new();
    for note in part.notes.iter_mut().filter(|note| note.duration >= beat * 0.9) {
        let half = (note.duration / 2.0).min(beat * 0.5 * (note.duration / beat).floor().max(1.0));
        let second = Note {
            start: note.start + half,
            duration: note.duration - half,
            velocity: struck(note.velocity, 0.82),
            ..*note
        };
        note.duration = half;
        more.push(second);
    }
    part.notes.extend(more);
}

/// Brings the tune forward and lets it sing where it paused; or puts it back.
fn tune(score: &mut Score, by: f64) {
    let Some(lead) = lead(score) else { return };
    let lines = bar_lines(score);
    let chords = score.chords.clone();
    let scale = (score.key, score.key.mode.degrees());
    for (index, part) in score.parts.iter_mut().enumerate() {
        if index == lead {
            part.gain_db += 2.0 * by as f32;
        } else if by > 0.0 && matches!(part.stem, Stem::Harmony | Stem::Melody) {
            part.gain_db -= 1.0;
        }
    }
    let Some(part) = score.parts.get_mut(lead) else { return };
    let in_bar = |notes: &[Note], bar: usize| -> Vec<Note> {
        let (Some(from), Some(to)) = (lines.get(bar), lines.get(bar + 1)) else { return Vec::new() };
        notes.iter().filter(|n| n.start >= from - 0.03 && n.start < to - 0.03).copied().collect()
    };
    let bars = lines.len().saturating_sub(1);
    if by < 0.0 {
        // Each second pair of bars rests.
        let rests: Vec<(f64, f64)> = (0..bars)
            .filter(|bar| bar % 4 >= 2)
            .filter_map(|bar| Some((*lines.get(bar)?, *lines.get(bar + 1)?)))
            .collect();
        part.notes.retain(|n| !rests.iter().any(|(from, to)| n.start >= from - 0.03 && n.start < to - 0.03));
        return;
    }
    let own = part.notes.clone();
    let sings: Vec<usize> = (0..bars).filter(|bar| in_bar(&own, *bar).len() >= 2).collect();
    for bar in 0..bars {
        if !in_bar(&own, bar).is_empty() {
            continue;
        }
        // The bar that stood at the same place of the phrase, else any that sings.
        let model = [4, 8, 2, 16].into_iter().filter_map(|back| bar.checked_sub(back)).find(|at| sings.contains(at));
        let Some(model) = model.or_else(|| sings.get(bar % sings.len().max(1)).copied()) else { continue };
        let (Some(from), Some(to), Some(end)) = (lines.get(model), lines.get(bar), lines.get(bar + 1)) else {
            continue;
        };
        for note in in_bar(&own, model) {
            let start = note.start - from + to;
            if start >= end - 0.05 {
                continue;
            }
            let sounding = chords.iter().rev().find(|c| c.start <= start + 0.02);
            let classes: Vec<i32> =
                sounding.map(|c| c.keys.iter().map(|k| i32::from(*k) % 12).collect()).unwrap_or_default();
            let long = note.duration > 0.3;
            let fits = |key: i32| {
                let class = key.rem_euclid(12);
                let in_scale = scale.1.iter().any(|d| (d + i32::from(scale.0.tonic)).rem_euclid(12) == class);
                classes.is_empty() || classes.contains(&class) || !long && in_scale
            };
            let key = i32::from(note.key);
            let near =
                [0, -1, 1, -2, 2, -3, 3].into_iter().map(|step| key + step).find(|key| fits(*key)).unwrap_or(key);
            part.notes.push(Note {
                start,
                key: near.clamp(0, 127) as u8,
                duration: note.duration.min(end - start),
                ..note
            });
        }
    }
}

/// The part that carries the tune: the one of the melody stem with most notes.
pub fn lead(score: &Score) -> Option<usize> {
    let parts = score.parts.iter().enumerate().filter(|(_, part)| part.stem == Stem::Melody);
    parts.max_by_key(|(_, part)| part.notes.len()).map(|(index, _)| index)
}

/// Multiplies a part's brightness between two moments by a factor that runs from one value to another.
pub fn shade(part: &mut Part, (from, to): (f64, f64), (first, last): (f32, f32)) {
    let points = std::mem::take(&mut part.brightness);
    let mut shaded: Vec<(f64, f32)> = points.iter().copied().filter(|(t, _)| *t < from - 0.01).collect();
    shaded.push((from - 0.01, value_at(&points, from - 0.01)));
    let steps = 8;
    for step in 0..=steps {
        let share = step as f32 / steps as f32;
        let at = from + (to - from) * f64::from(share);
        shaded.push((at, (value_at(&points, at) * (first + (last - first) * share)).clamp(0.05, 1.0)));
    }
    shaded.push((to + 0.01, value_at(&points, to + 0.01)));
    shaded.extend(points.iter().copied().filter(|(t, _)| *t > to + 0.01));
    shaded.retain(|(t, _)| *t >= 0.0);
    part.brightness = shaded;
}
