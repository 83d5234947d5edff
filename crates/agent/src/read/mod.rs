//! Words → actions. A message in English, Chinese or both, with the tool's fields in its last line, becomes a list of
//! things to do and everything that has to be said about how it was understood. Pure; the words are data in `../lexicon`.
//!
//! `text` cuts the message into tokens, `marks` finds the lexicon's phrases in it, `arrange` takes out what is said about
//! songs and pictures, `cutting` what is said about single shots, `sequence` several pieces in turn, `score` what is said
//! about the score itself. `pieces` parts the rest by what each clause wants, `scan` finds the wishes of a clause and
//! `leftover` what sounds like one and is none, `settle` and `refine` make briefs of wishes, `edits` and `titles` read what
//! changes the timeline, and `plan` puts it all in order.

mod arrange;
mod cutting;
mod edits;
mod fields;
mod fusion;
mod leftover;
mod lexicon;
mod marks;
mod numbers;
mod phrases;
mod piece;
mod pieces;
mod pitch;
mod plan;
mod reading;
mod refine;
mod scan;
mod score;
mod sequence;
mod settle;
mod tempo;
mod text;
mod time;
mod titles;
mod vocabulary;
mod wishes;

#[cfg(test)]
mod tests;

pub use lexicon::{Lexicon, Use, lexicon};
pub use reading::*;
pub use settle::{energy_name, key_name, plain};
pub use titles::colour_name;
pub use vocabulary::{Entry, Vocabulary};

use std::ops::Range;

use bedtrack_language::captions;
use bedtrack_wire::hint::Hint;

/// Longest message that is read, in characters; what goes beyond is not looked at.
pub const LONGEST_MESSAGE: usize = 100_000;

/// Reads a message.
///
/// The language of the answer is the `language` field's, else that of the words, else the context's hint; what is
/// neither English nor Chinese is answered in English.
pub fn read(message: &str, about: &Context) -> Reading {
    let message =
        message.char_indices().nth(LONGEST_MESSAGE).map_or(message, |(end, _)| message.get(..end).unwrap_or(message));
    let (words, hint) = Hint::split_from(message);
    let pasted = captions::within(words);
    let spoken = pasted.as_ref().map(|(at, _)| spoken(words, at));
    let words = spoken.as_deref().unwrap_or(words);
    let lexicon = lexicon();
    let fields = fields::Fields::read(&hint, lexicon);
    let whole = marks::Marked::new(words, lexicon);
    let language = language(&whole, fields.language.as_deref(), about.language_hint.as_deref());
    // What a piece among others is called says nothing else any more.
    let (meant, called) = sequence::meant(&whole, lexicon, about).unzip();
    let words = called.as_deref().unwrap_or(words);
    let whole = if called.is_some() { marks::Marked::new(words, lexicon) } else { whole };
    let mut arranged = arrange::find(&whole, about);
    let mut rest = arranged.rest.take();
    let (cuts, without) = match rest.as_deref() {
        Some(rest) => cutting::find(&marks::Marked::new(rest, lexicon), about),
        None => cutting::find(&whole, about),
    };
    rest = without.or(rest);
    arranged.cuts = cuts;
    // A field that names one genre for all leaves no room for several.
    let in_turn = match (&fields.genre, rest.as_deref()) {
        (None, Some(rest)) => sequence::find(&marks::Marked::new(rest, lexicon), lexicon, about),
        (None, None) => sequence::find(&whole, lexicon, about),
        (Some(_), _) => None,
    };
    let (sequence, without) = in_turn.unzip();
    rest = without.or(rest);
    let left = rest.as_deref().unwrap_or(words);
    let found = score::find(left, lexicon, about.melody.is_some());
    let text = match found.rest.as_deref().or(rest.as_deref()) {
        Some(rest) => &marks::Marked::new(rest, lexicon),
        None => &whole,
    };
    plan::Plan::new(text, words, lexicon, about, &fields)
        .with_captions(pasted.map(|(_, captions)| captions))
        .with_sequence(sequence, meant.unwrap_or_default())
        .reading(language, arranged, found.wishes)
}

/// What a message says around captions that stand in it.
fn spoken(message: &str, captions: &Range<usize>) -> String {
    let part = |range: Option<&str>| range.unwrap_or_default().trim().trim_matches('`').trim().to_owned();
    let (before, behind) = (part(message.get(..captions.start)), part(message.get(captions.end..)));
    if before.is_empty() || behind.is_empty() { before + &behind } else { format!("{before}\n{behind}") }
}

fn language(text: &marks::Marked<'_>, field: Option<&str>, hint: Option<&str>) -> Language {
    let tagged = |tag: &str| {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase();
        if matches!(primary.as_str(), "zh" | "chinese" | "cn" | "中文") { Language::Zh } else { Language::En }
    };
    if let Some(tag) = field {
        return tagged(tag);
    }
    let count = |kind: text::Kind| text.tokens.iter().filter(|token| token.kind == kind).count();
    let (han, words) = (count(text::Kind::Han), count(text::Kind::Word));
    match (han, words) {
        (0, 0) => hint.map(tagged).unwrap_or_default(),
        // A Chinese character says less than a word does; names and terms are often left in English.
        _ if han > 0 && han * 2 >= words => Language::Zh,
        _ => Language::En,
    }
}
