//! Stretches of the timeline as words name them, and where they lie once the whole length is known.

use super::words::{Item, Meaning, Word};

/// A stretch as it was said. Times are ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Span {
    /// Nothing says how long: it shares what the others leave.
    Open,
    /// So long, from where the one before ends.
    Length(u64),
    /// From here to there.
    Between(u64, u64),
    /// From where the one before ends to here.
    Until(u64),
    /// From here to where the next one begins.
    From(u64),
    /// The end of the whole, so long.
    Last(u64),
    /// All that is left.
    Rest,
    /// From one share of the whole to another.
    Share(f64, f64),
}

const SHARES: [(Word, f64, f64); 5] = [
    (Word::FirstHalf, 0.0, 0.5),
    (Word::SecondHalf, 0.5, 1.0),
    (Word::FirstThird, 0.0, 1.0 / 3.0),
    (Word::SecondThird, 1.0 / 3.0, 2.0 / 3.0),
    (Word::LastThird, 2.0 / 3.0, 1.0),
];

/// The stretch that is named from an item on, and the item behind it. `opens`: the item stands at the beginning of its
/// clause or behind a word of switching, where "at 0:20" says when a piece comes in.
pub fn span(items: &[Item], at: usize, opens: bool) -> Option<(Span, usize)> {
    let item = items.get(at)?;
    let is = |at: usize, word: Word| items.get(at).is_some_and(|item| item.is(word));
    if let Some((_, from, to)) = SHARES.iter().find(|(word, ..)| item.is(*word)) {
        return Some((Span::Share(*from, *to), at + 1));
    }
    if let Some((from, to, next)) = between(items, at) {
        return Some((to.map_or(Span::From(from), |to| Span::Between(from, to)), next));
    }
    let (leads, behind) = (|word: Word| item.is(word), time_at(items, at + 1));
    if let Some(ms) = behind {
        let after = at + 2;
        if leads(Word::First) {
            return Some((Span::Between(0, ms), after));
        } else if leads(Word::Last) {
            return Some((Span::Last(ms), after));
        } else if leads(Word::Next) {
            return Some((Span::Length(ms), after));
        } else if leads(Word::Until) {
            return Some((Span::Until(ms), after));
        } else if is(after, Word::Onward) || leads(Word::From) || leads(Word::After) || opens && leads(Word::At) {
            let next = if is(after, Word::Onward) { after + 1 } else { after };
            return Some((Span::From(ms), next));
        } else if leads(Word::For) {
            return Some((Span::Length(ms), after));
        }
    }
    if leads(Word::Rest) {
        return Some((Span::Rest, at + 1));
    }
    let Meaning::Time(ms) = item.meaning else { return None };
    if is(at + 1, Word::Onward) {
        Some((Span::From(ms), at + 2))
    } else if is(at + 1, Word::Before) {
        Some((Span::Until(ms), at + 2))
    } else {
        Some((Span::Length(ms), if is(at + 1, Word::Long) { at + 2 } else { at + 1 }))
    }
}

fn time_at(items: &[Item], at: usize) -> Option<u64> {
    if let Meaning::Time(ms) = items.get(at)?.meaning { Some(ms) } else { None }
}

/// "From 0:05 to 0:20", "0:05-0:20", "from 5 to 20 seconds", "from 0:20 to the end", "从开头到0:10".
fn between(items: &[Item], at: usize) -> Option<(u64, Option<u64>, usize)> {
    let led = items.get(at)?.is_any(&[Word::From, Word::At]);
    let first = if led { at + 1 } else { at };
    let until = first + 1;
    // "To the end" is one phrase.
    if led && items.get(until)?.is(Word::Rest) {
        return time_at(items, first).map(|from| (from, None, until + 1));
    }
    // "15 s and 30 s" are two lengths.
    let joined = items.get(until)?;
    if !(joined.is(Word::To) || led && joined.is(Word::And)) {
        return None;
    }
    let behind = items.get(until + 1)?;
    let to = match behind.meaning {
        Meaning::Time(ms) => Some(ms),
        _ if behind.is(Word::End) => None,
        _ => return None,
    };
    let from = match items.get(first)?.meaning {
        Meaning::Time(ms) => ms,
        // The unit stands behind the second number.
        Meaning::Number(seconds) if (0.0..86_400.0).contains(&seconds) && to.is_some() => {
            (seconds * 1000.0).round() as u64
        }
        _ if led && items.get(first)?.is(Word::Start) => 0,
        _ => return None,
    };
    (to.is_none_or(|to| from < to)).then_some((from, to, until + 2))
}

/// Start and end of every stretch of something that is `total` ms long, or as long as it takes where nothing says so;
/// nothing where two of them overlap or one has no room. Stretches that begin behind the end are empty.
pub fn places(spans: &[Span], total: Option<u64>, usual: u64) -> Option<Vec<(u64, u64)>> {
    let reached = spans.iter().fold(0_u64, |reached, span| match span {
        Span::Between(_, to) | Span::Until(to) | Span::From(to) => reached.max(*to),
        Span::Length(ms) => reached.saturating_add(*ms),
        _ => reached,
    });
    let open = spans.iter().any(|span| matches!(span, Span::Open | Span::From(_) | Span::Rest | Span::Share(..)));
    let end = total.unwrap_or(match (open, spans.last()) {
        (false, Some(Span::Last(ms))) => reached.saturating_add(*ms),
        (false, _) => reached,
        // What is left open has half as much again at least.
        (true, _) => usual.max(reached.saturating_mul(2)),
    });
    let share = |part: f64| (end as f64 * part).round() as u64;
    // Starts and ends, as far as each span says them itself.
    let mut known: Vec<(Option<u64>, Option<u64>)> = Vec::new();
    let mut cursor = Some(0);
    for span in spans {
        let (start, stop) = match *span {
            Span::Open => (cursor, None),
            Span::Length(ms) => (cursor, cursor.map(|at: u64| at.saturating_add(ms))),
            Span::Between(from, to) => (Some(from), Some(to)),
            Span::Until(to) => (cursor, Some(to)),
            Span::From(from) => (Some(from), None),
            Span::Last(ms) => (Some(end.saturating_sub(ms)), Some(end)),
            Span::Rest => (cursor, Some(end)),
            Span::Share(from, to) => (Some(share(from)), Some(share(to))),
        };
        cursor = stop;
        known.push((start, stop));
    }
    settle(&mut known, spans, end);
    let mut found = Vec::new();
    let mut before = 0;
    for (start, stop) in known {
        let (start, stop) = (start?.min(end), stop?.min(end));
        if start < before || stop < start {
            return None;
        }
        before = stop;
        found.push((start, stop));
    }
    Some(found)
}

/// Runs of stretches without an end or a start share what lies between the ones that have them.
fn settle(known: &mut [(Option<u64>, Option<u64>)], spans: &[Span], end: u64) {
    let mut at = 0;
    while at < known.len() {
        if !matches!(known.get(at), Some((_, None))) {
            at += 1;
            continue;
        }
        let begin = known.get(at).and_then(|(start, _)| *start).unwrap_or(0);
        // The run goes on until one says when it begins; lengths within it are kept.
        let run: Vec<usize> = (at..known.len())
            .take_while(|next| *next == at || known.get(*next).is_some_and(|k| k.0.is_none()))
            .collect();
        let stop = known.get(at + run.len()).and_then(|(start, _)| *start).unwrap_or(end);
        // Where the last of the run says when it ends, that is the end.
        let stop = run.last().and_then(|last| known.get(*last)).and_then(|(_, stop)| *stop).unwrap_or(stop);
        let fixed = |index: &usize| match spans.get(*index) {
            Some(Span::Length(ms)) => Some(*ms),
            _ => None,
        };
        let kept = run.iter().filter_map(fixed).fold(0, u64::saturating_add);
        let shares = run.iter().filter(|index| fixed(index).is_none()).count().max(1) as u64;
        let room = stop.saturating_sub(begin).saturating_sub(kept);
        let mut cursor = begin;
        let mut shared = 0;
        for index in &run {
            let length = fixed(index).unwrap_or_else(|| {
                // Each share ends at its part of the room, so that no ms is lost.
                let (from, to) = (room * shared / shares, room * (shared + 1) / shares);
                shared += 1;
                to - from
            });
            let end = cursor.saturating_add(length);
            if let Some(place) = known.get_mut(*index) {
                *place = (Some(cursor), Some(end));
            }
            cursor = end;
        }
        at += run.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_lie_where_the_words_put_them() {
        let at = |spans: &[Span], total: Option<u64>| places(spans, total, 60_000);
        let rest = [Span::Between(0, 5_000), Span::Rest];
        assert_eq!(at(&rest, Some(12_000)), Some(vec![(0, 5_000), (5_000, 12_000)]));
        assert_eq!(at(&rest, None), Some(vec![(0, 5_000), (5_000, 60_000)]));
        assert_eq!(
            at(&[Span::Open, Span::From(20_000)], Some(45_000)),
            Some(vec![(0, 20_000), (20_000, 45_000)]),
            "a piece goes on until the next one comes in"
        );
        assert_eq!(
            at(&[Span::Open, Span::Open, Span::Open], Some(10_000)),
            Some(vec![(0, 3_333), (3_333, 6_666), (6_666, 10_000)])
        );
        assert_eq!(
            at(&[Span::Open, Span::Length(4_000), Span::Open], Some(10_000)),
            Some(vec![(0, 3_000), (3_000, 7_000), (7_000, 10_000)])
        );
        assert_eq!(at(&[Span::Length(5_000), Span::Length(7_000)], None), Some(vec![(0, 5_000), (5_000, 12_000)]));
        assert_eq!(at(&[Span::Open, Span::Last(3_000)], Some(10_000)), Some(vec![(0, 7_000), (7_000, 10_000)]));
        assert_eq!(at(&[Span::Share(0.0, 0.5), Span::Share(0.5, 1.0)], Some(9_001)).map(|p| p.len()), Some(2));
    }

    #[test]
    fn stretches_that_overlap_are_no_sequence_and_what_lies_behind_the_end_is_empty() {
        assert_eq!(places(&[Span::Between(0, 9_000), Span::Between(5_000, 12_000)], None, 60_000), None);
        assert_eq!(
            places(&[Span::Between(0, 30_000), Span::Rest], Some(12_000), 60_000),
            Some(vec![(0, 12_000), (12_000, 12_000)])
        );
    }
}
