//! Music to make, and what a refinement changes in it.

use serde::{Deserialize, Serialize};

use crate::studio::compose::Brief;
use crate::studio::compose::brief::{Energy, Key};

/// Music to make.
#[derive(Debug, Clone, PartialEq)]
pub struct MakeMusic {
    /// What to make.
    pub brief: Brief,
    /// New, instead of what is there, or what is there with a change.
    pub way: Way,
    /// How loud it is placed, 0 to 1; `None` leaves the present level.
    pub volume: Option<f64>,
    /// For a refinement: what was changed. Empty otherwise.
    pub changed: Vec<Change>,
}

/// How music relates to what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// There was none.
    New,
    /// Other music in its place.
    Replace,
    /// The same music with a change.
    Refine,
    /// The same wish with another seed.
    Another,
}

/// What a refinement changed in the brief.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Change {
    /// Tempo in beats a minute.
    Tempo {
        /// Before.
        from: f64,
        /// After.
        to: f64,
    },
    /// Key.
    Key {
        /// After.
        to: Key,
    },
    /// Beats in a bar.
    Metre {
        /// After.
        to: (u8, u8),
    },
    /// A mood came in (its id).
    Mood {
        /// Its id.
        id: String,
    },
    /// A mood went out (its id).
    NoMood {
        /// Its id.
        id: String,
    },
    /// Energy.
    Energy {
        /// After.
        to: Energy,
    },
    /// An instrument came in (its id).
    With {
        /// Its id.
        id: String,
    },
    /// An instrument went out (its id, or a stem's name).
    Without {
        /// Its id.
        id: String,
    },
    /// Only these instruments play (their ids).
    Only {
        /// Their ids.
        ids: Vec<String>,
    },
    /// Length in seconds.
    Length {
        /// After.
        to: f64,
    },
    /// It loops now.
    Loop,
    /// Another seed.
    Seed {
        /// After.
        to: u64,
    },
}
