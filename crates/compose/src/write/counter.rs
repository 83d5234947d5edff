//! Counter-melodies: a slow line of guide tones that moves where the tune rests, or the tune doubled an octave away.

use super::cast::{Player, dice};
use super::line::NoteEvent;
use super::sketch::{Passage, Sketch};
use crate::theory::nearest;

/// Everything a counter-melody player plays, beside `tune`.
pub fn play(sketch: &Sketch, player: &Player, tune: &[NoteEvent]) -> Vec<NoteEvent> {
    let mut events = Vec::new();
    let mut before: Option<i32> = None;
    for (nth, passage) in sketch.passages.iter().enumerate() {
        if player.plays.get(nth) != Some(&true) {
            continue;
        }
        let (start, end) = sketch.span(passage);
        let sung: Vec<&NoteEvent> = tune.iter().filter(|e| e.at >= start - 1e-9 && e.at < end - 1e-9).collect();
        if player.layer.doubles && !sung.is_empty() {
            events.extend(sung.iter().filter_map(|event| doubled(player, event)));
        } else {
            guide(sketch, player, passage, &sung, &mut before, &mut events);
        }
    }
    if let (Some(last), Some(true)) = (&sketch.last, player.plays.last()) {
        let (low, high) = player.keys();
        let near = before.unwrap_or((low + high) / 2);
        let key = nearest((last.chord.root + last.chord.third().unwrap_or(0)).rem_euclid(12), near);
        if (low..=high).contains(&key) {
            let length = last.length * if player.instrument.sustained { 0.56 } else { 0.85 };
            events.push(NoteEvent { at: last.at, length, key, force: 0.5, late: 0.0 });
        }
    }
    events
}

/// The tune's note an octave below, or above, or where it lies: the first that the instrument has.
fn doubled(player: &Player, event: &NoteEvent) -> Option<NoteEvent> {
    let (low, high) = player.keys();
    let key = [event.key - 12, event.key + 12, event.key].into_iter().find(|k| (low..=high).contains(k))?;
    Some(NoteEvent { key, force: event.force * 0.85, ..*event })
}

/// Thirds and sevenths, led by step, entering after the beat where the tune is busy.
fn guide(
    sketch: &Sketch,
    player: &Player,
    passage: &Passage,
    tune: &[&NoteEvent],
    before: &mut Option<i32>,
    events: &mut Vec<NoteEvent>,
) {
    let (low, high) = player.keys();
    let centre = ((low + high) / 2 + sketch.shift.register.round() as i32 / 2).clamp(low, high);
    let (start, end) = sketch.span(passage);
    let mut rng = dice(sketch, player, &format!("line {}", passage.name));
    for span in sketch.chords.iter().filter(|s| s.at >= start - 1e-9 && s.at < end - 1e-9) {
        let near = before.map_or(centre, |b| (3 * b + centre) / 4);
        let above = tune.iter().rev().find(|e| e.at <= span.at + 1e-9).map(|e| e.key.rem_euclid(12));
        let tones = [span.chord.third(), span.chord.seventh(), span.chord.fifth(), Some(0)];
        let fold = |key: i32| {
            if key < low {
                key + 12
            } else if key > high {
                key - 12
            } else {
                key
            }
        };
        let keys = tones.into_iter().flatten().enumerate().map(|(rank, tone)| {
            let key = fold(nearest((span.chord.root + tone).rem_euclid(12), near));
            // Guide tones first; not the tune's own note; near to the last.
            let same = if above == Some(key.rem_euclid(12)) { 3 } else { 0 };
            (key, (key - near).abs() + rank as i32 + same)
        });
        let Some((key, _)) = keys.filter(|(k, _)| (low..=high).contains(k)).min_by_key(|(_, cost)| *cost) else {
            continue;
        };
        let busy = tune.iter().any(|e| (e.at - span.at).abs() < 0.3);
        let beat = sketch.metre().beat();
        let wait = if busy && span.length >= 2.0 * beat && rng.chance(0.5) { beat } else { 0.0 };
        let length = (span.length - wait).min(end - span.at - wait).max(0.25);
        let force = (0.42 + 0.3 * passage.energy).clamp(0.1, 0.9);
        // In the second half of a long note the line may step on to the next tone.
        let moves = length >= 3.0 && passage.energy > 0.55 && rng.chance(0.5);
        let first = if moves { length / 2.0 } else { length };
        events.push(NoteEvent { at: span.at + wait, length: first * 0.98, key, force, late: 0.0 });
        let mut last = key;
        if moves {
            let scale = crate::theory::scale_over(span.key, &span.chord);
            let turn = if rng.chance(0.5) { 1 } else { -1 };
            let step =
                (1..=2).map(|d| key + d * turn).find(|k| scale.contains(&k.rem_euclid(12)) && (low..=high).contains(k));
            last = step.unwrap_or(key);
            events.push(NoteEvent {
                at: span.at + wait + first,
                length: first * 0.98,
                key: last,
                force: force * 0.9,
                late: 0.0,
            });
        }
        *before = Some(last);
    }
}
