//! A message cut into groups of clauses that belong to one piece each, with the stretch that each names.

use std::ops::Range;

use super::spans::{self, Span};
use super::words::{Item, Meaning, Word};
use crate::read::lexicon::Class;
use crate::read::marks::Marked;

/// Classes of words that change what is there, or speak of the picture.
pub const EDITS: [Class; 14] = [
    Class::Title,
    Class::Trim,
    Class::Volume,
    Class::Mute,
    Class::Unmute,
    Class::FadeIn,
    Class::FadeOut,
    Class::Undo,
    Class::Redo,
    Class::Louder,
    Class::Quieter,
    Class::Again,
    Class::Cannot,
    Class::OriginalSound,
];

/// Clauses that belong to one piece.
#[derive(Debug, Clone)]
pub struct Group {
    /// All its tokens.
    pub at: Range<usize>,
    /// These and the word of sequence before them.
    pub taken: Range<usize>,
    /// The stretch.
    pub span: Option<Span>,
    /// The tokens that name it, and say that it takes over.
    pub named: Vec<Range<usize>>,
    /// Whether "then" or "switching to" stands before it.
    pub follows: bool,
    /// Whether the stretch stands in front of what plays on it.
    pub leads: bool,
}

/// A stretch of items between two pauses.
#[derive(Debug, Clone)]
struct Clause {
    at: Range<usize>,
    spans: Vec<(Span, Range<usize>)>,
    /// How it is parted from the one before: by a sentence's end or a word of sequence, by a pause.
    hard: bool,
    follows: bool,
    /// The first item that parts it.
    border: usize,
}

/// The groups of a message; nothing where one of them names two stretches.
pub fn groups(text: &Marked<'_>, items: &[Item]) -> Option<Vec<Group>> {
    let clauses = clauses(items);
    let mut found: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < clauses.len() {
        let reach = clauses.iter().skip(at + 1).take_while(|clause| !clause.hard).count();
        let segment = clauses.get(at..=at + reach)?;
        at += segment.len();
        // A stretch in front of its piece opens a group; one behind it closes the group.
        let from = segment.first().map_or(0, |clause| clause.at.start);
        let first = segment.iter().flat_map(|clause| &clause.spans).next();
        let in_front = first.is_some_and(|(_, span)| {
            items.get(from..span.start).unwrap_or_default().iter().all(|item| !says_music(text, item))
        });
        let edits = |clause: &Clause| {
            // "Cut to metal" cuts nothing.
            let mut words = items.get(clause.at.clone()).unwrap_or_default().iter();
            words.any(|item| !item.is(Word::Switch) && text.has_any(&item.at, &EDITS))
        };
        let says = |clause: &Clause| {
            items.get(clause.at.clone()).unwrap_or_default().iter().any(|item| says_music(text, item))
        };
        let last = segment.iter().rposition(|clause| !clause.spans.is_empty()).unwrap_or(0);
        let mut growing: Option<Clause> = None;
        for (index, clause) in segment.iter().enumerate() {
            let named = growing.as_ref().is_some_and(|group| !group.spans.is_empty());
            // What follows the last stretch of a segment and names none belongs to it; an edit never does.
            // "Jazz, at 0:06 metal": what has its own stretch in front of it is the next piece.
            let own = leads(clause) && says(clause) && growing.as_ref().is_some_and(says);
            let next = if in_front { !clause.spans.is_empty() } else { named && index <= last || own };
            let edit = growing.as_ref().is_some_and(edits) || edits(clause);
            if let Some(group) = growing.take_if(|_| edit || next) {
                found.push(made(items, &group)?);
            }
            match &mut growing {
                Some(group) => {
                    group.at.end = clause.at.end;
                    group.spans.extend(clause.spans.iter().cloned());
                }
                None => growing = Some(clause.clone()),
            }
        }
        if let Some(group) = growing {
            found.push(made(items, &group)?);
        }
    }
    Some(found)
}

/// Clauses that grew together as a group.
fn made(items: &[Item], clause: &Clause) -> Option<Group> {
    if clause.spans.len() > 1 {
        return None;
    }
    let words = items.get(clause.at.clone()).unwrap_or_default();
    let switches = words.iter().filter(|item| item.is(Word::Switch)).map(|item| item.at.clone());
    Some(Group {
        at: tokens(items, &clause.at)?,
        taken: tokens(items, &(clause.border..clause.at.end))?,
        span: clause.spans.first().map(|(span, _)| *span),
        named: clause.spans.iter().filter_map(|(_, range)| tokens(items, range)).chain(switches).collect(),
        // "The next 4 seconds" follow as well.
        follows: clause.follows
            || clause.spans.first().and_then(|(_, span)| items.get(span.start)).is_some_and(|item| item.is(Word::Next)),
        leads: leads(clause),
    })
}

/// Whether a clause begins with a stretch.
fn leads(clause: &Clause) -> bool {
    clause.spans.first().is_some_and(|(_, span)| span.start == clause.at.start)
}

/// The tokens of some items.
fn tokens(items: &[Item], range: &Range<usize>) -> Option<Range<usize>> {
    let (first, last) = (items.get(range.start)?, items.get(range.end.checked_sub(1)?)?);
    Some(first.at.start..last.at.end)
}

fn says_music(text: &Marked<'_>, item: &Item) -> bool {
    item.is(Word::Silence) || item.at.clone().any(|at| text.mark(at).is_some_and(|mark| mark.is_musical()))
}

/// A message cut at its pauses and words of sequence, and at the "and" between two stretches of one clause.
fn clauses(items: &[Item]) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let mut open = Clause { at: 0..0, spans: Vec::new(), hard: true, follows: false, border: 0 };
    let mut at = 0;
    let mut switched = true;
    while let Some(item) = items.get(at) {
        let parts = item.is_any(&[Word::Then, Word::Switch]);
        let pause = matches!(item.meaning, Meaning::Pause | Meaning::Stop);
        if let Some((span, next)) = spans::span(items, at, switched).filter(|_| !pause) {
            open.spans.push((span, at..next));
            at = next;
            open.at.end = at;
            continue;
        }
        // "With a drop at 0:20" is a moment of a piece, not its stretch.
        if item.is(Word::At) && matches!(items.get(at + 1).map(|next| &next.meaning), Some(Meaning::Time(_))) {
            at += 2;
            open.at.end = at;
            switched = false;
            continue;
        }
        // "At 0:20 switch to rock" is one piece.
        let bare = !open.at.is_empty() && open.spans.iter().map(|(_, span)| span.len()).sum::<usize>() == open.at.len();
        if item.is(Word::Switch) && bare {
            open.at.end = at + 1;
        } else if switched && item.is(Word::And) && open.at.is_empty() {
            // "…, and at 0:20": the "and" belongs to the border.
            open.at = at + 1..at + 1;
        } else if parts || pause {
            let (hard, follows) = (parts || item.meaning == Meaning::Stop, parts);
            if open.at.is_empty() {
                open.hard |= hard;
                open.follows |= follows;
                open.at = at + 1..at + 1;
            } else {
                let next = Clause { at: at + 1..at + 1, spans: Vec::new(), hard, follows, border: at };
                found.push(std::mem::replace(&mut open, next));
            }
            switched = true;
        } else {
            switched = false;
            open.at.end = at + 1;
        }
        at += 1;
    }
    if !open.at.is_empty() {
        found.push(open);
    }
    found.into_iter().flat_map(|clause| split(items, clause)).collect()
}

/// Cuts a clause that names two stretches at the "and" between them.
fn split(items: &[Item], clause: Clause) -> Vec<Clause> {
    let mut parts = vec![clause];
    while let Some(last) = parts.last().cloned() {
        let [(_, first), (_, second), ..] = last.spans.as_slice() else { break };
        let between = first.end..second.end;
        let joint = between.clone().rev().find(|at| items.get(*at).is_some_and(|item| item.is(Word::And)));
        let joint = joint.filter(|at| items.get(*at).is_some_and(|item| item.at.len() == 1) && !second.contains(at));
        let Some(joint) = joint else { break };
        parts.pop();
        let (before, behind): (Vec<_>, Vec<_>) = last.spans.iter().cloned().partition(|(_, range)| range.start < joint);
        parts.push(Clause { at: last.at.start..joint, spans: before, ..last.clone() });
        let rest = Clause { at: joint + 1..last.at.end, spans: behind, hard: true, follows: true, border: joint };
        parts.push(rest);
    }
    parts
}
