//! What has to be said about how a message was understood.

use serde::{Deserialize, Serialize};

/// An aspect of a brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Genre id.
    Genre,
    /// Mood ids.
    Mood,
    /// Tempo in beats a minute.
    Tempo,
    /// Key.
    Key,
    /// Length in seconds.
    Duration,
    /// Instrument ids.
    Instruments,
    /// `low`, `medium`, `high`.
    Energy,
    /// A whole number.
    Seed,
}

/// Why something was chosen that was not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// The use (its id).
    Use(String),
    /// The mood (its id).
    Mood(String),
    /// The instrument (its id).
    Instrument(String),
    /// The length of the picture.
    Picture,
    /// The music that was there.
    CurrentMusic,
    /// Nothing said otherwise.
    Default,
}

/// Something that has to be said about how a message was read. Values are ids or plain numbers; `reply` words them.
#[derive(Debug, Clone, PartialEq)]
pub enum Remark {
    /// The words and a field say different things; the field was used.
    Contradiction {
        /// Of what.
        aspect: Aspect,
        /// What the words say.
        words: String,
        /// What the field says.
        field: String,
    },
    /// Two wishes of one kind in the words; one could be used.
    OneOfTwo {
        /// Of what.
        aspect: Aspect,
        /// The one used.
        used: String,
        /// The one left out.
        left: String,
    },
    /// A genre the studio does not know.
    UnknownGenre {
        /// As the user wrote it.
        asked: String,
        /// Id of the nearest.
        used: String,
    },
    /// A field whose value says nothing.
    IgnoredField {
        /// Which.
        aspect: Aspect,
        /// Its value.
        value: String,
    },
    /// Not asked for, so chosen.
    Assumed {
        /// What.
        aspect: Aspect,
        /// The value.
        value: String,
        /// Why this one.
        because: Because,
    },
    /// Out of bounds, so moved to the bound.
    Bounded {
        /// What.
        aspect: Aspect,
        /// What was asked.
        asked: String,
        /// What was used.
        used: String,
    },
    /// Cannot be made; the genre is what is made instead.
    Impossible {
        /// What.
        what: Impossible,
        /// Id of the genre made instead.
        instead: String,
    },
    /// A mood or genre kept out because the user said so.
    KeptOut {
        /// The user's word.
        word: String,
    },
}

/// What cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Impossible {
    /// Somebody's sound.
    Artist(String),
    /// A song that belongs to somebody.
    Song(String),
    /// Singing or words.
    Vocals,
}
