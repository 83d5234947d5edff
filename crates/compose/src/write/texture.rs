//! Textures: beds of noise throughout, risers into a section, sweeps and impacts at its start.

use super::cast::{Player, gesture};
use super::line::NoteEvent;
use super::sketch::Sketch;
use crate::instruments::Gesture;

/// The rise of energy from one section to the next that is worth a gesture.
const STEP_UP: f64 = 0.14;

/// Everything a texture plays.
pub fn play(sketch: &Sketch, player: &Player) -> Vec<NoteEvent> {
    let key = ((i32::from(player.instrument.range.0) + i32::from(player.instrument.range.1)) / 2).clamp(0, 127);
    let note = |at: f64, length: f64, force: f64| NoteEvent { at, length, key, force, late: 0.0 };
    let end = sketch.last.as_ref().map_or(sketch.clock.end, |last| last.at + last.length);
    let bar = sketch.metre().quarters();
    let steps = sketch.passages.windows(2).enumerate().filter_map(|(nth, pair)| match pair {
        [before, after] => Some((nth, before, after, sketch.span(after).0, after.energy - before.energy)),
        _ => None,
    });
    match gesture(player) {
        Gesture::Bed => {
            let mut events: Vec<NoteEvent> = Vec::new();
            let last = sketch.passages.len().saturating_sub(1);
            for (nth, passage) in
                sketch.passages.iter().enumerate().filter(|(nth, _)| player.plays.get(*nth) == Some(&true))
            {
                let (from, to) = sketch.span(passage);
                let to = if nth == last { end } else { to };
                match events.last_mut().filter(|e| (e.at + e.length - from).abs() < 1e-6) {
                    Some(event) => event.length = to - event.at,
                    None => events.push(note(from, to - from, 0.6)),
                }
            }
            events
        }
        Gesture::Rise => {
            let mut events: Vec<NoteEvent> = steps
                .filter(|(_, before, after, _, up)| {
                    *up > STEP_UP || (before.letter == "build" && after.letter == "drop")
                })
                .map(|(_, before, _, at, up)| {
                    let (from, _) = sketch.span(before);
                    let length = if up > 0.3 { 2.0 * bar } else { bar }.min((at - from) * 0.75);
                    note(at - length, length, (0.5 + up * 0.6).min(0.9))
                })
                .collect();
            if events.is_empty() && player.asked {
                // With nothing to rise to but the last chord, it rises to that.
                let length = bar.min(sketch.clock.end * 0.5);
                events.push(note(sketch.clock.end - length, length, 0.6));
            }
            events
        }
        Gesture::Fall => {
            let mut events: Vec<NoteEvent> =
                steps.filter(|(.., up)| up.abs() > STEP_UP).map(|(_, _, _, at, _)| note(at, 1.5 * bar, 0.6)).collect();
            if events.is_empty() && player.asked {
                events.push(note(0.0, bar.min(sketch.clock.end), 0.5));
            }
            events
        }
        Gesture::Hit => {
            let mut events: Vec<NoteEvent> = steps
                .filter(|(.., up)| *up > STEP_UP)
                .map(|(_, _, after, at, _)| note(at, bar, (0.4 + after.energy * 0.5).min(1.0)))
                .collect();
            let peak = sketch.passages.last().is_some_and(|p| p.energy > 0.7);
            if let Some(last) = sketch.last.as_ref().filter(|_| peak || (player.asked && events.is_empty())) {
                events.push(note(last.at, last.length * 0.6, 0.7));
            }
            if events.is_empty() && player.asked {
                events.push(note(0.0, bar, 0.7));
            }
            events
        }
    }
}
