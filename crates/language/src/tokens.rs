//! A text as tokens, each folded and with its bytes in the original. One pass, linear in the length of the text.
//!
//! There is one kind of token and three sizes of it: [`atoms`] for looking closely (letters, numbers, single Chinese
//! characters, signs), [`words`] as people see them (`9:16`, `lo-fi`, `trip.mp4`, Chinese words that are known) and [`spaced`]
//! for prose that is kept as it is, cut at its white space alone.

mod atoms;
mod spaced;
mod words;

pub use atoms::atoms;
pub use spaced::{Untouched, spaced};
pub use words::{Dictionary, with_marks, words};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Letters; among `words` anything that is a word.
    Word,
    /// A number with its value.
    Number(f64),
    /// One Chinese character among `atoms`.
    Han,
    /// Something in quotation marks, which belong to the token: content, never an instruction.
    Quote,
    /// A sign with a meaning of its own: `: / % # ♭ + - & ~ @`.
    Sign,
    /// The end of a sentence; among `words`, of a clause.
    Stop,
    /// A comma or bracket.
    Pause,
    /// A colon before a space: among `words` the end of a clause where what stands before it asks for nothing itself.
    Colon,
    /// A file's name or a path.
    File,
    /// A web address.
    Url,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Folded text; empty for quotations, but among `spaced`, and for stops among `words`.
    pub text: String,
    /// First byte in the text.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// Nothing but a hyphen, or nothing at all, stands between it and the token before.
    pub glued: bool,
    /// Whether it begins with a capital letter.
    pub capital: bool,
}

impl Token {
    /// As it stands in the text that it was cut from.
    pub fn written<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The words within a quotation, without its marks.
    pub fn unquoted<'a>(&self, text: &'a str) -> &'a str {
        let mut chars = self.written(text).chars();
        chars.next();
        chars.next_back();
        chars.as_str().trim()
    }

    /// Whether its words can be part of a phrase.
    pub fn is_said(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number(_) | Kind::Han | Kind::Sign)
    }

    /// Whether it is a quotation, an address or a file's name, which are not looked into.
    pub fn is_untouchable(&self) -> bool {
        matches!(self.kind, Kind::Quote | Kind::File | Kind::Url)
    }
}
