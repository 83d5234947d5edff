//! The words for what happens in a score, from `../../lexicon/moments.toml`.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use bedtrack_language::phrases::{Grammar, Languages, Phrases};
use serde::Deserialize;

use crate::read::marks::Marked;

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

/// The file.
#[derive(Deserialize)]
struct File {
    filler: Languages,
    #[serde(flatten)]
    acts: BTreeMap<Act, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    at_a_time: bool,
    en: Vec<String>,
    zh: Vec<String>,
}

/// What the words mean.
#[derive(Debug, Default)]
pub struct ScoreWords {
    anywhere: Phrases<Act>,
    at_a_time: Phrases<Act>,
    fillers: HashSet<String>,
}

/// The table, read once.
pub fn score_words() -> &'static ScoreWords {
    static WORDS: LazyLock<ScoreWords> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
        let file: File = toml::from_str(include_str!("../../lexicon/moments.toml")).expect("the lexicon is valid TOML");
        let mut grammar = Grammar::of_atoms();
        let fillers = file.filler.iter().cloned().collect::<Vec<_>>();
        let mut words = ScoreWords { fillers: grammar.words(&fillers), ..ScoreWords::default() };
        for (act, row) in file.acts {
            let phrases = if row.at_a_time { &mut words.at_a_time } else { &mut words.anywhere };
            row.en.iter().chain(&row.zh).for_each(|line| phrases.add(line, act, &mut grammar));
        }
        words
    });
    &WORDS
}

impl ScoreWords {
    /// The acts named by the longest phrases that begin at a token, with the token after the phrase.
    pub fn at(&self, text: &Marked<'_>, at: usize, timed: bool) -> Vec<(Act, usize)> {
        let phrases = if timed { &self.at_a_time } else { &self.anywhere };
        let Some(found) = phrases.longest(&text.tokens, at) else { return Vec::new() };
        found.meanings.iter().map(|act| (*act, found.end)).collect()
    }
}

/// Whether a word joins a wish to its moment and means nothing alone.
pub fn is_filler(word: &str) -> bool {
    score_words().fillers.contains(word)
}
