//! Making a film out of a plan: copies the picture where it can, re-encodes it where it must and says why, checks the
//! result, and only then gives it its name.

use std::path::Path;

use super::FilmError;
use super::copy;
use super::measure::{Heard, RATE};
use super::plan::{FilmFormat, Plan, Quality, Rendered, SoundFormat};
use super::probe::{Inspected, inspect};
use super::publish::{beside, check_free, publish};
use super::sound::{self, Encoding};
use super::tools::Tools;
use super::verify::{self, Expected};
use super::watch::Watch;

/// Renders `plan` into `out`, which must not exist. `work` takes what is needed on the way.
pub(super) async fn render(
    tools: &Tools,
    plan: &Plan,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    plan.check()?;
    check_free(out)?;
    let mut clips = Vec::with_capacity(plan.clips.len());
    for clip in &plan.clips {
        clips.push(inspect(tools, &clip.path, watch).await?);
    }
    watch.at(0.02);
    if let Some(why) = copy::obstacle(plan, &clips) {
        return Err(FilmError::BadPlan(why));
    }
    let ([clip], [seen]) = (plan.clips.as_slice(), clips.as_slice()) else {
        return Err(FilmError::BadPlan("there is no clip".to_owned()));
    };
    copied(tools, plan, &clip.path, seen, work, out, watch).await
}

async fn copied(
    tools: &Tools,
    plan: &Plan,
    clip: &Path,
    seen: &Inspected,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    let video = seen.info.video.clone().unwrap_or_default();
    let frames = frames_in(video.length_us);
    let encoding = encoding(plan.format);
    let sound = match &plan.sound {
        Some(wav) => {
            Some(sound::encode(tools, wav, frames, encoding, plan.quality, work, &watch.part(0.05..0.6)).await?)
        }
        None => None,
    };
    let made = beside(out)?;
    let beside_it = sound.as_ref().map(|(path, _)| (&**path, encoding.demuxer()));
    copy::mux(tools, clip, seen, beside_it, plan.format, &made, &watch.part(0.6..0.8)).await?;
    let expected = Expected { length_us: video.length_us, frame_us: video.frame_us(), with_sound: sound.is_some() };
    let film = verify::check(tools, &made, &expected, watch).await?;
    verify::same_picture(tools, (clip, seen), (&made, &film), &watch.part(0.8..1.0)).await?;
    let heard = sound.map(|(_, heard)| heard);
    finish(made, out, &film, heard, Vec::new(), true)
}

/// How the programme is encoded in a film.
pub(super) fn encoding(format: FilmFormat) -> Encoding {
    if format == FilmFormat::Webm { Encoding::Opus } else { Encoding::File(SoundFormat::M4a) }
}

/// Frames of sound that last as long as a picture.
pub(super) fn frames_in(micros: u64) -> u64 {
    (micros * u64::from(RATE) + 500_000) / 1_000_000
}

/// Publishes a checked film.
pub(super) fn finish(
    made: tempfile::TempPath,
    out: &Path,
    film: &Inspected,
    heard: Option<Heard>,
    notes: Vec<String>,
    picture_copied: bool,
) -> Result<Rendered, FilmError> {
    let bytes = made.metadata().map_err(|fault| FilmError::reading(out, &fault))?.len();
    publish(made, out, false)?;
    Ok(Rendered {
        bytes,
        duration_ms: film.info.duration_ms,
        notes,
        picture_copied,
        lufs: heard.as_ref().and_then(|heard| heard.lufs),
        true_peak_db: heard.and_then(|heard| heard.true_peak_db),
    })
}

/// Encodes a programme alone.
pub(super) async fn encode_audio(
    tools: &Tools,
    wav: &Path,
    format: SoundFormat,
    quality: Quality,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    check_free(out)?;
    let seen = inspect(tools, wav, watch).await?;
    if seen.demuxer() != "wav" {
        return Err(FilmError::BadPlan("the programme is not a WAV file".to_owned()));
    }
    let frames = frames_in(seen.sound_us.map_or(0, |(start, end)| u64::try_from(end - start).unwrap_or(0)));
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let (made, heard) = sound::encode(tools, wav, frames, Encoding::File(format), quality, folder, watch).await?;
    let film =
        Inspected { info: super::MediaInfo { duration_ms: frames * 1000 / u64::from(RATE), ..seen.info }, ..seen };
    finish(made, out, &film, Some(heard), Vec::new(), false)
}
