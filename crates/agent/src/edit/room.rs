//! The room that the picture gives what lies under and over it, and taking whole kinds of things off.

use bedtrack_timeline::{Timeline, Track};
use bedtrack_wire::time::Ms;

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
            Self::Picture => matches!(track, Track::Picture(_)),
            Self::Music => matches!(track, Track::Sound(_)),
            Self::Titles => matches!(track, Track::Titles(_)),
            Self::Everything => true,
        }
    }
}

/// How long music fades where the picture ends before it does.
pub(super) const CUT_FADE: Ms = Ms(1_500);

/// Takes tracks off the timeline; tells whether there were any.
pub fn remove(timeline: &mut Timeline, which: Which) -> bool {
    let before = timeline.tracks.len();
    timeline.tracks.retain(|track| !which.means(track));
    let any = timeline.tracks.len() < before;
    timeline.settle();
    any
}

/// Cuts what goes on beyond the picture, music with a fade; tells whether any music did.
pub fn end_with_picture(timeline: &mut Timeline) -> bool {
    let before = timeline.sound_end();
    fit_to_picture(timeline);
    timeline.settle();
    timeline.sound_end() < before
}

/// Cuts what sounds or reads beyond the picture's end, music with a fade; without a picture nothing is cut.
pub(super) fn fit_to_picture(timeline: &mut Timeline) {
    let end = timeline.picture_end();
    if end == Ms::ZERO {
        return;
    }
    let room = |start: Ms| (end - start).max(Ms::ZERO);
    for lane in timeline.sound_lanes_mut() {
        for sound in lane.items.iter_mut().filter(|sound| sound.length > room(sound.start)) {
            sound.length = room(sound.start);
            sound.fade_out = Some(CUT_FADE.min(sound.length));
        }
        lane.items.retain(|sound| sound.length > Ms::ZERO);
    }
    for lane in timeline.title_lanes_mut() {
        for title in lane.items.iter_mut().filter(|title| title.length > room(title.start)) {
            title.length = room(title.start);
        }
        lane.items.retain(|title| title.length > Ms::ZERO);
    }
}
