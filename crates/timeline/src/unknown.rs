//! A segment of a track that nobody here knows: how long it goes on is all that is read of it.

use bedtrack_wire::draft::Segment;
use bedtrack_wire::time::Ms;

use crate::id::{Id, Kind};
use crate::item::Item;
use crate::kept::{Kept, Written};

/// Something on a track of another type.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    start: Ms,
    length: Ms,
    kept: Kept,
}

impl Item for Unknown {
    const KINDS: &'static [Kind] = &[];

    fn read(kept: Kept, segment: &Segment, by_itself: Ms) -> Self {
        Self { start: segment.start().map_or(by_itself, Ms), length: Ms(segment.d), kept }
    }

    fn start(&self) -> Ms {
        self.start
    }

    fn length(&self) -> Ms {
        self.length
    }

    fn id(&self) -> Option<Id> {
        None
    }

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn name_tag(&mut self) -> Option<(&mut Id, &mut Kept)> {
        None
    }

    fn write(&self, _: &mut Written) {}
}
