//! The words for what happens in a score, from `../../lexicon/moments.toml`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::marks::Marked;
use crate::read::text::{Kind, tokens};

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The music rises.
    Build,
    /// It comes in full.
    Drop,
    /// It gets softer.
    Quiet,
    /// It gets stronger.
    Loud,
    /// Somebody begins to play.
    Enter,
    /// The last chord falls.
    End,
    /// The end is soft.
    SoftEnd,
    /// Fewer notes.
    Simpler,
    /// More notes.
    Busier,
    /// More of a tune.
    Melodic,
    /// Less of a tune.
    LessMelodic,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    at_a_time: bool,
    en: Vec<String>,
    zh: Vec<String>,
}

/// A phrase for an act.
#[derive(Debug)]
struct Phrase {
    words: Vec<String>,
    act: Act,
    at_a_time: bool,
}

/// The file.
#[derive(Deserialize)]
struct File {
    filler: Words,
    #[serde(flatten)]
    acts: BTreeMap<Act, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    en: Vec<String>,
    zh: Vec<String>,
}

/// What the words mean.
#[derive(Debug)]
pub struct ScoreWords {
    /// All phrases by their first word, the longest first.
    phrases: HashMap<String, Vec<Phrase>>,
    fillers: HashSet<String>,
}

/// The table, read once.
pub fn score_words() -> &'static ScoreWords {
    static WORDS: LazyLock<ScoreWords> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
        let file: File = toml::from_str(include_str!("../../lexicon/moments.toml")).expect("the lexicon is valid TOML");
        let mut phrases: Vec<Phrase> = file
            .acts
            .into_iter()
            .flat_map(|(act, row)| {
                row.en.into_iter().chain(row.zh).map(move |alias| Phrase {
                    words: tokens(&alias).into_iter().map(|token| token.text).collect(),
                    act,
                    at_a_time: row.at_a_time,
                })
            })
            .collect();
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        let mut table: HashMap<String, Vec<Phrase>> = HashMap::new();
        for phrase in phrases {
            if let Some(first) = phrase.words.first() {
                table.entry(first.clone()).or_default().push(phrase);
            }
        }
        ScoreWords { phrases: table, fillers: file.filler.en.into_iter().chain(file.filler.zh).collect() }
    });
    &WORDS
}

impl ScoreWords {
    /// The acts named by the longest phrases that begin at a token, with the token after the phrase.
    pub fn at(&self, text: &Marked<'_>, at: usize, timed: bool) -> Vec<(Act, usize)> {
        let fits = |phrase: &&Phrase| {
            phrase.at_a_time == timed
                && phrase.words.iter().enumerate().all(|(offset, word)| {
                    text.token(at + offset).is_some_and(|token| token.kind != Kind::Quote && token.text == *word)
                })
        };
        let Some(list) = text.token(at).and_then(|token| self.phrases.get(&token.text)) else { return Vec::new() };
        let Some(longest) = list.iter().find(fits).map(|phrase| phrase.words.len()) else { return Vec::new() };
        list.iter().filter(fits).filter(|p| p.words.len() == longest).map(|p| (p.act, at + p.words.len())).collect()
    }
}

/// Whether a word joins a wish to its moment and means nothing alone.
pub fn is_filler(word: &str) -> bool {
    score_words().fillers.contains(word)
}
