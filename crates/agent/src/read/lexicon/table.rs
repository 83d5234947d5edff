//! The table of phrases and what their senses point to, and how it is asked.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::sense::Sense;
use crate::read::text::{Kind, Token};
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
    pub(super) phrases: HashMap<String, Vec<Phrase>>,
    pub(super) guarded_moods: Vec<Vec<String>>,
    pub(super) guarded_instruments: Vec<Vec<String>>,
}

/// Some words in a row, and what they can mean.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) words: Vec<String>,
    pub(super) senses: Vec<Sense>,
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

/// Whether a token takes part in phrases.
pub(super) fn is_matched(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Number(_) | Kind::Han | Kind::Sign)
}
