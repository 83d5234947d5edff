//! What can be wished of a score itself, as it stands in the words: moments count from either end until a length is known.

use bedtrack_compose::Revision;
use bedtrack_compose::given::{Melody, PlannedSection};

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
    pub plan: Vec<PlannedSection>,
    /// Whether a piece in the style of the one that is there is wanted.
    pub sibling: bool,
    /// Lengths in seconds that the piece is wanted in as well.
    pub cutdowns: Vec<f64>,
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
