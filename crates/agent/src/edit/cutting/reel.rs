//! The picture as shots, counted in whole frames of the film, so that no cut ever falls between two of them.

use bedtrack_timeline::{Clip, Timeline};
use bedtrack_wire::look::{RECORDED_SPEED, usual_rate};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// Frames a second of a film without any video.
const STILL_RATE: (u32, u32) = (30, 1);

/// Frames a second, as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(i128, i128);

impl Rate {
    fn of((over, under): (u32, u32)) -> Self {
        Self(i128::from(over.max(1)), i128::from(under.max(1)))
    }

    /// The frame that is nearest to a time.
    pub fn frame(self, at: Ms) -> i64 {
        let (over, under) = (self.0, 1000 * self.1);
        i64::try_from((i128::from(at.0) * over + under / 2).div_euclid(under)).unwrap_or(i64::MAX)
    }

    /// When a frame begins, in whole ms before it.
    pub fn time(self, frame: i64) -> Ms {
        Ms(i64::try_from((i128::from(frame) * 1000 * self.1).div_euclid(self.0)).unwrap_or(i64::MAX))
    }
}

/// One shot.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// It, as the timeline has it; its start and length are set when the reel is laid.
    pub clip: Clip,
    /// How long it is shown.
    pub frames: i64,
    /// The frames of the old timeline that it shows; none where it is new there.
    pub was: Option<(i64, i64)>,
    /// Whether it is a photo.
    pub photo: bool,
    /// Frames a second of its file.
    rate: Rate,
    /// The length of its file.
    file_length: Ms,
}

impl Take {
    /// A picture that was not on the timeline, whole; a photo for so many frames.
    pub fn new(medium: &Medium, photo: i64, film: Rate) -> Self {
        let mut take = Self::of(Clip::of(medium, Ms::ZERO, Ms::ZERO), Some(medium));
        take.frames = take.room(film).unwrap_or(photo).max(1);
        take
    }

    fn of(clip: Clip, medium: Option<&Medium>) -> Self {
        Self {
            clip,
            frames: 0,
            was: None,
            photo: medium.is_some_and(Medium::is_photo),
            rate: Rate::of(medium.and_then(Medium::fps).map_or(STILL_RATE, usual_rate)),
            file_length: Ms(medium.and_then(Medium::duration_ms).unwrap_or(0)),
        }
    }

    /// Plays its file from so many frames of the film later on, at its speed.
    pub fn begin_later(&mut self, frames: i64, film: Rate) {
        if self.photo || frames == 0 {
            return;
        }
        let recorded =
            i128::from(frames) * 1000 * film.1 * i128::from(self.clip.speed) / (film.0 * i128::from(RECORDED_SPEED));
        let at = self.clip.source_in + Ms(i64::try_from(recorded).unwrap_or(0));
        // On a frame of the file's own, and in the ms before it: a seek takes the first frame from there on.
        self.clip.source_in = self.rate.time(self.rate.frame(at).max(0));
    }

    /// Most frames that its file has from where it begins; none where it can stand for as long as it likes.
    pub fn room(&self, film: Rate) -> Option<i64> {
        let left = (self.file_length - self.clip.source_in).max(Ms::ZERO);
        (!self.photo && self.file_length > Ms::ZERO)
            .then(|| film.frame(Ms(left.0.saturating_mul(i64::from(RECORDED_SPEED)) / i64::from(self.clip.speed))))
    }

    /// Whether another take goes on where this one ends.
    pub fn goes_on_in(&self, next: &Self, film: Rate) -> bool {
        if !self.clip.is_like(&next.clip) {
            return false;
        }
        let mut after = self.clone();
        after.begin_later(self.frames, film);
        let apart = after.clip.source_in.apart(next.clip.source_in);
        self.photo || apart.0 <= self.rate.time(1).0 / 2
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.clip.name.clone().unwrap_or_else(|| "clip".to_owned())
    }
}

/// All shots of the picture, in order.
#[derive(Debug, Clone)]
pub struct Reel {
    /// The shots.
    pub takes: Vec<Take>,
    /// Frames a second of the film.
    pub rate: Rate,
    /// The length of the picture as it was.
    pub before: Ms,
}

impl Reel {
    /// The picture of a timeline; none where it has none.
    pub fn of(timeline: &Timeline) -> Option<Self> {
        let take = |clip: &Clip| Take::of(clip.clone(), timeline.medium_of(clip));
        let mut takes: Vec<Take> = timeline.clips().map(take).collect();
        takes.sort_by_key(|take| take.clip.start);
        let rate = rate(takes.iter());
        let takes = takes.into_iter().filter_map(|take| {
            let end = take.clip.start + take.clip.length.max(Ms::ZERO);
            let (from, to) = (rate.frame(take.clip.start), rate.frame(end));
            (to > from).then(|| Take { frames: to - from, was: Some((from, to)), ..take })
        });
        let takes: Vec<Take> = takes.collect();
        (!takes.is_empty()).then_some(Self { takes, rate, before: timeline.picture_end() })
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
                        cut_short(&mut first.clip);
                    }
                    kept.push(first);
                }
                if tail > 0 {
                    let mut last = take;
                    let from = last.frames - tail;
                    part(&mut last, from, tail, self.rate);
                    if head > 0 {
                        go_on(&mut last.clip);
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
        cut_short(&mut first.clip);
        let rest = last.frames - into;
        part(&mut last, into, rest, self.rate);
        go_on(&mut last.clip);
        self.takes.splice(at..=at, [first, last]);
        Some(at)
    }

    /// Puts the picture on a timeline: one shot after another, from the start. A part that was split off gets an id of its
    /// own there.
    pub fn lay(mut self, timeline: &mut Timeline) -> Vec<Piece> {
        let new_rate = rate(self.takes.iter());
        if new_rate != self.rate {
            // Another video is the first one now, and the film has its rate.
            for take in &mut self.takes {
                take.frames = new_rate.frame(self.rate.time(take.frames)).max(1);
            }
        }
        let (mut pieces, mut clips, mut start) = (Vec::new(), Vec::new(), 0);
        for Take { clip, frames, was, .. } in self.takes {
            let (from, to) = (new_rate.time(start), new_rate.time(start + frames));
            if let Some((was_from, was_to)) = was {
                pieces.push(Piece { was: (self.rate.time(was_from), self.rate.time(was_to)), is: (from, to) });
            }
            start += frames;
            clips.push(Clip { start: from, length: to - from, ..clip });
        }
        timeline.set_clips(clips);
        pieces
    }
}

/// A stretch of the old timeline, and where it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it was.
    pub was: (Ms, Ms),
    /// Where it is.
    pub is: (Ms, Ms),
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
    let clip = &mut take.clip;
    for fade in [&mut clip.fade_in, &mut clip.fade_out, &mut clip.picture_fade_in, &mut clip.picture_fade_out] {
        *fade = fade.map(|length| length.clamp(Ms::ZERO, film.time(frames)));
    }
}

/// Lets a clip whose end was cut off end as it stood there.
fn cut_short(clip: &mut Clip) {
    (clip.fade_out, clip.picture_fade_out) = (None, None);
}

/// Lets a clip whose beginning was cut off go on from there.
fn go_on(clip: &mut Clip) {
    (clip.fade_in, clip.picture_fade_in, clip.transition) = (None, None, None);
}
