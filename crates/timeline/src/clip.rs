//! A clip: a stretch of a video, or a still that is shown for a while.

use bedtrack_wire::draft::Segment;
use bedtrack_wire::look::{Camera, Fit, RECORDED_SPEED, Transition};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

use crate::id::{Id, Kind, borne};
use crate::item::{Item, Plays, Source};
use crate::kept::{Kept, Written, key, ms, typed};

/// Slowest and fastest speed, in percent of the recorded one.
pub const SPEEDS: (u32, u32) = (25, 400);

/// A clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Its name on this timeline.
    pub id: Id,
    /// Where it begins.
    pub start: Ms,
    /// How long it is shown.
    pub length: Ms,
    /// Its name for people.
    pub name: Option<String>,
    /// What it shows.
    pub source: Source,
    /// Where in the file it begins.
    pub source_in: Ms,
    /// How fast it plays, in percent of how it was recorded.
    pub speed: u32,
    /// How loud its own sound is, 1 is full; nothing said is full.
    pub volume: Option<f64>,
    /// Over how long its sound rises at its start.
    pub fade_in: Option<Ms>,
    /// Over how long its sound falls at its end.
    pub fade_out: Option<Ms>,
    /// Over how long its picture comes out of black.
    pub picture_fade_in: Option<Ms>,
    /// Over how long its picture goes into black.
    pub picture_fade_out: Option<Ms>,
    /// How it takes over from the one before it.
    pub transition: Option<Transition>,
    /// How the camera moves over it.
    pub camera: Option<Camera>,
    /// How it fills a film of another shape, where it says so itself.
    pub fit: Option<Fit>,
    /// What it came as, with all that nobody here knows.
    pub kept: Kept,
}

impl Clip {
    /// A picture as it was uploaded, from its start on.
    pub fn of(medium: &Medium, start: Ms, length: Ms) -> Self {
        let kept = Kept::default();
        Self {
            length,
            name: Some(clip_name(medium)),
            source: Source::of(medium),
            ..Self::read(kept, &Segment::default(), start)
        }
    }

    /// How loud it plays.
    pub fn level(&self) -> f64 {
        self.volume.unwrap_or(1.0)
    }

    /// Whether its own sound, where it has one, is let through.
    pub fn is_heard(&self) -> bool {
        self.volume != Some(0.0)
    }

    /// Whether another one shows the same recording in the same way, wherever each of them begins.
    pub fn is_like(&self, other: &Self) -> bool {
        let bare = |clip: &Self| {
            let bare = Self {
                start: Ms::ZERO,
                length: Ms::ZERO,
                source_in: Ms::ZERO,
                fade_in: None,
                fade_out: None,
                picture_fade_in: None,
                picture_fade_out: None,
                transition: None,
                kept: clip.kept.without(&PLACE),
                ..clip.clone()
            };
            bare.segment(Ms::ZERO, false)
        };
        bare(self) == bare(other)
    }
}

/// What says where a clip stands and how it comes and goes, and not what it shows.
const PLACE: [&str; 8] = [
    key::START,
    key::START_TOO,
    key::IN,
    key::TRANSITION,
    key::PICTURE_FADE_IN,
    key::PICTURE_FADE_OUT,
    key::FADE_IN,
    key::FADE_OUT,
];

/// An uploaded file's name for people: its stem, `-` and `_` as spaces.
pub fn clip_name(medium: &Medium) -> String {
    let name = medium.display_name().unwrap_or("clip");
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.replace(['-', '_'], " ").trim().to_owned()
}

/// A speed as it is written, in percent; what makes no sense is the nearest that does.
fn percent(written: Option<f64>) -> u32 {
    let percent = (written.unwrap_or(1.0) * f64::from(RECORDED_SPEED)).round();
    (percent as u32).clamp(SPEEDS.0, SPEEDS.1)
}

impl Item for Clip {
    const KINDS: &'static [Kind] = &[Kind::Clip];

    fn read(kept: Kept, segment: &Segment, by_itself: Ms) -> Self {
        let m = &segment.m;
        Self {
            id: borne(m, Self::KINDS).unwrap_or(Id::new(Kind::Clip)),
            start: segment.start().map_or(by_itself, Ms),
            length: Ms(segment.d),
            name: segment.name().map(str::to_owned),
            source: Source::read(segment),
            source_in: Ms(segment.source_in()),
            speed: percent(typed(m, key::SPEED)),
            volume: segment.volume(),
            fade_in: ms(m, key::FADE_IN),
            fade_out: ms(m, key::FADE_OUT),
            picture_fade_in: ms(m, key::PICTURE_FADE_IN),
            picture_fade_out: ms(m, key::PICTURE_FADE_OUT),
            transition: typed(m, key::TRANSITION),
            camera: typed(m, key::CAMERA),
            fit: typed(m, key::FIT),
            kept,
        }
    }

    fn start(&self) -> Ms {
        self.start
    }

    fn length(&self) -> Ms {
        self.length
    }

    fn id(&self) -> Option<Id> {
        Some(self.id)
    }

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn name_tag(&mut self) -> Option<(&mut Id, &mut Kept)> {
        Some((&mut self.id, &mut self.kept))
    }

    fn write(&self, to: &mut Written) {
        let was = Self::read(Kept::default(), &self.kept.segment(), Ms::ZERO);
        to.length(was.length, self.length);
        to.put(key::NAME, &was.name, &self.name);
        self.source.write(&was.source, to);
        to.put(key::IN, &was.source_in, &self.source_in);
        let factor = |speed: u32| (speed != RECORDED_SPEED).then(|| f64::from(speed) / f64::from(RECORDED_SPEED));
        to.put(key::SPEED, &factor(was.speed), &factor(self.speed));
        to.put(key::VOLUME, &was.volume, &self.volume);
        to.put(key::FADE_IN, &was.fade_in, &self.fade_in);
        to.put(key::FADE_OUT, &was.fade_out, &self.fade_out);
        to.put(key::PICTURE_FADE_IN, &was.picture_fade_in, &self.picture_fade_in);
        to.put(key::PICTURE_FADE_OUT, &was.picture_fade_out, &self.picture_fade_out);
        to.put(key::TRANSITION, &was.transition, &self.transition);
        to.put(key::CAMERA, &was.camera, &self.camera);
        to.put(key::FIT, &was.fit, &self.fit);
    }
}

impl Plays for Clip {
    fn source(&self) -> &Source {
        &self.source
    }
}
