//! The words of `lexicon.toml`, ready to be looked up.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::words::Word;

/// Phrases of English, looked up word by word.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Phrases {
    known: HashSet<String>,
    longest: usize,
}

impl From<Vec<String>> for Phrases {
    fn from(list: Vec<String>) -> Self {
        let longest = list.iter().map(|phrase| phrase.split(' ').count()).max().unwrap_or(0);
        Self { known: list.into_iter().collect(), longest }
    }
}

impl Phrases {
    /// How many words the longest phrase at the start takes; 0 for none.
    pub fn at_start(&self, words: &[Word<'_>]) -> usize {
        let mut joined = String::new();
        let mut found = 0;
        for (index, word) in words.iter().take(self.longest).enumerate() {
            if index > 0 {
                joined.push(' ');
            }
            joined.push_str(&word.plain);
            if self.known.contains(&joined) {
                found = index + 1;
            }
        }
        found
    }

    /// Index of the first word at which a phrase begins.
    pub fn first_in(&self, words: &[Word<'_>]) -> Option<usize> {
        (0..words.len()).find(|at| self.at_start(words.get(*at..).unwrap_or_default()) > 0)
    }

    /// Whether a phrase stands anywhere.
    pub fn any_in(&self, words: &[Word<'_>]) -> bool {
        self.first_in(words).is_some()
    }

    /// Whether this is one of them.
    pub fn has(&self, phrase: &str) -> bool {
        self.known.contains(phrase)
    }
}

/// What must stand beside a verb to make an instruction of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Nothing more.
    Nothing,
    /// Something that can be acted on, right after it.
    Object,
    /// A part of a screen in the clause.
    Screen,
    /// A part of a screen, or a name after it.
    Name,
    /// Where something goes.
    Place,
    /// A part of a screen, or what an account is about.
    Thing,
}

/// What an instruction with this verb turns into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Whatever its words are about.
    Words,
    /// That, else the timeline.
    WordsOrShow,
    Show,
    Edit,
    Export,
    Upload,
    None,
}

/// Verbs that are used alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verbs<Forms> {
    pub forms: Forms,
    pub needs: Needs,
    pub offer: Aim,
    /// Chinese: an instruction wherever it stands in its clause.
    #[serde(default)]
    pub anywhere: bool,
}

/// English.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct English {
    pub leads: Phrases,
    pub objects: Phrases,
    pub ui: Phrases,
    pub corners: Phrases,
    pub strict: Phrases,
    pub commands: Phrases,
    pub nominal: Phrases,
    pub says: Phrases,
    pub mentions: Phrases,
    pub verses: Phrases,
    pub turns: Phrases,
    pub labels: Phrases,
    pub hanging: Phrases,
    pub joiners: Phrases,
    pub outcomes: Phrases,
    pub means: Phrases,
    pub teasers: Phrases,
    pub finite: Phrases,
    pub ready: Phrases,
    pub statements: Phrases,
    pub soft: Phrases,
    pub edits: Phrases,
    pub export: Phrases,
    pub credits: Phrases,
    pub upload: Phrases,
    pub undo: Phrases,
    pub show: Phrases,
    pub verbs: Vec<Verbs<Phrases>>,
}

/// Chinese; phrases are looked up as pieces of text, since nothing parts its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chinese {
    pub leads: Vec<String>,
    pub objects: Vec<String>,
    pub nouns: Vec<String>,
    pub labels: Vec<String>,
    pub verses: Vec<String>,
    pub turns: Vec<String>,
    pub subjects: Vec<String>,
    pub places: Vec<String>,
    pub ui: Vec<String>,
    pub nominal: Vec<String>,
    pub says: Vec<String>,
    pub hanging: Vec<String>,
    pub hanging_ends: Vec<String>,
    pub joiners: Vec<String>,
    pub done: Vec<String>,
    pub soft: Vec<String>,
    pub outcomes: Vec<String>,
    pub ready: Vec<String>,
    pub edits: Vec<String>,
    pub export: Vec<String>,
    pub credits: Vec<String>,
    pub upload: Vec<String>,
    pub undo: Vec<String>,
    pub show: Vec<String>,
    pub verbs: Vec<Verbs<Vec<String>>>,
}

/// Both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lexicon {
    pub en: English,
    pub zh: Chinese,
}

static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| toml::from_str(include_str!("lexicon.toml")).ok());

/// The words. They are built in and checked by a test, so there is always something.
pub fn lexicon() -> Option<&'static Lexicon> {
    LEXICON.as_ref()
}

/// Where the first of the pieces begins in a text.
pub fn first_of(pieces: &[String], text: &str) -> Option<usize> {
    pieces.iter().filter_map(|piece| text.find(piece.as_str())).min()
}

/// The longest of the pieces that the text begins with.
pub fn start_of<'a>(pieces: &'a [String], text: &str) -> Option<&'a str> {
    pieces.iter().filter(|piece| text.starts_with(piece.as_str())).max_by_key(|piece| piece.len()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_lexicon_can_be_read() {
        toml::from_str::<super::Lexicon>(include_str!("lexicon.toml")).unwrap();
    }
}
