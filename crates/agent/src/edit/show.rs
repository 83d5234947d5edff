//! Photos and clips on the beats of a song.

use serde_json::{Value, json};

use super::picture::clip_name;
use super::{segment, with_draft};
use bedtrack_compose::Score;
use bedtrack_film::show::{self, Camera, Grid, Picture, Section, Transition, Wish};
use bedtrack_wire::draft::{Draft, Placed, Segment, Track, VIDEO};
use bedtrack_wire::state::{Medium, State};

/// Lays the pictures of the timeline onto the beats of a song that plays from the start for `duration_ms`, in their
/// order and each once before any comes again, with transitions and camera moves in the segments' metadata. Where the
/// timeline has no picture, all photos and clips of the session are taken, as they were uploaded. The picture then ends
/// with the song. Tells how many pictures are shown how often, or nothing where there are none.
pub fn lay_on_beats(state: &mut State, grid: &Grid, duration_ms: u64, wish: Wish) -> Option<(usize, usize)> {
    let media = pictures(state);
    let lengths: Vec<Picture> = media.iter().map(picture).collect();
    let shots = show::cut(&lengths, grid, duration_ms, wish);
    if shots.is_empty() {
        return None;
    }
    let has_volume = state.timeline();
    let volume = |medium: &Medium| volume_of(&has_volume, medium);
    with_draft(state, |draft| {
        let place = draft.t.iter().position(|track| track.tt == VIDEO).unwrap_or(0);
        draft.t.retain(|track| track.tt != VIDEO);
        let mut track = Track { tt: VIDEO, ..Track::default() };
        for shot in &shots {
            let Some(medium) = media.get(shot.picture) else { continue };
            let id = format!("clip{}", track.sg.len() + 1);
            let mut clip = segment(&id, signed(shot.start_ms), signed(shot.duration_ms));
            for (key, value) in [
                ("name", json!(clip_name(medium))),
                ("asset", json!(medium.id)),
                ("in", json!(shot.in_ms)),
                ("camera", json!(shot.camera)),
                ("transition", json!(shot.enter)),
                // A clip in a music video is seen; what it sounds like is the song's business.
                (
                    "volume",
                    medium.kind.as_deref().filter(|kind| *kind == "video").map_or(Value::Null, |_| volume(medium)),
                ),
            ] {
                if !value.is_null() {
                    clip.m.insert(key.to_owned(), value);
                }
            }
            track.sg.push(clip);
        }
        draft.t.insert(place.min(draft.t.len()), track);
    });
    Some((media.len().min(shots.len()), shots.len()))
}

/// Puts the uploaded pictures that wait at the end of the timeline, so that a show has all of them.
pub fn show_all(state: &mut State) {
    let shown = pictures(state);
    let waits = |medium: &&Medium| {
        matches!(medium.kind.as_deref(), Some("image" | "video")) && !shown.iter().any(|known| known.id == medium.id)
    };
    let waiting: Vec<Medium> = state.video_infos.iter().filter(waits).cloned().collect();
    super::picture::append(state, &waiting);
}

/// Lets the camera rest over every picture.
pub fn rest_camera(state: &mut State) {
    with_draft(state, |draft| {
        for clip in draft.t.iter_mut().filter(|track| track.tt == VIDEO).flat_map(|track| &mut track.sg) {
            clip.m.insert("camera".to_owned(), json!(Camera::Still));
        }
    });
}

/// When the eye sees one picture give way to the next, in ms.
pub fn cuts(state: &State) -> Vec<u64> {
    let draft = state.timeline();
    let cut = |placed: Placed<'_>| {
        let start = u64::try_from(placed.start).ok().filter(|start| *start > 0)?;
        let enter: Option<Transition> =
            placed.segment.m.get("transition").and_then(|enter| serde_json::from_value(enter.clone()).ok());
        Some(start + enter.map_or(0, |enter| enter.kind.lead(enter.duration_ms)))
    };
    draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(Track::placed).filter_map(cut).collect()
}

/// Lays photos that [`follows_music`] onto the beats of a piece of ours; what has its own time stays as it is.
pub fn follow_score(state: &mut State, score: &Score) -> Option<(usize, usize)> {
    if !follows_music(state) {
        return None;
    }
    let sections = score.sections.iter().map(|part| Section { start: part.start, end: part.end, energy: part.energy });
    let sections: Vec<Section> = sections.collect();
    let grid = Grid { beats: &score.beats, downbeats: &score.bars, sections: &sections };
    lay_on_beats(state, &grid, (score.duration * 1000.0).round() as u64, Wish::Mixed)
}

/// Whether the timeline's picture is photos alone, two of them at least, that lie as they were uploaded or on beats:
/// photos have no time of their own, so music may set it. What was timed by hand stays as it is.
pub fn follows_music(state: &State) -> bool {
    let draft = state.timeline();
    let placed: Vec<_> = draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(Track::placed).collect();
    let is_photo = |clip: &Segment| state.medium_of(clip).is_some_and(|medium| medium.kind.as_deref() == Some("image"));
    let untimed = |clip: &Segment| {
        clip.d == super::picture::PHOTO_MS || clip.m.contains_key("transition") || clip.m.contains_key("camera")
    };
    placed.len() > 1 && placed.iter().all(|placed| is_photo(placed.segment) && untimed(placed.segment))
}

/// The timeline's pictures in the order in which they first come; all of the session's where it has none.
pub fn pictures(state: &State) -> Vec<Medium> {
    let draft = state.timeline();
    let mut found: Vec<Medium> = Vec::new();
    for clip in draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(|track| &track.sg) {
        if let Some(medium) = state.medium_of(clip)
            && !found.iter().any(|known| known.id == medium.id)
        {
            found.push(medium.clone());
        }
    }
    if found.is_empty() {
        let shown = |medium: &&Medium| matches!(medium.kind.as_deref(), Some("image" | "video"));
        found = state.video_infos.iter().filter(shown).cloned().collect();
    }
    found
}

fn picture(medium: &Medium) -> Picture {
    let is_clip = medium.kind.as_deref() != Some("image");
    Picture { clip_ms: medium.duration_ms().and_then(|ms| u64::try_from(ms).ok()).filter(|ms| is_clip && *ms > 0) }
}

/// The volume that a clip had; a music video is silent beside its song.
fn volume_of(draft: &Draft, medium: &Medium) -> Value {
    let clips = draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(|track| &track.sg);
    let volume =
        clips.filter(|clip| clip.references().any(|id| Some(id) == medium.id.as_deref())).find_map(|c| c.volume());
    json!(volume.unwrap_or(0.0))
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
