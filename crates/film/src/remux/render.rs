//! Music under an untouched picture, from the plan to the checked film.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use bedtrack_mp4::{Lane, Muxer, Shape, Track};

use super::check;
use crate::FilmError;
use crate::copy::obstacle;
use crate::inspected::Inspected;
use crate::magic::Format;
use crate::measure::{RATE, frames_in};
use crate::media::MediaKind;
use crate::open::recognise;
use crate::plan::{FilmFormat, FilmPlan, Rendered, SoundFormat};
use crate::publish::{beside, finish};
use crate::pure::{Movie, Unfit, blocking, look};
use crate::sound::{Encoding, encode};
use crate::tools::Tools;
use crate::watch::Watch;

/// Renders a plan where that can be done here; `None` where it steps aside, with nothing left behind.
pub(crate) async fn render(
    tools: &Tools,
    plan: &FilmPlan,
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
    plan: &FilmPlan,
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
        let mut lanes = vec![Lane::picture(&picture.track, picture.coding.is_full_range, self.shape)?];
        let mut sources = vec![self.clip.as_path()];
        let programme = self.sound.as_deref().map(programme).transpose()?;
        if let (Some(track), Some(path)) = (&programme, self.sound.as_deref()) {
            lanes.push(Lane::sound(track, self.frames, self.shape)?);
            sources.push(path);
        }
        self.write(&lanes, &sources, &self.watch.part(0.0..0.5))?;
        check::check(&self.made, &lanes, &sources, &self.watch.part(0.5..1.0))?;
        let (file, format) = recognise(&self.made)?;
        Ok(look(&self.made, file, format)?.1)
    }

    fn write(&self, lanes: &[Lane<'_>], sources: &[&Path], watch: &Watch) -> Result<(), Unfit> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&self.made)?);
        let mut sources = sources.iter().map(File::open).collect::<Result<Vec<_>, _>>()?;
        Muxer { shape: self.shape, clock: RATE, lanes }.write(&mut out, &mut sources, |done| -> Result<(), Unfit> {
            watch.check()?;
            watch.at(done);
            Ok(())
        })?;
        Ok(out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_data()?)
    }
}

/// The track of an M4A file of ours.
fn programme(path: &Path) -> Result<Track, Unfit> {
    let movie = Movie::read(&mut File::open(path)?)?;
    movie.sound.ok_or(Unfit::Wrong("the encoded sound has no track"))
}
