//! Captions from elsewhere on the timeline: all cues of a file at once, each where its times say.

use super::titles::made;
use super::{free_number, picture_end, with_draft};
use crate::read::{Look, Position, Style};
use bedtrack_language::captions::Captions;
use bedtrack_wire::draft::{Segment, TEXT, Track};
use bedtrack_wire::state::State;

/// What came onto the timeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Laid {
    /// How many cues.
    pub count: usize,
    /// From the first one's start to the last one's end, in ms.
    pub span_ms: (i64, i64),
    /// Cues that lie beyond the picture's end and were left out.
    pub beyond: usize,
}

/// Lays captions on tracks of their own; those that overlap get a further track. None where all lie beyond the picture.
pub fn add_captions(state: &mut State, captions: &Captions, look: &Look) -> Option<Laid> {
    with_draft(state, |draft| {
        let picture = picture_end(draft);
        let mut laid = Laid::default();
        let mut lanes: Vec<(i64, Vec<Segment>)> = Vec::new();
        let first = free_number(draft, "title");
        for (cue, number) in captions.cues.iter().zip(first..) {
            let (start, end) = (signed(cue.start_ms), signed(cue.end_ms));
            let end = if picture > 0 { end.min(picture) } else { end };
            if end <= start {
                laid.beyond += 1;
                continue;
            }
            // What a file says about one cue gives way to what is said about all.
            let own = Look {
                style: Some(Style::Caption),
                position: cue.top.then_some(Position::Top),
                fade_in_ms: Some(0),
                fade_out_ms: Some(0),
                ..Look::default()
            };
            let segment = made(&format!("title{number}"), &cue.text, (start, end - start), &look.clone().or(&own));
            laid.span_ms = if laid.count == 0 { (start, end) } else { (laid.span_ms.0, laid.span_ms.1.max(end)) };
            laid.count += 1;
            match lanes.iter_mut().find(|(free_from, _)| *free_from <= start) {
                Some((free_from, lane)) => {
                    lane.push(segment);
                    *free_from = end;
                }
                None => lanes.push((end, vec![segment])),
            }
        }
        draft.t.extend(lanes.into_iter().map(|(_, sg)| Track { tt: TEXT, sg, ..Track::default() }));
        (laid.count > 0).then_some(laid)
    })
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
