//! What every thing on a timeline has: a place on its track, and a way in from a segment and back into it.

use bedtrack_wire::draft::Segment;
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;
use serde_json::Value;

use crate::id::{Id, Kind};
use crate::kept::{Kept, Written, key};

/// One thing on a track.
pub trait Item: Clone + PartialEq {
    /// The kinds of id that such things have; none where they have no id.
    const KINDS: &'static [Kind];

    /// Reads it; where it has no start of its own it begins at `by_itself`.
    fn read(kept: Kept, segment: &Segment, by_itself: Ms) -> Self;

    /// Where it begins.
    fn start(&self) -> Ms;

    /// How long it is; a foreign draft may say less than nothing.
    fn length(&self) -> Ms;

    /// Where it ends.
    fn end(&self) -> Ms {
        self.start() + self.length().max(Ms::ZERO)
    }

    /// Its id; none of things that have none.
    fn id(&self) -> Option<Id>;

    /// What it came as.
    fn kept(&self) -> &Kept;

    /// Its id and what it came as, to be named anew; none of things that have no id.
    fn name_tag(&mut self) -> Option<(&mut Id, &mut Kept)>;

    /// Writes what was changed.
    fn write(&self, written: &mut Written);

    /// The segment that it is now, where it would begin at `by_itself` if it said nothing.
    fn segment(&self, by_itself: Ms, with_id: bool) -> Value {
        let mut written = Written::over(self.kept());
        written.start(self.start(), by_itself);
        self.write(&mut written);
        if let Some(id) = self.id().filter(|_| with_id) {
            written.id(id);
        }
        written.into_value()
    }
}

/// What plays or shows a medium.
pub trait Plays: Item {
    /// Which one.
    fn source(&self) -> &Source;
}

/// The medium of a clip or a sound, by the ids and URLs under which it may be listed, the likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source(Vec<String>);

impl Source {
    /// A medium of the session.
    pub fn of(medium: &Medium) -> Self {
        Self(medium.id.iter().cloned().collect())
    }

    /// What a segment names.
    pub(crate) fn read(segment: &Segment) -> Self {
        Self(segment.references().map(str::to_owned).collect())
    }

    /// Ids and URLs that may be the medium's.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether it is this medium.
    pub fn is(&self, medium: &Medium) -> bool {
        self.references().any(|reference| Some(reference) == medium.id.as_deref())
    }

    /// Writes another medium than before.
    pub(crate) fn write(&self, was: &Self, to: &mut Written) {
        if self != was {
            to.put(key::ASSET, &None, &self.0.first());
        }
    }
}
