//! A genre as a musician writes it down: the shape of `genres/*.toml` and of `common.toml`, which fills its gaps.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::brief::Mode;
use super::instruments::Role;
use super::metre::{COMMON, Metre};
use super::score::MixColour;

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
    pub timing: Timing,
    /// Modes with their weights.
    pub modes: BTreeMap<Mode, f64>,
    /// Tonics that lie well on its instruments, as pitch classes from C; empty: all.
    #[serde(default)]
    pub tonics: Vec<u8>,
    /// Chords, by section.
    #[serde(default)]
    pub progression: Vec<Progression>,
    /// Last bars of a section that lead on.
    #[serde(default)]
    pub turnaround: Vec<Turnaround>,
    /// How pieces close.
    #[serde(default)]
    pub cadence: Vec<Cadence>,
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
pub struct Timing {
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

/// The voices of a drum set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Bass drum.
    Kick,
    /// Snare.
    Snare,
    /// Cross stick.
    Rim,
    /// Hand clap.
    Clap,
    /// Closed hat.
    Hat,
    /// Pedal hat.
    PedalHat,
    /// Open hat.
    OpenHat,
    /// Ride cymbal.
    Ride,
    /// Bell of the ride.
    RideBell,
    /// Crash cymbal.
    Crash,
    /// Low tom.
    LowTom,
    /// Middle tom.
    MidTom,
    /// High tom.
    HighTom,
    /// Shaker.
    Shaker,
    /// Tambourine.
    Tambourine,
    /// Cowbell.
    Cowbell,
    /// Finger snap or side stick.
    Snap,
    /// High conga.
    HighConga,
    /// Low conga.
    LowConga,
}

impl Lane {
    /// Its General MIDI percussion key.
    pub fn key(self) -> u8 {
        match self {
            Self::Kick => 36,
            Self::Snare => 38,
            Self::Rim | Self::Snap => 37,
            Self::Clap => 39,
            Self::Hat => 42,
            Self::PedalHat => 44,
            Self::OpenHat => 46,
            Self::Ride => 51,
            Self::RideBell => 53,
            Self::Crash => 49,
            Self::LowTom => 45,
            Self::MidTom => 47,
            Self::HighTom => 50,
            Self::Shaker => 70,
            Self::Tambourine => 54,
            Self::Cowbell => 56,
            Self::HighConga => 63,
            Self::LowConga => 64,
        }
    }

    /// Whether it carries the time between the beats.
    pub fn is_hat(self) -> bool {
        matches!(self, Self::Hat | Self::PedalHat | Self::OpenHat | Self::Ride | Self::Shaker | Self::Tambourine)
    }

    /// Whether it marks the backbeat.
    pub fn is_snare(self) -> bool {
        matches!(self, Self::Snare | Self::Rim | Self::Clap | Self::Snap)
    }
}

/// A drum rhythm: a grid a voice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groove {
    /// For layers that ask for it by name.
    #[serde(default)]
    pub name: String,
    /// Who plays it: `drums` or `perc`.
    #[serde(default = "drums")]
    pub role: Role,
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
    /// The grids.
    pub lanes: BTreeMap<Lane, String>,
}

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

fn drums() -> Role {
    Role::Drums
}

fn common() -> Metre {
    COMMON
}

fn one() -> f64 {
    1.0
}

fn third() -> f64 {
    0.3
}

fn quarter() -> f64 {
    0.25
}

fn four() -> usize {
    4
}
