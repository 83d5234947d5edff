//! Titles on the timeline.

use serde_json::json;

use super::{free_id, picture_end, segment, with_draft};
use crate::wire::draft::{TEXT, Track};
use crate::wire::state::State;

/// How long a title stands where nothing else is said.
const TITLE_MS: i64 = 3_000;

/// A title asked for.
#[derive(Debug, Clone, Default)]
pub struct TitleWish {
    /// Its words.
    pub text: String,
    /// When it comes, in ms; from the start if left out.
    pub start_ms: Option<i64>,
    /// How long it stands, in ms; three seconds if left out.
    pub duration_ms: Option<i64>,
    /// Where it stands, as the film room names places.
    pub position: Option<String>,
}

/// Adds a title, on a track where it overlaps no other. Gives its start and end in ms; nothing where it would lie beyond
/// the picture.
pub fn add_title(state: &mut State, wish: &TitleWish) -> Option<(i64, i64)> {
    with_draft(state, |draft| {
        let start = wish.start_ms.unwrap_or(0).max(0);
        let picture = picture_end(draft);
        let room = if picture > 0 { picture - start } else { i64::MAX };
        let length = wish.duration_ms.unwrap_or(TITLE_MS).min(room);
        if length <= 0 {
            return None;
        }
        let mut title = segment(&free_id(draft, "title"), start, length);
        title.m.insert("text".into(), json!(wish.text));
        if let Some(position) = &wish.position {
            title.m.insert("position".into(), json!(position));
        }
        let overlaps =
            |track: &Track| track.placed().any(|placed| placed.start < start + length && start < placed.end());
        match draft.t.iter_mut().find(|track| track.tt == TEXT && !overlaps(track)) {
            Some(track) => {
                // Starts are made explicit before the order changes.
                let starts: Vec<i64> = track.placed().map(|placed| placed.start).collect();
                for (segment, start) in track.sg.iter_mut().zip(starts) {
                    segment.m.insert("start".into(), json!(start));
                }
                track.sg.push(title);
                track.sg.sort_by_key(|segment| segment.start().unwrap_or(0));
            }
            None => draft.t.push(Track { tt: TEXT, sg: vec![title], ..Track::default() }),
        }
        Some((start, start + length))
    })
}

/// Changes the words of the title that says `from`, or of the first one; gives the words before.
pub fn change_title(state: &mut State, from: Option<&str>, to: &str) -> Option<String> {
    with_draft(state, |draft| {
        let mut titles = draft.t.iter_mut().filter(|track| track.tt == TEXT).flat_map(|track| &mut track.sg);
        let title = titles.find(|title| from.is_none_or(|words| title.text() == Some(words)))?;
        let before = title.text().unwrap_or_default().to_owned();
        let key = if title.m.contains_key("content") && !title.m.contains_key("text") { "content" } else { "text" };
        title.m.insert(key.into(), json!(to));
        Some(before)
    })
}
