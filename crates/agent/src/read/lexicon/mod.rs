//! What words can mean: the lexicon's files and the composer's catalogues as one table of phrases.

mod files;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::text::{Kind, Token};
use super::vocabulary::Vocabulary;
use files::{EnsembleRow, Near};

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

/// A use of music.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// How the program names it.
    pub id: String,
    /// How replies name it.
    pub name: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// English words.
    pub en: Vec<String>,
    /// Chinese words.
    pub zh: Vec<String>,
    /// Genres that suit it, best first.
    pub genres: Vec<String>,
    /// Moods it brings.
    pub moods: Vec<String>,
    /// `low`, `medium` or `high`.
    pub energy: bedtrack_compose::brief::Energy,
    /// Length in seconds where nothing else says one.
    #[serde(default)]
    pub seconds: Option<f64>,
}

/// Everything words can mean.
#[derive(Debug)]
pub struct Lexicon {
    /// Genres, moods and instruments.
    pub vocabulary: Vocabulary,
    /// Uses.
    pub uses: Vec<Use>,
    /// Genre lists of styles the catalogue lacks.
    pub near: Vec<Vec<String>>,
    /// Instruments of ensembles.
    pub ensembles: Vec<Vec<String>>,
    /// Genre lists of artists.
    pub artists: Vec<Vec<String>>,
    /// Genre lists of works.
    pub works: Vec<Vec<String>>,
    /// Mood ids of comparatives.
    pub more_moods: Vec<String>,
    /// Genre lists of comparatives.
    pub more_genres: Vec<Vec<String>>,
    /// From moods and instruments to genres and other moods.
    pub bridges: Bridges,
    phrases: HashMap<String, Vec<Phrase>>,
    guarded_moods: Vec<Vec<String>>,
    guarded_instruments: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Phrase {
    words: Vec<String>,
    senses: Vec<Sense>,
}

/// From one thing to another; see `bridges.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bridges {
    /// Taken where nothing else says anything.
    pub default_genres: Vec<String>,
    near: Near,
    /// Genres of a mood.
    pub by_mood: BTreeMap<String, Vec<String>>,
    /// Genres of an instrument.
    pub by_instrument: BTreeMap<String, Vec<String>>,
    /// The mood that takes a mood's place.
    pub opposite: BTreeMap<String, String>,
    ensembles: Vec<EnsembleRow>,
    /// What a plain word takes out.
    pub families: BTreeMap<String, Vec<String>>,
    /// Moods that a mood takes out.
    pub instead_of: BTreeMap<String, Vec<String>>,
}

/// The lexicon over the composer's catalogues, read once.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the files are built in and read by the tests")]
        Lexicon::read(Vocabulary::of_the_composer()).expect("the lexicon is valid TOML")
    });
    &LEXICON
}

impl Lexicon {
    /// The longest phrase that begins at a token: how many tokens it has, and what it can mean.
    pub fn longest_at(&self, tokens: &[Token], at: usize) -> Option<(usize, &[Sense])> {
        let first = tokens.get(at).filter(|token| is_matched(token))?;
        let fits = |phrase: &&Phrase| {
            let rest = tokens.get(at..at + phrase.words.len());
            rest.is_some_and(|rest| {
                rest.iter().zip(&phrase.words).all(|(token, word)| is_matched(token) && token.text == *word)
            })
        };
        let phrase = self.phrases.get(&first.text)?.iter().find(fits)?;
        Some((phrase.words.len(), &phrase.senses))
    }

    /// The phrases within a phrase: "solo" and "piano" in "solo piano".
    pub fn inside(&self, tokens: &[Token]) -> Vec<&[Sense]> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(first) = tokens.get(at) {
            let rest = tokens.get(at..).unwrap_or_default();
            let fits = |phrase: &&Phrase| {
                let words = &phrase.words;
                words.len() < tokens.len()
                    && words.len() <= rest.len()
                    && rest.iter().zip(words).all(|(token, word)| is_matched(token) && token.text == *word)
            };
            let phrase = self.phrases.get(&first.text).and_then(|list| list.iter().find(fits));
            at += phrase.map_or(1, |phrase| phrase.words.len());
            found.extend(phrase.map(|phrase| phrase.senses.as_slice()));
        }
        found
    }

    /// Whether a mood's word counts only in its place.
    pub fn is_guarded_mood(&self, words: &[Token]) -> bool {
        is_listed(&self.guarded_moods, words)
    }

    /// Whether an instrument's word counts only in its place.
    pub fn is_guarded_instrument(&self, words: &[Token]) -> bool {
        is_listed(&self.guarded_instruments, words)
    }

    /// The first of some genres that the catalogue has.
    pub fn first_known<'a>(&self, genres: &'a [String]) -> Option<&'a str> {
        genres.iter().map(String::as_str).find(|id| self.vocabulary.genre(id).is_some())
    }

    /// What is taken where nothing says anything.
    pub fn default_genre(&self) -> &str {
        let first = self.vocabulary.genres.first().map_or("", |genre| genre.id.as_str());
        self.first_known(&self.bridges.default_genres).unwrap_or(first)
    }
}

fn is_listed(list: &[Vec<String>], words: &[Token]) -> bool {
    list.iter()
        .any(|listed| listed.len() == words.len() && listed.iter().zip(words).all(|(word, token)| *word == token.text))
}

fn is_matched(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Number(_) | Kind::Han | Kind::Sign)
}
