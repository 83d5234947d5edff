//! The words that place pieces in turn, from `../../lexicon/sequence.toml`, and a message cut into what they mean.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::marks::Marked;
use crate::read::phrases::Phrases;
use crate::read::text::Kind;
use crate::read::time::time;

/// The bytes of a message that some of its tokens take.
pub fn bytes(text: &Marked<'_>, tokens: &Range<usize>) -> Option<Range<usize>> {
    let (first, last) = (text.token(tokens.start)?, text.token(tokens.end.checked_sub(1)?)?);
    Some(first.start..last.end)
}

/// A class of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Then,
    Switch,
    First,
    Last,
    Next,
    For,
    Long,
    From,
    After,
    At,
    Until,
    To,
    And,
    Onward,
    Before,
    Start,
    End,
    Rest,
    FirstHalf,
    SecondHalf,
    FirstThird,
    SecondThird,
    LastThird,
    Silence,
    Joins,
    InTurn,
    Piece,
    #[serde(rename = "ordinal_1")]
    Ordinal1,
    #[serde(rename = "ordinal_2")]
    Ordinal2,
    #[serde(rename = "ordinal_3")]
    Ordinal3,
    #[serde(rename = "ordinal_4")]
    Ordinal4,
    OrdinalLast,
}

fn phrases() -> &'static Phrases<Word> {
    static PHRASES: LazyLock<Phrases<Word>> =
        LazyLock::new(|| Phrases::built_in(include_str!("../../lexicon/sequence.toml")));
    &PHRASES
}

/// What a few tokens mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// Of these classes.
    Words(&'static [Word]),
    /// A time in ms.
    Time(u64),
    /// A bare number.
    Number(f64),
    /// A comma, a colon.
    Pause,
    /// The end of a sentence.
    Stop,
    /// Anything else.
    Other,
}

/// A few tokens with one meaning.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its tokens.
    pub at: Range<usize>,
    /// What they mean.
    pub meaning: Meaning,
}

impl Item {
    /// Whether it can be of a class.
    pub fn is(&self, word: Word) -> bool {
        matches!(self.meaning, Meaning::Words(words) if words.contains(&word))
    }

    /// Whether it can be of one of some classes.
    pub fn is_any(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.is(*word))
    }
}

/// A message as items, one after another.
pub fn items(text: &Marked<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(token) = text.token(at) {
        let article = text.is_word(at, "a") || text.is_word(at, "an");
        // "第4秒" is a moment as "4秒" is.
        let ordinal = usize::from(text.is_word(at, "第"));
        let (meaning, end) = if let Some((ms, end)) = time(text, at + ordinal).filter(|_| !article) {
            (Meaning::Time(ms), end)
        } else if let Some((words, end)) = phrases().at(text, at).filter(|(_, end)| !splits_a_name(text, at, *end)) {
            (Meaning::Words(words), end)
        } else {
            let meaning = match token.kind {
                Kind::Sign | Kind::Pause if is_dash(text, at) => Meaning::Words(&[Word::To]),
                Kind::Number(value) => Meaning::Number(value),
                Kind::Pause => Meaning::Pause,
                Kind::Sign if token.text == ":" => Meaning::Pause,
                Kind::Stop => Meaning::Stop,
                _ => Meaning::Other,
            };
            (meaning, at + 1)
        };
        items.push(Item { at: at..end, meaning });
        at = end;
    }
    items
}

/// Whether a dash stands between two numbers: "0:05-0:20", "5 – 20 s".
fn is_dash(text: &Marked<'_>, at: usize) -> bool {
    let behind = text.token(at + 1).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
    behind && text.token(at).is_some_and(|token| matches!(token.text.as_str(), "-" | "–" | "—" | "~"))
}

/// Whether a phrase would cut a musical name in two: the "-" of "lo-fi", the "and" of "drum and bass".
fn splits_a_name(text: &Marked<'_>, at: usize, end: usize) -> bool {
    text.mark(at).is_some_and(|mark| mark.is_musical() && (mark.at.start < at || mark.at.end > end))
}
