//! Tension: tones that rub against the chords, swelling, over a low pulse that does not stop; and its opposite, chords freed
//! of what rubs. What plays already is not touched when tension is added.

use super::names::means;
use crate::brief::Brief;
use crate::instruments::{Role, instruments};
use crate::revision::Revision;
use crate::score::{Note, Part, Score, Stem};

/// Adds tension, or takes it out where `by` is negative.
pub fn apply(score: &mut Score, brief: &Brief, by: f64) {
    if by > 0.0 {
        let (rubs, pulse) = (rubs(score, by), pulse(score, by));
        for (role, wanted, notes, gain) in [
            (Role::Pad, ["tremolo_strings", "slow_strings", "synth_pad"], rubs, -8.0),
            (Role::Arp, ["pizzicato", "muted_guitar", "pluck"], pulse, -7.0),
        ] {
            let Some(instrument) = player(score, brief, role, &wanted) else { continue };
            let range = instruments().get(&instrument).map_or((36, 96), |i| i.range);
            let notes = notes
                .into_iter()
                .map(|note| Note { key: super::pitch::into_range(i32::from(note.key), range), ..note })
                .collect();
            score.parts.push(Part {
                stem: Stem::Harmony,
                instrument,
                gain_db: gain,
                pan: 0.2,
                notes,
                brightness: Vec::new(),
            });
        }
    } else {
        release(score);
    }
}

/// Who plays an added part: one of those wanted that may play here, else whoever plays chords already.
fn player(score: &Score, brief: &Brief, role: Role, wanted: &[&str]) -> Option<String> {
    let limited = brief.only_these || brief.revisions.iter().any(|r| matches!(r, Revision::Only { .. }));
    let free = |id: &&&str| !limited && instruments().get(id).is_some() && may_play(brief, id, Stem::Harmony);
    let own = |part: &&Part| {
        part.stem == Stem::Harmony && instruments().get(&part.instrument).is_some_and(|i| i.plays(role) || i.polyphonic)
    };
    let added = wanted.iter().find(free).map(|id| (*id).to_owned());
    added.or_else(|| score.parts.iter().find(own).map(|part| part.instrument.clone()))
}

/// Whether neither the brief nor a revision excludes an instrument or its stem.
pub fn may_play(brief: &Brief, id: &str, stem: Stem) -> bool {
    let part =
        Part { stem, instrument: id.to_owned(), gain_db: 0.0, pan: 0.0, notes: Vec::new(), brightness: Vec::new() };
    let revised = brief.revisions.iter().filter_map(|r| if let Revision::Without { id } = r { Some(id) } else { None });
    brief.without.iter().chain(revised).all(|out| !means(out, &part))
}

/// For each chord a tone of the scale (or else the tritone) that lies a semitone from one of its tones.
fn rubs(score: &Score, by: f64) -> Vec<Note> {
    let tonic = i32::from(score.key.tonic);
    let scale: Vec<i32> = score.key.mode.degrees().iter().map(|d| (d + tonic).rem_euclid(12)).collect();
    let mut notes = Vec::new();
    for (index, chord) in score.chords.iter().enumerate() {
        // The last chord is rest.
        if index + 1 == score.chords.len() || chord.end - chord.start < 0.2 {
            continue;
        }
        let classes: Vec<i32> = chord.keys.iter().map(|key| i32::from(*key).rem_euclid(12)).collect();
        let beside = |class: &i32| {
            !classes.contains(class) && classes.iter().any(|c| matches!((class - c).rem_euclid(12), 1 | 11))
        };
        let root = classes.first().copied().unwrap_or(tonic);
        let class = scale.iter().copied().find(beside).unwrap_or((root + 6).rem_euclid(12));
        // Four chords swell to the fourth.
        let swell = 0.55 + 0.15 * (index % 4) as f64;
        let velocity = (34.0 + 70.0 * by.min(1.0) * swell).clamp(1.0, 110.0) as u8;
        let low = 60 + (class - 60).rem_euclid(12);
        for key in [low, low + 12] {
            notes.push(Note { start: chord.start, duration: chord.end - chord.start, key: key as u8, velocity });
        }
        if by >= 0.3 {
            // A chord tone a semitone away makes it bite.
            let tone = classes.iter().copied().find(|c| matches!((class - c).rem_euclid(12), 1 | 11)).unwrap_or(root);
            let key = crate::theory::nearest(tone, low + 12);
            notes.push(Note { start: chord.start, duration: chord.end - chord.start, key: key as u8, velocity });
        }
    }
    notes
}

/// Eighths on the tonic, from the second section on (where there is one) to the last chord.
fn pulse(score: &Score, by: f64) -> Vec<Note> {
    let from = score.sections.get(1).filter(|_| score.sections.len() > 2).map_or(0.0, |s| s.start);
    let to = super::timeline::cadence(score);
    let key = 48 + score.key.tonic % 12;
    let mut notes = Vec::new();
    for (index, pair) in score.beats.windows(2).enumerate() {
        let [beat, next] = pair else { continue };
        if *beat < from - 0.02 || *beat >= to - 0.02 {
            continue;
        }
        let length = (next - beat) / 2.0;
        for half in 0..2 {
            let accent = if half == 0 && index % 4 == 0 { 18.0 } else { 0.0 };
            let velocity = (48.0 + 26.0 * by.min(1.0) + accent) as u8;
            notes.push(Note { start: beat + length * f64::from(half), duration: length * 0.8, key, velocity });
        }
    }
    notes
}

/// Takes out of chords what lies a semitone or a tritone from another tone that sounds, roots and thirds aside.
fn release(score: &mut Score) {
    let chords = &score.chords;
    for part in score.parts.iter_mut().filter(|part| part.stem == Stem::Harmony) {
        let notes = part.notes.clone();
        part.notes.retain(|note| {
            let sounding = chords.iter().rev().find(|c| c.start <= note.start + 0.03);
            let keep = sounding.is_none_or(|chord| {
                let low: Vec<i32> = chord.keys.iter().take(3).map(|k| i32::from(*k) % 12).collect();
                low.contains(&(i32::from(note.key) % 12))
            });
            let rubs = notes.iter().any(|other| {
                let overlap = other.start < note.start + note.duration && note.start < other.start + other.duration;
                overlap && matches!((i32::from(note.key) - i32::from(other.key)).rem_euclid(12), 1 | 6 | 11)
            });
            keep || !rubs
        });
    }
}
