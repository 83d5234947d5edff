//! Music under an untouched picture, from the plan to the checked film.

use std::path::{Path, PathBuf};

use super::movie::Movie;
use super::mux::{Kind, Lane, Shape, sound_entry};
use super::{Unfit, avc, blocking, check, look, mux};
use crate::FilmError;
use crate::copy::obstacle;
use crate::magic::Format;
use crate::media::MediaKind;
use crate::open::recognise;
use crate::plan::{FilmFormat, Plan, Rendered, SoundFormat};
use crate::probe::Inspected;
use crate::publish::beside;
use crate::render::{finish, frames_in};
use crate::sound::{Encoding, encode};
use crate::tools::Tools;
use crate::watch::Watch;

/// Renders a plan where that can be done here; `None` where it steps aside, with nothing left behind.
pub(crate) async fn render(
    tools: &Tools,
    plan: &Plan,
    work: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<Option<Rendered>, FilmError> {
    let shape = match plan.format {
        FilmFormat::Mp4 => Shape::Mp4,
        FilmFormat::Mov => Shape::QuickTime,
        _ => return Ok(None),
    };
    let [clip] = plan.clips.as_slice() else { return Ok(None) };
    if clip.kind != MediaKind::Video || !plan.titles.is_empty() {
        return Ok(None);
    }
    match carried(tools, plan, shape, &clip.path, (work, out), watch).await {
        Ok(rendered) => Ok(rendered),
        Err(Unfit::Film(fault)) => Err(fault),
        Err(Unfit::File(fault)) => Err(FilmError::writing(out, &fault)),
        Err(unfit) => {
            tracing::debug!(%unfit, "the film is left to ffmpeg");
            Ok(None)
        }
    }
}

async fn carried(
    tools: &Tools,
    plan: &Plan,
    shape: Shape,
    clip: &Path,
    (work, out): (&Path, &Path),
    watch: &Watch,
) -> Result<Option<Rendered>, Unfit> {
    let source = clip.to_owned();
    let looked = blocking(move || {
        let (file, format) = recognise(&source)?;
        if !matches!(format, Format::Mp4 | Format::Mov) {
            return Err(Unfit::Unusual("it is neither MP4 nor QuickTime"));
        }
        look(&source, file, format)
    });
    let (movie, seen) = looked.await?;
    if let Some(why) = obstacle(plan, std::slice::from_ref(&seen)) {
        tracing::debug!(why, "the picture cannot stay as it is");
        return Ok(None);
    }
    let length_us = seen.info.video.as_ref().map_or(0, |video| video.length_us);
    let frames = frames_in(length_us);
    let sound = match &plan.sound {
        Some(wav) => {
            let encoding = Encoding::File(SoundFormat::M4a);
            Some(encode(tools, wav, frames, encoding, plan.quality, work, &watch.part(0.02..0.7)).await?)
        }
        None => None,
    };
    let made = beside(out)?;
    let job = Job {
        clip: clip.to_owned(),
        movie,
        sound: sound.as_ref().map(|(path, _)| path.to_path_buf()),
        frames,
        shape,
        made: made.to_path_buf(),
        watch: watch.part(0.7..1.0),
    };
    let film = blocking(move || job.run()).await?;
    finish(made, out, film.info.duration_ms, sound.map(|(_, heard)| heard), Vec::new(), true)
        .map(Some)
        .map_err(Unfit::Film)
}

/// What is done on a thread of its own.
struct Job {
    clip: PathBuf,
    movie: Movie,
    sound: Option<PathBuf>,
    frames: u64,
    shape: Shape,
    made: PathBuf,
    watch: Watch,
}

impl Job {
    fn run(self) -> Result<Inspected, Unfit> {
        let picture = self.movie.picture.as_ref().ok_or(Unfit::Unusual("it has no picture"))?;
        let mut lanes = vec![Lane {
            kind: Kind::Picture,
            track: &picture.track,
            entry: avc::renewed(&picture.track.entry, &picture.coding, self.shape == Shape::QuickTime)?,
            source: &self.clip,
            from: picture.track.first(),
            to: picture.track.end(),
        }];
        let programme = self.sound.as_deref().map(programme).transpose()?;
        if let (Some(track), Some(path)) = (&programme, self.sound.as_deref()) {
            lanes.push(Lane {
                kind: Kind::Sound,
                track,
                entry: sound_entry(&track.entry, self.shape)?,
                source: path,
                from: track.edit.from,
                to: track.edit.from.saturating_add_unsigned(self.frames),
            });
        }
        mux::write(&self.made, self.shape, &lanes, &self.watch.part(0.0..0.5))?;
        check::check(&self.made, &lanes, &self.watch.part(0.5..1.0))?;
        let (file, format) = recognise(&self.made)?;
        Ok(look(&self.made, file, format)?.1)
    }
}

/// The track of an M4A file of ours.
fn programme(path: &Path) -> Result<super::track::Track, Unfit> {
    let movie = Movie::read(&mut std::fs::File::open(path)?)?;
    movie.sound.ok_or(Unfit::Wrong("the encoded sound has no track"))
}
