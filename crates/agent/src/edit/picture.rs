//! Clips on the timeline.

use serde_json::json;

use super::{segment, with_draft};
use bedtrack_wire::draft::{Track, VIDEO};
use bedtrack_wire::state::{Medium, State};

/// How long a photo stands where nothing else is said.
pub(super) const PHOTO_MS: i64 = 4_000;

/// Lays uploaded clips and photos on the timeline, one after the other, where it has no picture yet. Photos also join
/// photos that lie as they were uploaded, as they come file by file. Other later uploads wait among the media until a
/// message says what to do with them.
pub fn place_uploads(state: &mut State, media: &[Medium]) {
    let is_clip = |medium: &&Medium| matches!(medium.kind.as_deref(), Some("video" | "image"));
    let joins = media.iter().all(|medium| medium.kind.as_deref() == Some("image")) && shows_photos_as_uploaded(state);
    with_draft(state, |draft| {
        let mut track = match draft.t.iter().position(|track| track.tt == VIDEO) {
            None => Track { tt: VIDEO, ..Track::default() },
            Some(at) if joins => draft.t.remove(at),
            Some(_) => return,
        };
        lay_behind(&mut track, media.iter().filter(is_clip));
        draft.t.insert(0, track);
    });
}

/// Lays further pictures behind the last one, each as long as it is.
pub(super) fn append(state: &mut State, media: &[Medium]) {
    with_draft(state, |draft| {
        let at = draft.t.iter().position(|track| track.tt == VIDEO).unwrap_or_else(|| {
            draft.t.insert(0, Track { tt: VIDEO, ..Track::default() });
            0
        });
        if let Some(track) = draft.t.get_mut(at) {
            lay_behind(track, media.iter());
        }
    });
}

fn lay_behind<'a>(track: &mut Track, media: impl Iterator<Item = &'a Medium>) {
    let mut start = track.placed().map(|placed| placed.end()).max().unwrap_or(0);
    for medium in media {
        let length = match medium.kind.as_deref() {
            Some("image") => PHOTO_MS,
            _ => medium.duration_ms().unwrap_or(0),
        };
        let taken =
            track.sg.iter().filter_map(|clip| clip.m.get("id")?.as_str()?.strip_prefix("clip")?.parse::<u64>().ok());
        let number = taken.max().unwrap_or(0).saturating_add(1);
        let mut clip = segment(&format!("clip{number}"), start, length);
        clip.m.insert("name".into(), json!(clip_name(medium)));
        clip.m.insert("asset".into(), json!(medium.id));
        clip.m.insert("in".into(), json!(0));
        track.sg.push(clip);
        start += length;
    }
}

/// Whether the picture is photos alone that nobody has timed, moved or cut yet.
fn shows_photos_as_uploaded(state: &State) -> bool {
    let draft = state.timeline();
    let clips = draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(|track| &track.sg);
    let (mut count, mut photos) = (0, 0);
    for clip in clips {
        count += 1;
        let medium = state.medium_of(clip);
        let is_photo = medium.is_some_and(|medium| medium.kind.as_deref() == Some("image"));
        photos += usize::from(is_photo && clip.d == PHOTO_MS && !clip.m.contains_key("transition"));
    }
    count > 0 && photos == count
}

/// An uploaded file's name for people: its stem, `-` and `_` as spaces.
pub fn clip_name(medium: &Medium) -> String {
    let name = medium.display_name().unwrap_or("clip");
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.replace(['-', '_'], " ").trim().to_owned()
}

/// Sets the clips' own volume; tells before and after, or nothing where there is no picture.
pub fn set_own_volume(state: &mut State, change: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    with_draft(state, |draft| {
        let mut told = None;
        for segment in draft.t.iter_mut().filter(|track| track.tt == VIDEO).flat_map(|track| &mut track.sg) {
            let before = segment.volume().unwrap_or(1.0);
            let after = change(before).clamp(0.0, 4.0);
            segment.m.insert("volume".into(), json!(after));
            told.get_or_insert((before, after));
        }
        told
    })
}
