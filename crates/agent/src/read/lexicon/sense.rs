//! The meanings that a phrase can have.

use serde::Deserialize;

/// A class of `words.toml`: words that do the same thing in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Make,
    Score,
    Add,
    Remove,
    Replace,
    Change,
    Keep,
    Trim,
    Undo,
    Redo,
    Again,
    Cannot,
    Music,
    Style,
    OriginalSound,
    Everything,
    Video,
    Title,
    NotATitle,
    Volume,
    Louder,
    LouderWeak,
    Quieter,
    QuieterWeak,
    Mute,
    Unmute,
    Turn,
    FullLevel,
    Half,
    Double,
    FadeIn,
    FadeOut,
    Little,
    Lot,
    More,
    Less,
    Too,
    Very,
    No,
    Not,
    Dont,
    Only,
    Bpm,
    Tempo,
    Slow,
    Medium,
    Fast,
    Slower,
    Faster,
    EnergyLow,
    EnergyMedium,
    EnergyHigh,
    EnergyUp,
    EnergyDown,
    Loop,
    Seed,
    KeyNoun,
    Vocals,
    Instrumental,
    LikeArtist,
    LikeArtistAfter,
    Cover,
    By,
    Form,
    Polite,
    Hello,
    Thanks,
    Okay,
    AskAbilities,
    AskGenres,
    AskInstruments,
    AskMoods,
    AskMusic,
    AskLicence,
    AskExport,
    Question,
    First,
    Last,
    From,
    To,
    At,
    AtEnd,
    Throughout,
    Top,
    Bottom,
    Centre,
    Move,
    Longer,
    Shorter,
    SecondUnit,
    MinuteUnit,
    HourUnit,
    Percent,
    Decibel,
    About,
    Called,
    Says,
    Subject,
    Joiner,
}

/// One meaning of a phrase. Numbers are places in the tables they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Of `words.toml`.
    Class(Class),
    /// A genre of the catalogue.
    Genre(usize),
    /// A mood of the catalogue.
    Mood(usize),
    /// An instrument of the catalogue.
    Instrument(usize),
    /// A use.
    Use(usize),
    /// A style the catalogue lacks.
    Near(usize),
    /// Players that are named together.
    Ensemble(usize),
    /// Somebody whose sound cannot be made.
    Artist(usize),
    /// A work that belongs to somebody.
    Work(usize),
    /// A comparative that leads to a mood.
    MoreMood(usize),
    /// A comparative that leads to a genre.
    MoreGenre(usize),
    /// Beats in a bar, and the note that counts as one.
    Metre(u8, u8),
    /// A word without content.
    Stop,
    /// Praise.
    Neutral,
    /// A thing that music is made for.
    Subject,
    /// A phrase whose words mean something else than alone.
    Phrase,
}
