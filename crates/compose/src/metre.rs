//! Metres: how long a bar is, where its beats fall, and how heavy each place in it weighs. Grids count in sixteenths.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// A time signature. Lengths are in quarter notes unless they say steps (sixteenths).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Metre {
    /// Beats in a bar as written.
    pub over: u8,
    /// The note that counts as one: 2, 4, 8 or 16.
    pub under: u8,
}

/// Common time.
pub const COMMON: Metre = Metre { over: 4, under: 4 };

impl Metre {
    /// A metre that can be played: 2 to 16 beats of 2, 4, 8 or 16, at most two whole notes long.
    pub fn new(over: u8, under: u8) -> Option<Self> {
        let metre = Self { over, under };
        let known = matches!(under, 2 | 4 | 8 | 16) && (2..=16).contains(&over);
        (known && (6..=32).contains(&metre.steps())).then_some(metre)
    }

    /// Length of a bar in sixteenths.
    pub fn steps(self) -> usize {
        usize::from(self.over) * 16 / usize::from(self.under.max(1))
    }

    /// Length of a bar in quarter notes.
    pub fn quarters(self) -> f64 {
        self.steps() as f64 / 4.0
    }

    /// Whether beats divide in three: 6/8, 9/8, 12/8. Then the beat people tap is the dotted quarter.
    pub fn is_compound(self) -> bool {
        self.under == 8 && self.over > 3 && self.over.is_multiple_of(3)
    }

    /// Length of the beat people tap, in quarter notes.
    pub fn beat(self) -> f64 {
        match (self.is_compound(), self.under) {
            (true, _) => 1.5,
            (false, 2) => 2.0,
            // Fives and sevens of eighths are tapped in eighths' pairs; the grid stays regular in quarters.
            (false, _) => 1.0,
        }
    }

    /// Whether the tapped beats fill the bar evenly (not in 5/8 or 7/8).
    pub fn is_even(self) -> bool {
        (self.quarters() / self.beat()).fract() == 0.0
    }

    /// Steps at which groups of beats begin, the first being 0: 4/4 as 2+2, 5/4 as 3+2, 7/8 as 2+2+3, 6/8 as 3+3.
    pub fn groups(self) -> Vec<usize> {
        let unit = 16 / usize::from(self.under.max(1));
        let sizes: &[usize] = match (self.over, self.under) {
            (over, 8) if over % 3 == 0 && over > 3 => &[3],
            (5, _) => &[3, 2],
            (7, _) => &[2, 2, 3],
            (8, 8) => &[3, 3, 2],
            (over, _) if over % 2 == 0 => &[2],
            _ => &[3],
        };
        let mut starts = Vec::new();
        let (mut at, mut turn) = (0, sizes.iter().cycle());
        while at < self.steps() {
            starts.push(at);
            at += turn.next().copied().unwrap_or(2) * unit;
        }
        starts
    }

    /// How heavy a step weighs, 1 (downbeat) to 0 (off a sixteenth): what accents follow (Lerdahl and Jackendoff,
    /// "A Generative Theory of Tonal Music", 1983).
    pub fn weight(self, step: usize) -> f64 {
        let step = step % self.steps().max(1);
        let beat = if self.is_compound() { 6 } else { (self.beat() * 4.0) as usize };
        if step == 0 {
            1.0
        } else if self.groups().contains(&step) {
            0.8
        } else if step.is_multiple_of(beat.max(1)) {
            0.65
        } else if step.is_multiple_of(2) {
            0.35
        } else {
            0.1
        }
    }
}

impl std::fmt::Display for Metre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.over, self.under)
    }
}

impl<'de> Deserialize<'de> for Metre {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.split_once('/')
            .and_then(|(over, under)| Self::new(over.parse().ok()?, under.parse().ok()?))
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no metre; write it as 4/4, 3/4 or 6/8")))
    }
}

#[cfg(test)]
mod tests {
    use super::Metre;

    #[test]
    fn bars_are_as_long_as_written() {
        let metre = |over, under| Metre::new(over, under).unwrap();
        assert_eq!(metre(4, 4).steps(), 16);
        assert_eq!(metre(6, 8).steps(), 12);
        assert_eq!(metre(6, 8).beat(), 1.5);
        assert_eq!(metre(3, 4).groups(), [0]);
        assert_eq!(metre(6, 8).groups(), [0, 6]);
        assert_eq!(metre(5, 4).groups(), [0, 12]);
        assert_eq!(metre(7, 8).groups(), [0, 4, 8]);
        assert!(!metre(7, 8).is_even());
        assert_eq!(Metre::new(4, 3), None);
        assert_eq!(Metre::new(1, 4), None);
    }
}
