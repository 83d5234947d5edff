//! Which of the pieces on the timeline a message means.

use std::ops::Range;

use super::words::{Word, bytes, items};
use crate::read::lexicon::Lexicon;
use crate::read::marks::Marked;
use crate::read::reading::Context;

/// The numbers of the pieces on the timeline that a message names ("the second piece", "the EDM part"), and the message
/// with "the music" in place of their names.
pub fn meant(text: &Marked<'_>, lexicon: &Lexicon, about: &Context) -> Option<(Vec<usize>, String)> {
    if about.in_turn.is_empty() {
        return None;
    }
    let items = items(text);
    let mut numbers = Vec::new();
    let mut names = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Some(next) = items.get(at + 1).filter(|next| next.is(Word::Piece)) else { continue };
        let by_number = ORDINALS.iter().find(|(word, _)| item.is(*word)).map(|(_, number)| match number {
            Some(number) => about.in_turn.iter().filter(|piece| piece.index == *number).map(|p| p.index).collect(),
            None => about.in_turn.last().map(|piece| vec![piece.index]).unwrap_or_default(),
        });
        let mark = text.mark(item.at.start);
        let genre = mark.and_then(|mark| mark.genre()).and_then(|genre| lexicon.vocabulary.genres.get(genre));
        let by_genre = || {
            let genre = genre?;
            let same = about.in_turn.iter().filter(|piece| piece.music.brief.asked().genre == genre.id);
            Some(same.map(|piece| piece.index).collect::<Vec<_>>())
        };
        let found: Vec<usize> = by_number.or_else(by_genre).unwrap_or_default();
        if found.is_empty() {
            continue;
        }
        let start = mark.filter(|_| genre.is_some()).map_or(item.at.start, |mark| mark.at.start);
        let article = start.checked_sub(1).filter(|before| text.is_word(*before, "the"));
        names.extend(bytes(text, &(article.unwrap_or(start)..next.at.end)));
        numbers.extend(found);
    }
    if numbers.is_empty() {
        return None;
    }
    Some((numbers, renamed(text.message, &names)))
}

const ORDINALS: [(Word, Option<usize>); 5] = [
    (Word::Ordinal1, Some(0)),
    (Word::Ordinal2, Some(1)),
    (Word::Ordinal3, Some(2)),
    (Word::Ordinal4, Some(3)),
    (Word::OrdinalLast, None),
];

/// A message with other words in place of some of its bytes: what a piece is called gives way to what all music is.
fn renamed(message: &str, names: &[Range<usize>]) -> String {
    let (mut told, mut at) = (String::with_capacity(message.len()), 0);
    for name in names {
        let words = message.get(name.clone()).unwrap_or_default();
        told.push_str(message.get(at..name.start).unwrap_or_default());
        told.push_str(if words.is_ascii() { "the music" } else { "音乐" });
        at = name.end;
    }
    told.push_str(message.get(at..).unwrap_or_default());
    told
}
