//! Revisions: what a refinement changes in a finished score, as data. A brief carries them in the order they were asked
//! for; `revise` carries them out.

use serde::{Deserialize, Serialize};

use super::key::Key;

/// Most revisions a brief may carry; what goes beyond is refused rather than replayed for minutes.
pub const MOST: usize = 64;

/// One change to a score. Times are seconds of the revised piece; ids are the catalogues'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Revision {
    /// Another tempo: every note keeps its place in the bar. The length stays, so bars are left out or come round again.
    Tempo {
        /// Beats a minute.
        bpm: f64,
    },
    /// Another length: phrases are left out or come round again, the ending stays.
    Length {
        /// Seconds, within [`super::limits::LENGTH_SECONDS`].
        seconds: f64,
    },
    /// Another key: every part keeps its rhythm, drums stay as they are.
    Key {
        /// The key.
        key: Key,
    },
    /// An instrument, or a stem by its name, goes.
    Without {
        /// Its id.
        id: String,
    },
    /// An instrument joins; it plays what the composer would have given it.
    With {
        /// Its id.
        id: String,
    },
    /// Only these instruments play.
    Only {
        /// Their ids.
        ids: Vec<String>,
    },
    /// An instrument takes over the notes of others.
    Swap {
        /// Ids of those that go.
        out: Vec<String>,
        /// Id of the one that comes.
        with: String,
    },
    /// More of a mood, or less where `by` is negative.
    Mood {
        /// Its id.
        id: String,
        /// 1 is the usual step.
        by: f64,
    },
    /// More drive, or less.
    Energy {
        /// 1 is the usual step.
        by: f64,
    },
    /// More notes, or fewer ("simpler").
    Density {
        /// 1 is the usual step.
        by: f64,
    },
    /// More of a tune, or less.
    Tune {
        /// 1 is the usual step.
        by: f64,
    },
    /// The music rises from here.
    Build {
        /// Where it begins.
        at: f64,
        /// Where it arrives; none: at the next section or drop.
        #[serde(default)]
        until: Option<f64>,
    },
    /// The music stops short and comes back in full on this moment.
    Drop {
        /// The moment; a bar line is brought there.
        at: f64,
    },
    /// Softer (or, where `by` is positive, stronger) between two moments.
    Level {
        /// From.
        from: f64,
        /// To.
        to: f64,
        /// 1 is the usual step.
        by: f64,
    },
    /// Instruments or stems are silent between two moments.
    Rest {
        /// From.
        from: f64,
        /// To.
        to: f64,
        /// Ids of instruments, or stems.
        ids: Vec<String>,
    },
    /// The last chord falls on this moment and rings out to the end.
    EndAt {
        /// The moment.
        at: f64,
    },
    /// The last bars grow softer and thinner.
    SoftEnd,
}

impl Revision {
    /// Whether a newer revision makes an older one pointless.
    pub(super) fn replaces(&self, older: &Self) -> bool {
        match (self, older) {
            (Self::Tempo { .. }, Self::Tempo { .. })
            | (Self::Length { .. }, Self::Length { .. })
            | (Self::Key { .. }, Self::Key { .. })
            | (Self::EndAt { .. }, Self::EndAt { .. })
            | (Self::SoftEnd, Self::SoftEnd) => true,
            (Self::With { id }, Self::Without { id: out }) | (Self::Without { id }, Self::With { id: out }) => {
                id == out
            }
            (Self::Without { id }, Self::Without { id: same }) | (Self::With { id }, Self::With { id: same }) => {
                id == same
            }
            (Self::Only { .. }, Self::Only { .. } | Self::With { .. }) => true,
            (Self::Drop { at }, Self::Drop { at: same }) => (at - same).abs() < 0.05,
            _ => false,
        }
    }

    /// The moments and amounts that it names.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Self::Mood { by, .. } | Self::Energy { by } | Self::Density { by } | Self::Tune { by } => {
                vec![*by]
            }
            Self::Build { at, until } => vec![*at, until.unwrap_or(0.0)],
            Self::Drop { at } | Self::EndAt { at } => vec![*at],
            Self::Level { from, to, by } => vec![*from, *to, *by],
            Self::Rest { from, to, .. } => vec![*from, *to],
            _ => Vec::new(),
        }
    }
}
