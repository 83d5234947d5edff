//! The words of `../../lexicon/titles.toml`, and where they stand in a message.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::marks::Marked;
use crate::read::text::{Kind, tokens};
use bedtrack_wire::title::Rgb;

/// What a phrase can mean in a clause about a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    PlaceTop,
    PlaceCentre,
    PlaceLower,
    PlaceBottom,
    SideLeft,
    SideRight,
    CornerTopLeft,
    CornerTopRight,
    CornerBottomLeft,
    CornerBottomRight,
    StyleTitle,
    StyleSubtitle,
    StyleCaption,
    StylePlain,
    Outline,
    Box,
    Shadow,
    Plain,
    FadeIn,
    FadeOut,
    FadeBoth,
    Hard,
    Pixels,
    SizeNoun,
    ColourNoun,
    Percent,
    All,
    #[serde(rename = "number_1")]
    Number1,
    #[serde(rename = "number_2")]
    Number2,
    #[serde(rename = "number_3")]
    Number3,
    #[serde(rename = "number_4")]
    Number4,
    #[serde(rename = "number_5")]
    Number5,
    NumberLast,
    One,
    AtStart,
    AtEnd,
    Throughout,
    ToEnd,
    InFirst,
    InLast,
    From,
    At,
    To,
    Ends,
    Lasts,
    Longer,
    Shorter,
    Earlier,
    Later,
    Verb,
    Small,
}

/// A meaning of a phrase.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A colour, as `#rrggbb`.
    Colour(String),
    /// A size by name, as a factor on the style's own.
    Size(f64),
    /// A change of size, as a factor.
    Resize(f64),
    /// One of the lists.
    Word(Word),
}

/// A phrase in a message.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its tokens.
    pub at: Range<usize>,
    /// What it can mean.
    pub terms: Vec<Term>,
}

impl Found {
    /// Whether it can be of a list.
    pub fn is(&self, word: Word) -> bool {
        self.terms.contains(&Term::Word(word))
    }

    /// Whether it can be of one of some lists.
    pub fn is_any(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.is(*word))
    }

    /// The colour it names.
    pub fn colour(&self) -> Option<&str> {
        self.terms.iter().find_map(|term| if let Term::Colour(hex) = term { Some(hex.as_str()) } else { None })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColourRow {
    hex: String,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeRow {
    factor: f64,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    colour: Vec<ColourRow>,
    size: Vec<SizeRow>,
    resize: Vec<SizeRow>,
    #[serde(flatten)]
    lists: BTreeMap<Word, Phrases>,
}

/// What a colour is called, where it has a name.
pub fn colour_name(hex: &str, zh: bool) -> Option<&'static str> {
    table()
        .colours
        .iter()
        .find(|(known, ..)| known == hex)
        .map(|(_, en, name_zh)| if zh { name_zh.as_str() } else { en.as_str() })
}

/// The words of a phrase, and what it can mean.
type Phrase = (Vec<String>, Vec<Term>);

/// The table of phrases: by their first token, the longest first.
#[derive(Debug, Default)]
pub struct Table {
    // Each colour with its name in English and Chinese.
    colours: Vec<(String, String, String)>,
    phrases: HashMap<String, Vec<Phrase>>,
}

impl Table {
    fn read(file: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(file)?;
        let mut table = Self::default();
        for row in file.colour {
            table.put(row.en.iter().chain(&row.zh), &Term::Colour(row.hex.clone()));
            if let (Some(en), Some(zh)) = (row.en.first(), row.zh.first()) {
                table.colours.push((row.hex.clone(), en.clone(), zh.clone()));
            }
        }
        for row in file.size {
            table.put(row.en.iter().chain(&row.zh), &Term::Size(row.factor));
        }
        for row in file.resize {
            table.put(row.en.iter().chain(&row.zh), &Term::Resize(row.factor));
        }
        for (word, phrases) in file.lists {
            table.put(phrases.en.iter().chain(&phrases.zh), &Term::Word(word));
        }
        table.phrases.values_mut().for_each(|list| list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len())));
        Ok(table)
    }

    fn put<'a>(&mut self, phrases: impl Iterator<Item = &'a String>, term: &Term) {
        for phrase in phrases {
            let words: Vec<String> = tokens(phrase).into_iter().map(|token| token.text).collect();
            let Some(first) = words.first() else { continue };
            let list = self.phrases.entry(first.clone()).or_default();
            match list.iter_mut().find(|(known, _)| *known == words) {
                Some((_, terms)) => terms.push(term.clone()),
                None => list.push((words, vec![term.clone()])),
            }
        }
    }

    fn longest_at(&self, text: &Marked<'_>, at: usize, end: usize) -> Option<Found> {
        let token = text.token(at).filter(|token| !matches!(token.kind, Kind::Quote | Kind::Stop | Kind::Pause))?;
        let fits = |words: &[String]| {
            at + words.len() <= end
                && words.iter().enumerate().all(|(offset, word)| {
                    text.token(at + offset).is_some_and(|token| token.kind != Kind::Quote && token.text == *word)
                })
        };
        let (words, terms) = self.phrases.get(&token.text)?.iter().find(|(words, _)| fits(words))?;
        Some(Found { at: at..at + words.len(), terms: terms.clone() })
    }
}

/// The built-in table, read once.
fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
        Table::read(include_str!("../../lexicon/titles.toml")).expect("the lexicon of titles is valid TOML")
    });
    &TABLE
}

/// Every phrase within some tokens, in order; none overlap, and none lie in a quotation.
pub fn scan(text: &Marked<'_>, range: &Range<usize>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let here = hex(text, at, range.end).or_else(|| table().longest_at(text, at, range.end));
        match here {
            Some(phrase) => {
                at = phrase.at.end;
                found.push(phrase);
            }
            None => at += 1,
        }
    }
    found
}

/// The phrase that covers a token; a binary search, so that long messages stay cheap.
pub fn phrase_at(found: &[Found], at: usize) -> Option<&Found> {
    found.get(found.partition_point(|phrase| phrase.at.end <= at)).filter(|phrase| phrase.at.start <= at)
}

/// The phrase that ends right before a token.
pub fn phrase_before(found: &[Found], at: usize) -> Option<&Found> {
    phrase_at(found, at.checked_sub(1)?).filter(|phrase| phrase.at.end == at)
}

/// `#ffcc00`, which is cut into several tokens.
fn hex(text: &Marked<'_>, at: usize, end: usize) -> Option<Found> {
    let sign = text.token(at).filter(|token| token.text == "#")?;
    let digits: String =
        text.message.get(sign.end..)?.chars().take(7).take_while(char::is_ascii_alphanumeric).collect();
    let colour: Rgb = format!("#{digits}").parse().ok()?;
    let last = sign.end + digits.len();
    let tokens = (at..end).take_while(|at| text.token(*at).is_some_and(|token| token.end <= last)).count();
    Some(Found { at: at..at + tokens.max(1), terms: vec![Term::Colour(colour.to_string())] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_and_every_colour_of_the_file_is_known() {
        let table = Table::read(include_str!("../../lexicon/titles.toml")).unwrap();
        let terms: Vec<&Term> = table.phrases.values().flatten().flat_map(|(_, terms)| terms).collect();
        for term in &terms {
            if let Term::Colour(hex) = term {
                assert_eq!(hex.parse::<Rgb>().unwrap().to_string(), *hex);
            }
        }
        assert!(terms.contains(&&Term::Word(Word::CornerBottomRight)) && terms.len() > 500, "{}", terms.len());
    }
}
