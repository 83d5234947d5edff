//! The words that arrange the timeline, from `../../lexicon/arrange.toml`, and a message cut into what they mean.

use std::ops::Range;
use std::sync::LazyLock;

use bedtrack_language::characters::is_han;
use bedtrack_language::endings::{self, Holds};
use bedtrack_language::phrases::Phrases;
use bedtrack_language::tokens::{Kind, atoms};
use serde::Deserialize;

use crate::read::marks::Marked;
use crate::read::reading::{File, FileKind};

/// A class of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Filler,
    Use,
    Song,
    Songs,
    Music,
    Own,
    This,
    Under,
    Then,
    Photo,
    Clip,
    MusicVideo,
    OnBeat,
    Cut,
    Make,
    Long,
    Crossfade,
    Slide,
    Zoom,
    HardCut,
    Still,
}

fn phrases() -> &'static Phrases<Word> {
    static PHRASES: LazyLock<Phrases<Word>> =
        LazyLock::new(|| Phrases::built_in(include_str!("../../lexicon/arrange.toml")));
    &PHRASES
}

/// What a few tokens mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// Of these classes.
    Words(&'static [Word]),
    /// A file of the session.
    File(File),
    /// The name of a file that the session does not have.
    Unknown(String),
    /// A time in ms.
    Time(u64),
    /// A share.
    Percent(f64),
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

/// A message as items, one after another.
pub fn items(text: &Marked<'_>, files: &[File]) -> Vec<Item> {
    let names = names(files);
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(token) = text.token(at) {
        let (meaning, end) = if let Some((file, end)) = file_at(text, at, &names) {
            (Meaning::File(file), end)
        } else if let Some((name, end)) = unknown_file(text, at) {
            (Meaning::Unknown(name), end)
        } else if token.kind == Kind::Quote {
            let name = token.unquoted(text.message);
            let known = files.iter().find(|file| same_name(&file.name, name));
            (known.map_or(Meaning::Other, |file| Meaning::File(file.clone())), at + 1)
        } else {
            measure(text, at).or_else(|| phrase(text, at)).unwrap_or_else(|| {
                let meaning = match token.kind {
                    Kind::Pause => Meaning::Pause,
                    Kind::Stop => Meaning::Stop,
                    _ => Meaning::Other,
                };
                (meaning, at + 1)
            })
        };
        items.push(Item { at: at..end, meaning });
        at = end;
    }
    items
}

fn measure(text: &Marked<'_>, at: usize) -> Option<(Meaning, usize)> {
    // "A second" is more often another one than a length.
    if text.is_word(at, "a") || text.is_word(at, "an") {
        return None;
    }
    if let Some((share, end)) = text.percent(at) {
        return Some((Meaning::Percent(share), end));
    }
    if let Some((ms, end)) = text.time(at) {
        return Some((Meaning::Time(ms), end));
    }
    // A count of pictures says nothing that is not seen: "my 12 photos", "五张照片".
    let (_, end) = text.number(at)?;
    // "One after the other" is more than a one.
    if phrase(text, at).is_some_and(|(_, reach)| reach > end) {
        return None;
    }
    Some((Meaning::Words(&[Word::Filler]), end))
}

fn phrase(text: &Marked<'_>, at: usize) -> Option<(Meaning, usize)> {
    phrases().longest(&text.tokens, at).map(|found| (Meaning::Words(found.meanings), found.end))
}

/// The ways to write the names of some files.
pub fn names(files: &[File]) -> Vec<(Vec<String>, &File)> {
    files.iter().flat_map(|file| spellings(&file.name).map(move |n| (n, file))).collect()
}

/// The ways to write a file's name: whole, and without its ending where that is more than a common word.
fn spellings(name: &str) -> impl Iterator<Item = Vec<String>> + use<> {
    let words = |name: &str| atoms(name).into_iter().map(|token| token.text).collect::<Vec<_>>();
    let stem = name.rsplit_once('.').map(|(stem, _)| words(stem));
    let telling = |stem: &Vec<String>| {
        stem.len() > 1 || stem.iter().all(|word| word.chars().count() > 2 && !phrases().begins_with(word))
    };
    [Some(words(name)), stem.filter(telling)].into_iter().flatten().filter(|words| !words.is_empty())
}

/// Whether quoted words name a file.
pub fn same_name(name: &str, said: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (said, name) = (said.trim().to_lowercase(), name.to_lowercase());
    said == name || said == stem.to_lowercase()
}

/// The file whose name begins at a token; of several the longest name.
pub fn file_at(text: &Marked<'_>, at: usize, names: &[(Vec<String>, &File)]) -> Option<(File, usize)> {
    let fits = |words: &[String]| words.iter().enumerate().all(|(offset, word)| text.is_word(at + offset, word));
    let (words, file) = names.iter().filter(|(words, _)| fits(words)).max_by_key(|(words, _)| words.len())?;
    // A stem before another ending is another file.
    let end = at + words.len();
    let other = unknown_file(text, at).is_some_and(|(_, reach)| reach > end);
    (!other).then(|| ((*file).clone(), end))
}

/// Longest name of a file, in bytes: what file systems take. It bounds the look ahead.
const LONGEST_NAME: usize = 255;

/// The name of a media file that begins at a token, by its ending.
pub fn unknown_file(text: &Marked<'_>, at: usize) -> Option<(String, usize)> {
    let token = text.token(at).filter(|token| matches!(token.kind, Kind::Word | Kind::Number(_)))?;
    let rest = text.message.get(token.start..)?;
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '!' | '?' | '"' | '(' | ')' | '/') || is_han(c);
    let ends = rest.char_indices().take(LONGEST_NAME + 1).find(|(_, c)| parts(*c)).map(|(ends, _)| ends);
    let name = match ends {
        Some(ends) => rest.get(..ends)?,
        None if rest.len() <= LONGEST_NAME => rest,
        None => return None,
    };
    let name = name.trim_end_matches('.');
    let known = endings::of(name).is_some_and(Holds::is_seen_or_heard);
    let reach = token.start + name.len();
    let end = (at + 1..=text.tokens.len()).find(|end| text.token(*end).is_none_or(|token| token.start >= reach))?;
    known.then(|| (name.to_owned(), end))
}

/// Whether a file is a song.
pub fn is_song(file: &File) -> bool {
    file.kind == FileKind::Song
}
