//! A genre as a musician writes it down: the shape of `genres/*.toml` and of `common.toml`, which fills its gaps.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::key::Mode;
use super::metre::Metre;
use super::score::{Ending, MixColour};

mod chords;
mod drums;
mod players;

pub use chords::{Cadence, Modulation, Progression, Turnaround, bars_of};
pub use drums::{Groove, Lane};
pub use players::{Cell, Feel, FeelTime, Layer, Pattern, Tune, TuneScale};

/// The sections of [`Genre::pace`] that are not named.
pub const ALL: &str = "all";

/// Everything that makes a genre.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genre {
    /// How briefs name it; also the file's name.
    pub id: String,
    /// For people; the style of its scores.
    pub name: String,
    /// English words for it, lower case.
    pub en: Vec<String>,
    /// Chinese words for it.
    pub zh: Vec<String>,
    /// One line on what it sounds like.
    pub blurb: String,
    /// The form it takes, from `forms.toml`.
    pub form: String,
    /// Other forms it takes now and then.
    #[serde(default)]
    pub other_forms: Vec<String>,
    /// No beat by nature: no tempo is heard.
    #[serde(default)]
    pub beatless: bool,
    /// No key by nature.
    #[serde(default)]
    pub keyless: bool,
    /// How fast.
    pub tempo: Tempo,
    /// Metres it is played in, the usual one first.
    pub metres: Vec<Metre>,
    /// How off-beats are delayed.
    #[serde(default)]
    pub swing: Swing,
    /// How much goes on.
    pub energy: EnergyCurve,
    /// How players sit around the beat.
    #[serde(default)]
    pub timing: Microtiming,
    /// Modes with their weights.
    pub modes: BTreeMap<Mode, f64>,
    /// Tonics that lie well on its instruments, as pitch classes from C; empty: all.
    #[serde(default)]
    pub tonics: Vec<u8>,
    /// Chords, by section.
    #[serde(default)]
    pub progression: Vec<Progression>,
    /// Harmonic rhythm: how many written bars of one chord each go into one bar that is played, by section (letter or
    /// name; `all`: those not named), 1 to 4; empty: as written. A loop of four bars at 2 comes round in two.
    #[serde(default)]
    pub pace: BTreeMap<String, usize>,
    /// Its chord vocabulary: what may stand for a quality as written (`m7`; empty for a plain triad), chord by chord.
    #[serde(default)]
    pub vocabulary: BTreeMap<String, Vec<String>>,
    /// Last bars of a section that lead on.
    #[serde(default)]
    pub turnaround: Vec<Turnaround>,
    /// How pieces close.
    #[serde(default)]
    pub cadence: Vec<Cadence>,
    /// Sections in other keys.
    #[serde(default)]
    pub modulation: Vec<Modulation>,
    /// Sections in half or double time.
    #[serde(default)]
    pub feel: Vec<Feel>,
    /// Ways to end (`ring`, `stop`, `sting`, `fade`) with their weights; empty: ring.
    #[serde(default)]
    pub endings: BTreeMap<Ending, f64>,
    /// Drum rhythms.
    #[serde(default)]
    pub groove: Vec<Groove>,
    /// Drum fills, ending where the next section begins.
    #[serde(default)]
    pub fill: Vec<Groove>,
    /// Bass lines.
    #[serde(default)]
    pub bass: Vec<Pattern>,
    /// Chords in rhythm.
    #[serde(default)]
    pub comp: Vec<Pattern>,
    /// Broken chords.
    #[serde(default)]
    pub arp: Vec<Pattern>,
    /// The tune.
    pub melody: Tune,
    /// Who plays.
    pub layer: Vec<Layer>,
    /// How it is mixed.
    #[serde(default)]
    pub mix: MixColour,
}

/// How fast, in quarter notes a minute (dotted quarters in compound metres).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tempo {
    /// Slowest.
    pub low: f64,
    /// Usual.
    pub usual: f64,
    /// Fastest.
    pub high: f64,
}

/// How off-beats are delayed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swing {
    /// Share of the pair that the first note takes: 0.5 straight, 0.667 triplets.
    pub share: f64,
    /// What is paired: 8 or 16.
    pub of: u8,
}

impl Default for Swing {
    fn default() -> Self {
        Self { share: 0.5, of: 16 }
    }
}

/// How much goes on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyCurve {
    /// Where the middle lies, 0 to 1.
    pub base: f64,
    /// How strongly sections differ, 0 to 1.
    pub contrast: f64,
}

/// How players sit around the beat, in milliseconds; positive is late.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Microtiming {
    /// Snares, rims and claps.
    pub snare: f64,
    /// Hats, rides and shakers.
    pub hat: f64,
    /// Bass.
    pub bass: f64,
    /// Chords.
    pub chords: f64,
    /// Melody.
    pub melody: f64,
    /// Standard deviation of what drifts.
    pub drift: f64,
    /// Time between the notes of a chord, lowest first.
    pub strum: f64,
}

/// What every genre falls back on.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Chords for modes that a genre does not know.
    pub progression: Vec<Progression>,
    /// How pieces close.
    pub cadence: Vec<Cadence>,
    /// Drum rhythms of metres that a genre does not know.
    pub groove: Vec<Groove>,
    /// Fills.
    pub fill: Vec<Groove>,
    /// Bass lines.
    pub bass: Vec<Pattern>,
    /// Chords in rhythm.
    pub comp: Vec<Pattern>,
    /// Broken chords.
    pub arp: Vec<Pattern>,
    /// Rhythms of tunes.
    pub cell: Vec<Cell>,
}
