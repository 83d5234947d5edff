//! Looking at all of a picture, in small frames that ffmpeg decodes into a pipe.

use std::ops::ControlFlow;
use std::path::Path;

use super::cuts::Watching;
use super::found::Pace;
use super::glance::{BYTES, HIGH, WIDE};
use crate::FilmError;
use crate::call::Call;
use crate::probe::inspect;
use crate::tools::Tools;
use crate::watch::Watch;

/// Most frames a second that are looked at. A clip of 50 or 60 is looked at every second frame.
const MOST_FRAMES: f64 = 31.0;
/// Size on the way: points are picked to this one, which is cheap, and averaged from there, which is fair.
const NEARER: &str = "256:144";

/// Looks at all of a clip's picture. A still, or a medium without picture, has no pace.
pub(crate) async fn pace(tools: &Tools, path: &Path, watch: &Watch) -> Result<Pace, FilmError> {
    let seen = inspect(tools, path, watch).await?;
    let Some(video) = seen.info.video.as_ref().filter(|_| seen.format.demuxer().is_some()) else {
        return Ok(Pace::default());
    };
    let (mut frames, mut per) = video.frame_rate;
    if frames == 0 || per == 0 || !(1.0..=1_000.0).contains(&(f64::from(frames) / f64::from(per))) {
        (frames, per) = (25, 1);
    }
    let every = (f64::from(frames) / f64::from(per) / MOST_FRAMES).ceil().max(1.0) as u32;
    let per = per.saturating_mul(every);
    // An even grid from the first frame on. Losing the smoothing of block edges costs nothing at this size.
    let filter = format!(
        "setpts=PTS-STARTPTS,fps={frames}/{per},scale={NEARER}:flags=fast_bilinear,scale={WIDE}:{HIGH}:flags=area,format=yuv444p"
    );
    let mut watching = Watching::new(f64::from(frames) / f64::from(per));
    let mut held: Vec<u8> = Vec::with_capacity(BYTES * 2);
    let total = seen.info.duration_ms.max(1);
    Call::ffmpeg("looking at the picture", seen.info.duration_ms)
        .input(path, seen.demuxer(), &[("-skip_loop_filter", "all")])
        .set("-map", format!("0:{}", video.index))
        .set("-vf", filter)
        .into_pipe("rawvideo")
        .drive(tools, watch, &mut |bytes| {
            held.extend_from_slice(bytes);
            let whole = held.len() / BYTES * BYTES;
            for frame in held.get(..whole).unwrap_or_default().chunks_exact(BYTES) {
                watching.see(frame);
            }
            held.drain(..whole);
            watch.at(watching.at_ms() as f32 / total as f32);
            if watch.token().is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
    watch.check()?;
    Ok(watching.finish())
}
