//! Grids: rhythms as a musician types them, a character a sixteenth, spaces and bars (`|`) for the eye alone.
//!
//! `.` rest, `-` hold. Hits: `X` accented, `x` plain, `o` soft, `g` ghost, `?` plain but only now and then. Drums may also
//! roll: `r` two strokes in each sixteenth, `3` three strokes over the length of the hit (`3-`: a triplet in an eighth).
//! Bass lines name chord steps instead: `1` root, `3`, `5`, `7`, `8` root above, `v` fifth below, `a` approach to the next
//! root, `g` a short dead note. Broken chords name voices from the lowest: `1` to `9`. Chords in rhythm may also say `b`
//! for the lower voices and `t` for the upper ones.

/// One hit of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridHit {
    /// The sixteenth it falls on, from the grid's start.
    pub step: usize,
    /// Its length in sixteenths, holds included.
    pub length: usize,
    /// The character.
    pub mark: char,
}

/// A grid, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepGrid {
    /// Its length in sixteenths.
    pub steps: usize,
    /// Its hits in order.
    pub hits: Vec<GridHit>,
}

impl StepGrid {
    /// Reads a grid of whole bars of `bar` steps, whose hits are all in `marks`; says what is wrong otherwise.
    pub fn read(text: &str, bar: usize, marks: &str) -> Result<Self, String> {
        let mut grid = Self::default();
        let mut open = false;
        for mark in text.chars().filter(|c| !matches!(c, ' ' | '|')) {
            match mark {
                '.' => open = false,
                '-' => match grid.hits.last_mut() {
                    Some(hit) if open => hit.length += 1,
                    _ => return Err(format!("`{text}` holds nothing at step {}", grid.steps)),
                },
                _ if marks.contains(mark) => {
                    grid.hits.push(GridHit { step: grid.steps, length: 1, mark });
                    open = true;
                }
                _ => return Err(format!("`{text}` has `{mark}`, which is none of `{marks}`")),
            }
            grid.steps += 1;
        }
        if grid.steps == 0 || bar == 0 || !grid.steps.is_multiple_of(bar) {
            return Err(format!("`{text}` has {} steps, not whole bars of {bar}", grid.steps));
        }
        Ok(grid)
    }

    /// Spread over twice its length: half time.
    pub fn stretched(&self) -> Self {
        let spread = |hit: &GridHit| GridHit { step: hit.step * 2, ..*hit };
        Self { steps: self.steps * 2, hits: self.hits.iter().map(spread).collect() }
    }

    /// In half its length, whole bars of `bar` steps again: double time.
    pub fn squeezed(&self, bar: usize) -> Self {
        let half = self.steps / 2;
        let hits: Vec<GridHit> = self
            .hits
            .iter()
            .filter(|hit| hit.step % 2 == 0)
            .map(|hit| GridHit { step: hit.step / 2, length: hit.length.div_ceil(2), mark: hit.mark })
            .collect();
        if half.is_multiple_of(bar.max(1)) {
            return Self { steps: half, hits };
        }
        let again: Vec<GridHit> = hits.iter().map(|hit| GridHit { step: hit.step + half, ..*hit }).collect();
        let hits = hits.into_iter().chain(again).filter(|hit| hit.step < self.steps).collect();
        Self { steps: self.steps, hits }
    }

    /// The hits of the `nth` bar, steps counted from its start; the grid comes round again at its end.
    pub fn bar(&self, nth: usize, bar: usize) -> impl Iterator<Item = GridHit> + '_ {
        let from = (nth * bar).checked_rem(self.steps).unwrap_or(0);
        self.hits
            .iter()
            .filter(move |hit| (from..from + bar).contains(&hit.step))
            .map(move |hit| GridHit { step: hit.step - from, ..*hit })
    }
}

/// Marks of rhythms.
pub const STROKES: &str = "Xxog?";
/// Marks of drums.
pub const DRUMS: &str = "Xxog?r3";
/// Marks of bass lines.
pub const BASS: &str = "13578vag";
/// Marks of chords in rhythm.
pub const CHORDS: &str = "Xxobt";
/// Marks of broken chords.
pub const VOICES: &str = "123456789";

/// How hard a mark is played, 0 to 1.
pub fn force(mark: char) -> f64 {
    match mark {
        'X' => 1.0,
        'o' => 0.55,
        'g' => 0.32,
        'r' | '3' => 0.62,
        _ => 0.8,
    }
}

#[cfg(test)]
mod tests {
    use super::{STROKES, StepGrid};

    #[test]
    fn holds_lengthen_and_bars_come_round() {
        let grid = StepGrid::read("x--. X... | o-.. x...", 8, STROKES).unwrap();
        assert_eq!((grid.steps, grid.hits.len()), (16, 4));
        assert_eq!(grid.hits[0].length, 3);
        let second: Vec<_> = grid.bar(3, 8).map(|h| (h.step, h.mark)).collect();
        assert_eq!(second, [(0, 'o'), (4, 'x')]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(StepGrid::read("x..", 16, STROKES).unwrap_err().contains("3 steps"));
        assert!(StepGrid::read("-...", 4, STROKES).unwrap_err().contains("holds nothing"));
        assert!(StepGrid::read("z...", 4, STROKES).unwrap_err().contains('z'));
    }
}
