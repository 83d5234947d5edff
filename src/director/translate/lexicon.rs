//! The words of `lexicon.toml`, ready to be looked up.

use std::sync::LazyLock;

use bedtrack_language::phrases::{Grammar, Phrases};
use bedtrack_language::tokens::Token;
use serde::Deserialize;

/// Phrases of English, looked up word by word; what is quoted counts as well, since buttons are named in quotation marks.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Prose(Phrases);

impl From<Vec<String>> for Prose {
    fn from(list: Vec<String>) -> Self {
        Self(Grammar::of_prose().phrases(&list))
    }
}

impl Prose {
    /// How many words the longest phrase at the start takes; 0 for none.
    pub fn at_start(&self, words: &[Token]) -> usize {
        self.0.end(words, 0).unwrap_or(0)
    }

    /// Index of the first word at which a phrase begins.
    pub fn first_in(&self, words: &[Token]) -> Option<usize> {
        self.0.first_in(words)
    }

    /// Whether a phrase stands anywhere.
    pub fn any_in(&self, words: &[Token]) -> bool {
        self.0.within(words)
    }

    /// Whether this is one of them.
    pub fn has(&self, phrase: &str) -> bool {
        self.0.has(phrase)
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
    pub leads: Prose,
    pub objects: Prose,
    pub ui: Prose,
    pub corners: Prose,
    pub strict: Prose,
    pub commands: Prose,
    pub nominal: Prose,
    pub says: Prose,
    pub mentions: Prose,
    pub verses: Prose,
    pub turns: Prose,
    pub labels: Prose,
    pub hanging: Prose,
    pub joiners: Prose,
    pub outcomes: Prose,
    pub means: Prose,
    pub teasers: Prose,
    pub finite: Prose,
    pub ready: Prose,
    pub statements: Prose,
    pub soft: Prose,
    pub edits: Prose,
    pub joining: Vec<String>,
    pub into: Prose,
    pub controls: Prose,
    pub means_of_control: Prose,
    pub speaker: Prose,
    pub acts: Prose,
    pub shown: Prose,
    pub clicks: Prose,
    pub goes_on: Prose,
    pub somewhere: Prose,
    pub export: Prose,
    pub credits: Prose,
    pub upload: Prose,
    pub undo: Prose,
    pub show: Prose,
    pub verbs: Vec<Verbs<Prose>>,
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
    pub joining: Vec<String>,
    pub controls: Vec<String>,
    pub trailing: Vec<String>,
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
        let file = include_str!("lexicon.toml");
        toml::from_str::<super::Lexicon>(file).unwrap();
        // Texts are looked into in simplified characters.
        assert_eq!(bedtrack_language::characters::in_simplified(file), file);
    }
}
