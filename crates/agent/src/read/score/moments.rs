//! Moments: an act with a place on the clock ("drop at 0:45", "0:10到0:18轻一点"), and acts that need none ("simpler").

use std::ops::Range;

use super::words::{Act, is_filler, score_words};
use crate::read::lexicon::{Class, Lexicon};
use crate::read::marks::{Mark, Marked};
use crate::read::scan::scan;
use bedtrack_compose::Revision;
use bedtrack_language::tokens::Kind;

/// A stretch of the clock as it stands in the words. Seconds; negative from the end, endless for the end.
#[derive(Debug, Clone)]
struct Place {
    at: Range<usize>,
    from: f64,
    to: Option<f64>,
}

/// Furthest that an act may stand from its moment, in tokens.
const REACH: usize = 9;

/// All of them, with the tokens that say so.
pub fn find(text: &Marked<'_>, lexicon: &Lexicon, blocked: &[bool]) -> Vec<(Revision, Range<usize>)> {
    let mut found: Vec<(Revision, Range<usize>)> = Vec::new();
    for clause in clauses(text) {
        if clause.clone().any(|at| blocked.get(at) == Some(&true)) {
            continue;
        }
        let about_else = [
            Class::Title,
            Class::Trim,
            Class::FadeIn,
            Class::FadeOut,
            Class::Percent,
            Class::Decibel,
            Class::OriginalSound,
            Class::Undo,
            Class::Mute,
        ];
        // "With a fade out" says how a piece ends; "fade out" alone is an edit.
        let ends: Vec<Range<usize>> = clause.clone().filter_map(|at| soft_end(text, at)).collect();
        let in_end = |mark: &Mark<'_>| ends.iter().any(|end| end.start <= mark.at.start && mark.at.end <= end.end);
        if text.within(&clause).any(|mark| mark.is_any(&about_else) && !in_end(mark)) {
            continue;
        }
        let place = places(text, &clause).into_iter().next();
        let timed = place.as_ref().and_then(|place| timed(text, &clause, place, lexicon));
        if let Some((revision, range)) = timed {
            found.push((revision, range));
            continue;
        }
        let mut at = clause.start;
        while at < clause.end {
            match score_words().at(text, at, false).first() {
                Some((act, end)) if *end <= clause.end => {
                    let mut range = at..*end;
                    let by = degree(text, &mut range, &clause);
                    found.extend(untimed(*act, by).map(|revision| (revision, range)));
                    at = *end;
                }
                _ => at += 1,
            }
        }
    }
    found
}

/// The phrase for a soft end that begins at a token.
fn soft_end(text: &Marked<'_>, at: usize) -> Option<Range<usize>> {
    score_words().at(text, at, false).into_iter().find(|(act, _)| *act == Act::SoftEnd).map(|(_, end)| at..end)
}

fn untimed(act: Act, by: f64) -> Option<Revision> {
    Some(match act {
        Act::SoftEnd => Revision::SoftEnd,
        Act::Simpler => Revision::Density { by: -by },
        Act::Busier => Revision::Density { by },
        Act::Melodic => Revision::Tune { by },
        Act::LessMelodic => Revision::Tune { by: -by },
        _ => return None,
    })
}

/// "A bit", "much" beside an act; they belong to it.
fn degree(text: &Marked<'_>, range: &mut Range<usize>, clause: &Range<usize>) -> f64 {
    let before = range.start.checked_sub(1).filter(|at| clause.contains(at)).and_then(|at| text.mark(at));
    let after = Some(range.end).filter(|at| clause.contains(at)).and_then(|at| text.mark(at));
    let mut by = 1.0;
    for mark in [before, after].into_iter().flatten() {
        let chinese = text.token(mark.at.start).is_some_and(|token| token.kind == Kind::Han);
        if mark.is(Class::Lot) {
            by = 1.6;
        } else if mark.is(Class::Little) {
            by = if chinese { 1.0 } else { 0.6 };
        } else {
            continue;
        }
        *range = range.start.min(mark.at.start)..range.end.max(mark.at.end);
    }
    by
}

/// Stretches between stops, commas and joining words; "between 0:10 and 0:18" is one.
fn clauses(text: &Marked<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(token) = text.token(at) {
        let joins = matches!(token.text.as_str(), "and" | "then" | "but" | "plus")
            || matches!(token.text.as_str(), "并" | "再" | "但")
            || token.text == "然" && text.is_word(at + 1, "后");
        let in_a_range = token.text == "and"
            && text.time(at + 1).is_some()
            && (at.saturating_sub(6)..at).any(|before| text.is_word(before, "between"));
        if matches!(token.kind, Kind::Stop | Kind::Pause) || joins && !in_a_range {
            if start < at {
                found.push(start..at);
            }
            start = at + 1;
        }
        at += 1;
    }
    if start < at {
        found.push(start..at);
    }
    found
}

/// The places on the clock that a clause names.
fn places(text: &Marked<'_>, clause: &Range<usize>) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let word = |at: usize| text.token(at).map_or("", |token| token.text.as_str());
    let joins = |at: usize| matches!(word(at), "to" | "-" | "–" | "~" | "and" | "until" | "till" | "到" | "至");
    let mut at = clause.start;
    while at < clause.end {
        let single = text.time(at);
        // In "from 10 to 18 seconds" the unit counts for both.
        let bare = || {
            let (value, next) = text.number(at)?;
            let (to, end) = text.time(next + 1).filter(|_| joins(next))?;
            (!matches!(word(at), "a" | "an" | "one")).then_some((value, to as f64 / 1000.0, end))
        };
        let (from, to, end, clock) = match single {
            Some((ms, next)) => {
                let clock = word(at + 1) == ":";
                match text.time(next + 1).filter(|_| joins(next)) {
                    Some((to, end)) => (ms as f64 / 1000.0, Some(to as f64 / 1000.0), end, clock),
                    None => (ms as f64 / 1000.0, None, next, clock),
                }
            }
            None => match bare() {
                Some((from, to, end)) => (from, Some(to), end, false),
                None => {
                    at += 1;
                    continue;
                }
            },
        };
        if end > clause.end {
            break;
        }
        let before = at.checked_sub(1).filter(|before| clause.contains(before));
        let lead = before.map_or("", word);
        let first = before.is_some_and(|before| text.is(before, Class::First)) && to.is_none();
        let last = before.is_some_and(|before| text.is(before, Class::Last)) && to.is_none();
        let led = matches!(
            lead,
            "at" | "from"
                | "after"
                | "until"
                | "till"
                | "between"
                | "under"
                | "around"
                | "@"
                | "by"
                | "before"
                | "在"
                | "从"
                | "第"
                | "到"
        );
        let followed =
            matches!(word(end), "处" | "时" | "开" | "之" | "以" | "后" | "的" | "左" | "mark" | "onwards" | "onward");
        let place = if first {
            Some(Place { at: before.unwrap_or(at)..end, from: 0.0, to: Some(from) })
        } else if last {
            Some(Place { at: before.unwrap_or(at)..end, from: -from, to: Some(f64::INFINITY) })
        } else if matches!(lead, "until" | "till" | "before") && to.is_none() {
            Some(Place { at: before.unwrap_or(at)..end, from: 0.0, to: Some(from) })
        } else if matches!(lead, "after" | "from" | "从") && to.is_none() {
            Some(Place { at: before.unwrap_or(at)..end, from, to: Some(f64::INFINITY) })
        } else if clock || led || followed || to.is_some() {
            let after = matches!(word(end), "以" | "之" | "后") && to.is_none();
            Some(Place { at: at..end, from, to: if after { Some(f64::INFINITY) } else { to } })
        } else {
            None
        };
        found.extend(place);
        at = end;
    }
    found
}

/// The act of a clause with a place.
fn timed(
    text: &Marked<'_>,
    clause: &Range<usize>,
    place: &Place,
    lexicon: &Lexicon,
) -> Option<(Revision, Range<usize>)> {
    let near = |range: &Range<usize>| {
        range.start.saturating_sub(place.at.end) <= REACH && place.at.start.saturating_sub(range.end) <= REACH
    };
    let acts: Vec<(Act, Range<usize>)> = clause
        .clone()
        .filter(|at| !place.at.contains(at))
        .flat_map(|at| score_words().at(text, at, true).into_iter().map(move |(act, end)| (act, at..end)))
        .filter(|(_, range)| {
            range.end <= clause.end && near(range) && (range.end <= place.at.start || range.start >= place.at.end)
        })
        .collect();
    let of = |wanted: Act| acts.iter().filter(|(act, _)| *act == wanted).max_by_key(|(_, range)| range.len());
    let finite = place.to.filter(|to| to.is_finite());
    // "No drums from 0:10 to 0:18".
    let wishes = scan(text, clause, lexicon);
    let denies = text.within(clause).find(|mark| mark.is_any(&[Class::No, Class::Remove, Class::Dont, Class::Not]));
    if let Some(denial) = denies.filter(|_| !wishes.without.is_empty()) {
        let to = place.to.unwrap_or(f64::INFINITY);
        let range = denial.at.start.min(place.at.start)..clause.end.max(place.at.end);
        return Some((Revision::Rest { from: place.from, to, ids: wishes.without }, widened(text, range, clause)));
    }
    if let Some((_, range)) = of(Act::Enter).filter(|_| !wishes.instruments.is_empty() && place.to.is_none()) {
        let ids = families(&wishes.instruments, lexicon);
        let range = clause.start.min(range.start)..clause.end;
        return Some((Revision::Rest { from: 0.0, to: place.from, ids }, range));
    }
    let (revision, range) = if let Some((_, range)) = of(Act::End) {
        (Revision::EndAt { at: place.from }, range.clone())
    } else if let Some((_, range)) = of(Act::Build) {
        (Revision::Build { at: place.from, until: finite }, range.clone())
    } else if let Some((_, range)) = of(Act::Quiet) {
        let to = place.to.unwrap_or(place.from + SOME);
        (Revision::Level { from: place.from, to, by: -1.0 }, range.clone())
    } else if let Some((_, range)) = of(Act::Loud) {
        let to = place.to.unwrap_or(place.from + SOME);
        (Revision::Level { from: place.from, to, by: 1.0 }, range.clone())
    } else if let Some((_, range)) = of(Act::Drop) {
        (Revision::Drop { at: place.from }, range.clone())
    } else {
        return None;
    };
    let both = range.start.min(place.at.start)..range.end.max(place.at.end);
    Some((revision, widened(text, both, clause)))
}

/// How long a level holds where only its beginning is named, in seconds.
const SOME: f64 = 8.0;

/// With the fillers on both sides.
fn widened(text: &Marked<'_>, range: Range<usize>, clause: &Range<usize>) -> Range<usize> {
    let filler = |at: usize| text.token(at).is_some_and(|token| is_filler(&token.text));
    let (mut start, mut end) = (range.start, range.end);
    while start > clause.start && filler(start - 1) {
        start -= 1;
    }
    while end < clause.end && filler(end) {
        end += 1;
    }
    start..end
}

/// "The drums" are all that drum.
fn families(ids: &[String], lexicon: &Lexicon) -> Vec<String> {
    use bedtrack_compose::instruments;
    let stem = |id: &String| instruments().get(id).filter(|i| i.is_kit()).map(|i| i.stem.name().to_owned());
    let mut found: Vec<String> = Vec::new();
    for id in ids {
        let own = stem(id).map(|stem| vec![stem]).or_else(|| {
            lexicon
                .bridges
                .families
                .values()
                .filter(|family| family.len() > 1)
                .find(|family| family.contains(id))
                .cloned()
        });
        for id in own.unwrap_or_else(|| vec![id.clone()]) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}
