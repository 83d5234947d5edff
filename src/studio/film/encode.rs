//! Re-encoding: pictures one after another on a stage, titles over them, and one encoder at the end. Films, GIFs and
//! posters are the same graph with another last step.

use std::path::Path;

use super::call::Call;
use super::copy::{muxer, muxing};
use super::cover::{paint, store, wave_box};
use super::graph::{Fill, Graph, Overlay, Raw};
use super::media::MediaKind;
use super::plan::{Clip, FilmFormat, Plan};
use super::probe::{Inspected, run_blocking};
use super::stage::Stage;
use super::titles::{Pen, fade_ms};
use super::tools::Tools;
use super::watch::Watch;
use super::{FilmError, stills};

/// What came out.
#[derive(Debug)]
pub(super) struct Encoded {
    pub frames: u64,
    pub notes: Vec<String>,
}

/// A title, drawn.
struct Card {
    raw: Raw,
    x: u32,
    y: u32,
    start_ms: i64,
    duration_ms: u64,
    fade_ms: u64,
}

/// All that is drawn before ffmpeg starts.
#[derive(Default)]
struct Drawings {
    stills: Vec<Option<Raw>>,
    cards: Vec<Card>,
    cover: Option<Raw>,
    notes: Vec<String>,
}

/// Encodes `plan` into `out`, with `sound` (encoded already, read by the named demuxer) beside it.
pub(super) async fn encode(
    tools: &Tools,
    plan: &Plan,
    clips: &[Inspected],
    stage: Stage,
    sound: Option<(&Path, &'static str)>,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Encoded, FilmError> {
    let (owned, folder) = (plan.clone(), work.to_owned());
    let drawings = run_blocking(move || draw(&owned, stage, &folder)).await?;
    watch.check()?;
    let stretches = stage.stretches(plan);
    let frames = stretches.last().map_or(1, |last| last.to);
    let blur = tools.has_filters(&["gblur"]).await?;
    let tone_map = tools.has_filters(&["zscale", "tonemap"]).await?;
    let mut notes = drawings.notes;

    let length_ms = stage.micros_of(frames) / 1000;
    let mut graph = Graph::new(Call::ffmpeg("encoding the picture", length_ms), stage, tone_map, blur);
    for stretch in &stretches {
        let clip = stretch.clip.and_then(|at| Some((plan.clips.get(at)?, clips.get(at)?, drawings.stills.get(at)?)));
        let fill = match (clip, &drawings.cover) {
            (Some((_, _, Some(raw))), _) => Fill::Still(raw),
            (Some((clip, seen, None)), _) => moving(clip, seen, tone_map, &mut notes)?,
            (None, Some(cover)) if plan.clips.is_empty() => Fill::Still(cover),
            (None, _) => Fill::Black,
        };
        graph.stretch(stretch, &fill);
    }
    graph.join();
    if let (Some(_), Some(wav), true) = (&drawings.cover, &plan.sound, plan.clips.is_empty()) {
        tools.need_filter("showwaves").await?;
        let (corner, size) = wave_box(stage);
        graph.wave(wav, corner, size);
    }
    for card in &drawings.cards {
        graph.lay(&Overlay {
            raw: &card.raw,
            x: card.x,
            y: card.y,
            start_ms: card.start_ms,
            duration_ms: card.duration_ms,
            fade_ms: card.fade_ms,
        });
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
    call.set("-map_metadata", "-1")
        .sets(muxing(plan.format))
        .to_file(out, muxer(plan.format))
        .run(tools, watch)
        .await?;
    Ok(Encoded { frames, notes })
}

fn moving<'a>(
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
    Ok(Fill::Video { path: clip.path.clone(), demuxer: seen.demuxer(), from_us, video })
}

/// Draws titles, cover and stills.
fn draw(plan: &Plan, stage: Stage, folder: &Path) -> Result<Drawings, FilmError> {
    let mut drawings = Drawings::default();
    for clip in &plan.clips {
        drawings.stills.push(if clip.kind == MediaKind::Image { Some(still(clip, folder)?) } else { None });
    }
    if plan.titles.is_empty() && (plan.cover.is_none() || !plan.clips.is_empty()) {
        return Ok(drawings);
    }
    let mut pen = Pen::new();
    let mut missing = std::collections::BTreeSet::new();
    if let (Some(cover), true) = (&plan.cover, plan.clips.is_empty()) {
        let (raw, drawn) = paint(&mut pen, &cover.title, stage, folder)?;
        missing.extend(drawn.missing);
        drawings.cover = Some(raw);
        drawings.notes.push(
            "There is no picture, so the film shows a plain cover: the title and the sound's waveform.".to_owned(),
        );
    }
    for title in &plan.titles {
        let end = title.start_ms.saturating_add_unsigned(title.duration_ms);
        if title.duration_ms == 0 || end <= 0 || title.start_ms >= i64::try_from(plan.duration_ms).unwrap_or(i64::MAX) {
            continue;
        }
        let Some(drawn) = pen.draw(&title.text, title.position, title.style, (stage.width, stage.height))? else {
            continue;
        };
        missing.extend(drawn.missing);
        if drawn.rgba.is_empty() {
            continue;
        }
        let raw = store(&drawn.rgba, (drawn.width, drawn.height), true, folder)?;
        drawings.cards.push(Card {
            raw,
            x: drawn.x,
            y: drawn.y,
            start_ms: title.start_ms,
            duration_ms: title.duration_ms,
            fade_ms: fade_ms(title.style)?.min(title.duration_ms / 3),
        });
    }
    if !missing.is_empty() {
        let shown = missing.iter().filter(|c| !matches!(c, '\u{fe0f}' | '\u{200d}')).map(char::to_string);
        let shown = shown.collect::<Vec<_>>().join(" ");
        drawings.notes.push(format!("The built-in fonts have no shape for {shown}, so it was left out of the title."));
    }
    Ok(drawings)
}

/// A still as raw pixels, upright, transparent parts on black.
fn still(clip: &Clip, folder: &Path) -> Result<Raw, FilmError> {
    let picture = stills::upright(&clip.path)?;
    let has_alpha = picture.color().has_alpha();
    let (width, height) = (picture.width(), picture.height());
    let mut rgb = if has_alpha {
        let rgba = picture.into_rgba8();
        rgba.pixels()
            .flat_map(|pixel| {
                let [r, g, b, a] = pixel.0;
                [r, g, b].map(|level| (u16::from(level) * u16::from(a) / 255) as u8)
            })
            .collect::<Vec<u8>>()
    } else {
        picture.into_rgb8().into_raw()
    };
    rgb.shrink_to_fit();
    store(&rgb, (width, height), false, folder)
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
async fn encoder(tools: &Tools, plan: &Plan) -> Result<Vec<(&'static str, String)>, FilmError> {
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
