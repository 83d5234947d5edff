//! Drum rhythms as a genre writes them down.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::instruments::Role;
use super::super::metre::Metre;
use super::players::{common, one};

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

fn drums() -> Role {
    Role::Drums
}
