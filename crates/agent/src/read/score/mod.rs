//! What a message says about the score itself: moments on the clock, a plan in bars, a melody. It is taken out of the
//! message before the rest is read, so that "quieter under 0:10-0:18" is no volume and "end on the logo" no drawing.

mod abc;
mod melody;
mod moments;
mod plan;
pub mod takes;
pub mod wishes;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use wishes::ScoreWishes;

use super::lexicon::{Class, Lexicon};
use super::marks::Marked;
use bedtrack_compose::Revision;

/// Wishes about the score, and the message without them.
#[derive(Debug, Default)]
pub struct Found {
    /// The wishes.
    pub wishes: ScoreWishes,
    /// The message with their words blanked; none where there are no such words.
    pub rest: Option<String>,
}

/// Finds what a message says about the score.
pub fn find(message: &str, lexicon: &Lexicon, has_file: bool) -> Found {
    let (melody, mut cuts) = melody::find(message);
    let message_left = blanked(message, &cuts);
    let text = Marked::new(&message_left, lexicon);
    let (plan, soft, tokens) = plan::find(&text);
    let mut taken = vec![false; text.tokens.len()];
    let mut take = |range: Range<usize>, cuts: &mut Vec<Range<usize>>| {
        if let (Some(first), Some(last)) = (text.token(range.start), text.token(range.end.saturating_sub(1))) {
            cuts.push(first.start..last.end);
        }
        taken.iter_mut().take(range.end).skip(range.start).for_each(|slot| *slot = true);
    };
    for range in tokens {
        take(range, &mut cuts);
    }
    let mut revisions = Vec::new();
    let sibling = takes::sibling(&text);
    let cutdowns = takes::cutdowns(&text);
    for range in sibling.iter().chain(cutdowns.iter().map(|(_, range)| range)) {
        take(range.clone(), &mut cuts);
    }
    let blocked = taken.clone();
    for (revision, range) in moments::find(&text, lexicon, &blocked) {
        revisions.push(revision);
        if let (Some(first), Some(last)) = (text.token(range.start), text.token(range.end.saturating_sub(1))) {
            cuts.push(first.start..last.end);
        }
    }
    if soft && !revisions.contains(&Revision::SoftEnd) {
        revisions.push(Revision::SoftEnd);
    }
    let from_file = has_file && melody.is_none() && melody::names_the_file(&text);
    revisions.truncate(MOST);
    let wishes = ScoreWishes {
        revisions,
        melody,
        from_file,
        plan,
        sibling: sibling.is_some(),
        cutdowns: cutdowns.map(|(lengths, _)| lengths).unwrap_or_default(),
    };
    let rest = (!cuts.is_empty()).then(|| blanked(message, &cuts));
    Found { wishes, rest }
}

/// Most changes of one message.
const MOST: usize = 16;

/// A message with some of its bytes blanked; places of what is left do not move.
pub fn blanked(message: &str, cuts: &[Range<usize>]) -> String {
    let mut cuts: Vec<Range<usize>> = cuts.to_vec();
    cuts.sort_by_key(|cut| cut.start);
    let mut left = String::with_capacity(message.len());
    let mut at = 0;
    for cut in cuts {
        let (start, end) = (cut.start.max(at), cut.end.max(at));
        left.push_str(message.get(at..start).unwrap_or_default());
        left.extend(std::iter::repeat_n(' ', end.min(message.len()).saturating_sub(start)));
        at = end;
    }
    left.push_str(message.get(at..).unwrap_or_default());
    left
}

/// Whether words hold nothing but verbs and fillers, once what they spoke of is taken out.
pub fn is_husk(text: &Marked<'_>, range: &Range<usize>) -> bool {
    use super::lexicon::Sense;
    use super::text::Kind;
    range.clone().all(|at| {
        text.token(at).is_some_and(|token| matches!(token.kind, Kind::Pause | Kind::Stop | Kind::Sign))
            || text.token(at).is_some_and(|token| words::is_filler(&token.text))
            || text.mark(at).is_some_and(|mark| {
                mark.is_any(&[
                    Class::Make,
                    Class::Change,
                    Class::Add,
                    Class::Polite,
                    Class::Joiner,
                    Class::Keep,
                    Class::Little,
                    Class::Lot,
                    Class::More,
                    Class::Music,
                    Class::At,
                    Class::To,
                    Class::From,
                    Class::Turn,
                ]) || mark.senses.iter().any(|sense| matches!(sense, Sense::Stop | Sense::Neutral))
            })
    })
}
