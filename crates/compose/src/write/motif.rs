//! Motifs: a rhythm and a shape of one or two bars that a tune is grown from, and what can be done with them.

use super::line::bend;
use crate::genre::{Cell, Tune};
use crate::grid::{STROKES, StepGrid};
use crate::metre::{COMMON, Metre};
use crate::rng::Rng;

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
pub fn cells(tune: &Tune, common: &[Cell], metre: Metre) -> Vec<StepGrid> {
    let read = |cells: &[Cell], of: Metre| -> Vec<StepGrid> {
        let fit = cells.iter().filter(|c| c.metre == of);
        fit.filter_map(|c| StepGrid::read(&bend(&c.grid, of, metre), metre.steps(), STROKES).ok()).collect()
    };
    [read(&tune.cells, metre), read(common, metre), read(&tune.cells, COMMON), read(common, COMMON)]
        .into_iter()
        .find(|cells| !cells.is_empty())
        .unwrap_or_default()
}

impl Motif {
    /// A new one. `thin` is the share of weak notes to leave out.
    pub fn invent(cells: &[StepGrid], metre: Metre, tune: &Tune, thin: f64, rng: &mut Rng) -> Self {
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

    /// Its first bar, then the same again some steps higher or lower: a sequence.
    pub fn sequenced(&self, metre: Metre, by: i32) -> Self {
        let steps = metre.steps();
        let model: Vec<Degree> = self.notes.iter().copied().filter(|n| n.step < steps).collect();
        let again = (1..self.bars).flat_map(|bar| {
            let moved = move |n: &Degree| Degree { step: n.step + bar * steps, rise: n.rise + by * bar as i32, ..*n };
            model.iter().map(moved).collect::<Vec<_>>()
        });
        Self { notes: model.iter().copied().chain(again).collect(), bars: self.bars }
    }

    /// Its opening half bar again and again, each time some steps further: what drives to a summit.
    pub fn driven(&self, metre: Metre, by: i32) -> Self {
        let half = metre.groups().get(1).copied().unwrap_or(metre.steps() / 2).max(2);
        let head: Vec<Degree> = self.notes.iter().copied().filter(|n| n.step < half).collect();
        let rounds = (metre.steps() * self.bars).div_ceil(half);
        let notes = (0..rounds).flat_map(|round| {
            let moved = move |n: &Degree| Degree {
                step: n.step + round * half,
                length: n.length.min(half - n.step),
                rise: n.rise + by * round as i32,
                ..*n
            };
            head.iter().map(moved).collect::<Vec<_>>()
        });
        Self { notes: notes.collect(), bars: self.bars }
    }

    /// Its first bar in twice the time.
    pub fn augmented(&self, metre: Metre) -> Self {
        let first = self.notes.iter().filter(|n| n.step < metre.steps());
        Self {
            notes: first.map(|n| Degree { step: n.step * 2, length: n.length * 2, ..*n }).collect(),
            bars: self.bars,
        }
    }

    /// The same rhythm from back to front in pitch: where it ended it begins.
    pub fn retrograde(&self) -> Self {
        let mut rises: Vec<i32> = self.notes.iter().map(|n| n.rise).collect();
        let home = rises.last().copied().unwrap_or(0);
        rises.reverse();
        let mut rises = rises.into_iter();
        self.map(|note| Degree { rise: rises.next().unwrap_or(0) - home, ..note })
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
        // A third oftener than a fourth, a fourth oftener than a fifth.
        sign * (2 + (rng.unit() * rng.unit() * 3.0) as i32)
    } else {
        sign
    }
}

#[cfg(test)]
mod tests {
    use super::{Degree, Motif};
    use crate::metre::COMMON;

    fn motif() -> Motif {
        let note = |step, length, rise| Degree { step, length, accent: false, rise };
        Motif { notes: vec![note(0, 4, 0), note(4, 2, 1), note(6, 4, 3), note(16, 8, 2), note(24, 4, 0)], bars: 2 }
    }

    #[test]
    fn a_sequence_is_the_first_bar_again_a_step_higher() {
        let rises: Vec<(usize, i32)> = motif().sequenced(COMMON, 1).notes.iter().map(|n| (n.step, n.rise)).collect();
        assert_eq!(rises, [(0, 0), (4, 1), (6, 3), (16, 1), (20, 2), (22, 4)]);
    }

    #[test]
    fn every_treatment_keeps_to_its_bars_and_in_order() {
        let m = motif();
        let treated = [
            m.inverted(),
            m.retrograde(),
            m.augmented(COMMON),
            m.driven(COMMON, 1),
            m.sequenced(COMMON, -1),
            m.broadened(COMMON),
            m.closing(COMMON),
        ];
        for (nth, t) in treated.iter().enumerate() {
            assert!(!t.notes.is_empty() && t.notes.is_sorted_by(|a, b| a.step < b.step), "{nth}: {t:?}");
            assert!(t.notes.iter().all(|n| n.step < 32 && n.length > 0), "{nth}: {t:?}");
        }
        assert_eq!(m.retrograde().retrograde().notes.first().map(|n| n.rise), Some(0));
    }
}
