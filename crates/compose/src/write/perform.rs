//! From musical time to seconds: swing, lateness and drift, touch, and the cut at the end of the piece. Nothing sounds
//! before the start, after the end, or twice on one key at once.

use super::cast::{Player, dice};
use super::line::NoteEvent;
use super::sketch::Sketch;
use crate::instruments::Role;
use crate::score::{Ending, Note};

/// Shortest note in seconds.
const SHORTEST: f64 = 0.03;

/// The notes of one player, by start time. `lifts` says from where on how much harder all play.
pub fn notes(sketch: &Sketch, player: &Player, mut events: Vec<NoteEvent>, lifts: &[(f64, f64)]) -> Vec<Note> {
    events.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.key.cmp(&b.key)));
    let texture = player.role() == Role::Texture;
    let drift = if texture { 0.0 } else { sketch.genre.timing.drift };
    let mut rng = dice(sketch, player, "drift");
    let (mut wander, mut last_at) = (0.0, f64::MIN);
    let (low, high) = player.instrument.range;
    let mut notes: Vec<Note> = Vec::with_capacity(events.len());
    for event in events {
        let Some(event) = (if texture { Some(event) } else { breathed(sketch, event) }) else { continue };
        // What is played together drifts together; the drift remembers where it was.
        if event.at > last_at + 1e-9 {
            wander = 0.82 * wander + 0.57 * rng.gauss();
            last_at = event.at;
        }
        let own = if drift > 0.0 { rng.gauss() * drift * 0.15 } else { 0.0 };
        let off = (event.late + (wander * drift).clamp(-2.5 * drift, 2.5 * drift) + own) / 1000.0;
        let start = (sketch.clock.seconds(swung(sketch, event.at)) + off).max(0.0);
        let end = sketch.clock.seconds(swung(sketch, event.at + event.length)) + off;
        let limit = limit(sketch, texture);
        if start >= limit - SHORTEST {
            continue;
        }
        let duration = (end - start).max(SHORTEST).min(limit - start);
        let lift = lifts.iter().rev().find(|(from, _)| *from <= event.at + 1e-9).map_or(1.0, |(_, lift)| *lift);
        let force = event.force * lift + if texture { 0.0 } else { rng.gauss() * 0.018 };
        let velocity = (14.0 + 112.0 * force).round().clamp(1.0, 127.0) as u8;
        let key = event.key.clamp(i32::from(low), i32::from(high)) as u8;
        notes.push(Note { start, duration, key, velocity });
    }
    notes.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.key.cmp(&b.key)));
    part_repeats(notes)
}

/// A note as it is before a dry end and before a held breath: those that would start in it are not played, those that would last into it end.
fn breathed(sketch: &Sketch, event: NoteEvent) -> Option<NoteEvent> {
    let mut event = event;
    if sketch.ending == Ending::Stop {
        // Nothing held rings on over a dry end.
        let dry = sketch.clock.end + sketch.last_length(f64::MAX);
        event.length = event.length.min((dry - event.at).max(0.05));
    }
    for (from, to) in &sketch.gaps {
        if event.at >= from - 1e-9 && event.at < to - 1e-9 {
            return None;
        }
        if event.at < *from && event.at + event.length > *from {
            event.length = (from - event.at).max(0.05);
        }
    }
    Some(event)
}

/// Where notes must have ended: a ring leaves room for releases, a loop goes to its end.
fn limit(sketch: &Sketch, texture: bool) -> f64 {
    let duration = sketch.clock.duration;
    if sketch.last.is_none() {
        return duration;
    }
    let tail = duration - sketch.clock.seconds(sketch.clock.end);
    duration - if texture { tail * 0.3 } else { tail * 0.12 }
}

/// A key struck again ends its earlier note; struck twice at once it counts once, the stronger.
fn part_repeats(notes: Vec<Note>) -> Vec<Note> {
    let mut kept: Vec<Note> = Vec::with_capacity(notes.len());
    let mut open: [Option<usize>; 128] = [None; 128];
    for note in notes {
        let slot = open.get_mut(usize::from(note.key));
        if let Some(earlier) = slot.as_ref().and_then(|at| at.as_ref()).and_then(|at| kept.get_mut(*at)) {
            if note.start - earlier.start < SHORTEST {
                earlier.velocity = earlier.velocity.max(note.velocity);
                earlier.duration = earlier.duration.max(note.duration);
                continue;
            }
            earlier.duration = earlier.duration.min(note.start - earlier.start - 0.002);
        }
        if let Some(slot) = slot {
            *slot = Some(kept.len());
        }
        kept.push(note);
    }
    kept
}

/// A position with the genre's swing: the second of each pair comes late.
fn swung(sketch: &Sketch, at: f64) -> f64 {
    let swing = &sketch.genre.swing;
    let pair = if swing.of == 8 { 1.0 } else { 0.5 };
    if swing.share <= 0.5 || sketch.metre().is_compound() || at >= sketch.clock.end {
        return at;
    }
    let start = (at / pair).floor() * pair;
    let place = (at - start) / pair;
    let bent =
        if place < 0.5 { place * 2.0 * swing.share } else { swing.share + (place - 0.5) * 2.0 * (1.0 - swing.share) };
    start + bent * pair
}
