//! Captions from elsewhere on the timeline: all cues of a file at once, each where its times say.

use bedtrack_language::captions::Captions;
use bedtrack_timeline::{Kind, Timeline, Title};
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::{Position, Style};

use super::titles::made;
use crate::read::Look;

/// What came onto the timeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Laid {
    /// How many cues.
    pub count: usize,
    /// From the first one's start to the last one's end.
    pub span: (Ms, Ms),
    /// Cues that lie beyond the picture's end and were left out.
    pub beyond: usize,
}

/// Lays captions on tracks of their own; those that overlap get a further track. None where all lie beyond the picture.
pub fn add_captions(timeline: &mut Timeline, captions: &Captions, look: &Look) -> Option<Laid> {
    let picture = timeline.picture_end();
    let mut laid = Laid::default();
    let mut lanes: Vec<(Ms, Vec<Title>)> = Vec::new();
    for cue in &captions.cues {
        let (start, end) = (Ms::from(cue.start_ms), Ms::from(cue.end_ms));
        let end = if picture > Ms::ZERO { end.min(picture) } else { end };
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
        let mut title = made(&cue.text, (start, end - start), &look.clone().or(&own));
        title.id = timeline.next_id(Kind::Title);
        laid.span = if laid.count == 0 { (start, end) } else { (laid.span.0, laid.span.1.max(end)) };
        laid.count += 1;
        match lanes.iter_mut().find(|(free_from, _)| *free_from <= start) {
            Some((free_from, lane)) => {
                lane.push(title);
                *free_from = end;
            }
            None => lanes.push((end, vec![title])),
        }
    }
    for (_, titles) in lanes {
        timeline.add_titles(titles);
    }
    timeline.settle();
    (laid.count > 0).then_some(laid)
}
