//! Harmony players: chords in rhythm, chords held, chords broken. All lead their voices through the whole piece.

use super::cast::{Player, dice};
use super::line::{NoteEvent, RhythmSearch, bend};
use super::sketch::{Passage, Sketch, TimedChord};
use super::voicing::{Voicing, lead};
use crate::genre::Pattern;
use crate::grid::{CHORDS, StepGrid, VOICES, force};
use crate::instruments::Role;
use crate::score::Ending;

/// Everything a harmony player plays. `rooted` says that nobody plays a bass.
pub fn play(sketch: &Sketch, player: &Player, rooted: bool) -> Vec<NoteEvent> {
    let mut hand = Hand { sketch, player, rooted, before: Vec::new(), events: Vec::new() };
    let mut laid: Vec<(f64, Vec<i32>)> = Vec::new();
    for span in &sketch.chords {
        laid.push((span.at, hand.voice(span)));
    }
    for (nth, passage) in sketch.passages.iter().enumerate() {
        if player.plays.get(nth) == Some(&true) {
            match player.role() {
                Role::Pad => hand.hold(passage, &laid),
                Role::Arp => hand.break_up(passage, &laid),
                _ => hand.comp(passage, &laid),
            }
        }
    }
    if let (Some(last), Some(true)) = (&sketch.last, player.plays.last()) {
        hand.close(last);
    }
    hand.events
}

struct Hand<'a> {
    sketch: &'a Sketch<'a>,
    player: &'a Player,
    rooted: bool,
    before: Vec<i32>,
    events: Vec<NoteEvent>,
}

impl Hand<'_> {
    fn frame(&self, energy: f64) -> Voicing {
        let (low, high) = self.player.keys();
        let shift = self.sketch.shift.register * 0.6 + (energy - 0.5) * 4.0;
        let middle = (low + high) as f64 / 2.0;
        let usual = match (self.player.layer.keys, self.player.role()) {
            (Some(_), _) => middle,
            (None, Role::Pad) => 60.0,
            (None, Role::Arp) => 66.0,
            (None, _) => 62.0,
        };
        let (floor, ceiling) = (f64::from(low) + 6.0, f64::from(high) - 6.0);
        let centre = (usual + shift).clamp(floor.min(ceiling), ceiling.max(floor));
        let plain = self.player.role() == Role::Pad && self.player.layer.voices < 5;
        Voicing { low, high, centre, voices: self.player.layer.voices.clamp(1, 5), rooted: self.rooted, plain }
    }

    fn voice(&mut self, span: &TimedChord) -> Vec<i32> {
        let energy = self
            .sketch
            .passages
            .iter()
            .rev()
            .find(|p| self.sketch.span(p).0 <= span.at + 1e-9)
            .map_or(0.5, |p| p.energy);
        let keys = lead(&span.chord, &self.before, &self.frame(energy));
        self.before.clone_from(&keys);
        keys
    }

    fn grid(&self, passage: &Passage, own: &[Pattern], shared: &[Pattern], marks: &str) -> Option<StepGrid> {
        let metre = self.sketch.metre();
        let search = RhythmSearch { metre, names: &self.player.layer.play, passage, drive: self.sketch.drive(passage) };
        let dice = dice(self.sketch, self.player, &format!("pattern {}", passage.material()));
        let pattern = search.find(own, shared, dice)?;
        StepGrid::read(&bend(&pattern.grid, pattern.metre, metre), metre.steps(), marks).ok()
    }

    fn comp(&mut self, passage: &Passage, laid: &[(f64, Vec<i32>)]) {
        let (genre, common) = (self.sketch.genre, self.sketch.common);
        let Some(grid) = self.grid(passage, &genre.comp, &common.comp, CHORDS) else { return };
        let steps = self.sketch.metre().steps();
        let mut rng = dice(self.sketch, self.player, &format!("hits {}", passage.name));
        for (nth, bar) in self.sketch.bars(passage).to_vec().into_iter().enumerate() {
            for hit in grid.bar(nth, steps).filter(|hit| hit.step < bar.steps()) {
                // A light stroke may be left out, so that no two bars are quite the same.
                if hit.mark == 'o' && hit.step > 0 && rng.chance(0.18) {
                    continue;
                }
                let at = bar.at + hit.step as f64 / 4.0;
                let end = (at + hit.length as f64 / 4.0).min(bar.at + bar.length);
                let touch = force(if matches!(hit.mark, 'b' | 't') { 'o' } else { hit.mark });
                let weight = self.sketch.metre().weight(hit.step);
                let force = touch * (0.8 + 0.2 * weight) * (0.7 + 0.35 * passage.energy) * rng.between(0.95, 1.05);
                self.strike(at, end, hit.mark, force, laid);
            }
        }
    }

    /// One stroke, changing with the chord where that changes under it. A stroke just before a change anticipates it.
    fn strike(&mut self, at: f64, end: f64, mark: char, force: f64, laid: &[(f64, Vec<i32>)]) {
        let next = laid.partition_point(|(start, _)| *start <= at + 1e-9);
        let change = laid.get(next).map(|(start, _)| *start).filter(|start| *start < end - 1e-9);
        let (now, cut) = match change {
            Some(start) if start - at <= 0.5 + 1e-9 => (laid.get(next), end),
            Some(start) => (laid.get(next.saturating_sub(1)), start),
            None => (laid.get(next.saturating_sub(1)), end),
        };
        let Some((_, keys)) = now else { return };
        let half = keys.len().div_ceil(2);
        let keys: Vec<i32> = match mark {
            'b' => keys.iter().take(half).copied().collect(),
            't' => keys.iter().skip(keys.len() / 2).copied().collect(),
            _ => keys.clone(),
        };
        self.chord(at, cut - at, &keys, force);
        if cut < end - 0.45 {
            self.strike(cut, end, mark, force * 0.92, laid);
        }
    }

    fn chord(&mut self, at: f64, length: f64, keys: &[i32], force: f64) {
        let timing = &self.sketch.genre.timing;
        let top = keys.len().saturating_sub(1);
        for (nth, key) in keys.iter().enumerate() {
            // The top voice sings a little over the inner ones.
            let voice = if nth == top { 1.0 } else { 0.88 };
            let late = timing.chords + timing.strum * nth as f64;
            self.events.push(NoteEvent {
                at,
                length: length * 0.96,
                key: *key,
                force: (force * voice).clamp(0.05, 1.0),
                late,
            });
        }
    }

    /// Held chords; a tone that two chords share is tied over.
    fn hold(&mut self, passage: &Passage, laid: &[(f64, Vec<i32>)]) {
        let (start, end) = self.sketch.span(passage);
        let spans: Vec<&(f64, Vec<i32>)> =
            laid.iter().filter(|(at, _)| *at >= start - 1e-9 && *at < end - 1e-9).collect();
        let ends: Vec<f64> = spans.iter().skip(1).map(|(at, _)| *at).chain([end]).collect();
        let mut held: Vec<NoteEvent> = Vec::new();
        for ((at, keys), until) in spans.iter().zip(ends) {
            for key in keys {
                let tie = held.iter_mut().rev().find(|e| {
                    e.key == *key
                        && (e.at + e.length - at).abs() < 1e-6
                        && e.length < 2.5 * self.sketch.metre().quarters()
                });
                match tie {
                    Some(event) => event.length += until - at,
                    None => {
                        let force = 0.42 + 0.34 * passage.energy;
                        held.push(NoteEvent { at: *at, length: until - at, key: *key, force, late: 0.0 });
                    }
                }
            }
        }
        self.events.extend(held);
    }

    fn break_up(&mut self, passage: &Passage, laid: &[(f64, Vec<i32>)]) {
        let (genre, common) = (self.sketch.genre, self.sketch.common);
        let Some(grid) = self.grid(passage, &genre.arp, &common.arp, VOICES) else { return };
        let steps = self.sketch.metre().steps();
        let (_, high) = self.player.keys();
        let rings = !self.player.instrument.sustained;
        let mut rng = dice(self.sketch, self.player, &format!("hits {}", passage.name));
        for (nth, bar) in self.sketch.bars(passage).to_vec().into_iter().enumerate() {
            // Now and then a bar runs the other way.
            let turned = nth % 4 == 3 && rng.chance(0.4);
            for hit in grid.bar(nth, steps).filter(|hit| hit.step < bar.steps()) {
                if hit.step % 4 != 0 && rng.chance(0.05) {
                    continue;
                }
                let at = bar.at + hit.step as f64 / 4.0;
                let span = laid.partition_point(|(start, _)| *start <= at + 1e-9);
                let Some((_, keys)) = laid.get(span.saturating_sub(1)) else { continue };
                let count = keys.len().max(1);
                let voice = hit.mark.to_digit(10).map_or(0, |d| d as usize).saturating_sub(1);
                let top = count.max(4) - 1;
                let voice = if turned && voice <= top { top - voice } else { voice };
                let key = keys.get(voice % count).map_or(60, |k| k + 12 * (voice / count) as i32);
                let key = if key > high { key - 12 } else { key };
                // What plucks rings on to the end of the chord or the half bar.
                let own = (hit.length as f64 / 4.0).min((bar.at + bar.length - at).max(0.25));
                let length = if rings { own.max(0.75) } else { own * 0.9 };
                let weight = self.sketch.metre().weight(hit.step);
                let swell = 0.06 * (std::f64::consts::TAU * hit.step as f64 / steps as f64).sin();
                let force = (0.5 + 0.16 * weight + swell) * (0.72 + 0.35 * passage.energy) * rng.between(0.93, 1.07);
                let late = self.sketch.genre.timing.chords;
                self.events.push(NoteEvent { at, length, key, force: force.clamp(0.05, 1.0), late });
            }
        }
    }

    fn close(&mut self, last: &TimedChord) {
        let keys = self.voice(last);
        let energy = self.sketch.passages.last().map_or(0.5, |p| p.energy);
        let length = last.length * if self.player.instrument.sustained { 0.58 } else { 0.85 };
        // A dry end is struck as one.
        let dry = matches!(self.sketch.ending, Ending::Stop | Ending::Sting);
        let roll = if self.player.role() == Role::Arp && !dry { 0.125 } else { 0.0 };
        let strum = self.sketch.genre.timing.strum * if dry { 0.25 } else { 1.0 };
        for (nth, key) in keys.iter().enumerate() {
            let late = self.sketch.genre.timing.chords + strum * nth as f64;
            let at = last.at + roll * nth as f64;
            let force = (0.45 + 0.3 * energy).clamp(0.05, 1.0);
            self.events.push(NoteEvent { at, length: (length - roll * nth as f64).max(0.1), key: *key, force, late });
        }
    }
}
