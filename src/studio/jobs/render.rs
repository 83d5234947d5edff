//! A render: the draft becomes one finished file.

use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::programme;
use super::runner::{Handler, JobControl};
use super::workshop::Workshop;
use super::{project, stems};
use bedtrack_film::{
    Behind, Clip, Cover, FilmError, FilmFormat, LIMITS, MediaKind, Plan, Quality, SoundFormat, TitleCard, TitleLook,
    Watch,
};
use bedtrack_sound::SoundError;
use bedtrack_store::{Job, JobState, Outcome, StoreError};
use bedtrack_timeline::{Timeline, Title, Track};
use bedtrack_wire::look::Aspect;
use bedtrack_wire::render::{OutputSpec, RenderFault};
use bedtrack_wire::state::State;
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::{Backing, Rgb};

/// Kind of these jobs.
pub const KIND: &str = "render";
/// First part of the keys of finished renders.
pub const KEPT_UNDER: &str = "renders";
/// Tries before a render is given up.
pub const ATTEMPTS: u32 = 3;

/// What a render job carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Payload {
    /// The draft as the client sent it.
    pub draft: Value,
    /// What to make.
    pub output: OutputSpec,
}

/// What a render gives.
#[derive(Debug, Serialize, Deserialize)]
pub struct Made {
    /// Blob of the file.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// What was done that the user should know.
    pub notes: Vec<String>,
}

/// Why a render failed.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The wish cannot be met.
    #[error("{0}")]
    Wish(String),
    /// A medium of the draft is not there any more.
    #[error("a file of the timeline is missing: {0}")]
    Missing(String),
    /// The picture could not be made.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// The sound could not be made.
    #[error(transparent)]
    Sound(#[from] SoundError),
    /// Nothing could be written.
    #[error("the studio could not write its files: {0}")]
    File(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect of ours.
    #[error("the studio's work stopped unexpectedly")]
    Stopped,
}

impl RenderError {
    /// The stable word for it; a client knows by it whether another try may help.
    fn code(&self) -> &'static str {
        let of_io = |error: &std::io::Error| match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "disk_full",
            _ => RenderFault::FAILED,
        };
        match self {
            Self::Wish(_) | Self::Film(FilmError::BadPlan(_)) => "invalid_input",
            Self::Film(FilmError::ToolMissing { .. } | FilmError::PartMissing { .. }) => "ffmpeg_missing",
            Self::Film(FilmError::DiskFull) | Self::Store(StoreError::DiskFull { .. }) => "disk_full",
            Self::Film(FilmError::Cancelled) | Self::Sound(SoundError::Stopped) => RenderFault::CANCELLED,
            Self::Missing(_) | Self::Film(FilmError::Missing(_) | FilmError::Unreadable { .. }) => "file_unreadable",
            Self::Film(error) if error.is_bad_input() => "unsupported_file",
            Self::Sound(SoundError::Undecodable { .. }) => "unsupported_file",
            Self::File(error) | Self::Sound(SoundError::Io(error)) => of_io(error),
            Self::Film(_) | Self::Sound(_) | Self::Store(_) | Self::Stopped => RenderFault::FAILED,
        }
    }
}

/// How a failed render is kept, for [`fault`] to read.
fn failure(code: &str, message: impl Into<String>) -> Value {
    json!({"error": RenderFault::new(code, message)})
}

/// Why a job that is over and not done failed.
pub fn fault(job: &Job) -> RenderFault {
    if job.state == JobState::Cancelled {
        return RenderFault::new(RenderFault::CANCELLED, "the render was ended on request");
    }
    let kept = job.result.get("error").and_then(|error| serde_json::from_value(error.clone()).ok());
    // The store's own words for a lost worker are for the log.
    kept.unwrap_or_else(|| RenderFault::new(RenderFault::FAILED, "the studio's work on it stopped unexpectedly"))
}

/// Runs renders.
pub struct Renders(pub Arc<Workshop>);

impl Handler for Renders {
    fn run(&self, job: Job, control: JobControl) -> BoxFuture<'_, Outcome> {
        Box::pin(self.attempt(job, control))
    }
}

impl Renders {
    async fn attempt(&self, job: Job, control: JobControl) -> Outcome {
        let payload: Payload = match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => payload,
            Err(error) => {
                return Outcome::failed(failure("invalid_input", format!("the render cannot be read: {error}")));
            }
        };
        let meter = control.clone();
        let watch = Watch::new(control.cancelled().clone()).reporting(move |done| meter.progress(done));
        match render(&self.0, &job, &payload, &watch).await {
            Ok(made) => Outcome::done(json!(made)),
            Err(_) if watch.token().is_cancelled() => Outcome::Cancelled,
            Err(error) => {
                tracing::warn!(job = %job.id, "render failed: {error}");
                // Only what may pass by itself is worth another try.
                let told = failure(error.code(), error.to_string());
                match error {
                    RenderError::Store(_) | RenderError::Stopped => Outcome::failed_for_now(told),
                    _ => Outcome::failed(told),
                }
            }
        }
    }
}

/// The kinds of file that can be asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Output {
    Film(FilmFormat),
    Sound(SoundFormat),
    Archive(Archive),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Archive {
    Stems,
    Project,
}

/// Reads a word of the wish; the types name what they accept.
fn wish<T: DeserializeOwned>(what: &str, word: &str) -> Result<T, RenderError> {
    serde_json::from_value(json!(word))
        .map_err(|_| RenderError::Wish(format!("{word:?} is no {what} that can be exported")))
}

async fn render(workshop: &Workshop, job: &Job, payload: &Payload, watch: &Watch) -> Result<Made, RenderError> {
    let (session, state) = (&job.session, workshop.state(&job.session).await?.state);
    let timeline = Timeline::of(State { draft: payload.draft.clone(), ..state.clone() });
    let format = &payload.output.format;
    let output: Output = wish("format", format)?;
    // Before anything is made of it: hours of silence cost as much as music does.
    check_length(&timeline)?;
    let quality: Quality = wish("quality", &payload.output.quality)?;
    let scratch = workshop.scratch_folder().await?;
    let folder = scratch.path();
    let ending = if matches!(output, Output::Archive(_)) { "zip" } else { format };
    let out = folder.join(format!("out.{ending}"));
    let mix = watch.part(0.0..0.4);
    let finish = watch.part(0.4..1.0);
    let notes = match output {
        Output::Archive(Archive::Stems) => {
            stems::write(workshop, session, &timeline, folder, &out, watch).await?;
            Vec::new()
        }
        Output::Archive(Archive::Project) => {
            project::write(workshop, session, &state, &timeline, folder, &out, watch).await?;
            Vec::new()
        }
        Output::Sound(format) => {
            let sound = programme::mix(workshop, session, &timeline, folder, &mix).await?;
            let sound = sound.ok_or_else(|| RenderError::Wish("nothing on the timeline sounds".into()))?;
            if format == SoundFormat::Wav {
                // The programme is a WAV already; this works without ffmpeg.
                tokio::fs::copy(&sound, &out).await?;
                Vec::new()
            } else {
                workshop.film.encode_audio(&sound, format, quality, &out, &finish).await?.notes
            }
        }
        Output::Film(format) => {
            let sound = programme::mix(workshop, session, &timeline, folder, &mix).await?;
            let drafted = plan(workshop, session, &timeline, format).await?;
            // What the export asks for wins over the draft's own shape.
            let asked = payload.output.aspect.as_deref().map(|aspect| wish::<Aspect>("shape", aspect)).transpose()?;
            let plan = Plan { sound, aspect: asked.unwrap_or(drafted.aspect), quality, ..drafted };
            workshop.film.render(&plan, folder, &out, &finish).await?.notes
        }
    };
    keep(workshop, job, ending, &out, notes).await
}

/// Refuses a timeline that is longer than any output may be.
fn check_length(timeline: &Timeline) -> Result<(), RenderError> {
    let (seconds, limit) = (timeline.end().whole().div_ceil(1000), LIMITS.media_seconds);
    match seconds > limit {
        true => Err(RenderError::Wish(format!("the timeline is {seconds} s long; at most {limit} s can be exported"))),
        false => Ok(()),
    }
}

/// The plan for a timeline's film, silent and in the shape of its picture.
pub(super) async fn plan(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    format: FilmFormat,
) -> Result<Plan, RenderError> {
    Ok(Plan {
        clips: clips(workshop, session, timeline).await?,
        titles: titles(timeline),
        cover: has_no_picture(timeline).then(|| Cover { title: cover_title(timeline) }),
        sound: None,
        duration_ms: length(timeline).whole(),
        aspect: timeline.shape.aspect,
        format,
        quality: Quality::default(),
    })
}

/// The film's length: words alone do not make a film longer than its picture and sound.
fn length(timeline: &Timeline) -> Ms {
    if has_no_picture(timeline) {
        return timeline.end();
    }
    let seen_or_heard = timeline.tracks.iter().filter(|track| !matches!(track, Track::Titles(_)));
    seen_or_heard.map(Track::end).max().unwrap_or_default()
}

/// Keeps the file under a key of this attempt alone, so that an overtaken worker can publish nothing.
async fn keep(
    workshop: &Workshop,
    job: &Job,
    ending: &str,
    out: &Path,
    notes: Vec<String>,
) -> Result<Made, RenderError> {
    let bytes = tokio::fs::metadata(out).await?.len();
    let id = job.id.replace('/', "-");
    let key = format!("{KEPT_UNDER}/{id}/{}/out.{ending}", job.attempt);
    workshop.store.blobs().put_file(&key, out).await?;
    Ok(Made { key, bytes, notes })
}

fn has_no_picture(timeline: &Timeline) -> bool {
    timeline.clips().next().is_none()
}

async fn clips(workshop: &Workshop, session: &str, timeline: &Timeline) -> Result<Vec<Clip>, RenderError> {
    let mut clips = Vec::new();
    for clip in timeline.clips() {
        let medium = timeline
            .medium_of(clip)
            .ok_or_else(|| RenderError::Missing(clip.name.clone().unwrap_or_else(|| "a clip".to_owned())))?;
        let kind = if medium.is_photo() { MediaKind::Image } else { MediaKind::Video };
        let path = workshop.media_file(session, medium).await?;
        clips.push(Clip {
            enter: clip.transition,
            camera: clip.camera.unwrap_or_default(),
            fit: clip.fit.unwrap_or(timeline.shape.fit),
            speed: clip.speed,
            fade_in_ms: clip.picture_fade_in.unwrap_or_default().whole(),
            fade_out_ms: clip.picture_fade_out.unwrap_or_default().whole(),
            ..Clip::new(path, kind, clip.source_in.whole(), clip.length.whole(), clip.start.whole())
        });
    }
    Ok(clips)
}

fn titles(timeline: &Timeline) -> Vec<TitleCard> {
    let card = |title: &Title| {
        Some(TitleCard {
            text: title.text.clone()?,
            start_ms: title.start.0,
            duration_ms: title.length.whole(),
            position: title.position.unwrap_or_default(),
            style: title.kind(),
            look: look(title),
        })
    };
    timeline.titles().filter_map(card).collect()
}

/// How a title is drawn, as far as it says something itself.
fn look(title: &Title) -> TitleLook {
    let behind_colour = title.backing_colour.unwrap_or(Rgb::BLACK);
    TitleLook {
        colour: title.colour,
        size: title.size.map(|size| size as f32),
        align: title.align.unwrap_or_default(),
        behind: match title.backing.unwrap_or_default() {
            Backing::Shadow => Behind::Shadow,
            Backing::Outline => Behind::Outline(behind_colour),
            Backing::Box => Behind::Box { colour: behind_colour, opacity: title.opacity() },
            Backing::Plain => Behind::Plain,
        },
        fade_in: title.fade_in.map(Ms::whole),
        fade_out: title.fade_out.map(Ms::whole),
    }
}

/// What stands on the cover of a video without a picture: the music's name.
fn cover_title(timeline: &Timeline) -> String {
    let first = timeline.sounds().next();
    let name = first.and_then(|sound| {
        sound.name.as_deref().or_else(|| timeline.medium_of(sound).and_then(|medium| medium.display_name()))
    });
    name.unwrap_or("Music").to_owned()
}
