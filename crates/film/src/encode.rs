//! Re-encoding: pictures one after another on a stage, titles over them, and one encoder at the end. Films, GIFs and
//! posters are the same graph with another last step.

use std::path::Path;

use super::FilmError;
use super::blocking::run_blocking;
use super::call::Call;
use super::cards;
use super::copy::{muxer, muxing};
use super::cover::Painted;
use super::graph::{Fill, Graph, Overlay};
use super::plan::{FilmFormat, FilmPlan};
use super::scene::{Scene, moving};
use super::show;
use super::stage::FrameSpan;
use super::tools::Tools;
use super::watch::Watch;

/// What came out.
#[derive(Debug)]
pub(super) struct Encoded {
    pub frames: u64,
    pub notes: Vec<String>,
}

/// Encodes a scene into `out`.
pub(super) async fn encode(
    tools: &Tools,
    scene: &Scene<'_>,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Encoded, FilmError> {
    let Scene { plan, clips, stage, sound } = *scene;
    let (owned, folder, watching) = (plan.clone(), work.to_owned(), watch.clone());
    let drawings = run_blocking(move || cards::draw(&owned, stage, &folder, &watching)).await?;
    watch.check()?;
    let stretches = stage.stretches(plan);
    let frames = stretches.last().map_or(1, |last| last.to);
    let blur = tools.has_filters(&["gblur"]).await?;
    let tone_map = tools.has_filters(&["zscale", "tonemap"]).await?;
    let mut notes = drawings.notes;

    let length_ms = stage.micros_of(frames) / 1000;
    let is_show = show::is_show(&plan.clips);
    let mut graph = Graph::new(Call::ffmpeg("encoding the picture", length_ms), stage, tone_map, blur);
    if is_show {
        let whole = FrameSpan { from: 0, to: frames, clip: None, late_us: 0 };
        graph.stretch(&whole, &Fill::Piped);
        for (clip, seen) in plan.clips.iter().zip(clips).filter(|(_, seen)| seen.format.demuxer().is_some()) {
            moving(clip, seen, tone_map, &mut notes)?;
        }
        notes.dedup();
    } else {
        for stretch in &stretches {
            let clip = stretch.clip.and_then(|at| Some((plan.clips.get(at)?, clips.get(at)?)));
            let fill = match (clip, &drawings.cover) {
                (Some((clip, seen)), _) => moving(clip, seen, tone_map, &mut notes)?,
                (None, Some(cover)) if plan.clips.is_empty() => Fill::Still(&cover.base),
                (None, _) => Fill::Black,
            };
            graph.stretch(stretch, &fill);
        }
    }
    graph.join();
    if let Some(Painted { lit: Some((lit, curtain)), corner, .. }) = &drawings.cover {
        graph.uncover(lit, curtain, *corner, frames);
    }
    for card in &drawings.cards {
        graph.lay(&Overlay {
            raw: &card.raw,
            x: card.x,
            y: card.y,
            start_ms: card.start_ms,
            duration_ms: card.duration_ms,
            fades_ms: card.fades_ms,
        });
    }
    for reel in &drawings.reels {
        graph.play(&reel.path, reel.x, reel.y);
    }
    for stretch in &stretches {
        let Some(clip) = stretch.clip.and_then(|at| plan.clips.get(at)) else { continue };
        let length = |ms: u64| stage.frame_at(ms).min(stretch.frames());
        if clip.fade_in_ms > 0 {
            graph.fade(stretch.from, length(clip.fade_in_ms), false);
        }
        if clip.fade_out_ms > 0 {
            let frames = length(clip.fade_out_ms);
            graph.fade(stretch.to - frames, frames, true);
        }
    }
    let sound_input = graph.inputs();
    if let Some((sound, demuxer)) = sound {
        graph.input(sound, demuxer);
    }
    let mut call = graph.end(last_step(plan.format));
    if sound.is_some() {
        call = call.set("-map", format!("{sound_input}:a:0")).set("-c:a", "copy");
    }
    for (flag, value) in encoder(tools, plan).await? {
        call = call.set(flag, value);
    }
    if matches!(plan.format, FilmFormat::Jpg | FilmFormat::Png) {
        call = call.set("-frames:v", "1");
    }
    let call = call.set("-map_metadata", "-1").sets(muxing(plan.format)).into_file(out, muxer(plan.format));
    if is_show {
        call.feed(tools, watch, |pipe| show::play(tools, scene, &stretches, pipe, watch)).await?;
    } else {
        call.run(tools, watch).await?;
    }
    Ok(Encoded { frames, notes })
}

/// What turns the stage's picture (bt709, limited range) into what the encoder takes.
fn last_step(format: FilmFormat) -> &'static str {
    match format {
        FilmFormat::Mp4 | FilmFormat::Mov | FilmFormat::Webm => "format=yuv420p",
        // JPEG is bt601 at full range by its own standard.
        FilmFormat::Jpg => {
            "scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=pc,format=yuvj420p"
        }
        FilmFormat::Png => "scale=in_color_matrix=bt709:in_range=tv,format=rgb24",
        FilmFormat::Gif => {
            "scale=in_color_matrix=bt709:in_range=tv,format=rgb24,split[ga][gb];\
             [ga]palettegen=stats_mode=diff[gp];[gb][gp]paletteuse=dither=bayer:bayer_scale=3"
        }
    }
}

/// The encoder and its numbers.
async fn encoder(tools: &Tools, plan: &FilmPlan) -> Result<Vec<(&'static str, String)>, FilmError> {
    let numbers = plan.quality.settings()?;
    let (name, mut flags) = match plan.format {
        FilmFormat::Mp4 | FilmFormat::Mov => (
            "libx264",
            vec![
                ("-profile:v", "high".to_owned()),
                ("-preset", numbers.x264.preset.clone()),
                ("-crf", numbers.x264.crf.to_string()),
            ],
        ),
        FilmFormat::Webm => (
            "libvpx-vp9",
            vec![
                ("-b:v", "0".to_owned()),
                ("-crf", numbers.vp9.crf.to_string()),
                ("-deadline", "good".to_owned()),
                ("-cpu-used", numbers.vp9.speed.to_string()),
                ("-row-mt", "1".to_owned()),
            ],
        ),
        FilmFormat::Gif => ("gif", vec![("-loop", "0".to_owned())]),
        FilmFormat::Jpg => ("mjpeg", vec![("-q:v", numbers.jpeg.to_string())]),
        FilmFormat::Png => ("png", Vec::new()),
    };
    tools.need_encoder(name).await?;
    flags.insert(0, ("-c:v", name.to_owned()));
    if matches!(plan.format, FilmFormat::Mp4 | FilmFormat::Mov | FilmFormat::Webm) {
        let tags = ["-color_primaries", "-color_trc", "-colorspace"].map(|flag| (flag, "bt709".to_owned()));
        flags.extend(tags);
        flags.extend([("-color_range", "tv".to_owned()), ("-pix_fmt", "yuv420p".to_owned())]);
    }
    Ok(flags)
}
