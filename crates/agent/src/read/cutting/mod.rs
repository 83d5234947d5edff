//! What a message says about single shots: cut out, split, join, move, speed, fade, shape. As in `arrange`, a clause is
//! taken only where all its words are known here; what is taken is blanked before the rest is read.

mod parts;
mod verbs;
mod words;

use std::ops::Range;

use super::marks::Marked;
use super::reading::{Context, Cutting};
use super::score::blanked;
use words::{Item, Meaning, Word, items};

/// Most that one message may ask for.
const MOST: usize = 24;
/// Longest clause in items; nobody says one thing in more words.
const LONGEST: usize = 60;

/// Words that begin a wish of their own behind "and".
const VERBS: [Word; 14] = [
    Word::Out,
    Word::Keep,
    Word::Trim,
    Word::Split,
    Word::Join,
    Word::Move,
    Word::Swap,
    Word::Replace,
    Word::Faster,
    Word::Slower,
    Word::Mute,
    Word::Unmute,
    Word::Louder,
    Word::Quieter,
];

/// Finds what a message says about single shots, and the message without it where there is any.
pub fn find(text: &Marked<'_>, about: &Context) -> (Vec<Cutting>, Option<String>) {
    let (mut found, mut cuts) = (Vec::new(), Vec::new());
    if !about.has_picture {
        return (found, None);
    }
    let items = items(text, &about.files);
    let mut at = 0;
    while at < items.len() && found.len() < MOST {
        let Some((actions, end)) = clause(&items, at, about) else {
            at = next(&items, at);
            continue;
        };
        found.extend(actions);
        cuts.extend(span(text, items.get(at..end).unwrap_or_default()));
        at = if is_edge(&items, end) && !is_opening(&items, end) { end + 1 } else { end.max(at + 1) };
    }
    let rest = (!cuts.is_empty()).then(|| blanked(text.message, &cuts));
    (found, rest)
}

fn span(text: &Marked<'_>, items: &[Item]) -> Option<Range<usize>> {
    let first = text.token(items.first()?.at.start)?;
    let last = text.token(items.last()?.at.end.checked_sub(1)?)?;
    Some(first.start..last.end)
}

/// The longest clause from an item on that is understood, and where it ends.
fn clause(items: &[Item], at: usize, about: &Context) -> Option<(Vec<Cutting>, usize)> {
    let known = |item: &Item| !matches!(item.meaning, Meaning::Other | Meaning::Stop) && !item.is(Word::Then);
    let mut reach = at;
    while reach < items.len()
        && reach < at + LONGEST
        && items.get(reach).is_some_and(known)
        && (reach == at || !is_opening(items, reach))
    {
        reach += 1;
    }
    let ends = (at + 1..=reach).rev().filter(|end| is_edge(items, *end));
    for end in ends {
        if let Some(actions) = verbs::read(items.get(at..end)?, about) {
            return Some((actions, end));
        }
    }
    None
}

/// Whether a clause may end before an item: at a stop, a comma, a joining word, or the end.
fn is_edge(items: &[Item], at: usize) -> bool {
    let ends = |item: &Item| matches!(item.meaning, Meaning::Stop | Meaning::Pause) || item.is(Word::Then);
    items.get(at).is_none_or(ends) || is_opening(items, at)
}

/// Whether another wish begins at a comma or an "and": a verb follows.
fn is_opening(items: &[Item], at: usize) -> bool {
    let Some(item) = items.get(at) else { return false };
    if !(item.opens && !matches!(item.meaning, Meaning::Other) || matches!(item.meaning, Meaning::Pause)) {
        return false;
    }
    let pause = matches!(item.meaning, Meaning::Pause);
    let behind = items.get(at + 1..).unwrap_or_default();
    let first = behind.iter().find(|item| !item.is(Word::Filler) || item.opens);
    let is_verb = |item: &Item| item.is_any(&VERBS) && !item.is_any(&[Word::Clip, Word::OnlyOut]);
    let is_verb = first.is_some_and(is_verb) || behind.first().is_some_and(|item| item.starts);
    let is_han = first.is_some_and(|item| item.opens && item.at.len() == 1 && item.is(Word::Filler));
    (pause || item.opens) && (is_verb || is_han && pause)
}

/// The first item of the next clause.
fn next(items: &[Item], at: usize) -> usize {
    (at + 1..items.len()).find(|at| is_edge(items, *at)).map_or(items.len(), |edge| edge + 1)
}
