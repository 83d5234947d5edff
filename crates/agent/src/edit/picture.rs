//! Clips on the timeline.

use bedtrack_timeline::{Clip, Timeline};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// How long a photo stands where nothing else is said.
pub(super) const PHOTO: Ms = Ms(4_000);

/// Lays uploaded clips and photos on the timeline, one after the other, where it has no picture yet. Photos also join
/// photos that lie as they were uploaded, as they come file by file. Other later uploads wait among the media until a
/// message says what to do with them.
pub fn place_uploads(timeline: &mut Timeline, media: &[Medium]) {
    let joins = media.iter().all(Medium::is_photo) && shows_photos_as_uploaded(timeline);
    if joins || timeline.clips().next().is_none() {
        append(timeline, media.iter().filter(|medium| medium.is_picture()));
    }
}

/// Lays further pictures behind the last one, each as long as it is.
pub(super) fn append<'a>(timeline: &mut Timeline, media: impl Iterator<Item = &'a Medium>) {
    let mut start = timeline.picture_lanes_mut().next().map(|lane| lane.end()).unwrap_or_default();
    let mut clips = Vec::new();
    for medium in media {
        let length = if medium.is_photo() { PHOTO } else { Ms(medium.duration_ms().unwrap_or(0)) };
        clips.push(Clip::of(medium, start, length));
        start += length;
    }
    if let Some(lane) = timeline.picture_lanes_mut().next() {
        lane.items.append(&mut clips);
    } else {
        timeline.set_clips(clips);
    }
    timeline.settle();
}

/// Whether the picture is photos alone that nobody has timed, moved or cut yet.
fn shows_photos_as_uploaded(timeline: &Timeline) -> bool {
    let is_photo = |clip: &Clip| timeline.medium_of(clip).is_some_and(Medium::is_photo);
    let untouched = |clip: &Clip| is_photo(clip) && clip.length == PHOTO && clip.transition.is_none();
    timeline.clips().next().is_some() && timeline.clips().all(untouched)
}

/// Sets the clips' own volume; tells before and after, or nothing where there is no picture.
pub fn set_own_volume(timeline: &mut Timeline, change: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    let mut told = None;
    for clip in timeline.clips_mut() {
        let before = clip.level();
        let after = change(before).clamp(0.0, 4.0);
        clip.volume = Some(after);
        told.get_or_insert((before, after));
    }
    timeline.settle();
    told
}
