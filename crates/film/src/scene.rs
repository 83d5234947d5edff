//! What is put on a stage: a plan, its clips as they were found, and how each of them moves.

use std::path::Path;

use bedtrack_wire::look::Fit;

use super::FilmError;
use super::graph::Fill;
use super::inspected::Inspected;
use super::media::VideoInfo;
use super::plan::{Clip, FilmPlan};
use super::stage::{Stage, frame_rate};

/// What is put on a stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub plan: &'a FilmPlan,
    /// The plan's clips, looked into, in its order.
    pub clips: &'a [Inspected],
    pub stage: Stage,
    /// Encoded sound to lay beside the picture, and the demuxer that reads it.
    pub sound: Option<(&'a Path, &'static str)>,
}

/// How a clip fills its part of the film; what the user should know of it goes to `notes`.
pub(super) fn moving<'a>(
    clip: &Clip,
    seen: &'a Inspected,
    tone_map: bool,
    notes: &mut Vec<String>,
) -> Result<Fill<'a>, FilmError> {
    let Some(video) = &seen.info.video else { return Err(FilmError::BadPlan("a clip has no picture".to_owned())) };
    if video.is_hdr() {
        notes.push(if tone_map {
            "The clip is HDR; its picture was brought to SDR.".to_owned()
        } else {
            "The clip is HDR and this ffmpeg cannot bring it to SDR (no zscale filter), so its colours look pale."
                .to_owned()
        });
    }
    let from_us = clip.in_ms.saturating_mul(1000).saturating_add(seen.zero_us());
    let lead_us = lead(seen, video, from_us);
    Ok(Fill::Video {
        path: clip.path.clone(),
        demuxer: seen.demuxer(),
        from_us: from_us - lead_us,
        lead_us,
        video,
        seal: seen.seal.as_ref(),
        crop: clip.fit == Fit::Crop,
        speed: clip.speed,
    })
}

/// How long before `from_us` reading has to begin so that what stands on screen then is seen: no time where a frame begins
/// there, and else, in a picture of variable rate, since the frame before began. A seek alone takes the next frame.
fn lead(seen: &Inspected, video: &VideoInfo, from_us: u64) -> u64 {
    /// Less than a tick of any file's clock is long.
    const TICK_US: i64 = 500;
    if seen.picture.unstamped || from_us == 0 {
        return 0;
    }
    let (over, under) = frame_rate(video);
    let half_us = i64::from(under) * 500_000 / i64::from(over.max(1));
    let from = seen.clock_us.saturating_add_unsigned(from_us);
    let starts = || seen.picture.starts.iter().map(|start| start - from);
    let begins = starts().any(|start| (0..half_us).contains(&start));
    let before = starts().filter(|start| *start < 0).max().filter(|_| !begins);
    before.map_or(0, |start| (TICK_US - start).unsigned_abs().min(from_us))
}
