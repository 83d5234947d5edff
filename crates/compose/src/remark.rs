//! What the composer could not do as asked, and what it did instead; and what it refuses.

use thiserror::Error;

use super::limits::{LONGEST_SECONDS, SHORTEST_SECONDS, TEMPO_BPM};

/// A brief that no piece can be written from.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ComposeError {
    /// No such genre.
    #[error("there is no genre `{0}`")]
    UnknownGenre(String),
    /// No such mood.
    #[error("there is no mood `{0}`")]
    UnknownMood(String),
    /// No such instrument or stem.
    #[error("there is no instrument `{0}`")]
    UnknownInstrument(String),
    /// Outside [`super::limits::LENGTH_SECONDS`], or no number.
    #[error("a piece lasts {shortest} to {longest} seconds, not {0}", shortest = SHORTEST_SECONDS, longest = LONGEST_SECONDS)]
    Duration(f64),
    /// No tempo that can be played.
    #[error("a tempo lies between {slowest} and {fastest} beats a minute, not at {0}", slowest = TEMPO_BPM.start(), fastest = TEMPO_BPM.end())]
    Tempo(f64),
    /// A tonic that is no pitch class.
    #[error("a tonic is 0 (C) to 11 (B), not {0}")]
    Tonic(u8),
    /// More revisions than a brief may carry.
    #[error("a piece takes at most {most} refinements, not {0}; start from a new one", most = super::revision::MOST)]
    TooManyRevisions(usize),
    /// A moment or an amount that is no number.
    #[error("a moment in a refinement is no number")]
    Moment,
    /// Everything that could play is excluded.
    #[error("nothing is left to play: all that the genre and the brief name is excluded")]
    NothingLeft,
}

/// Something in a brief that was not done as asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Remark {
    /// The tempo asked for lies outside the range asked for; the tempo was kept.
    TempoOutsideRange {
        /// Beats a minute asked for.
        tempo: f64,
        /// The range asked for.
        range: (f64, f64),
    },
    /// Whole bars in this length allow only a tempo outside what was asked for.
    TempoMoved {
        /// Lowest and highest beats a minute asked for.
        asked: (f64, f64),
        /// Beats a minute played.
        played: f64,
    },
    /// No such metre can be played; this one is.
    MetreReplaced {
        /// As asked for.
        asked: (u8, u8),
        /// As played.
        played: (u8, u8),
    },
    /// Asked for and excluded at once; left out.
    AskedAndExcluded {
        /// Id of the instrument.
        instrument: String,
    },
    /// Nothing can be played by this instrument alone, so others play as well.
    NotAlone {
        /// Id of the instrument.
        instrument: String,
    },
    /// "Only these" with no instrument named; the genre's own players play.
    OnlyWithoutNames,
    /// The piece is too short for all instruments asked for to come forward: they play together throughout.
    Crowded {
        /// How many were asked for.
        asked: usize,
    },
    /// The mood leans to another mode than the key asked for; the key was kept.
    KeyAgainstMood {
        /// Id of the strongest mood.
        mood: String,
    },
    /// Something was to happen at a moment that lies beyond the piece; it was left out.
    MomentOutside {
        /// The moment in seconds.
        at: f64,
        /// The length of the piece in seconds.
        length: f64,
    },
    /// An instrument was to go or to be replaced that does not play.
    NotPlaying {
        /// Its id, or a stem's name.
        id: String,
    },
    /// A plan needs more time than was asked for; the plan was followed.
    PlanOutgrows {
        /// Seconds it takes.
        planned: f64,
        /// Seconds asked for.
        asked: f64,
    },
    /// A plan fills less time than was asked for; the plan was followed.
    PlanFallsShort {
        /// Seconds it takes.
        planned: f64,
        /// Seconds asked for.
        asked: f64,
    },
}
