//! The smallest tokens: words of letters, numbers, single Chinese characters, signs and quotations.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Kind, Token};
use crate::characters::{fold, is_han};
use crate::quotations::Quotations;

/// Cuts a text into its smallest tokens.
pub fn atoms(text: &str) -> Vec<Token> {
    Cutter::new(text).cut()
}

struct Cutter<'a> {
    text: &'a str,
    // Byte, character, folded character.
    chars: Vec<(usize, char, char)>,
    quotations: Quotations,
    found: Vec<Token>,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a str) -> Self {
        let chars = text.char_indices().map(|(at, c)| (at, c, fold(c))).collect();
        Self { text, chars, quotations: Quotations::of(text), found: Vec::new() }
    }

    fn folded(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, _, c)| *c)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.text.len(), |(byte, ..)| *byte)
    }

    fn cut(mut self) -> Vec<Token> {
        let mut at = 0;
        let mut touching = false;
        while let Some(c) = self.folded(at) {
            let byte = self.byte(at);
            if let Some(quotation) = self.quotations.at(byte).filter(|quotation| quotation.at.start == byte) {
                let end = quotation.at.end;
                let length = self.chars.get(at..).unwrap_or_default().partition_point(|(byte, ..)| *byte < end);
                self.push(Kind::Quote, at, length, touching);
                at += length;
                touching = false;
                continue;
            }
            let (kind, length) = if c.is_ascii_digit() {
                self.number(at)
            } else if is_han(c) {
                (Some(Kind::Han), 1)
            } else if c.is_alphabetic() {
                (Some(Kind::Word), self.word(at))
            } else {
                (self.sign(at, c), 1)
            };
            match kind {
                Some(kind) => {
                    self.push(kind, at, length, touching);
                    touching = !matches!(kind, Kind::Stop | Kind::Pause);
                }
                // A hyphen between letters joins them; anything else that means nothing parts them.
                None => touching = touching && matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\'' | '·'),
            }
            at += length;
        }
        self.found
    }

    fn push(&mut self, kind: Kind, at: usize, length: usize, glued: bool) {
        let mut text: String = match kind {
            Kind::Quote => String::new(),
            _ => (at..at + length).filter_map(|index| self.folded(index)).collect(),
        };
        if let Some(bare) = own_form(&text).filter(|_| kind == Kind::Word) {
            text = bare.to_owned();
        }
        let capital = self.chars.get(at).is_some_and(|(_, c, _)| c.is_uppercase());
        self.found.push(Token { kind, text, start: self.byte(at), end: self.byte(at + length), glued, capital });
    }

    fn number(&self, at: usize) -> (Option<Kind>, usize) {
        let digit = |index: usize| self.folded(index).filter(char::is_ascii_digit);
        let mut length = 0;
        let mut text = String::new();
        while let Some(c) = digit(at + length) {
            text.push(c);
            length += 1;
        }
        if self.folded(at + length) == Some('.') && digit(at + length + 1).is_some() {
            text.push('.');
            length += 1;
            while let Some(c) = digit(at + length) {
                text.push(c);
                length += 1;
            }
        }
        (text.parse().ok().map(Kind::Number), length)
    }

    fn word(&self, at: usize) -> usize {
        let letter = |index: usize| self.folded(index).is_some_and(|c| c.is_alphabetic() && !is_han(c) || is_accent(c));
        let mut length = 1;
        loop {
            if letter(at + length) {
                length += 1;
            } else if self.folded(at + length) == Some('\'') && letter(at + length + 1) {
                length += 2;
            } else {
                return length;
            }
        }
    }

    fn sign(&self, at: usize, c: char) -> Option<Kind> {
        let before = at.checked_sub(1).and_then(|before| self.folded(before));
        let behind = self.folded(at + 1);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let between_digits = digit(before) && digit(behind);
        match c {
            '.' if between_digits => None,
            // Within a name such as `clip.mp4` or `dr.dre` a full stop ends nothing.
            '.' if behind.is_some_and(char::is_alphanumeric) => None,
            '.' | '!' | '?' | ';' | '\n' | '。' => Some(Kind::Stop),
            ',' | '、' | '(' | ')' | '—' | '–' if !between_digits => Some(Kind::Pause),
            '-' | '–' if between_digits => Some(Kind::Sign),
            '-' if digit(behind) && !before.is_some_and(char::is_alphanumeric) => Some(Kind::Sign),
            '-' if behind == Some(' ') && before == Some(' ') => Some(Kind::Pause),
            ':' | '/' | '%' | '#' | '♯' | '♭' | '+' | '&' | '~' | '@' | '$' => Some(Kind::Sign),
            _ => None,
        }
    }
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// "clip's" is a clip; "it's" and "don't" stay what they are.
fn own_form(word: &str) -> Option<&str> {
    word.strip_suffix("'s").filter(|bare| !KEEP_THEIR_S.contains(*bare))
}

static KEEP_THEIR_S: LazyLock<HashSet<String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        keep_their_s: HashSet<String>,
    }
    crate::built_in::<File>(include_str!("tokens.toml")).keep_their_s
});

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        atoms(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn letters_numbers_characters_and_signs_are_tokens_of_their_own() {
        assert_eq!(texts("Trim clip.mp4 to 1:30"), ["trim", "clip", "mp", "4", "to", "1", ":", "30"]);
        assert_eq!(texts("lo-fi, the clip's 2.5 s"), ["lo", "fi", ",", "the", "clip", "2.5", "s"]);
        assert_eq!(texts("it's '90s music."), ["it's", "90", "s", "music", "."]);
    }

    #[test]
    fn chinese_is_folded_and_its_places_are_those_of_the_original() {
        let text = "標題「導出 MP4」放大";
        let tokens = atoms(text);
        let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, ["标", "题", "", "放", "大"]);
        assert_eq!(tokens[2].kind, Kind::Quote);
        assert_eq!(tokens[2].unquoted(text), "導出 MP4");
        assert_eq!(tokens[0].written(text), "標");
    }

    #[test]
    fn what_touches_is_glued() {
        let tokens = atoms("30s lo-fi 一分");
        let glued: Vec<bool> = tokens.iter().map(|token| token.glued).collect();
        assert_eq!(glued, [false, true, false, true, false, true]);
    }
}
