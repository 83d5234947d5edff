//! Music to make, and what a refinement changes in it.

use serde::{Deserialize, Serialize};

use bedtrack_compose::brief::Energy;

use bedtrack_compose::given::PlannedSection;
use bedtrack_compose::key::Key;
use bedtrack_compose::{Brief, Revision};

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
    /// The stretch of the timeline that it has; `None`: it takes the place of all music.
    pub place: Option<Stretch>,
}

/// A stretch of the timeline that one of several pieces in turn has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its start in ms.
    pub start_ms: u64,
    /// Its length in ms.
    pub length_ms: u64,
    /// Whether it is the first of new ones, for which all music that was there goes.
    pub opens: bool,
}

impl Stretch {
    /// Its end in ms.
    pub fn end_ms(&self) -> u64 {
        self.start_ms.saturating_add(self.length_ms)
    }
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
    /// A further piece in the same style: key, tempo, players and motif.
    Sibling,
    /// Another length of the same piece, beside it.
    CutDown,
    /// One of several new pieces in turn.
    InTurn,
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
    /// One instrument in place of another.
    Swap {
        /// What went: the id, or the first of a family.
        out: String,
        /// What came.
        id: String,
    },
    /// More or fewer notes.
    Density {
        /// Whether more.
        more: bool,
    },
    /// More or less of a tune.
    Tune {
        /// Whether more.
        more: bool,
    },
    /// It rises from here (seconds).
    Build {
        /// From.
        at: f64,
    },
    /// It comes in full here (seconds).
    Drop {
        /// At.
        at: f64,
    },
    /// It is softer or stronger between two moments (seconds).
    Level {
        /// From.
        from: f64,
        /// To.
        to: f64,
        /// Whether stronger.
        more: bool,
    },
    /// Some are silent between two moments (seconds).
    Rest {
        /// From.
        from: f64,
        /// To.
        to: f64,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The last chord falls here (seconds).
    EndAt {
        /// At.
        at: f64,
    },
    /// It ends softly.
    SoftEnd,
    /// A melody that was given is the motif.
    Melody {
        /// How many notes it has.
        notes: usize,
    },
    /// A plan was followed.
    Plan {
        /// Its stages.
        stages: Vec<PlannedSection>,
    },
}

impl Change {
    /// What a revision changes; a tempo, length or key are named by who knows what was before.
    pub fn of(revision: &Revision) -> Option<Self> {
        Some(match revision.clone() {
            Revision::Density { by } => Self::Density { more: by > 0.0 },
            Revision::Tune { by } => Self::Tune { more: by > 0.0 },
            Revision::Build { at, .. } => Self::Build { at },
            Revision::Drop { at } => Self::Drop { at },
            Revision::Level { from, to, by } => Self::Level { from, to, more: by > 0.0 },
            Revision::Rest { from, to, ids } => Self::Rest { from, to, ids },
            Revision::EndAt { at } => Self::EndAt { at },
            Revision::SoftEnd => Self::SoftEnd,
            Revision::Swap { out, with } => Self::Swap { out: out.into_iter().next()?, id: with },
            _ => return None,
        })
    }
}
