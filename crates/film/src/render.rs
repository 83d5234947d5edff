//! Making a film out of a plan: copies the picture where it can, re-encodes it where it must and says why, checks the
//! result, and only then gives it its name.

use std::collections::BTreeMap;
use std::path::Path;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::blocking::run_blocking;
use super::ffprobe::Packets;
use super::inspected::Inspected;
use super::measure::{RATE, frames_in};
use super::plan::{Clip, FilmFormat, FilmPlan, Quality, Rendered, SoundFormat};
use super::probe::inspect;
use super::publish::{beside, check_free, finish};
use super::restamp::restamp;
use super::scene::Scene;
use super::sound::{self, Encoding};
use super::stage::Stage;
use super::tools::Tools;
use super::verify::{self, Expected};
use super::watch::Watch;
use super::{FilmError, copy, encode, open, remux, stills};
use bedtrack_sound::WavFile;

/// Renders `plan` into `out`, which must not exist. `work` takes what is needed on the way.
pub(super) async fn render(
    tools: &Tools,
    plan: &FilmPlan,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    plan.check()?;
    check_free(out)?;
    if let Some(rendered) = remux::render(tools, plan, work, out, watch).await? {
        return Ok(rendered);
    }
    let clips = each_once(&plan.clips, |path| inspect(tools, path, watch).boxed()).await?;
    watch.at(0.02);
    match plan.format {
        FilmFormat::Gif => return gif(tools, plan, &clips, work, out, watch).await,
        FilmFormat::Jpg | FilmFormat::Png => return poster(tools, plan, &clips, work, out, watch).await,
        FilmFormat::Mp4 | FilmFormat::Mov | FilmFormat::Webm => {}
    }
    let why = match (copy::obstacle(plan, &clips), plan.clips.as_slice(), clips.as_slice()) {
        (None, [clip], [seen]) => match copied(tools, plan, &clip.path, seen, work, out, watch).await {
            // What cannot be copied after all can still be encoded.
            Err(FilmError::BadResult(why)) => {
                tracing::info!(%why, "a picture could not be copied and is encoded instead");
                "it could not be taken over as it is".to_owned()
            }
            done => return done,
        },
        (why, ..) => why.unwrap_or_default(),
    };
    let why = (!plan.clips.is_empty()).then(|| format!("The picture was re-encoded: {why}."));
    encoded(tools, plan, &clips, why, work, out, watch).await
}

/// What is seen in each clip's file; a file that is cut more than once is looked into once.
async fn each_once<'a, T: Clone>(
    clips: &'a [Clip],
    mut look: impl FnMut(&'a Path) -> BoxFuture<'a, Result<T, FilmError>>,
) -> Result<Vec<T>, FilmError> {
    let mut known: BTreeMap<&Path, T> = BTreeMap::new();
    let mut seen = Vec::with_capacity(clips.len());
    for clip in clips {
        let found = match known.get(clip.path.as_path()) {
            Some(found) => found.clone(),
            None => look(&clip.path).await?,
        };
        known.entry(&clip.path).or_insert_with(|| found.clone());
        seen.push(found);
    }
    Ok(seen)
}

/// Re-encodes a film.
async fn encoded(
    tools: &Tools,
    plan: &FilmPlan,
    clips: &[Inspected],
    why: Option<String>,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    let stage = Stage::of(plan, clips);
    let frames = stage.frame_at(plan.duration_ms).max(1);
    let length_us = stage.micros_of(frames);
    let sound_as = encoding(plan.format);
    let sound = match &plan.sound {
        Some(wav) => {
            let watch = watch.part(0.02..0.15);
            Some(sound::encode(tools, wav, frames_in(length_us), sound_as, plan.quality, work, &watch).await?)
        }
        None => None,
    };
    let made = beside(out)?;
    let beside_it = sound.as_ref().map(|(path, _)| (&**path, sound_as.demuxer()));
    let encoded =
        encode::encode(tools, &Scene { plan, clips, stage, sound: beside_it }, work, &made, &watch.part(0.15..0.9))
            .await?;
    let expected = Expected { length_us, frame_us: stage.micros_of(1), with_sound: sound.is_some() };
    let film = verify::check(tools, &made, &expected, watch).await?;
    verify::encoded_whole(tools, (&made, &film), &expected, encoded.frames, &watch.part(0.9..1.0)).await?;
    let notes = why.into_iter().chain(encoded.notes).collect();
    finish(made, out, film.info.duration_ms, sound.map(|(_, heard)| heard), notes, false)
}

/// A GIF: small, short, silent.
async fn gif(
    tools: &Tools,
    plan: &FilmPlan,
    clips: &[Inspected],
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    const LONGEST_MS: u64 = 15_000;
    let (short, clips) = windowed(plan, clips, 0, LONGEST_MS);
    let stage = Stage::of(&short, &clips).within(480, 12);
    let made = beside(out)?;
    let encoded = encode::encode(
        tools,
        &Scene { plan: &short, clips: &clips, stage, sound: None },
        work,
        &made,
        &watch.part(0.05..0.9),
    )
    .await?;
    let film = still_of(&made).await?;
    let frames = film.info.video.as_ref().map_or(0, |video| video.frames);
    if frames == 0 || film.info.duration_ms.abs_diff(short.duration_ms) > 200 && short.duration_ms > 200 {
        let why = format!("{frames} pictures of {} ms instead of {} ms", film.info.duration_ms, short.duration_ms);
        return Err(FilmError::BadResult(why));
    }
    let mut notes = encoded.notes;
    if plan.sound.is_some() {
        notes.push("A GIF has no sound.".to_owned());
    }
    if plan.duration_ms > LONGEST_MS {
        notes.push("The GIF shows the first 15 seconds.".to_owned());
    }
    finish(made, out, film.info.duration_ms, None, notes, false)
}

/// A poster: the frame at one third of the film.
async fn poster(
    tools: &Tools,
    plan: &FilmPlan,
    clips: &[Inspected],
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    let (moment, clips) = windowed(plan, clips, plan.duration_ms / 3, 100);
    let stage = Stage::of(&moment, &clips);
    let made = beside(out)?;
    let encoded = encode::encode(
        tools,
        &Scene { plan: &moment, clips: &clips, stage, sound: None },
        work,
        &made,
        &watch.part(0.05..0.9),
    )
    .await?;
    let film = still_of(&made).await?;
    let size = film.info.video.as_ref().map(|video| (video.width, video.height));
    if size != Some((stage.width, stage.height)) {
        return Err(FilmError::BadResult(format!("a picture of {size:?}")));
    }
    finish(made, out, film.info.duration_ms, None, encoded.notes, false)
}

/// A part of a plan, with the clips that are seen in it.
fn windowed(plan: &FilmPlan, clips: &[Inspected], from: u64, length: u64) -> (FilmPlan, Vec<Inspected>) {
    let part = plan.window(from, length);
    let seen = part.clips.iter().filter_map(|kept| {
        let at = plan.clips.iter().position(|clip| clip.path == kept.path)?;
        clips.get(at).cloned()
    });
    let seen = seen.collect();
    (part, seen)
}

/// A picture that was made, decoded whole.
async fn still_of(made: &Path) -> Result<Inspected, FilmError> {
    let path = made.to_owned();
    let (info, format) = run_blocking(move || {
        let (file, format) = open::recognise(&path)?;
        Ok((stills::describe(&path, file, format, &Watch::default())?, format))
    })
    .await
    .map_err(|fault| FilmError::BadResult(fault.to_string()))?;
    Ok(Inspected {
        format,
        info,
        picture: Packets::default(),
        sound_us: None,
        reorders: false,
        seal: None,
        clock_us: 0,
    })
}

async fn copied(
    tools: &Tools,
    plan: &FilmPlan,
    clip: &Path,
    seen: &Inspected,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Rendered, FilmError> {
    // What has no times of showing gets them first; the bits are compared with the original all the same.
    let restamped = match seen.picture.unstamped && seen.reorders {
        true => Some(restamp(tools, clip, seen, work, &watch.part(0.02..0.05)).await?),
        false => None,
    };
    let (from, timed) = restamped.as_ref().map_or((clip, seen), |(path, seen)| (&**path, seen));
    let video = timed.info.video.clone().unwrap_or_default();
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
    copy::mux(tools, from, timed, beside_it, plan.format, &made, &watch.part(0.6..0.8)).await?;
    let expected = Expected { length_us: video.length_us, frame_us: video.frame_us(), with_sound: sound.is_some() };
    let film = verify::check(tools, &made, &expected, watch).await?;
    verify::same_picture(tools, timed, (clip, seen), (&made, &film), &watch.part(0.8..1.0)).await?;
    let heard = sound.map(|(_, heard)| heard);
    finish(made, out, film.info.duration_ms, heard, Vec::new(), true)
}

/// How the programme is encoded in a film.
pub(super) fn encoding(format: FilmFormat) -> Encoding {
    if format == FilmFormat::Webm { Encoding::Opus } else { Encoding::File(SoundFormat::M4a) }
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
    let path = wav.to_owned();
    let frames = run_blocking(move || {
        let programme = WavFile::open(&path).map_err(|fault| FilmError::BadPlan(format!("the programme: {fault}")))?;
        Ok(programme.frames())
    })
    .await?;
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let encoding = Encoding::File(format);
    let (made, heard) = sound::encode(tools, wav, frames, encoding, quality, folder, watch).await?;
    finish(made, out, frames * 1000 / u64::from(RATE), Some(heard), Vec::new(), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MediaKind;

    #[tokio::test]
    async fn a_file_that_is_cut_many_times_is_looked_into_once() {
        let clips = ["a", "b", "a", "a"].map(|path| Clip::new(path.into(), MediaKind::Video, 0, 1_000, 0));
        let mut looks = 0;
        let seen = each_once(&clips, |path| {
            looks += 1;
            std::future::ready(Ok(path.display().to_string())).boxed()
        });
        assert_eq!(seen.await.unwrap(), ["a", "b", "a", "a"]);
        assert_eq!(looks, 2);
    }
}
