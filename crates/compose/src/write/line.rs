//! What players hand in: notes in musical time, before anyone's timing or touch. And how a player finds the rhythm for a
//! section among those the genre offers.

use super::sketch::Passage;
use crate::genre::{Groove, Pattern};
use crate::metre::{COMMON, Metre};
use crate::rng::Rng;

/// A note in musical time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoteEvent {
    /// Where it starts, in quarter notes.
    pub at: f64,
    /// How long it is, in quarter notes.
    pub length: f64,
    /// MIDI key.
    pub key: i32,
    /// 0 to 1.
    pub force: f64,
    /// How late it is played, in milliseconds.
    pub late: f64,
}

/// What grooves and patterns are chosen by.
pub trait Rhythm {
    /// Its name; empty for none.
    fn name(&self) -> &str;
    /// Its metre.
    fn metre(&self) -> Metre;
    /// Least and most energy.
    fn reach(&self) -> (f64, f64);
    /// Sections by letter; empty: all.
    fn sections(&self) -> &[String];
}

impl Rhythm for Pattern {
    fn name(&self) -> &str {
        &self.name
    }
    fn metre(&self) -> Metre {
        self.metre
    }
    fn reach(&self) -> (f64, f64) {
        (self.from, self.until)
    }
    fn sections(&self) -> &[String] {
        &self.sections
    }
}

impl Rhythm for Groove {
    fn name(&self) -> &str {
        &self.name
    }
    fn metre(&self) -> Metre {
        self.metre
    }
    fn reach(&self) -> (f64, f64) {
        (self.from, self.until)
    }
    fn sections(&self) -> &[String] {
        &self.sections
    }
}

/// What a player is looking for.
pub struct RhythmSearch<'a> {
    /// The metre of the piece.
    pub metre: Metre,
    /// Names to choose among; empty: any.
    pub names: &'a [String],
    /// The section.
    pub passage: &'a Passage,
    /// How busy it is, 0 to 1.
    pub drive: f64,
}

impl RhythmSearch<'_> {
    /// A rhythm for the section: of the genre's, in this metre, for this letter, at this energy; each demand is dropped in
    /// turn where none meets it. Without any in this metre the shared ones serve, then those in common time, bent to fit.
    pub fn find<'r, R: Rhythm>(&self, own: &'r [R], shared: &'r [R], mut rng: Rng) -> Option<&'r R> {
        let named = |r: &&R| self.names.is_empty() || self.names.iter().any(|n| n == r.name());
        let of = |pool: &'r [R], metre: Metre, named: &dyn Fn(&&R) -> bool| -> Vec<&'r R> {
            pool.iter().filter(|r| r.metre() == metre && named(r)).collect()
        };
        let any = |_: &&R| true;
        let pools = [
            of(own, self.metre, &named),
            of(own, self.metre, &any),
            of(shared, self.metre, &any),
            of(own, COMMON, &named),
            of(own, COMMON, &any),
            of(shared, COMMON, &any),
        ];
        let pool = pools.into_iter().find(|pool| !pool.is_empty())?;
        let lettered: Vec<&R> = pool.iter().copied().filter(|r| r.sections().contains(&self.passage.letter)).collect();
        let free: Vec<&R> = pool.iter().copied().filter(|r| r.sections().is_empty()).collect();
        let pool = [lettered, free, pool].into_iter().find(|pool| !pool.is_empty())?;
        let inside: Vec<&R> =
            pool.iter().copied().filter(|r| (r.reach().0..=r.reach().1).contains(&self.drive)).collect();
        if !inside.is_empty() {
            return rng.pick(&inside).copied();
        }
        let miss = |r: &R| (r.reach().0 - self.drive).max(self.drive - r.reach().1);
        pool.into_iter().min_by(|a, b| miss(a).total_cmp(&miss(b)))
    }
}

/// A grid of common time bent to `metre`: cut short, or its second half come round again.
pub fn bend(grid: &str, from: Metre, metre: Metre) -> String {
    if from == metre {
        return grid.to_owned();
    }
    let marks: Vec<char> = grid.chars().filter(|c| !matches!(c, ' ' | '|')).collect();
    let (bar, wanted) = (from.steps().max(1), metre.steps());
    let mut bent = String::new();
    for bar_marks in marks.chunks(bar) {
        for step in 0..wanted {
            let source = if step < bar { step } else { bar / 2 + (step - bar) % (bar - bar / 2).max(1) };
            let mark = bar_marks.get(source).copied().unwrap_or('.');
            // A hold whose note was cut away becomes a rest.
            let open = bent.chars().last().is_some_and(|c| c != '.');
            bent.push(if mark == '-' && !open { '.' } else { mark });
        }
    }
    bent
}

#[cfg(test)]
mod tests {
    use super::bend;
    use crate::metre::{COMMON, Metre};

    #[test]
    fn common_time_bends_to_threes_fives_and_sevens() {
        let grid = "x---x---x---x---";
        assert_eq!(bend(grid, COMMON, Metre::new(3, 4).unwrap()), "x---x---x---");
        assert_eq!(bend(grid, COMMON, Metre::new(5, 4).unwrap()), "x---x---x---x---x---");
        assert_eq!(bend(grid, COMMON, Metre::new(7, 8).unwrap()), "x---x---x---x-");
    }
}
