//! Motifs: a rhythm and a shape of one or two bars that a tune is grown from, and what can be done with them.

use super::genre::{Cell, Tune};
use super::grid::{Grid, STROKES};
use super::line::bend;
use super::metre::{COMMON, Metre};
use super::rng::Rng;

/// One note of a motif.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Degree {
    /// The sixteenth it starts on, from the motif's start.
    pub step: usize,
    /// Its length in sixteenths.
    pub length: usize,
    /// Whether it is accented.
    pub accent: bool,
    /// Scale steps above the tone the motif starts from.
    pub rise: i32,
}

/// A motif.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Motif {
    /// Its notes in order.
    pub notes: Vec<Degree>,
    /// Its length in bars.
    pub bars: usize,
}

/// Rhythms of a bar to draw from in a metre.
pub fn cells(tune: &Tune, common: &[Cell], metre: Metre) -> Vec<Grid> {
    let read = |cells: &[Cell], of: Metre| -> Vec<Grid> {
        let fit = cells.iter().filter(|c| c.metre == of);
        fit.filter_map(|c| Grid::read(&bend(&c.grid, of, metre), metre.steps(), STROKES).ok()).collect()
    };
    [read(&tune.cells, metre), read(common, metre), read(&tune.cells, COMMON), read(common, COMMON)]
        .into_iter()
        .find(|cells| !cells.is_empty())
        .unwrap_or_default()
}

impl Motif {
    /// A new one. `thin` is the share of weak notes to leave out.
    pub fn invent(cells: &[Grid], metre: Metre, tune: &Tune, thin: f64, rng: &mut Rng) -> Self {
        let steps = metre.steps();
        let bars = 2;
        let first = rng.pick(cells).cloned().unwrap_or_default();
        // The second bar answers with the same rhythm or another.
        let second = if rng.chance(0.35) { first.clone() } else { rng.pick(cells).cloned().unwrap_or_default() };
        let mut notes: Vec<Degree> = Vec::new();
        let (mut rise, mut leapt) = (0_i32, 0_i32);
        for (bar, cell) in [first, second].iter().enumerate() {
            for hit in cell.bar(0, steps) {
                let weak = metre.weight(hit.step) < 0.5;
                if weak && !notes.is_empty() && rng.chance(thin) {
                    continue;
                }
                if !notes.is_empty() {
                    let step = next_step(rng, tune.leaps, rise, leapt);
                    leapt = if step.abs() > 2 { step } else { 0 };
                    rise += step;
                }
                notes.push(Degree { step: bar * steps + hit.step, length: hit.length, accent: hit.mark == 'X', rise });
            }
        }
        Self { notes, bars }
    }

    /// Upside down.
    pub fn inverted(&self) -> Self {
        self.map(|note| Degree { rise: -note.rise, ..note })
    }

    /// With its last notes going elsewhere.
    pub fn answered(&self, rng: &mut Rng) -> Self {
        let turn = self.notes.len().saturating_sub(1 + self.notes.len() / 4);
        let shift = [-2, -1, 1, 2].get(rng.below(4)).copied().unwrap_or(1);
        let mut nth = 0;
        self.map(|note| {
            nth += 1;
            if nth > turn { Degree { rise: note.rise + shift, ..note } } else { note }
        })
    }

    /// Its first bar, then one long note.
    pub fn closing(&self, metre: Metre) -> Self {
        let steps = metre.steps();
        let mut notes: Vec<Degree> = self.notes.iter().copied().filter(|n| n.step < steps).collect();
        if let Some(last) = notes.last().copied() {
            let rise = if last.rise > 0 { last.rise - 1 } else { last.rise + 1 };
            notes.push(Degree { step: steps, length: steps * 5 / 8, accent: true, rise });
        }
        Self { notes, bars: self.bars }
    }

    /// Only its opening, as an echo or a fragment.
    pub fn fragment(&self, metre: Metre) -> Self {
        let notes = self.notes.iter().copied().filter(|n| n.step < metre.steps()).collect();
        Self { notes, bars: self.bars }
    }

    /// Decorated: long notes get a neighbour before they end, or a pair of repeated notes becomes a step.
    pub fn ornamented(&self, rng: &mut Rng, chance: f64) -> Self {
        let mut notes = Vec::new();
        for note in &self.notes {
            if note.length >= 4 && rng.chance(chance) {
                let cut = if note.length >= 6 { 2 } else { 1 };
                let turn = if rng.chance(0.6) { 1 } else { -1 };
                notes.push(Degree { length: note.length - cut, ..*note });
                notes.push(Degree {
                    step: note.step + note.length - cut,
                    length: cut,
                    accent: false,
                    rise: note.rise + turn,
                });
            } else {
                notes.push(*note);
            }
        }
        Self { notes, bars: self.bars }
    }

    /// With the weak notes left out: the same tune, broader.
    pub fn broadened(&self, metre: Metre) -> Self {
        let strong: Vec<Degree> =
            self.notes.iter().copied().filter(|n| metre.weight(n.step) >= 0.35 || n.accent).collect();
        let mut notes = strong.clone();
        for (nth, note) in notes.iter_mut().enumerate() {
            if let Some(next) = strong.get(nth + 1) {
                note.length = (next.step - note.step).min(note.length + 4);
            }
        }
        Self { notes, bars: self.bars }
    }

    fn map(&self, change: impl FnMut(Degree) -> Degree) -> Self {
        Self { notes: self.notes.iter().copied().map(change).collect(), bars: self.bars }
    }
}

/// Mostly steps; a leap is followed by a step back; nobody strays more than a sixth from the start.
fn next_step(rng: &mut Rng, leaps: f64, rise: i32, leapt: i32) -> i32 {
    if leapt != 0 {
        return -leapt.signum();
    }
    let home = if rise.abs() >= 4 { -rise.signum() } else { 0 };
    let sign = match home {
        0 if rng.chance(0.5) => 1,
        0 => -1,
        home => home,
    };
    if rng.chance(0.1) {
        0
    } else if rng.chance(leaps) {
        sign * (2 + rng.below(3) as i32)
    } else {
        sign
    }
}
