//! Segments of a draft, each with what a comparison looks at.

use crate::director::timeline::{Kind, Names};
use bedtrack_wire::draft::{Draft, Object, Segment};

/// One segment in its place.
#[derive(Debug)]
pub struct Piece<'a> {
    pub segment: &'a Segment,
    pub kind: Kind,
    /// The track's type as it stands.
    pub track_type: i64,
    /// Index of its track.
    pub track: usize,
    /// Index on its track.
    pub index: usize,
    /// The name, or a title's words in quotes.
    pub label: String,
    pub is_image: bool,
    /// In ms.
    pub start: i64,
    /// In ms.
    pub end: i64,
    /// Where its medium begins to play, in ms.
    pub source_in: i64,
}

/// All segments of a draft, track by track.
pub fn pieces<'a>(draft: &'a Draft, names: &Names<'_>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for (track_index, track) in draft.t.iter().enumerate() {
        let kind = names.kind(track);
        pieces.extend(track.placed().enumerate().map(|(index, placed)| Piece {
            segment: placed.segment,
            kind,
            track_type: track.tt,
            track: track_index,
            index,
            label: names.label(kind, placed.segment),
            is_image: kind == Kind::Video && names.is_image(placed.segment),
            start: placed.start,
            end: placed.end(),
            source_in: placed.segment.source_in(),
        }));
    }
    pieces
}

impl Piece<'_> {
    pub fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    pub fn meta(&self) -> &Object {
        &self.segment.m
    }

    /// Its own id, where it has one.
    pub fn id(&self) -> Option<&str> {
        self.segment.id()
    }

    /// What it shows or plays: the reference to its medium, else its name. The id is left out: it is the segment's own.
    pub fn content(&self) -> &str {
        self.segment.medium_reference().unwrap_or(&self.label)
    }
}
