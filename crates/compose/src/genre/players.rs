//! What players are given as a genre writes it down: rhythms, the kind of tune, and who plays when.

use serde::Deserialize;

use super::super::instruments::Role;
use super::super::metre::{COMMON, Metre};

/// A bass line, a comping rhythm or a broken chord.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// For layers that ask for it by name.
    #[serde(default)]
    pub name: String,
    /// Its metre.
    #[serde(default = "common")]
    pub metre: Metre,
    /// Least energy of a section that plays it.
    #[serde(default)]
    pub from: f64,
    /// Most energy of a section that plays it.
    #[serde(default = "one")]
    pub until: f64,
    /// Sections it is for, by letter; empty: all.
    #[serde(default)]
    pub sections: Vec<String>,
    /// The grid; for a bass also `kick`: the rhythm of the bass drum.
    pub grid: String,
}

/// What kind of tune.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tune {
    /// Rhythms of one bar that motifs are made of.
    #[serde(default)]
    pub cells: Vec<Cell>,
    /// Notes it draws from.
    #[serde(default)]
    pub scale: TuneScale,
    /// Lowest and highest key it wants, before the instrument's own limits.
    pub range: (u8, u8),
    /// How readily it leaps, 0 (all steps) to 1.
    #[serde(default = "third")]
    pub leaps: f64,
    /// Share of time it is silent, 0 to 0.8.
    #[serde(default = "quarter")]
    pub rests: f64,
    /// How readily a phrase is led into by notes before its bar line, 0 to 1.
    #[serde(default = "quarter")]
    pub pickups: f64,
    /// How readily long or heavy notes take a grace note from the step above, 0 to 1.
    #[serde(default)]
    pub graces: f64,
}

/// A rhythm of one bar.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Its metre.
    #[serde(default = "common")]
    pub metre: Metre,
    /// The grid.
    pub grid: String,
}

/// Notes a tune draws from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TuneScale {
    /// The seven of the mode.
    #[default]
    Mode,
    /// The five that never rub.
    Pentatonic,
    /// The five with the blue fifth in passing.
    Blues,
}

/// One player and when they play.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// What they do.
    pub role: Role,
    /// Instruments it may be, likeliest first.
    pub instruments: Vec<String>,
    /// Least energy of a section they play in.
    #[serde(default)]
    pub from: f64,
    /// Most energy of a section they play in.
    #[serde(default = "one")]
    pub until: f64,
    /// Sections they play in, by letter; empty: all.
    #[serde(default)]
    pub sections: Vec<String>,
    /// Sections they stay out of, by letter.
    #[serde(default)]
    pub except: Vec<String>,
    /// How likely a piece has them, 0 to 1.
    #[serde(default = "one")]
    pub chance: f64,
    /// Names of the patterns they play; empty: any of their role.
    #[serde(default)]
    pub play: Vec<String>,
    /// Lowest and highest key, for chords and lines.
    #[serde(default)]
    pub keys: Option<(u8, u8)>,
    /// Loudness, dB.
    #[serde(default)]
    pub gain: f32,
    /// -1 left to 1 right.
    #[serde(default)]
    pub pan: f32,
    /// Most voices of a chord.
    #[serde(default = "four")]
    pub voices: usize,
    /// Whether they double the tune an octave apart rather than having a line of their own (counter-melodies).
    #[serde(default)]
    pub doubles: bool,
}

/// Sections in which drums and bass change their feel while the beat goes on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feel {
    /// Sections it may happen in, by letter or by name.
    pub sections: Vec<String>,
    /// Half or double time.
    pub time: FeelTime,
    /// How likely a piece has it, 0 to 1.
    pub chance: f64,
}

/// How a groove lies over the beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeelTime {
    /// As written.
    #[default]
    Plain,
    /// Spread over twice the time.
    Half,
    /// In half the time.
    Double,
}

pub(super) fn common() -> Metre {
    COMMON
}

pub(super) fn one() -> f64 {
    1.0
}

pub(super) fn third() -> f64 {
    0.3
}

fn quarter() -> f64 {
    0.25
}

fn four() -> usize {
    4
}
