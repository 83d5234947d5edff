//! The words that cut the timeline, from `../../lexicon/cutting.toml`, and a message cut into what they mean.

use std::ops::Range;
use std::sync::LazyLock;

use bedtrack_language::phrases::Phrases;
use bedtrack_language::tokens::Kind;
use serde::Deserialize;

use crate::read::arrange::words::{file_at, is_song, names, same_name, unknown_file};
use crate::read::marks::Marked;
use crate::read::reading::File;

/// A class of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Filler,
    Out,
    Keep,
    Trim,
    Split,
    Join,
    Together,
    Move,
    Swap,
    Backwards,
    Replace,
    With,
    Newest,
    Clip,
    Photo,
    Whole,
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Sixth,
    Seventh,
    Eighth,
    Last,
    Number,
    ToFront,
    ToEnd,
    Before,
    After,
    Earlier,
    Later,
    Range,
    Aim,
    Between,
    Middle,
    Faster,
    Slower,
    Double,
    Triple,
    Quadruple,
    Half,
    Quarter,
    Normal,
    Speed,
    Sound,
    Mute,
    Unmute,
    Louder,
    Quieter,
    FadeIn,
    FadeOut,
    Fade,
    OnlyIn,
    OnlyOut,
    Black,
    Picture,
    Vertical,
    Wide,
    Square,
    FourFive,
    SourceShape,
    Shape,
    Crop,
    Pad,
    Blur,
    Crossfade,
    Slide,
    Zoom,
    HardCut,
    Transition,
    Then,
    Track,
}

fn phrases() -> &'static Phrases<Word> {
    static PHRASES: LazyLock<Phrases<Word>> =
        LazyLock::new(|| Phrases::built_in(include_str!("../../lexicon/cutting.toml")));
    &PHRASES
}

/// What a few tokens mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// Of these classes.
    Words(&'static [Word]),
    /// A picture of the session, or one that it does not have.
    File(String),
    /// A time in ms.
    Time(u64),
    /// A share.
    Percent(f64),
    /// A plain number.
    Count(f64),
    /// A comma.
    Pause,
    /// The end of a sentence.
    Stop,
    /// Something else.
    Other,
}

/// A few tokens and what they mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The tokens.
    pub at: Range<usize>,
    /// What they mean.
    pub meaning: Meaning,
    /// Whether these are the words "and", "并" or ones that begin another wish after a comma.
    pub opens: bool,
    /// Whether its first token follows the one before with at most a hyphen between.
    pub glued: bool,
    /// Whether it is a verb that begins a wish behind "and", whatever it is about.
    pub starts: bool,
    /// Whether this is the word "one", which stands for a thing.
    pub one: bool,
}

impl Item {
    /// Whether it can be of a class.
    pub fn is(&self, word: Word) -> bool {
        matches!(&self.meaning, Meaning::Words(words) if words.contains(&word))
    }

    /// Whether it can be of one of some classes.
    pub fn is_any(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.is(*word))
    }
}

const STARTS: [&str; 10] = ["make", "turn", "change", "add", "use", "set", "play", "give", "show", "fade"];

/// A message as items, one after another.
pub fn items(text: &Marked<'_>, files: &[File]) -> Vec<Item> {
    let names = names(files);
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(token) = text.token(at) {
        let (meaning, end) = if let Some((file, end)) = file_at(text, at, &names) {
            (if is_song(&file) { Meaning::Other } else { Meaning::File(file.name) }, end)
        } else if let Some((name, end)) = unknown_file(text, at) {
            (Meaning::File(name), end)
        } else if token.kind == Kind::Quote {
            let name = token.unquoted(text.message);
            let known = files.iter().find(|file| same_name(&file.name, name) && !is_song(file));
            (known.map_or(Meaning::Other, |file| Meaning::File(file.name.clone())), at + 1)
        } else {
            best(text, at).unwrap_or_else(|| {
                let meaning = match token.kind {
                    Kind::Pause => Meaning::Pause,
                    Kind::Stop => Meaning::Stop,
                    _ => Meaning::Other,
                };
                (meaning, at + 1)
            })
        };
        let opens = matches!(token.text.as_str(), "and" | "并" | "把" | "将" | "再");
        let one = token.text == "one";
        let starts = STARTS.contains(&token.text.as_str());
        items.push(Item { at: at..end, meaning, opens, glued: token.glued, starts, one });
        at = end;
    }
    items
}

/// The longer of a measure and a phrase: "9:16" is a shape, "half a second" a time.
fn best(text: &Marked<'_>, at: usize) -> Option<(Meaning, usize)> {
    match (measure(text, at), phrase(text, at)) {
        (Some((_, end)), Some((phrase, reach))) if reach > at + 1 && reach >= end => Some((phrase, reach)),
        (Some(measure), _) => Some(measure),
        (None, phrase) => phrase,
    }
}

fn measure(text: &Marked<'_>, at: usize) -> Option<(Meaning, usize)> {
    // "A second" is more often another one than a length.
    if text.is_word(at, "a") || text.is_word(at, "an") || text.is_word(at, "couple") {
        return None;
    }
    if let Some((share, end)) = text.percent(at) {
        return Some((Meaning::Percent(share), end));
    }
    if let Some((ms, end)) = text.time(at) {
        return Some((Meaning::Time(ms), end));
    }
    let (count, end) = text.number(at)?;
    // "One" alone stands for a thing.
    (!text.is_word(at, "one") || text.is_word(at.wrapping_sub(1), "clip")).then_some((Meaning::Count(count), end))
}

fn phrase(text: &Marked<'_>, at: usize) -> Option<(Meaning, usize)> {
    // A dash between two times; alone in the lexicon it would be no token.
    if text.token(at).is_some_and(|token| matches!(token.text.as_str(), "-" | "–" | "—")) {
        return Some((Meaning::Words(&[Word::Range]), at + 1));
    }
    phrases().longest(&text.tokens, at).map(|found| (Meaning::Words(found.meanings), found.end))
}
