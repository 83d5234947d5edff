//! The picture as shots, counted in whole frames of the film, so that no cut ever falls between two of them.

use serde_json::json;

use crate::edit::{number, picture::clip_name};
use bedtrack_film::{RECORDED_SPEED, usual_rate};
use bedtrack_wire::draft::{Draft, Segment, Track, VIDEO};
use bedtrack_wire::state::{Medium, State};

/// Frames a second of a film without any video.
const STILL_RATE: (u32, u32) = (30, 1);

/// Frames a second, as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(i128, i128);

impl Rate {
    fn of((over, under): (u32, u32)) -> Self {
        Self(i128::from(over.max(1)), i128::from(under.max(1)))
    }

    /// The frame that is nearest to a time in ms.
    pub fn frame(self, ms: i64) -> i64 {
        let (over, under) = (self.0, 1000 * self.1);
        i64::try_from((i128::from(ms) * over + under / 2).div_euclid(under)).unwrap_or(i64::MAX)
    }

    /// When a frame begins, in whole ms before it.
    pub fn ms(self, frame: i64) -> i64 {
        i64::try_from((i128::from(frame) * 1000 * self.1).div_euclid(self.0)).unwrap_or(i64::MAX)
    }
}

/// One shot.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// It, as the draft keeps it; its start and length are written when the reel is laid.
    pub segment: Segment,
    /// How long it is shown.
    pub frames: i64,
    /// The frames of the old timeline that it shows; none where it is new there.
    pub was: Option<(i64, i64)>,
    /// Whether it is a photo.
    pub photo: bool,
    /// Frames a second of its file.
    rate: Rate,
    /// The length of its file in ms.
    file_ms: i64,
}

impl Take {
    /// A picture that was not on the timeline.
    pub fn new(mut segment: Segment, medium: &Medium, frames: i64) -> Self {
        segment.m.insert("name".into(), json!(clip_name(medium)));
        segment.m.insert("asset".into(), json!(medium.id));
        Self { segment, frames, was: None, ..Self::of(medium) }
    }

    fn of(medium: &Medium) -> Self {
        let photo = medium.kind.as_deref() == Some("image");
        let fps = medium.m.get("fps").and_then(serde_json::Value::as_f64).filter(|fps| *fps > 0.0 && !photo);
        Self {
            segment: Segment::default(),
            frames: 0,
            was: None,
            photo,
            rate: Rate::of(fps.map_or(STILL_RATE, usual_rate)),
            file_ms: medium.duration_ms().unwrap_or(0),
        }
    }

    /// Its speed in percent.
    pub fn speed(&self) -> u32 {
        speed_of(&self.segment)
    }

    /// Plays its file from so many frames of the film later on, at its speed.
    pub fn begin_later(&mut self, frames: i64, film: Rate) {
        if self.photo || frames == 0 {
            return;
        }
        let recorded =
            i128::from(frames) * 1000 * film.1 * i128::from(self.speed()) / (film.0 * i128::from(RECORDED_SPEED));
        let at = number(&self.segment, "in") + i64::try_from(recorded).unwrap_or(0);
        // On a frame of the file's own, and in the ms before it: a seek takes the first frame from there on.
        let own = self.rate.ms(self.rate.frame(at).max(0));
        self.segment.m.insert("in".into(), json!(own));
    }

    /// Most frames that its file has from where it begins; none where it can stand for as long as it likes.
    pub fn room(&self, film: Rate) -> Option<i64> {
        let left = (self.file_ms - number(&self.segment, "in")).max(0);
        (!self.photo && self.file_ms > 0)
            .then(|| film.frame(left.saturating_mul(i64::from(RECORDED_SPEED)) / i64::from(self.speed())))
    }

    /// What makes two shots pieces of one recording that only differ in where they begin.
    fn alike(&self) -> Segment {
        let mut alike = self.segment.clone();
        alike.d = 0;
        for key in [
            "id",
            "start",
            "st",
            "in",
            "transition",
            super::PICTURE_FADE_IN,
            super::PICTURE_FADE_OUT,
            "fade_in",
            "fade_out",
        ] {
            alike.m.remove(key);
        }
        alike
    }

    /// Whether another take goes on where this one ends.
    pub fn goes_on_in(&self, next: &Self, film: Rate) -> bool {
        if self.alike() != next.alike() {
            return false;
        }
        let mut after = self.clone();
        after.begin_later(self.frames, film);
        let apart = number(&after.segment, "in").abs_diff(number(&next.segment, "in"));
        self.photo || apart <= self.rate.ms(1).unsigned_abs() / 2
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.segment.name().unwrap_or("clip").to_owned()
    }
}

/// The speed of a segment in percent.
pub fn speed_of(segment: &Segment) -> u32 {
    let written = segment.m.get("speed").and_then(serde_json::Value::as_f64).filter(|speed| speed.is_finite());
    let percent = (written.unwrap_or(1.0) * f64::from(RECORDED_SPEED)).round();
    (percent as u32).clamp(super::SPEEDS.0, super::SPEEDS.1)
}

/// All shots of the picture, in order.
#[derive(Debug, Clone)]
pub struct Reel {
    /// The shots.
    pub takes: Vec<Take>,
    /// Frames a second of the film.
    pub rate: Rate,
    /// The length of the picture as it was.
    pub before_ms: i64,
}

impl Reel {
    /// The picture of a state; none where it has none.
    pub fn of(state: &State) -> Option<Self> {
        let draft = state.timeline();
        let before_ms = crate::edit::picture_end(&draft);
        let mut takes: Vec<(i64, Take)> = Vec::new();
        for placed in draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(Track::placed) {
            let medium = state.medium_of(placed.segment);
            let take = medium.map_or_else(|| Take::of(&Medium::default()), Take::of);
            takes.push((placed.start, Take { segment: placed.segment.clone(), ..take }));
        }
        takes.sort_by_key(|(start, _)| *start);
        let rate = rate(takes.iter().map(|(_, take)| take));
        let takes = takes.into_iter().filter_map(|(start, take)| {
            let (from, to) = (rate.frame(start), rate.frame(start.saturating_add(take.segment.d.max(0))));
            (to > from).then(|| Take { frames: to - from, was: Some((from, to)), ..take })
        });
        let takes: Vec<Take> = takes.collect();
        (!takes.is_empty()).then_some(Self { takes, rate, before_ms })
    }

    /// All frames.
    pub fn frames(&self) -> i64 {
        self.takes.iter().map(|take| take.frames).sum()
    }

    /// Where a shot begins, in frames.
    pub fn start(&self, at: usize) -> i64 {
        self.takes.iter().take(at).map(|take| take.frames).sum()
    }

    /// Takes frames `from..to` of the whole out.
    pub fn take_out(&mut self, from: i64, to: i64) {
        let (mut kept, mut start) = (Vec::with_capacity(self.takes.len() + 1), 0);
        for take in std::mem::take(&mut self.takes) {
            let end = start + take.frames;
            let (head, tail) = ((from - start).clamp(0, take.frames), (end - to).clamp(0, take.frames));
            if from >= end || to <= start {
                kept.push(take);
            } else {
                let mut first = take.clone();
                if head > 0 {
                    part(&mut first, 0, head, self.rate);
                    // In its middle a shot neither falls into black nor comes out of it.
                    if tail > 0 {
                        strip(&mut first, &[super::PICTURE_FADE_OUT, "fade_out"]);
                    }
                    kept.push(first);
                }
                if tail > 0 {
                    let mut last = take;
                    let from = last.frames - tail;
                    part(&mut last, from, tail, self.rate);
                    if head > 0 {
                        strip(&mut last, &[super::PICTURE_FADE_IN, "fade_in", "id", "transition"]);
                    }
                    kept.push(last);
                }
            }
            start = end;
        }
        self.takes = kept;
    }

    /// Splits the shot that is shown at a frame right before it; tells whether there was anything to split.
    pub fn split(&mut self, frame: i64) -> Option<usize> {
        let at = (0..self.takes.len()).rev().find(|at| self.start(*at) < frame)?;
        let into = frame - self.start(at);
        let take = self.takes.get(at).filter(|take| into > 0 && into < take.frames)?;
        let (mut first, mut last) = (take.clone(), take.clone());
        part(&mut first, 0, into, self.rate);
        strip(&mut first, &[super::PICTURE_FADE_OUT, "fade_out"]);
        let rest = last.frames - into;
        part(&mut last, into, rest, self.rate);
        strip(&mut last, &[super::PICTURE_FADE_IN, "fade_in", "id", "transition"]);
        self.takes.splice(at..=at, [first, last]);
        Some(at)
    }

    /// Writes the picture onto a draft: one shot after another, from the start.
    pub fn lay(mut self, draft: &mut Draft) -> Vec<Piece> {
        let new_rate = rate(self.takes.iter());
        if new_rate != self.rate {
            // Another video is the first one now, and the film has its rate.
            for take in &mut self.takes {
                take.frames = new_rate.frame(self.rate.ms(take.frames)).max(1);
            }
        }
        let mut free = crate::edit::free_number(draft, "clip");
        let mut taken: Vec<String> = Vec::new();
        let (mut pieces, mut start) = (Vec::new(), 0);
        let mut track = Track { tt: VIDEO, ..Track::default() };
        for take in self.takes {
            let mut segment = take.segment;
            let (from, to) = (new_rate.ms(start), new_rate.ms(start + take.frames));
            segment.d = to - from;
            segment.m.remove("st");
            segment.m.insert("start".into(), json!(from));
            let id = segment.m.get("id").and_then(|id| id.as_str()).map(str::to_owned);
            let id = id.filter(|id| !taken.contains(id)).unwrap_or_else(|| {
                free += 1;
                format!("clip{}", free - 1)
            });
            segment.m.insert("id".into(), json!(id));
            taken.push(id);
            if let Some((was_from, was_to)) = take.was {
                pieces.push(Piece { was: (self.rate.ms(was_from), self.rate.ms(was_to)), is: (from, to) });
            }
            start += take.frames;
            track.sg.push(segment);
        }
        let at = draft.t.iter().position(|track| track.tt == VIDEO).unwrap_or(0);
        if let Some(old) = draft.t.get(at).filter(|old| old.tt == VIDEO) {
            (track.m, track.rest) = (old.m.clone(), old.rest.clone());
        }
        draft.t.retain(|track| track.tt != VIDEO);
        draft.t.insert(at.min(draft.t.len()), track);
        pieces
    }
}

/// A stretch of the old timeline, and where it is now, in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it was.
    pub was: (i64, i64),
    /// Where it is.
    pub is: (i64, i64),
}

/// The rate of the first video.
fn rate<'a>(mut takes: impl Iterator<Item = &'a Take>) -> Rate {
    takes.find(|take| !take.photo).map_or(Rate::of(STILL_RATE), |take| take.rate)
}

/// Leaves `frames` frames of a take from `from` on.
fn part(take: &mut Take, from: i64, frames: i64, film: Rate) {
    take.begin_later(from, film);
    if let Some((was_from, was_to)) = take.was {
        // At another speed than before the frames of the old timeline are not those of the new one.
        let share = |frame: i64| was_from + (was_to - was_from) * frame / take.frames.max(1);
        take.was = Some((share(from), share(from + frames)));
    }
    take.frames = frames;
    for key in [super::PICTURE_FADE_IN, super::PICTURE_FADE_OUT, "fade_in", "fade_out"] {
        if let Some(ms) = take.segment.m.get(key).and_then(bedtrack_wire::envelope::lenient_i64) {
            take.segment.m.insert(key.to_owned(), json!(ms.clamp(0, film.ms(frames))));
        }
    }
}

fn strip(take: &mut Take, keys: &[&str]) {
    for key in keys {
        take.segment.m.remove(*key);
    }
}
