//! A render: the draft becomes one finished file.

use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::programme::{self, whole};
use super::runner::{Handler, JobControl};
use super::workshop::Workshop;
use super::{project, stems};
use bedtrack_agent::edit;
use bedtrack_film::{
    Aspect, Clip, Cover, FilmError, FilmFormat, LIMITS, MediaKind, Plan, Quality, SoundFormat, TitleCard, TitleLook,
    Watch,
};
use bedtrack_sound::SoundError;
use bedtrack_store::{Job, JobState, Outcome, StoreError};
use bedtrack_wire::draft::{self, Draft};
use bedtrack_wire::render::{OutputSpec, RenderFault};
use bedtrack_wire::state::State;

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
    let draft = Draft::read(&payload.draft);
    let format = &payload.output.format;
    let output: Output = wish("format", format)?;
    // Before anything is made of it: hours of silence cost as much as music does.
    check_length(&draft)?;
    let quality: Quality = wish("quality", &payload.output.quality)?;
    let scratch = workshop.scratch_folder().await?;
    let folder = scratch.path();
    let ending = if matches!(output, Output::Archive(_)) { "zip" } else { format };
    let out = folder.join(format!("out.{ending}"));
    let mix = watch.part(0.0..0.4);
    let finish = watch.part(0.4..1.0);
    let notes = match output {
        Output::Archive(Archive::Stems) => {
            stems::write(workshop, session, &state, &draft, folder, &out, watch).await?;
            Vec::new()
        }
        Output::Archive(Archive::Project) => {
            project::write(workshop, session, &state, &draft, folder, &out, watch).await?;
            Vec::new()
        }
        Output::Sound(format) => {
            let sound = programme::mix(workshop, session, &state, &draft, folder, &mix).await?;
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
            let sound = programme::mix(workshop, session, &state, &draft, folder, &mix).await?;
            let drafted = plan(workshop, session, &state, &draft, format).await?;
            // What the export asks for wins over the draft's own shape.
            let asked = payload.output.aspect.as_deref().map(|aspect| wish::<Aspect>("shape", aspect)).transpose()?;
            let plan = Plan { sound, aspect: asked.unwrap_or(drafted.aspect), quality, ..drafted };
            workshop.film.render(&plan, folder, &out, &finish).await?.notes
        }
    };
    keep(workshop, job, ending, &out, notes).await
}

/// Refuses a timeline that is longer than any output may be.
fn check_length(draft: &Draft) -> Result<(), RenderError> {
    let (seconds, limit) = (whole(draft.end()).div_ceil(1000), LIMITS.media_seconds);
    match seconds > limit {
        true => Err(RenderError::Wish(format!("the timeline is {seconds} s long; at most {limit} s can be exported"))),
        false => Ok(()),
    }
}

/// The plan for a draft's film, silent and in the shape of its picture.
pub(super) async fn plan(
    workshop: &Workshop,
    session: &str,
    state: &State,
    draft: &Draft,
    format: FilmFormat,
) -> Result<Plan, RenderError> {
    Ok(Plan {
        clips: clips(workshop, session, state, draft).await?,
        titles: titles(draft),
        cover: has_no_picture(draft).then(|| Cover { title: cover_title(state, draft) }),
        sound: None,
        duration_ms: whole(length(draft)),
        aspect: edit::shape(state).0,
        format,
        quality: Quality::default(),
    })
}

/// The film's length: words alone do not make a film longer than its picture and sound.
fn length(draft: &Draft) -> i64 {
    if has_no_picture(draft) {
        return draft.end();
    }
    let seen_or_heard = draft.t.iter().filter(|track| track.tt != draft::TEXT).flat_map(draft::Track::placed);
    seen_or_heard.map(|placed| placed.end()).max().unwrap_or(0)
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

fn has_no_picture(draft: &Draft) -> bool {
    !draft.t.iter().any(|track| track.tt == draft::VIDEO && !track.sg.is_empty())
}

async fn clips(workshop: &Workshop, session: &str, state: &State, draft: &Draft) -> Result<Vec<Clip>, RenderError> {
    let mut clips = Vec::new();
    for placed in draft.t.iter().filter(|track| track.tt == draft::VIDEO).flat_map(draft::Track::placed) {
        let medium = state
            .medium_of(placed.segment)
            .ok_or_else(|| RenderError::Missing(placed.segment.name().unwrap_or("a clip").to_owned()))?;
        let kind = if medium.kind.as_deref() == Some("image") { MediaKind::Image } else { MediaKind::Video };
        let from = whole(programme::number(placed.segment, "in"));
        let path = workshop.media_file(session, medium).await?;
        clips.push(Clip {
            enter: style(placed.segment, "transition"),
            camera: style(placed.segment, "camera").unwrap_or_default(),
            fit: style(placed.segment, "fit").unwrap_or(edit::shape(state).1),
            speed: edit::speed_of(placed.segment),
            fade_in_ms: whole(programme::number(placed.segment, edit::PICTURE_FADE_IN)),
            fade_out_ms: whole(programme::number(placed.segment, edit::PICTURE_FADE_OUT)),
            ..Clip::new(path, kind, from, whole(placed.segment.d), whole(placed.start))
        });
    }
    Ok(clips)
}

/// A way to show a clip, where the segment names one that is known; a foreign draft's own ways are no reason to fail.
fn style<T: DeserializeOwned>(segment: &draft::Segment, key: &str) -> Option<T> {
    serde_json::from_value(segment.m.get(key)?.clone()).ok()
}

fn titles(draft: &Draft) -> Vec<TitleCard> {
    let titles = draft.t.iter().filter(|track| track.tt == draft::TEXT).flat_map(draft::Track::placed);
    let titles = titles.filter_map(|placed| {
        // An unknown place or style of a foreign draft is no reason to fail.
        let known = |key: &str| placed.segment.m.get(key).cloned().unwrap_or_default();
        Some(TitleCard {
            text: placed.segment.text()?.to_owned(),
            start_ms: placed.start,
            duration_ms: whole(placed.segment.d),
            position: serde_json::from_value(known("position")).unwrap_or_default(),
            style: serde_json::from_value(known("style")).unwrap_or_default(),
            look: TitleLook::read(&placed.segment.m),
        })
    });
    titles.collect()
}

/// What stands on the cover of a video without a picture: the music's name.
fn cover_title(state: &State, draft: &Draft) -> String {
    let first = draft.t.iter().filter(|track| track.tt == draft::AUDIO).flat_map(|track| &track.sg).next();
    let name = first.and_then(|segment| {
        segment.name().or_else(|| state.medium_of(segment).and_then(|medium| medium.display_name()))
    });
    name.unwrap_or("Music").to_owned()
}
