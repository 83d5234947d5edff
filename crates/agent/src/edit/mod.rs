//! Changes to the draft. Pure: a state goes in, the changed one comes out. What lies on the draft keeps every key that is
//! not touched, so drafts from elsewhere survive.

mod captions;
mod cutting;
mod music;
mod picture;
mod show;
mod titles;

use serde_json::json;

use bedtrack_wire::draft::{AUDIO, Draft, Segment, TEXT, Track, VIDEO};
use bedtrack_wire::envelope::lenient_i64;
use bedtrack_wire::state::State;

pub use captions::{Laid, add_captions};
pub use cutting::{PICTURE_FADE_IN, PICTURE_FADE_OUT, bed, cut, made_for_picture, refit, shape, speed_of, trim};
pub use music::{fade_music, place_music, place_on, place_songs, play_songs, set_music_volume, trim_music};
pub use picture::{clip_name, place_uploads, set_own_volume};
pub use show::{cuts, follow_score, follows_music, lay_on_beats, pictures, rest_camera, show_all};
pub use titles::{Changed, Looks, add_title, change_titles, remove_titles};

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

/// Cuts what goes on beyond the picture, music with a fade; tells whether any music did.
pub fn end_with_picture(state: &mut State) -> bool {
    with_draft(state, |draft| {
        let sounds =
            |draft: &Draft| draft.t.iter().filter(|t| t.tt == AUDIO).flat_map(Track::placed).map(|p| p.end()).max();
        let before = sounds(draft);
        fit_to_picture(draft);
        sounds(draft) < before
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
    format!("{prefix}{}", free_number(draft, prefix))
}

/// The first number behind a prefix from which on no segment's id is taken.
fn free_number(draft: &Draft, prefix: &str) -> u64 {
    let ids = draft.t.iter().flat_map(|track| &track.sg).filter_map(|segment| segment.m.get("id")?.as_str());
    let taken = ids.filter_map(|id| id.strip_prefix(prefix)?.parse::<u64>().ok());
    taken.max().unwrap_or(0).saturating_add(1)
}

#[cfg(test)]
mod tests;
