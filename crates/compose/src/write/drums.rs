//! Drums and percussion: the groove of a section, varied from bar to bar, filled at the ends of phrases, thinned before a
//! peak and driven up through a build.

use std::collections::BTreeMap;

use super::cast::{Player, dice};
use super::clock::Bar;
use super::line::{NoteEvent, RhythmSearch, bend};
use super::sketch::{Passage, Sketch};
use crate::genre::{FeelTime, Groove, Lane};
use crate::grid::{DRUMS, GridHit, StepGrid, force};
use crate::instruments::Role;
use crate::metre::Metre;
use crate::rng::Rng;
use crate::theory::nearest;

/// A groove, read for the metre of the piece.
pub type Lanes = BTreeMap<Lane, StepGrid>;

/// The groove that `role` plays in a section; what the bass locks to even where no drummer sits.
pub fn groove(sketch: &Sketch, passage: &Passage, role: Role, names: &[String]) -> Option<Lanes> {
    let of_role = |all: &[Groove]| all.iter().filter(|g| g.role == role).cloned().collect::<Vec<_>>();
    let (own, shared) = (of_role(&sketch.genre.groove), of_role(&sketch.common.groove));
    let search = RhythmSearch { metre: sketch.metre(), names, passage, drive: sketch.drive(passage) };
    let dice = sketch.rng(&format!("groove {} {}", role.name(), passage.material()));
    let mut lanes = lanes(search.find(&own, &shared, dice)?, sketch.metre());
    for (lane, grid) in &mut lanes {
        // The time between the beats goes on as it was; kick and backbeat move.
        match passage.feel {
            FeelTime::Half if !lane.is_hat() => *grid = grid.stretched(),
            FeelTime::Double if !lane.is_hat() => *grid = grid.squeezed(sketch.metre().steps()),
            _ => {}
        }
    }
    Some(lanes)
}

fn fill(sketch: &Sketch, passage: &Passage, rng: &mut Rng) -> Option<Lanes> {
    let search = RhythmSearch { metre: sketch.metre(), names: &[], passage, drive: sketch.drive(passage) };
    let dice = Rng::new(rng.below(1 << 20) as u64, "fill");
    Some(lanes(search.find(&sketch.genre.fill, &sketch.common.fill, dice)?, sketch.metre()))
}

/// A fill without what comes before a step.
fn shortened(mut fill: Lanes, from: usize) -> Lanes {
    for grid in fill.values_mut() {
        grid.hits.retain(|hit| hit.step >= from);
    }
    fill
}

fn lanes(groove: &Groove, metre: Metre) -> Lanes {
    let read = |grid: &String| StepGrid::read(&bend(grid, groove.metre, metre), metre.steps(), DRUMS).ok();
    groove.lanes.iter().filter_map(|(lane, grid)| Some((*lane, read(grid)?))).collect()
}

/// Everything one drummer plays.
pub fn play(sketch: &Sketch, player: &Player) -> Vec<NoteEvent> {
    let mut drummer = Drummer { sketch, player, rng: dice(sketch, player, "hits"), events: Vec::new() };
    for (nth, passage) in sketch.passages.iter().enumerate() {
        if player.plays.get(nth) == Some(&true) {
            drummer.section(nth, passage);
        }
    }
    drummer.close();
    drummer.events
}

struct Drummer<'a> {
    sketch: &'a Sketch<'a>,
    player: &'a Player,
    rng: Rng,
    events: Vec<NoteEvent>,
}

impl Drummer<'_> {
    fn section(&mut self, nth: usize, passage: &Passage) {
        let Some(groove) = self.groove(passage) else { return };
        let next = self.sketch.passages.get(nth + 1);
        let rise = next.map_or(0.0, |n| n.energy - passage.energy);
        // A cymbal marks what rises; before the first section there is nothing to rise from.
        let before = nth.checked_sub(1).and_then(|n| self.sketch.passages.get(n)).map_or(passage.energy, |p| p.energy);
        let bars = self.sketch.bars(passage).to_vec();
        let leads = self.player.role() == Role::Drums;
        for (at, bar) in bars.iter().enumerate() {
            let last = at + 1 == bars.len();
            if leads && passage.letter == "build" {
                self.roll(*bar, at, bars.len());
                continue;
            }
            // A section's end gets a real fill; inside it one of eight gets half a bar and one of four a beat, now and
            // then, so that a phrase is turned over without sounding like a border.
            let steps = self.sketch.metre().steps();
            let due = match () {
                () if !leads || at == 0 && bars.len() > 1 => None,
                () if last && next.is_some() => Some((0.9, 0)),
                () if (at + 1) % 8 == 0 => Some((0.6, steps / 2)),
                () if (at + 1) % 4 == 0 => Some((0.3, steps * 3 / 4)),
                () => None,
            };
            let due = due.filter(|(chance, _)| self.rng.chance(chance * (0.4 + passage.energy)));
            let fill = due.and_then(|(_, from)| Some(shortened(fill(self.sketch, passage, &mut self.rng)?, from)));
            // Before a peak the kick steps back, so that its return is felt.
            let hold_back = last && rise > 0.18 && leads;
            self.bar(passage, *bar, at, &groove, fill.as_ref(), hold_back);
        }
        if let (true, Some(bar)) = (leads && passage.energy > 0.5 && passage.energy > before + 0.06, bars.first()) {
            self.strike(Lane::Crash, bar.at, 2.0, 0.45 + passage.energy * 0.45);
        }
    }

    /// The groove of a section; tuned drums take the drum set's where that of the percussion has nothing for them.
    fn groove(&self, passage: &Passage) -> Option<Lanes> {
        let own = groove(self.sketch, passage, self.player.role(), &self.player.layer.play);
        let playable =
            |lanes: &Lanes| lanes.iter().any(|(lane, grid)| !grid.hits.is_empty() && self.key(*lane, 0.0).is_some());
        own.filter(playable).or_else(|| groove(self.sketch, passage, Role::Drums, &[]))
    }

    fn bar(&mut self, passage: &Passage, bar: Bar, nth: usize, groove: &Lanes, fill: Option<&Lanes>, hold_back: bool) {
        let steps = self.sketch.metre().steps();
        let drive = self.sketch.drive(passage);
        let fill_from = fill.map_or(usize::MAX, |f| {
            f.values().flat_map(|grid| grid.hits.first()).map(|hit| hit.step).min().unwrap_or(usize::MAX)
        });
        for (lane, grid) in groove {
            let hits: Vec<GridHit> = grid.bar(nth, steps).filter(|hit| hit.step < bar.steps()).collect();
            for hit in hits {
                if hit.step >= fill_from && !(lane.is_hat() && *lane != Lane::OpenHat && fill_from > steps / 2) {
                    continue;
                }
                if hold_back && *lane == Lane::Kick && hit.step >= steps / 2 {
                    continue;
                }
                // What is marked as now and then is, and hats breathe.
                let skipped = match hit.mark {
                    '?' => !self.rng.chance(0.2 + drive * 0.35),
                    'g' => !self.rng.chance(0.45 + drive * 0.4),
                    _ => lane.is_hat() && hit.step % 4 != 0 && self.rng.chance(0.06),
                };
                if !skipped {
                    self.hit(*lane, bar, hit, passage);
                }
            }
            self.vary(*lane, passage, bar, nth, grid, fill_from);
        }
        for (lane, grid) in fill.into_iter().flatten() {
            for hit in grid.hits.iter().filter(|hit| hit.step < bar.steps()) {
                let swell = 0.8 + 0.3 * hit.step as f64 / steps as f64;
                let force = force(hit.mark) * swell * (0.6 + passage.energy * 0.4);
                self.strike(*lane, bar.at + hit.step as f64 / 4.0, 0.25, force);
            }
        }
    }

    fn hit(&mut self, lane: Lane, bar: Bar, hit: GridHit, passage: &Passage) {
        let weight = self.sketch.metre().weight(hit.step);
        let touch = if lane.is_hat() { 0.72 + 0.28 * weight } else { 0.9 + 0.1 * weight };
        let force = force(hit.mark) * touch * (0.62 + 0.42 * passage.energy);
        let (at, length) = (bar.at + hit.step as f64 / 4.0, hit.length as f64 / 4.0);
        let strokes = match hit.mark {
            'r' => 2 * hit.length,
            '3' => 3,
            _ => 1,
        };
        for nth in 0..strokes {
            // A roll grows a little towards its end.
            let swell = if strokes > 1 { 0.8 + 0.2 * nth as f64 / strokes as f64 } else { 1.0 };
            let each = length / strokes as f64;
            self.strike(lane, at + each * nth as f64, each, force * swell);
        }
    }

    /// Small changes at the ends of two- and four-bar phrases: a pick-up of the kick, an opened hat, a ghost note.
    fn vary(&mut self, lane: Lane, passage: &Passage, bar: Bar, nth: usize, grid: &StepGrid, fill_from: usize) {
        let steps = self.sketch.metre().steps();
        let free = |step: usize| step < fill_from.min(bar.steps()) && grid.bar(nth, steps).all(|hit| hit.step != step);
        let (chance, step, mark) = match (lane, nth % 4) {
            (Lane::Kick, 1 | 3) => (0.4, steps.saturating_sub(if self.rng.chance(0.5) { 2 } else { 6 }), 'x'),
            (Lane::Snare, 2 | 3) => (0.3, steps.saturating_sub(if self.rng.chance(0.5) { 1 } else { 7 }), 'g'),
            (Lane::OpenHat, 3) => (0.35, steps.saturating_sub(2), 'x'),
            (Lane::Hat, _) => (0.15, 2 * self.rng.below(steps / 2) + 1, 'g'),
            _ => return,
        };
        if free(step) && self.rng.chance(chance * (0.3 + self.sketch.drive(passage))) {
            self.hit(lane, bar, GridHit { step, length: 1, mark }, passage);
        }
    }

    /// A snare roll through a build: quarters, eighths, then sixteenths, growing.
    fn roll(&mut self, bar: Bar, nth: usize, bars: usize) {
        let steps = bar.steps();
        for step in 0..steps {
            let progress = (nth as f64 + step as f64 / steps as f64) / bars as f64;
            let every = match progress {
                p if p < 0.5 => 4,
                p if p < 0.75 => 2,
                _ => 1,
            };
            let at = bar.at + step as f64 / 4.0;
            // The last beat is left open.
            if progress > 1.0 - 0.25 / bars as f64 {
                continue;
            }
            if step % every == 0 {
                let accent = if step % 4 == 0 { 0.1 } else { 0.0 };
                self.strike(Lane::Snare, at, 0.25, 0.3 + 0.5 * progress + accent);
            }
            if step % 4 == 0 && progress < 0.75 {
                self.strike(Lane::Kick, at, 0.25, 0.75);
            }
        }
    }

    /// The last chord gets a kick and a cymbal, as loud as what came before.
    fn close(&mut self) {
        let Some(last) = self.sketch.last.as_ref().filter(|_| self.player.plays.last() == Some(&true)) else { return };
        let energy = self.sketch.passages.last().map_or(0.5, |p| p.energy);
        if self.player.role() == Role::Drums {
            self.strike(Lane::Kick, last.at, last.length.min(1.0), 0.5 + energy * 0.35);
            self.strike(Lane::Crash, last.at, last.length.min(2.0), 0.3 + energy * 0.4);
        }
    }

    fn strike(&mut self, lane: Lane, at: f64, length: f64, force: f64) {
        let Some(key) = self.key(lane, at) else { return };
        let timing = &self.sketch.genre.timing;
        let late = match lane {
            lane if lane.is_snare() => timing.snare,
            lane if lane.is_hat() => timing.hat,
            _ => 0.0,
        };
        self.events.push(NoteEvent { at, length, key, force: force.clamp(0.05, 1.0), late });
    }

    /// A kit has a key for every voice; tuned drums take what they can.
    fn key(&self, lane: Lane, at: f64) -> Option<i32> {
        let instrument = self.player.instrument;
        if instrument.is_kit() {
            return Some(i32::from(lane.key()));
        }
        let (low, high) = self.player.keys();
        let pitch = match lane {
            Lane::Kick | Lane::LowTom => 0.15,
            Lane::Snare | Lane::MidTom | Lane::LowConga => 0.5,
            Lane::HighTom | Lane::HighConga | Lane::Rim => 0.8,
            _ => return None,
        };
        let near = low + ((high - low) as f64 * pitch) as i32;
        // Timpani are tuned to root and fifth; the rest have no pitch to mind.
        let Some(span) = self.sketch.chord_at(at).filter(|_| instrument.id == "timpani") else { return Some(near) };
        let fifth = if pitch > 0.3 { 7 } else { 0 };
        let key = nearest((span.chord.root + fifth).rem_euclid(12), near);
        Some(if key < low {
            key + 12
        } else if key > high {
            key - 12
        } else {
            key
        })
    }
}
