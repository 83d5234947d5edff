//! Music under an untouched picture: the picture's packets go into the new file bit for bit, with their own times, and
//! the finished programme is laid beside them.

use std::path::Path;

use bedtrack_wire::look::RECORDED_SPEED;

use super::FilmError;
use super::call::{Call, seconds};
use super::inspected::Inspected;
use super::plan::{FilmFormat, FilmPlan};
use super::tools::Tools;
use super::watch::Watch;

/// Why a picture cannot stay as it is, in words for the user; none where it can.
pub(super) fn obstacle(plan: &FilmPlan, clips: &[Inspected]) -> Option<String> {
    let ([clip], [seen]) = (plan.clips.as_slice(), clips) else {
        return Some("several pictures are joined".to_owned());
    };
    let Some(video) = seen.info.video.as_ref().filter(|_| seen.format.demuxer().is_some()) else {
        return Some("a still became a film".to_owned());
    };
    let near = |a: u64, b: u64| a.abs_diff(b) * 1000 <= video.frame_us();
    let shape = |(wide, high): (u32, u32)| plan.aspect.ratio().is_none_or(|(w, h)| fits(wide, high, w, h));
    let codec = format!("{} {}", video.codec, video.pix_fmt);
    Some(match plan.format {
        _ if clip.in_ms > 0 || clip.start_ms > 0 || !near(clip.duration_ms, seen.info.duration_ms) => {
            "the clip is trimmed or moved".to_owned()
        }
        _ if !near(plan.duration_ms, seen.info.duration_ms) => "the film is longer or shorter than the clip".to_owned(),
        _ if clip.speed != RECORDED_SPEED => "the clip plays at another speed".to_owned(),
        _ if clip.fade_in_ms > 0 || clip.fade_out_ms > 0 => "the picture fades".to_owned(),
        _ if !plan.titles.is_empty() => "titles are drawn into the picture".to_owned(),
        _ if !shape(video.shown()) => "the picture gets another shape".to_owned(),
        FilmFormat::Mp4 | FilmFormat::Mov if !is_plain_h264(&video.codec, &video.pix_fmt) => {
            format!("the clip's picture is {codec}, and not every player shows that")
        }
        FilmFormat::Webm if !matches!(video.codec.as_str(), "vp8" | "vp9") => {
            format!("a WebM film cannot hold the clip's {codec}")
        }
        _ if seen.picture.hidden > 0 => "the clip hides some of its frames (an edit list)".to_owned(),
        FilmFormat::Gif | FilmFormat::Jpg | FilmFormat::Png => "another kind of picture was asked for".to_owned(),
        _ => return None,
    })
}

/// H.264 of 8 bits, 4:2:0: what every player takes.
fn is_plain_h264(codec: &str, pix_fmt: &str) -> bool {
    codec == "h264" && matches!(pix_fmt, "yuv420p" | "yuvj420p")
}

/// Whether a size has a shape already, to the pixel that rounding to even sizes costs.
fn fits(wide: u32, high: u32, across: u32, down: u32) -> bool {
    let (wide, high) = (u64::from(wide), u64::from(high));
    (wide * u64::from(down)).abs_diff(high * u64::from(across)) <= 2 * u64::from(across.max(down))
}

/// Lays `sound` beside the clip's picture. Both begin at zero; the sound has its exact length already.
pub(super) async fn mux(
    tools: &Tools,
    clip: &Path,
    seen: &Inspected,
    sound: Option<(&Path, &'static str)>,
    format: FilmFormat,
    out: &Path,
    watch: &Watch,
) -> Result<(), FilmError> {
    let index = seen.info.video.as_ref().map_or(0, |video| video.index);
    let shift = format!("-{}", seconds(seen.zero_us()));
    let before: &[(&str, &str)] = if seen.zero_us() > 0 { &[("-itsoffset", &shift)] } else { &[] };
    let mut call = Call::ffmpeg("joining picture and sound", seen.info.duration_ms)
        .input(clip, seen.demuxer(), before)
        .sealed(clip, seen.seal.as_ref());
    if let Some((sound, demuxer)) = sound {
        call = call.input(sound, demuxer, &[]);
    }
    call = call.set("-map", format!("0:{index}"));
    if sound.is_some() {
        call = call.set("-map", "1:a:0");
    }
    // Where the clip was made, and by whom, is nobody's business: its tags stay behind, its rotation does not.
    call.sets([("-c", "copy"), ("-map_metadata", "-1"), ("-map_chapters", "-1"), ("-max_interleave_delta", "0")])
        .sets(muxing(format))
        .into_file(out, muxer(format))
        .run(tools, watch)
        .await
        .map(drop)
}

/// ffmpeg's muxer for a film.
pub(super) fn muxer(format: FilmFormat) -> &'static str {
    match format {
        FilmFormat::Mp4 => "mp4",
        FilmFormat::Mov => "mov",
        FilmFormat::Webm => "webm",
        FilmFormat::Gif => "gif",
        FilmFormat::Jpg | FilmFormat::Png => "image2pipe",
    }
}

/// The muxer's flags.
pub(super) fn muxing(format: FilmFormat) -> Vec<(&'static str, &'static str)> {
    match format {
        FilmFormat::Mp4 | FilmFormat::Mov => vec![("-movflags", "+faststart")],
        _ => Vec::new(),
    }
}
