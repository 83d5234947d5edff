//! The bass: roots on the kick, fifths and octaves between, steps that lead into the next chord. Also the left hand of a
//! keyboard that plays alone.

use super::cast::{Player, dice};
use super::drums;
use super::line::{NoteEvent, RhythmSearch, bend};
use super::sketch::{Passage, Sketch, TimedChord};
use crate::genre::{Lane, Pattern};
use crate::grid::{BASS, GridHit, StepGrid};
use crate::instruments::Role;
use crate::rng::Rng;
use crate::theory::{nearest, scale_over};

/// Name of the patterns that a keyboard, harp or guitar plays where it has to be its own bass.
const HANDS: &str = "hands";

/// Everything the bass plays.
pub fn play(sketch: &Sketch, player: &Player) -> Vec<NoteEvent> {
    let (low, high) = player.keys();
    // Between the lowest octave, where roots boom, and where a bass no longer is one.
    let centre = (low + 9).clamp(if player.instrument.polyphonic { 40 } else { 34 }, 45).clamp(low, high);
    let mut bass =
        Bass { sketch, player, low, high, centre, rng: dice(sketch, player, "line"), root: centre, events: Vec::new() };
    for (nth, passage) in sketch.passages.iter().enumerate() {
        if player.plays.get(nth) == Some(&true) {
            bass.section(passage);
        }
    }
    if let (Some(last), Some(true)) = (&sketch.last, player.plays.last()) {
        let root = bass.near_root(last);
        let length = last.length * if player.instrument.sustained { 0.6 } else { 0.85 };
        bass.push(last.at, length, root, 0.7);
        if player.instrument.polyphonic && root - 12 >= low && root > 43 {
            bass.push(last.at, length, root - 12, 0.55);
        }
    }
    bass.events
}

struct Bass<'a> {
    sketch: &'a Sketch<'a>,
    player: &'a Player,
    low: i32,
    high: i32,
    centre: i32,
    rng: Rng,
    root: i32,
    events: Vec<NoteEvent>,
}

impl Bass<'_> {
    fn grid(&self, passage: &Passage) -> Option<StepGrid> {
        let metre = self.sketch.metre();
        let by_hand = self.player.instrument.polyphonic && self.player.layer.play.is_empty();
        let hands = [HANDS.to_owned()];
        let names = if by_hand { &hands[..] } else { &self.player.layer.play };
        let plain = |p: &&Pattern| by_hand == (p.name == HANDS);
        let own: Vec<Pattern> = if by_hand {
            self.sketch.common.bass.iter().filter(plain).cloned().collect()
        } else {
            self.sketch.genre.bass.clone()
        };
        let shared: Vec<Pattern> = self.sketch.common.bass.iter().filter(plain).cloned().collect();
        let search = RhythmSearch { metre, names, passage, drive: self.sketch.drive(passage) };
        let dice = dice(self.sketch, self.player, &format!("pattern {}", passage.material()));
        let pattern = search.find(&own, &shared, dice)?;
        if pattern.grid == "kick" {
            let lanes = drums::groove(self.sketch, passage, Role::Drums, &[])?;
            return lanes.get(&Lane::Kick).map(|kick| locked(kick, metre.steps()));
        }
        StepGrid::read(&bend(&pattern.grid, pattern.metre, metre), metre.steps(), BASS).ok()
    }

    fn section(&mut self, passage: &Passage) {
        let Some(grid) = self.grid(passage) else { return };
        let steps = self.sketch.metre().steps();
        for (nth, bar) in self.sketch.bars(passage).to_vec().into_iter().enumerate() {
            let mut hits: Vec<GridHit> = grid.bar(nth, steps).filter(|hit| hit.step < bar.steps()).collect();
            self.meet_chords(&mut hits, bar.at, bar.steps());
            if bar.steps() < steps {
                // A part bar ends sooner than the pattern thinks.
                hits.iter_mut().for_each(|hit| hit.length = hit.length.min(bar.steps() - hit.step));
            }
            let count = hits.len();
            for (index, hit) in hits.into_iter().enumerate() {
                let at = bar.at + hit.step as f64 / 4.0;
                let Some(span) = self.sketch.chord_at(at).cloned() else { continue };
                let last = index + 1 == count && count > 1;
                // The last note of a phrase leads on more often than the pattern says.
                let leads = last && nth % 4 == 3 && hit.length <= 4 && !self.player.instrument.polyphonic;
                let mark = if leads && self.rng.chance(0.5) { 'a' } else { hit.mark };
                self.note(passage, at, hit, mark, &span);
            }
        }
    }

    /// A chord that comes in the middle of a bar is met by its root.
    fn meet_chords(&self, hits: &mut Vec<GridHit>, bar_at: f64, bar_steps: usize) {
        for span in &self.sketch.chords {
            let step = ((span.at - bar_at) * 4.0).round();
            if step < 0.0 || step as usize >= bar_steps || hits.is_empty() {
                continue;
            }
            let step = step as usize;
            match hits.iter_mut().find(|hit| hit.step == step) {
                Some(hit) if hit.mark == '8' && self.player.instrument.polyphonic => hit.mark = '1',
                Some(hit) if matches!(hit.mark, '1' | '8') => {}
                Some(hit) => hit.mark = '1',
                None => {
                    let end = hits.iter().map(|h| h.step).filter(|s| *s > step).min().unwrap_or(bar_steps);
                    if let Some(held) = hits.iter_mut().rev().find(|h| h.step < step) {
                        held.length = held.length.min(step - held.step);
                    }
                    hits.push(GridHit { step, length: (end - step).min(4), mark: '1' });
                }
            }
        }
        hits.sort_by_key(|hit| hit.step);
    }

    fn note(&mut self, passage: &Passage, at: f64, hit: GridHit, mark: char, span: &TimedChord) {
        if (at - span.at).abs() < 0.01 || mark == '1' {
            self.root = self.near_root(span);
        }
        let root = self.root;
        let up = |tone: Option<i32>, other: i32| root + tone.unwrap_or(other);
        let relative = (span.chord.root - span.chord.bass).rem_euclid(12);
        let key = match mark {
            '3' => up(span.chord.third(), 7) + relative + if self.player.instrument.polyphonic { 12 } else { 0 },
            '5' => up(span.chord.fifth(), 7) + relative,
            '7' => up(span.chord.seventh(), 12) + relative,
            '8' => root + 12,
            'v' => up(span.chord.fifth(), 7) + relative - 12,
            'a' => self.approach(at, root),
            _ => root,
        };
        let weight = self.sketch.metre().weight((hit.step) % self.sketch.metre().steps().max(1));
        let force = if mark == 'g' { 0.35 } else { 0.68 + 0.14 * weight + self.rng.between(-0.04, 0.04) };
        let full = hit.length as f64 / 4.0;
        let length = match mark {
            'g' => 0.1,
            _ if self.player.instrument.polyphonic => full,
            _ => full * (0.95 - 0.1 * self.sketch.drive(passage)),
        };
        self.push(at, length, key, force * (0.75 + 0.3 * passage.energy));
    }

    /// A step below or above the next root, by half or whole; the fifth where the chord stays.
    fn approach(&mut self, at: f64, root: i32) -> i32 {
        let Some(next) = self.sketch.chord_after(at).cloned() else { return root };
        let now = self.sketch.chord_at(at);
        let target = nearest(next.chord.bass, root);
        if now.is_some_and(|span| span.chord.bass == next.chord.bass) {
            return if self.rng.chance(0.5) { root + 7 } else { root + 12 };
        }
        let scale = now.map(|span| scale_over(span.key, &span.chord)).unwrap_or_default();
        let from_below = if (target - root).abs() > 2 { target > root } else { self.rng.chance(0.5) };
        let step = |distance: i32| if from_below { target - distance } else { target + distance };
        let whole = step(2);
        if scale.contains(&whole.rem_euclid(12)) && self.rng.chance(0.45) { whole } else { step(1) }
    }

    fn near_root(&self, span: &TimedChord) -> i32 {
        let near = nearest(span.chord.bass, self.centre);
        let close = nearest(span.chord.bass, self.root);
        // Stay close to the last root, but do not wander off.
        let key = if (close - self.centre).abs() <= 7 { close } else { near };
        if key < self.low { key + 12 } else { key }
    }

    fn push(&mut self, at: f64, length: f64, key: i32, force: f64) {
        let mut key = key;
        while key < self.low {
            key += 12;
        }
        while key > self.high {
            key -= 12;
        }
        let late = self.sketch.genre.timing.bass;
        self.events.push(NoteEvent { at, length, key, force: force.clamp(0.05, 1.0), late });
    }
}

/// The rhythm of the kick as a bass line: roots that last to the next stroke, up to a beat and a half.
fn locked(kick: &StepGrid, bar: usize) -> StepGrid {
    let ends = kick.hits.iter().skip(1).map(|hit| hit.step).chain([kick.steps]);
    let hits = kick.hits.iter().zip(ends).filter(|(hit, _)| !matches!(hit.mark, '?' | 'g')).map(|(hit, end)| {
        let mark = if hit.step % bar == 0 || hit.step % 4 == 0 { '1' } else { '8' };
        GridHit { step: hit.step, length: (end - hit.step).min(6), mark }
    });
    StepGrid { steps: kick.steps, hits: hits.collect() }
}
