//! The stage that a re-encoded film plays on: its size, its frame rate, and which picture is shown in which frames.

use bedtrack_wire::look::{Aspect, usual_rate};

use super::inspected::Inspected;
use super::media::VideoInfo;
use super::plan::FilmPlan;

/// The short side of a re-encoded picture is at most this.
const SHORT_SIDE: u32 = 1080;
/// And at least this, so that titles stay readable.
const SHORT_SIDE_LEAST: u32 = 240;

/// Size and frame rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stage {
    pub width: u32,
    pub height: u32,
    /// Frames per second, as a fraction.
    pub rate: (u32, u32),
}

/// Frames `from..to` of the film show a clip, or black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameSpan {
    pub from: u64,
    pub to: u64,
    /// The clip's place in the plan.
    pub clip: Option<usize>,
    /// How far into the clip it begins, in µs, on top of the clip's own in point.
    pub late_us: u64,
}

impl FrameSpan {
    pub fn frames(&self) -> u64 {
        self.to - self.from
    }
}

impl Stage {
    /// The stage for a plan: as large as its largest picture within the limit, in the shape asked for, at the first
    /// video's frame rate.
    pub fn of(plan: &FilmPlan, clips: &[Inspected]) -> Self {
        let pictures = || clips.iter().filter_map(|seen| seen.info.video.as_ref());
        let first = pictures().next().map_or((1920, 1080), VideoInfo::shown);
        let short = pictures().map(|video| video.shown().0.min(video.shown().1)).max().unwrap_or(SHORT_SIDE);
        let short = short.clamp(SHORT_SIDE_LEAST, SHORT_SIDE);
        let (across, down) = plan.aspect.ratio().unwrap_or(first);
        // A banner of 5000x100 must not become 54,000 wide.
        let long = |a: u32, b: u32| (u64::from(short) * u64::from(a) / u64::from(b.max(1))).min(4 * u64::from(short));
        let (width, height) = match plan.aspect {
            // Shown at its own size where that is within the limits.
            Aspect::Source
                if clips.len() == 1 && first.0.min(first.1) <= SHORT_SIDE && first.0.max(first.1) <= 4 * SHORT_SIDE =>
            {
                first
            }
            _ if across >= down => (u32::try_from(long(across, down)).unwrap_or(short), short),
            _ => (short, u32::try_from(long(down, across)).unwrap_or(short)),
        };
        let rate = pictures().find(|video| video.fps > 0.0 && video.length_us > 0).map_or((30, 1), frame_rate);
        Self { width: even(width), height: even(height), rate }
    }

    /// The same within `longest` pixels and `fps` frames a second.
    pub fn within(self, longest: u32, fps: u32) -> Self {
        let side = self.width.max(self.height);
        let scale = |pixels: u32| {
            if side <= longest {
                pixels
            } else {
                even((u64::from(pixels) * u64::from(longest) / u64::from(side)) as u32)
            }
        };
        let fast = u64::from(self.rate.0) > u64::from(fps) * u64::from(self.rate.1);
        Self { width: scale(self.width), height: scale(self.height), rate: if fast { (fps, 1) } else { self.rate } }
    }

    /// The frame that is nearest to a time.
    pub fn frame_at(&self, ms: u64) -> u64 {
        let (over, under) = (u128::from(self.rate.0), 1000 * u128::from(self.rate.1));
        u64::try_from((u128::from(ms) * over + under / 2) / under).unwrap_or(u64::MAX)
    }

    /// When a frame begins, in µs.
    pub fn micros_of(&self, frame: u64) -> u64 {
        let micros = u128::from(frame) * 1_000_000 * u128::from(self.rate.1) / u128::from(self.rate.0.max(1));
        u64::try_from(micros).unwrap_or(u64::MAX)
    }

    /// How large a picture is shown that must fit in whole.
    pub fn fit(&self, shown: (u32, u32)) -> (u32, u32) {
        let (wide, high) = (u64::from(shown.0.max(1)), u64::from(shown.1.max(1)));
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (w, h) =
            if wide * height >= high * width { (width, high * width / wide) } else { (wide * height / high, height) };
        let (w, h) = (even(u32::try_from(w).unwrap_or(2)), even(u32::try_from(h).unwrap_or(2)));
        // Bars of a pixel or two are only rounding.
        if self.width.abs_diff(w) <= 4 && self.height.abs_diff(h) <= 4 { (self.width, self.height) } else { (w, h) }
    }

    /// What is shown when: clips by their starts, a later one cutting off an earlier one, and black between.
    pub fn stretches(&self, plan: &FilmPlan) -> Vec<FrameSpan> {
        let end = self.frame_at(plan.duration_ms).max(1);
        let mut order: Vec<usize> = (0..plan.clips.len()).collect();
        order.sort_by_key(|at| plan.clips.get(*at).map(|clip| clip.start_ms));
        let mut stretches: Vec<FrameSpan> = Vec::new();
        for at in order {
            let Some(clip) = plan.clips.get(at) else { continue };
            let from = self.frame_at(clip.start_ms).min(end);
            let to = self.frame_at(clip.start_ms.saturating_add(clip.duration_ms)).min(end);
            if from >= to {
                continue;
            }
            if let Some(last) = stretches.last_mut() {
                last.to = last.to.min(from);
            }
            stretches.push(FrameSpan { from, to, clip: Some(at), late_us: 0 });
        }
        stretches.retain(|stretch| stretch.from < stretch.to);
        let mut filled = Vec::with_capacity(2 * stretches.len() + 1);
        let mut at = 0;
        for stretch in stretches {
            if stretch.from > at {
                filled.push(FrameSpan { from: at, to: stretch.from, clip: None, late_us: 0 });
            }
            at = stretch.to;
            filled.push(stretch);
        }
        if at < end {
            filled.push(FrameSpan { from: at, to: end, clip: None, late_us: 0 });
        }
        filled
    }
}

/// Rounds to an even number, as 4:2:0 needs it.
fn even(pixels: u32) -> u32 {
    ((pixels + 1) & !1).max(2)
}

/// The usual frame rate next to a picture's average; one of variable rate gets 30.
pub(super) fn frame_rate(video: &VideoInfo) -> (u32, u32) {
    usual_rate(video.fps)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Clip, FilmFormat, MediaKind, Quality};

    const STAGE: Stage = Stage { width: 1920, height: 1080, rate: (30_000, 1001) };

    fn plan(spans: &[(u64, u64)], duration_ms: u64) -> FilmPlan {
        let clip =
            |&(start_ms, duration_ms): &(u64, u64)| Clip::new("x".into(), MediaKind::Video, 0, duration_ms, start_ms);
        FilmPlan {
            clips: spans.iter().map(clip).collect(),
            titles: Vec::new(),
            sound: None,
            cover: None,
            duration_ms,
            aspect: Aspect::Source,
            format: FilmFormat::Mp4,
            quality: Quality::Standard,
        }
    }

    #[test]
    fn pictures_fit_in_whole_and_near_fits_fill() {
        assert_eq!(STAGE.fit((1080, 1920)), (608, 1080));
        assert_eq!(STAGE.fit((1279, 719)), (1920, 1080));
        assert_eq!(STAGE.fit((4000, 1000)), (1920, 480));
        assert_eq!(STAGE.within(480, 12), Stage { width: 480, height: 270, rate: (12, 1) });
    }

    #[test]
    fn frame_rates_are_the_usual_ones() {
        let rate = |fps| frame_rate(&VideoInfo { fps, ..VideoInfo::default() });
        assert_eq!([rate(29.97), rate(17.3), rate(120.0), rate(12.0)], [(30_000, 1001), (30, 1), (60, 1), (12, 1)]);
    }

    proptest! {
        #[test]
        fn stretches_cover_the_film_without_a_hole(
            spans in prop::collection::vec((0_u64..20_000, 1_u64..9_000), 0..8), duration in 1_u64..30_000
        ) {
            let stretches = STAGE.stretches(&plan(&spans, duration));
            let mut at = 0;
            for stretch in &stretches {
                prop_assert!(stretch.from == at && stretch.to > at);
                at = stretch.to;
            }
            prop_assert_eq!(at, STAGE.frame_at(duration).max(1));
        }
    }
}
