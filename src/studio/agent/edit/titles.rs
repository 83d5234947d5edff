//! Titles on the timeline.

use serde_json::json;

use super::{fit_to_picture, free_id, picture_end, segment, with_draft};
use crate::wire::draft::{Draft, TEXT, Track};
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

/// A change to a title; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TitleChange {
    /// New words.
    pub text: Option<String>,
    /// New start in ms.
    pub start_ms: Option<i64>,
    /// New length in ms.
    pub duration_ms: Option<i64>,
    /// New place.
    pub position: Option<String>,
}

/// Changes the title that says `which`, or the newest one; gives its words before.
pub fn change_title(state: &mut State, which: Option<&str>, change: &TitleChange) -> Option<String> {
    with_draft(state, |draft| {
        let (track, at) = find(draft, which)?;
        let start = draft.t.get(track)?.placed().nth(at)?.start;
        let title = draft.t.get_mut(track)?.sg.get_mut(at)?;
        let before = title.text().unwrap_or_default().to_owned();
        title.m.insert("start".into(), json!(change.start_ms.unwrap_or(start).max(0)));
        if let Some(text) = &change.text {
            let key = if title.m.contains_key("content") && !title.m.contains_key("text") { "content" } else { "text" };
            title.m.insert(key.into(), json!(text));
        }
        if let Some(length) = change.duration_ms {
            title.d = length.max(1);
        }
        if let Some(position) = &change.position {
            title.m.insert("position".into(), json!(position));
        }
        fit_to_picture(draft);
        Some(before)
    })
}

/// Takes the title that says `which`, or the newest one, off the timeline; gives its words.
pub fn remove_title(state: &mut State, which: Option<&str>) -> Option<String> {
    with_draft(state, |draft| {
        let (track, at) = find(draft, which)?;
        let track = draft.t.get_mut(track)?;
        // The titles behind it must not move up.
        let starts: Vec<i64> = track.placed().map(|placed| placed.start).collect();
        for (segment, start) in track.sg.iter_mut().zip(starts) {
            segment.m.insert("start".into(), json!(start));
        }
        Some(track.sg.remove(at).text().unwrap_or_default().to_owned())
    })
}

/// Track and place of a title: by its words (case aside), else the newest one, which is the last one added.
fn find(draft: &Draft, which: Option<&str>) -> Option<(usize, usize)> {
    let titles = draft.t.iter().enumerate().filter(|(_, track)| track.tt == TEXT);
    let mut titles = titles.flat_map(|(t, track)| track.sg.iter().enumerate().map(move |(s, segment)| (t, s, segment)));
    let found = match which {
        Some(words) => {
            let wanted = words.trim().to_lowercase();
            titles.find(|(.., title)| title.text().is_some_and(|text| text.trim().to_lowercase() == wanted))
        }
        None => titles.max_by_key(|(t, s, title)| {
            let number = title.m.get("id").and_then(|id| id.as_str()?.strip_prefix("title")?.parse::<u64>().ok());
            (number, *t, *s)
        }),
    };
    found.map(|(t, s, _)| (t, s))
}
