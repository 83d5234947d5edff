//! Prose that is kept as it is: cut at its white space alone, with the marks around a word left on it. Quotations, addresses
//! and files' names are one token each.

use std::ops::Range;

use super::{Kind, Token};
use crate::characters::{folded, is_letter};
use crate::endings;
use crate::quotations::Quotations;

/// What of a text is never looked into: quotations, addresses, files' names.
#[derive(Debug)]
pub struct Untouched {
    spans: Vec<(Range<usize>, Kind)>,
}

impl Untouched {
    /// Finds them in a reply.
    pub fn of_a_reply(text: &str) -> Self {
        let quotations = Quotations::of_a_reply(text);
        let mut spans = Vec::new();
        let mut at = 0;
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let own = match quotations.at(at) {
                Some(quotation) => Some((quotation.at.clone(), Kind::Quote)),
                None => name(text, at).map(|(length, kind)| (at..at + length, kind)),
            };
            at = own.as_ref().map_or(at + c.len_utf8(), |(span, _)| span.end);
            spans.extend(own);
        }
        Self { spans }
    }

    /// The span that a byte lies in.
    pub fn at(&self, byte: usize) -> Option<&Range<usize>> {
        self.found(byte).map(|(span, _)| span)
    }

    fn found(&self, byte: usize) -> Option<&(Range<usize>, Kind)> {
        let index = self.spans.partition_point(|(span, _)| span.end <= byte);
        self.spans.get(index).filter(|(span, _)| span.contains(&byte))
    }
}

/// The length of an address or a file's name that begins here, at the start of a word.
fn name(text: &str, at: usize) -> Option<(usize, Kind)> {
    let before = text.get(..at)?.chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-' | '_' | '@')) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, '"' | '<' | '>' | '(' | ')');
    let word = text.get(at..)?.split(ends).next()?;
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '\'', ']']);
    if word.contains("://") || word.starts_with("www.") {
        return Some((word.len(), Kind::Url));
    }
    let is_file =
        word.rsplit_once('.').is_some_and(|(stem, _)| stem.contains(is_letter)) && endings::of(word).is_some();
    is_file.then_some((word.len(), Kind::File))
}

/// The tokens of a span. Marks alone (bullets, emoji, dashes) are none. A token's text is without the marks around it, a
/// quotation's is its inside; the places are with them.
pub fn spaced(text: &str, span: Range<usize>, untouched: &Untouched) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = None;
    let mut at = span.start;
    while at < span.end {
        let whole = untouched.found(at).filter(|(own, _)| own.start >= span.start && own.end <= span.end);
        if let Some((own, kind)) = whole {
            found.extend(start.take().and_then(|from| word(text, from..at)));
            found.push(token(text, own.clone(), *kind));
            at = own.end;
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        if c.is_whitespace() {
            found.extend(start.take().and_then(|from| word(text, from..at)));
        } else if start.is_none() {
            start = Some(at);
        }
        at += c.len_utf8();
    }
    found.extend(start.and_then(|from| word(text, from..span.end.min(text.len()))));
    found
}

fn word(text: &str, at: Range<usize>) -> Option<Token> {
    Some(token(text, at, Kind::Word)).filter(|token| !token.text.is_empty())
}

fn token(text: &str, at: Range<usize>, kind: Kind) -> Token {
    let written = text.get(at.clone()).unwrap_or_default();
    let bare = written.trim_matches(|c: char| !c.is_alphanumeric());
    let glued = text.get(..at.start).and_then(|before| before.chars().next_back()).is_some_and(|c| !c.is_whitespace());
    let capital = bare.chars().next().is_some_and(char::is_uppercase);
    Token { kind, text: folded(bare), start: at.start, end: at.end, glued, capital }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_marks_in_the_text_and_lose_them_in_what_is_looked_up() {
        let text = "- **Click** the “Export now” button at www.a.b/c, or my-clip.MP4.";
        let untouched = Untouched::of_a_reply(text);
        let tokens = spaced(text, 0..text.len(), &untouched);
        let looked_up: Vec<(&str, Kind)> = tokens.iter().map(|token| (token.text.as_str(), token.kind)).collect();
        assert_eq!(
            looked_up,
            [
                ("click", Kind::Word),
                ("the", Kind::Word),
                ("export now", Kind::Quote),
                ("button", Kind::Word),
                ("at", Kind::Word),
                ("www.a.b/c", Kind::Url),
                ("or", Kind::Word),
                ("my-clip.mp4", Kind::File),
            ]
        );
        assert_eq!(tokens[0].written(text), "**Click**");
        assert!(tokens[0].capital && !tokens[1].capital);
        assert_eq!(untouched.at(text.find("Export").unwrap()).map(|span| &text[span.clone()]), Some("“Export now”"));
    }
}
