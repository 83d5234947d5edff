//! Photos and clips on the beats of a song.

use bedtrack_compose::Score;
use bedtrack_timeline::{Clip, Timeline};
use bedtrack_wire::look::{Camera, Transition};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

use super::picture::{PHOTO, append};
use crate::beats::{self, Grid, Picture, Section};
use crate::read::Wish;

/// Lays the pictures of the timeline onto the beats of a song that plays from the start for `length`, in their order and
/// each once before any comes again, with transitions and camera moves. Where the timeline has no picture, all photos and
/// clips of the session are taken, as they were uploaded. The picture then ends with the song. Tells how many pictures are
/// shown how often, or nothing where there are none.
pub fn lay_on_beats(timeline: &mut Timeline, grid: &Grid, length: Ms, wish: Wish) -> Option<(usize, usize)> {
    let media = pictures(timeline);
    let lengths: Vec<Picture> = media.iter().map(picture).collect();
    let shots = beats::cut(&lengths, grid, length.whole(), wish);
    if shots.is_empty() {
        return None;
    }
    let clips = shots.iter().filter_map(|shot| {
        let medium = media.get(shot.picture)?;
        Some(Clip {
            source_in: Ms::from(shot.in_ms),
            camera: Some(shot.camera),
            transition: shot.enter,
            // A clip in a music video is seen; what it sounds like is the song's business.
            volume: medium.is_video().then(|| volume_of(timeline, medium)),
            ..Clip::of(medium, Ms::from(shot.start_ms), Ms::from(shot.duration_ms))
        })
    });
    let clips: Vec<Clip> = clips.collect();
    timeline.set_clips(clips);
    timeline.settle();
    Some((media.len().min(shots.len()), shots.len()))
}

/// Puts the uploaded pictures that wait at the end of the timeline, so that a show has all of them.
pub fn show_all(timeline: &mut Timeline) {
    let shown = pictures(timeline);
    let waits = |medium: &&Medium| medium.is_picture() && !shown.iter().any(|known| known.id == medium.id);
    let waiting: Vec<Medium> = timeline.uploaded().iter().filter(waits).cloned().collect();
    append(timeline, waiting.iter());
}

/// Lets the camera rest over every picture.
pub fn rest_camera(timeline: &mut Timeline) {
    timeline.clips_mut().for_each(|clip| clip.camera = Some(Camera::Still));
    timeline.settle();
}

/// When the eye sees one picture give way to the next, in ms.
pub fn cuts(timeline: &Timeline) -> Vec<u64> {
    let later = timeline.clips().filter(|clip| clip.start > Ms::ZERO);
    later.map(|clip| clip.start.whole() + clip.transition.map_or(0, Transition::lead_ms)).collect()
}

/// Lays photos that [`follows_music`] onto the beats of a piece of ours; what has its own time stays as it is.
pub fn follow_score(timeline: &mut Timeline, score: &Score) -> Option<(usize, usize)> {
    if !follows_music(timeline) {
        return None;
    }
    let sections = score.sections.iter().map(|part| Section { start: part.start, end: part.end, energy: part.energy });
    let sections: Vec<Section> = sections.collect();
    let grid = Grid { beats: &score.beats, downbeats: &score.bars, sections: &sections };
    lay_on_beats(timeline, &grid, Ms::from_seconds(score.duration), Wish::Mixed)
}

/// Whether the timeline's picture is photos alone, two of them at least, that lie as they were uploaded or on beats:
/// photos have no time of their own, so music may set it. What was timed by hand stays as it is.
pub fn follows_music(timeline: &Timeline) -> bool {
    let is_photo = |clip: &Clip| timeline.medium_of(clip).is_some_and(Medium::is_photo);
    let untimed = |clip: &Clip| clip.length == PHOTO || clip.transition.is_some() || clip.camera.is_some();
    timeline.clips().count() > 1 && timeline.clips().all(|clip| is_photo(clip) && untimed(clip))
}

/// The timeline's pictures in the order in which they first come; all of the session's where it has none.
pub fn pictures(timeline: &Timeline) -> Vec<Medium> {
    let mut found: Vec<Medium> = Vec::new();
    for medium in timeline.clips().filter_map(|clip| timeline.medium_of(clip)) {
        if !found.iter().any(|known| known.id == medium.id) {
            found.push(medium.clone());
        }
    }
    if found.is_empty() {
        found = timeline.uploaded().iter().filter(|medium| medium.is_picture()).cloned().collect();
    }
    found
}

fn picture(medium: &Medium) -> Picture {
    Picture { clip_ms: Some(medium.length_ms()).filter(|ms| !medium.is_photo() && *ms > 0) }
}

/// The volume that a clip had; a music video is silent beside its song.
fn volume_of(timeline: &Timeline, medium: &Medium) -> f64 {
    timeline.clips().filter(|clip| clip.source.is(medium)).find_map(|clip| clip.volume).unwrap_or(0.0)
}
