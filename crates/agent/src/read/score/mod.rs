//! What a message says about the score itself: moments on the clock, a plan in bars, a melody. It is taken out of the
//! message before the rest is read, so that "quieter under 0:10-0:18" is no volume and "end on the logo" no drawing.

mod abc;
mod melody;
mod moments;
mod plan;
pub mod takes;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::lexicon::{Class, Lexicon};
use super::marks::Marked;
use bedtrack_compose::Revision;
use bedtrack_compose::given::{Melody, Stage};

/// Wishes about the score.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoreWishes {
    /// Changes; a negative time counts from the end, an endless one is the end.
    pub revisions: Vec<Revision>,
    /// A melody written out in the message.
    pub melody: Option<Melody>,
    /// Whether the uploaded MIDI file's melody is meant.
    pub from_file: bool,
    /// A plan of the form.
    pub plan: Vec<Stage>,
    /// Whether a piece in the style of the one that is there is wanted.
    pub sibling: bool,
    /// Lengths in seconds that the piece is wanted in as well.
    pub cutdowns: Vec<f64>,
}

/// Wishes about the score, and the message without them.
#[derive(Debug, Default)]
pub struct Found {
    /// The wishes.
    pub wishes: ScoreWishes,
    /// The message with their words blanked; none where there are no such words.
    pub rest: Option<String>,
}

impl ScoreWishes {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they describe a piece rather than change one.
    pub fn describe(&self) -> bool {
        self.melody.is_some() || self.from_file || !self.plan.is_empty()
    }

    /// Adds further ones.
    pub fn merge(&mut self, more: Self) {
        self.revisions.extend(more.revisions);
        self.melody = more.melody.or(self.melody.take());
        self.from_file |= more.from_file;
        self.sibling |= more.sibling;
        self.cutdowns.extend(more.cutdowns);
        if !more.plan.is_empty() {
            self.plan = more.plan;
        }
    }

    /// The revisions that concern a stretch of the timeline, in its own time; in seconds. What counts from the end counts
    /// from its end.
    pub fn within(&self, start: f64, end: f64) -> Vec<Revision> {
        let inside = |at: f64| at < 0.0 || (start..end).contains(&at);
        let there = |at: f64| if at < 0.0 { at } else { (at - start).max(0.0) };
        self.revisions
            .iter()
            .filter_map(|revision| match revision.clone() {
                Revision::Level { from, to, by } => (from < end && (to < 0.0 || to > start)).then(|| Revision::Level {
                    from: there(from),
                    to: there(to.min(end)),
                    by,
                }),
                Revision::Rest { from, to, ids } => (from < end && (to < 0.0 || to > start)).then(|| Revision::Rest {
                    from: there(from),
                    to: there(to.min(end)),
                    ids,
                }),
                Revision::Build { at, until } => inside(at)
                    .then(|| Revision::Build { at: there(at), until: until.map(|until| there(until.min(end))) }),
                Revision::Drop { at } => inside(at).then(|| Revision::Drop { at: there(at) }),
                Revision::EndAt { at } => inside(at).then(|| Revision::EndAt { at: there(at) }),
                other => Some(other),
            })
            .collect()
    }

    /// The revisions of a piece this long, in seconds.
    pub fn resolved(&self, length: f64) -> Vec<Revision> {
        let place = |at: f64| if at < 0.0 { (length + at).max(0.0) } else { at.min(86_400.0) };
        let until = |at: f64| if at.is_finite() { place(at) } else { length };
        self.revisions
            .iter()
            .map(|revision| match revision.clone() {
                Revision::Level { from, to, by } => Revision::Level { from: place(from), to: until(to), by },
                Revision::Rest { from, to, ids } => Revision::Rest { from: place(from), to: until(to), ids },
                Revision::Build { at, until: to } => Revision::Build { at: place(at), until: to.map(until) },
                Revision::Drop { at } => Revision::Drop { at: place(at) },
                Revision::EndAt { at } => Revision::EndAt { at: place(at) },
                other => other,
            })
            .collect()
    }
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
