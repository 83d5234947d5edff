//! A render: the draft becomes one finished file.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::picture::plan;
use super::programme;
use super::render_error::RenderError;
use super::workshop::Workshop;
use super::{project, stems};
use bedtrack_film::{FilmFormat, FilmPlan, LIMITS, Quality, SoundFormat, Watch};
use bedtrack_store::engine::{JobControl, JobKind};
use bedtrack_store::{Job, JobOutcome, JobState};
use bedtrack_timeline::Timeline;
use bedtrack_wire::look::Aspect;
use bedtrack_wire::render::{OutputSpec, RenderFault};
use bedtrack_wire::state::State;

/// First part of the keys of finished renders.
pub const KEPT_UNDER: &str = "renders";

/// A render, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct Render {
    /// The draft as the client sent it.
    pub draft: Value,
    /// What to make.
    pub output: OutputSpec,
}

/// What a render gives.
#[derive(Debug, Serialize, Deserialize)]
pub struct RenderedFile {
    /// Blob of the file.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// What was done that the user should know.
    pub notes: Vec<String>,
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

impl JobKind for Render {
    const NAME: &'static str = "render";
    const ATTEMPTS: u32 = 3;
    type Context = Arc<Workshop>;

    async fn run(self, workshop: &Arc<Workshop>, job: &Job, control: &JobControl) -> JobOutcome {
        let meter = control.clone();
        let watch = Watch::new(control.cancelled().clone()).reporting(move |done| meter.progress(done));
        match render(workshop, job, &self, &watch).await {
            Ok(made) => JobOutcome::done(json!(made)),
            Err(_) if watch.token().is_cancelled() => JobOutcome::Cancelled,
            Err(error) => {
                tracing::warn!(job = %job.id, "render failed: {error}");
                // Only what may pass by itself is worth another try.
                let told = failure(error.code(), error.to_string());
                match error {
                    RenderError::Store(_) | RenderError::Stopped => JobOutcome::failed_for_now(told),
                    _ => JobOutcome::failed(told),
                }
            }
        }
    }

    async fn unreadable(error: serde_json::Error, _: &Job, _: &JobControl) -> JobOutcome {
        JobOutcome::failed(failure("invalid_input", format!("the render cannot be read: {error}")))
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

async fn render(workshop: &Workshop, job: &Job, wanted: &Render, watch: &Watch) -> Result<RenderedFile, RenderError> {
    let (session, state) = (&job.session, workshop.state(&job.session).await?.state);
    let timeline = Timeline::of(State { draft: wanted.draft.clone(), ..state.clone() });
    let format = &wanted.output.format;
    let output: Output = wish("format", format)?;
    // Before anything is made of it: hours of silence cost as much as music does.
    check_length(&timeline)?;
    let quality: Quality = wish("quality", &wanted.output.quality)?;
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
            let asked = wanted.output.aspect.as_deref().map(|aspect| wish::<Aspect>("shape", aspect)).transpose()?;
            let plan = FilmPlan { sound, aspect: asked.unwrap_or(drafted.aspect), quality, ..drafted };
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

/// Keeps the file under a key of this attempt alone, so that an overtaken worker can publish nothing.
async fn keep(
    workshop: &Workshop,
    job: &Job,
    ending: &str,
    out: &Path,
    notes: Vec<String>,
) -> Result<RenderedFile, RenderError> {
    let bytes = tokio::fs::metadata(out).await?.len();
    let id = job.id.replace('/', "-");
    let key = format!("{KEPT_UNDER}/{id}/{}/out.{ending}", job.attempt);
    workshop.store.blobs().put_file(&key, out).await?;
    Ok(RenderedFile { key, bytes, notes })
}
