//! Harmony as a genre writes it down.

use serde::Deserialize;

use super::super::key::Mode;
use super::players::third;

/// Chords for some bars.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progression {
    /// Modes it is for; empty: all.
    #[serde(default)]
    pub modes: Vec<Mode>,
    /// Sections it is for, by letter (`a`, `b`, `break`, …); empty: all.
    #[serde(default)]
    pub sections: Vec<String>,
    /// How much it strains, 0 to 1; tense moods lean to the high, calm ones to the low.
    #[serde(default = "third")]
    pub tension: f64,
    /// Roman numerals, bars apart by `|`: `ii9 V13 | Imaj9`.
    pub chords: String,
}

/// A last bar that leads on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turnaround {
    /// Modes it is for; empty: all.
    #[serde(default)]
    pub modes: Vec<Mode>,
    /// One bar of Roman numerals.
    pub chords: String,
}

/// How a piece closes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// Modes it is for; empty: all.
    #[serde(default)]
    pub modes: Vec<Mode>,
    /// The last bar or bars.
    pub chords: String,
    /// The chord that rings out.
    #[serde(rename = "final")]
    pub last: String,
}

/// A section in another key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modulation {
    /// Sections it happens in, by letter or by name (`b`, `b3`).
    pub sections: Vec<String>,
    /// Semitones up (or down) from the key of the piece, -6 to 6.
    pub by: i32,
    /// How likely a piece has it, 0 to 1.
    pub chance: f64,
    /// Whether the piece stays in the new key to its end; the first such section is the last one named.
    #[serde(default)]
    pub stays: bool,
}

/// The numerals of each bar; `%` repeats the bar before.
pub fn bars_of(chords: &str) -> Vec<Vec<&str>> {
    let mut bars: Vec<Vec<&str>> = Vec::new();
    for bar in chords.split('|') {
        let numerals: Vec<&str> = bar.split_whitespace().collect();
        match bars.last() {
            Some(before) if numerals == ["%"] => bars.push(before.clone()),
            _ => bars.push(numerals),
        }
    }
    bars
}
