//! The table of phrases and what their senses point to, and how it is asked.

use std::collections::BTreeMap;

use bedtrack_language::phrases::Phrases;
use bedtrack_language::tokens::Token;
use serde::Deserialize;

use super::sense::Sense;
use crate::read::vocabulary::Vocabulary;
use bedtrack_compose::brief::Energy;

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
    pub energy: Energy,
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
    pub(super) phrases: Phrases<Sense>,
    pub(super) guarded_moods: Phrases,
    pub(super) guarded_instruments: Phrases,
}

/// From one thing to another; see `bridges.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bridges {
    /// Taken where nothing else says anything.
    pub default_genres: Vec<String>,
    pub(super) near: Near,
    /// Genres of a mood.
    pub by_mood: BTreeMap<String, Vec<String>>,
    /// Genres of an instrument.
    pub by_instrument: BTreeMap<String, Vec<String>>,
    /// The mood that takes a mood's place.
    pub opposite: BTreeMap<String, String>,
    pub(super) ensembles: Vec<EnsembleRow>,
    /// What a plain word takes out.
    pub families: BTreeMap<String, Vec<String>>,
    /// Moods that a mood takes out.
    pub instead_of: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Near {
    pub(super) zh_and_en: Vec<NearRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnsembleRow {
    pub(super) words: Vec<String>,
    pub(super) instruments: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NearRow {
    pub(super) words: Vec<String>,
    pub(super) genres: Vec<String>,
}

impl Lexicon {
    /// The longest phrase that begins at a token: how many tokens it has, and what it can mean.
    pub fn longest_at(&self, tokens: &[Token], at: usize) -> Option<(usize, &[Sense])> {
        self.phrases.longest(tokens, at).map(|found| (found.end - at, found.meanings))
    }

    /// The phrases within a phrase: "solo" and "piano" in "solo piano".
    pub fn inside(&self, tokens: &[Token]) -> Vec<&[Sense]> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            // The whole is not within itself.
            let end = if at == 0 { tokens.len() - 1 } else { tokens.len() };
            let phrase = self.phrases.longest(tokens.get(..end).unwrap_or_default(), at);
            at = phrase.as_ref().map_or(at + 1, |phrase| phrase.end);
            found.extend(phrase.map(|phrase| phrase.meanings));
        }
        found
    }

    /// Whether a mood's word counts only in its place.
    pub fn is_guarded_mood(&self, words: &[Token]) -> bool {
        self.guarded_moods.end(words, 0) == Some(words.len())
    }

    /// Whether an instrument's word counts only in its place.
    pub fn is_guarded_instrument(&self, words: &[Token]) -> bool {
        self.guarded_instruments.end(words, 0) == Some(words.len())
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
