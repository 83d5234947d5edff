//! Changes to the draft. Pure: a state goes in, the changed one comes out. What lies on the draft keeps every key that is
//! not touched, so drafts from elsewhere survive.

mod music;
mod picture;
mod show;
mod titles;

use serde_json::json;

use crate::wire::draft::{AUDIO, Draft, Segment, TEXT, Track, VIDEO};
use crate::wire::envelope::lenient_i64;
use crate::wire::state::State;

pub use music::{fade_music, place_music, set_music_volume, trim_music};
pub use picture::{place_uploads, set_own_volume, trim};
pub use show::{follow_score, follows_music, lay_on_beats};
pub use titles::{TitleChange, TitleWish, add_title, change_title, remove_title};

/// Part of the timeline that an edit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The clips.
    Picture,
    /// The music.
    Music,
    /// The titles.
    Titles,
    /// All of it.
    Everything,
}

impl Which {
    fn means(self, track: &Track) -> bool {
        match self {
            Self::Picture => track.tt == VIDEO,
            Self::Music => track.tt == AUDIO,
            Self::Titles => track.tt == TEXT,
            Self::Everything => true,
        }
    }
}

/// Changes the draft of a state in place.
fn with_draft<T>(state: &mut State, change: impl FnOnce(&mut Draft) -> T) -> T {
    let mut draft = state.timeline();
    let outcome = change(&mut draft);
    draft.t.retain(|track| !track.sg.is_empty());
    state.draft = json!(draft);
    outcome
}

/// Takes tracks off the timeline; tells whether there were any.
pub fn remove(state: &mut State, which: Which) -> bool {
    with_draft(state, |draft| {
        let before = draft.t.len();
        draft.t.retain(|track| !which.means(track));
        draft.t.len() < before
    })
}

/// Whether such tracks are on the timeline.
pub fn has(state: &State, which: Which) -> bool {
    state.timeline().t.iter().any(|track| which.means(track) && !track.sg.is_empty())
}

/// The end of the picture in ms; 0 without one.
pub fn picture_end(draft: &Draft) -> i64 {
    draft
        .t
        .iter()
        .filter(|track| track.tt == VIDEO)
        .flat_map(Track::placed)
        .map(|placed| placed.end())
        .max()
        .unwrap_or(0)
}

/// How long music fades where the picture ends before it does.
const CUT_FADE_MS: i64 = 1_500;

/// Cuts what sounds or reads beyond the picture's end, music with a fade; without a picture nothing is cut.
fn fit_to_picture(draft: &mut Draft) {
    let end = picture_end(draft);
    if end == 0 {
        return;
    }
    for track in draft.t.iter_mut().filter(|track| matches!(track.tt, AUDIO | TEXT)) {
        let starts: Vec<i64> = track.placed().map(|placed| placed.start).collect();
        let is_sound = track.tt == AUDIO;
        for (segment, start) in track.sg.iter_mut().zip(starts) {
            let room = (end - start).max(0);
            if segment.d > room {
                segment.d = room;
                if is_sound {
                    segment.m.insert("fade_out".into(), json!(CUT_FADE_MS.min(room)));
                }
            }
        }
        track.sg.retain(|segment| segment.d > 0);
    }
}

/// A whole number of a segment's metadata.
fn number(segment: &Segment, key: &str) -> i64 {
    segment.m.get(key).and_then(lenient_i64).unwrap_or(0)
}

/// A segment with its place.
fn segment(id: &str, start_ms: i64, duration_ms: i64) -> Segment {
    let mut made = Segment { d: duration_ms, ..Segment::default() };
    made.m.insert("id".into(), json!(id));
    made.m.insert("start".into(), json!(start_ms));
    made
}

/// An id that no segment of the draft has: the first free number behind a prefix.
fn free_id(draft: &Draft, prefix: &str) -> String {
    let taken = |id: &str| {
        draft.t.iter().flat_map(|track| &track.sg).any(|segment| segment.m.get("id").is_some_and(|known| known == id))
    };
    (1_u64..).map(|number| format!("{prefix}{number}")).find(|id| !taken(id)).unwrap_or_else(|| prefix.to_owned())
}

#[cfg(test)]
mod tests;
