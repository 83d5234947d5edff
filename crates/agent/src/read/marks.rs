//! A message with the phrases found in it.

use std::ops::Range;

use super::lexicon::{Class, Lexicon, Sense};
use bedtrack_language::numbers::{number, percent};
use bedtrack_language::times::time;
use bedtrack_language::tokens::{Kind, Token, atoms};

/// A phrase in a message.
#[derive(Debug, Clone)]
pub struct Mark<'a> {
    /// Its tokens.
    pub at: Range<usize>,
    /// What it can mean.
    pub senses: &'a [Sense],
}

impl Mark<'_> {
    /// Whether it can be of a class.
    pub fn is(&self, class: Class) -> bool {
        self.senses.contains(&Sense::Class(class))
    }

    /// Whether it can be of one of some classes.
    pub fn is_any(&self, classes: &[Class]) -> bool {
        classes.iter().any(|class| self.is(*class))
    }

    /// A genre it can be.
    pub fn genre(&self) -> Option<usize> {
        self.senses.iter().find_map(|sense| if let Sense::Genre(index) = sense { Some(*index) } else { None })
    }

    /// A mood it can be.
    pub fn mood(&self) -> Option<usize> {
        self.senses.iter().find_map(|sense| if let Sense::Mood(index) = sense { Some(*index) } else { None })
    }

    /// An instrument it can be.
    pub fn instrument(&self) -> Option<usize> {
        self.senses.iter().find_map(|sense| if let Sense::Instrument(index) = sense { Some(*index) } else { None })
    }

    /// A use it can be.
    pub fn purpose(&self) -> Option<usize> {
        self.senses.iter().find_map(|sense| if let Sense::Use(index) = sense { Some(*index) } else { None })
    }

    /// Whether it can be something musical.
    pub fn is_musical(&self) -> bool {
        self.senses.iter().any(|sense| {
            matches!(
                sense,
                Sense::Genre(_)
                    | Sense::Mood(_)
                    | Sense::Instrument(_)
                    | Sense::MoreMood(_)
                    | Sense::MoreGenre(_)
                    | Sense::Metre(..)
                    | Sense::Near(_)
                    | Sense::Ensemble(_)
            )
        })
    }
}

/// A message, cut and marked.
#[derive(Debug)]
pub struct Marked<'a> {
    /// As it was written.
    pub message: &'a str,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The phrases in it, in order; none overlap.
    pub marks: Vec<Mark<'a>>,
    // The mark that covers each token.
    covering: Vec<Option<usize>>,
}

impl<'a> Marked<'a> {
    /// Cuts and marks a message.
    pub fn new(message: &'a str, lexicon: &'a Lexicon) -> Self {
        let tokens = atoms(message);
        let mut marks = Vec::new();
        let mut covering = vec![None; tokens.len()];
        let mut at = 0;
        while at < tokens.len() {
            let Some((length, senses)) = lexicon.longest_at(&tokens, at) else {
                at += 1;
                continue;
            };
            covering.iter_mut().skip(at).take(length).for_each(|slot| *slot = Some(marks.len()));
            marks.push(Mark { at: at..at + length, senses });
            at += length;
        }
        Self { message, tokens, marks, covering }
    }

    /// The token at a place.
    pub fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The mark that covers a token.
    pub fn mark(&self, at: usize) -> Option<&Mark<'a>> {
        self.marks.get((*self.covering.get(at)?)?)
    }

    /// The mark that covers the token before.
    pub fn before(&self, at: usize) -> Option<&Mark<'a>> {
        self.mark(at.checked_sub(1)?)
    }

    /// A number that begins at a token, and the token after it.
    pub fn number(&self, at: usize) -> Option<(f64, usize)> {
        number(&self.tokens, at)
    }

    /// A share as a factor.
    pub fn percent(&self, at: usize) -> Option<(f64, usize)> {
        percent(&self.tokens, at, |unit| self.is_phrase(&unit))
    }

    /// A time in ms.
    pub fn time(&self, at: usize) -> Option<(u64, usize)> {
        time(&self.tokens, at, |unit| self.is_phrase(&unit))
    }

    /// Whether some tokens are a phrase of their own, and no part of a longer one.
    fn is_phrase(&self, tokens: &Range<usize>) -> bool {
        self.mark(tokens.start).is_some_and(|mark| mark.at == *tokens)
    }

    /// Whether the mark at a token can be of a class.
    pub fn is(&self, at: usize, class: Class) -> bool {
        self.mark(at).is_some_and(|mark| mark.is(class))
    }

    /// The marks within some tokens.
    pub fn within(&self, range: &Range<usize>) -> impl Iterator<Item = &Mark<'a>> {
        let from = self.marks.partition_point(|mark| mark.at.start < range.start);
        let end = range.end;
        self.marks.get(from..).unwrap_or_default().iter().take_while(move |mark| mark.at.start < end)
    }

    /// The first mark of a class within some tokens.
    pub fn find(&self, range: &Range<usize>, class: Class) -> Option<&Mark<'a>> {
        self.within(range).find(|mark| mark.is(class))
    }

    /// Whether a class occurs within some tokens.
    pub fn has(&self, range: &Range<usize>, class: Class) -> bool {
        self.find(range, class).is_some()
    }

    /// Whether one of some classes occurs.
    pub fn has_any(&self, range: &Range<usize>, classes: &[Class]) -> bool {
        self.within(range).any(|mark| mark.is_any(classes))
    }

    /// Whether a token stands right behind the one before it in writing that needs no spaces, or in one word with it.
    pub fn is_word(&self, at: usize, text: &str) -> bool {
        self.token(at).is_some_and(|token| token.text == text)
    }

    /// The words of some tokens as they were written.
    pub fn written(&self, range: &Range<usize>) -> &'a str {
        let Some(tokens) = self.tokens.get(range.clone()) else { return "" };
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return "" };
        self.message.get(first.start..last.end).unwrap_or_default().trim()
    }

    /// The quotations within some tokens.
    pub fn quotes(&self, range: &Range<usize>) -> impl Iterator<Item = usize> {
        let start = range.start;
        let tokens = self.tokens.get(range.clone()).unwrap_or_default();
        tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Quote).map(move |(index, _)| start + index)
    }
}
