//! What the words of a clause point at: shots, parts, times, and what is left over as plain words.

use super::words::{Item, Meaning, Word};
use crate::read::reading::{Part, Shot};

/// One thing in a clause.
#[derive(Debug, Clone, PartialEq)]
pub enum Unit<'a> {
    /// A shot.
    Shot(Shot),
    /// The first so many ms.
    Head(u64),
    /// The last so many ms.
    Tail(u64),
    /// From here to there, in ms.
    Span(u64, u64),
    /// A time.
    Time(u64),
    /// A number.
    Count(f64),
    /// A share.
    Percent(f64),
    /// A word.
    Word(&'a Item),
}

const ORDINALS: [Word; 8] =
    [Word::First, Word::Second, Word::Third, Word::Fourth, Word::Fifth, Word::Sixth, Word::Seventh, Word::Eighth];

/// A clause, folded.
#[derive(Debug)]
pub struct Parts<'a>(pub Vec<Unit<'a>>);

impl<'a> Parts<'a> {
    /// Folds a clause.
    pub fn of(items: &'a [Item]) -> Self {
        let mut units = Vec::new();
        let mut at = 0;
        while at < items.len() {
            let folded = span(items, at)
                .or_else(|| edge(items, at))
                .or_else(|| shot(items, at))
                .or_else(|| listed(items, at, &units));
            match folded {
                Some((unit, next)) => {
                    units.push(unit);
                    at = next;
                }
                None => {
                    let Some(item) = items.get(at) else { break };
                    units.push(match &item.meaning {
                        Meaning::Time(ms) => Unit::Time(*ms),
                        Meaning::Count(count) => Unit::Count(*count),
                        Meaning::Percent(share) => Unit::Percent(*share),
                        Meaning::File(name) => Unit::Shot(Shot::Named(name.clone())),
                        _ => Unit::Word(item),
                    });
                    at += 1;
                }
            }
        }
        Self(units)
    }

    /// Whether a word of a class is left.
    pub fn has(&self, word: Word) -> bool {
        self.place(word).is_some()
    }

    /// Whether a word of one of some classes is left.
    pub fn has_any(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.has(*word))
    }

    /// Where the first word of a class stands.
    pub fn place(&self, word: Word) -> Option<usize> {
        self.0.iter().position(|unit| matches!(unit, Unit::Word(item) if item.is(word)))
    }

    /// The shots, in order.
    pub fn shots(&self) -> Vec<Shot> {
        self.0.iter().filter_map(|unit| if let Unit::Shot(shot) = unit { Some(shot.clone()) } else { None }).collect()
    }

    /// The times, in order; the ends of spans are two.
    pub fn times(&self) -> Vec<u64> {
        let times = |unit: &Unit<'_>| match unit {
            Unit::Time(ms) => vec![*ms],
            Unit::Span(from, to) => vec![*from, *to],
            _ => Vec::new(),
        };
        self.0.iter().flat_map(times).collect()
    }

    /// The first plain number, and where it stands.
    pub fn count(&self) -> Option<(usize, f64)> {
        self.0.iter().enumerate().find_map(|(at, unit)| match unit {
            Unit::Count(count) => Some((at, *count)),
            _ => None,
        })
    }

    /// The first share, and where it stands.
    pub fn percent(&self) -> Option<(usize, f64)> {
        self.0.iter().enumerate().find_map(|(at, unit)| match unit {
            Unit::Percent(share) => Some((at, *share)),
            _ => None,
        })
    }

    /// Whether "to" or the like stands right before a place.
    pub fn aims(&self, at: usize) -> bool {
        let before = self.0.get(..at).unwrap_or_default().iter().rev().take(2);
        before.filter_map(|unit| if let Unit::Word(item) = unit { Some(*item) } else { None }).any(is_aim)
    }

    /// Whether "to" or the like stands anywhere.
    pub fn has_aim(&self) -> bool {
        self.0.iter().any(|unit| matches!(unit, Unit::Word(item) if is_aim(item)))
    }

    /// The part of the timeline or of a shot that is named: a span, a head or a tail.
    pub fn part(&self) -> Option<Part> {
        self.0.iter().find_map(|unit| match unit {
            Unit::Span(from, to) => Some(Part::Between(*from.min(to), *from.max(to))),
            Unit::Head(ms) => Some(Part::First(*ms)),
            Unit::Tail(ms) => Some(Part::Last(*ms)),
            _ => None,
        })
    }
}

fn is_aim(item: &Item) -> bool {
    item.is(Word::Aim)
}

/// "0:05 to 0:08", "5 to 8 seconds", "第5秒到第8秒", "between 0:05 and 0:08".
fn span(items: &[Item], at: usize) -> Option<(Unit<'static>, usize)> {
    let from = &items.get(at)?.meaning;
    let (Meaning::Time(_) | Meaning::Count(_)) = from else { return None };
    let is_link = |item: &&Item| item.is(Word::Range);
    let mut next = at + 1;
    let between = items.get(..at)?.iter().any(|item| item.is(Word::Between));
    let second = items.get(next)?;
    // "5-8s": the hyphen is no token of its own.
    if !(second.glued && matches!(second.meaning, Meaning::Time(_))) {
        // "Split at 0:05 and 0:08" are two times, "between 0:05 and 0:08" is a stretch.
        if Some(second).filter(is_link)?.opens && !between {
            return None;
        }
        next += 1;
    }
    while items.get(next).is_some_and(|item| item.is_any(&[Word::Number, Word::Filler])) {
        next += 1;
    }
    let Meaning::Time(to) = items.get(next)?.meaning else { return None };
    let from = match from {
        Meaning::Time(ms) => *ms,
        Meaning::Count(count) if to % 60_000 == 0 && count * 60_000.0 < to as f64 => (count * 60_000.0) as u64,
        Meaning::Count(count) if (0.0..86_400.0).contains(count) => (count * 1000.0).round() as u64,
        _ => return None,
    };
    Some((Unit::Span(from, to), next + 1))
}

/// "The first 3 seconds", "最后2秒".
fn edge(items: &[Item], at: usize) -> Option<(Unit<'static>, usize)> {
    let item = items.get(at).filter(|item| item.is_any(&[Word::First, Word::Last]))?;
    let mut next = at + 1;
    while items.get(next).is_some_and(|item| item.is(Word::Filler)) {
        next += 1;
    }
    let ms = match items.get(next)?.meaning {
        Meaning::Time(ms) => ms,
        // "The last second".
        _ if items.get(next)?.is(Word::Second)
            && !items.get(next + 1).is_some_and(|item| item.is_any(&[Word::Clip, Word::Photo])) =>
        {
            1_000
        }
        _ => return None,
    };
    // "前" and "后" in "第二段后2秒" are edges as well.
    Some((if item.is(Word::First) { Unit::Head(ms) } else { Unit::Tail(ms) }, next + 1))
}

/// "The second clip", "clip 2", "第二段", "the last photo", "the third one".
fn shot(items: &[Item], at: usize) -> Option<(Unit<'static>, usize)> {
    let item = items.get(at)?;
    let is_thing = |at: usize| items.get(at).is_some_and(|item| item.is_any(&[Word::Clip, Word::Photo]));
    // "Photo" where it is no "picture" that could be any shot.
    let is_photo = |at: usize| items.get(at).is_some_and(|item| item.is(Word::Photo) && !item.is(Word::Clip));
    let make = |number: usize, photo: bool| if photo { Shot::Photo(number) } else { Shot::Number(number) };
    if item.is(Word::Last) && (is_thing(at + 1) || is_one(items, at + 1)) {
        let shot = if is_photo(at + 1) { Shot::LastPhoto } else { Shot::Last };
        return Some((Unit::Shot(shot), at + 2));
    }
    if let Some(place) = ORDINALS.iter().position(|word| item.is(*word) && item.at.len() <= 2) {
        let mut next = at + 1;
        while items.get(next).is_some_and(|item| item.is(Word::Filler) && !item.opens && !is_one(items, next)) {
            next += 1;
        }
        if is_thing(next) || is_one(items, next) {
            return Some((Unit::Shot(make(place + 1, is_photo(next))), next + 1));
        }
        // "The first and the third clip".
        let other = items.get(next + 1..).unwrap_or_default().iter().find(|item| !item.is(Word::Filler));
        let joined = items.get(next).is_some_and(|item| item.opens || matches!(item.meaning, Meaning::Pause))
            && other.is_some_and(|item| item.is(Word::Last) || ORDINALS.iter().any(|word| item.is(*word)));
        return joined.then(|| (Unit::Shot(make(place + 1, false)), next));
    }
    // "第2段", "number 3", "#3".
    if item.is(Word::Number)
        && span(items, at + 1).is_none()
        && let Some(Meaning::Count(count)) = items.get(at + 1).map(|item| &item.meaning)
    {
        let next = at + 2;
        let end = if is_thing(next) { next + 1 } else { next };
        return Some((Unit::Shot(make(whole(*count)?, is_photo(next))), end));
    }
    if is_thing(at) {
        let next = if items.get(at + 1).is_some_and(|item| item.is(Word::Number)) { at + 2 } else { at + 1 };
        if let Some(Meaning::Count(count)) = items.get(next).map(|item| &item.meaning) {
            return Some((Unit::Shot(make(whole(*count)?, is_photo(at))), next + 1));
        }
    }
    None
}

/// The other numbers of a list: "clips 1, 3 and 4".
fn listed(items: &[Item], at: usize, before: &[Unit<'_>]) -> Option<(Unit<'static>, usize)> {
    let Meaning::Count(count) = items.get(at)?.meaning else { return None };
    let mut back = before.iter().rev();
    let link = back.next()?;
    let joined = matches!(link, Unit::Word(item) if item.opens || item.is(Word::Range) || item.is(Word::Filler)
        || matches!(item.meaning, Meaning::Pause));
    let mut back = back.skip_while(
        |unit| matches!(unit, Unit::Word(item) if matches!(item.meaning, Meaning::Pause) || item.is(Word::Filler)),
    );
    let last = back.next()?;
    // "Move clip 1 to 3" speaks of a place.
    let is_place = matches!(link, Unit::Word(item) if item.is(Word::Range) && !item.opens && item.at.len() == 1)
        && before.iter().any(|unit| matches!(unit, Unit::Word(item) if item.is(Word::Move)));
    match last {
        Unit::Shot(Shot::Number(_)) if joined && !is_place => Some((Unit::Shot(Shot::Number(whole(count)?)), at + 1)),
        Unit::Shot(Shot::Photo(_)) if joined && !is_place => Some((Unit::Shot(Shot::Photo(whole(count)?)), at + 1)),
        _ => None,
    }
}

fn is_one(items: &[Item], at: usize) -> bool {
    items.get(at).is_some_and(|item| item.one && item.is(Word::Filler))
}

fn whole(count: f64) -> Option<usize> {
    (count.fract() == 0.0 && (1.0..=9999.0).contains(&count)).then_some(count as usize)
}
