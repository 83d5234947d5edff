//! A render: the draft becomes one finished file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::runner::{Handler, JobControl};
use super::workshop::Workshop;
use super::{programme, project, stems};
use crate::store::{Job, Outcome, StoreError};
use crate::studio::film::{Aspect, Clip, Cover, FilmError, Format, MediaKind, Plan, Quality, TitleCard, Watch};
use crate::studio::sound::SoundError;
use crate::wire::draft::{self, Draft};
use crate::wire::render::OutputSpec;
use crate::wire::state::State;

/// Kind of these jobs.
pub const KIND: &str = "render";
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

/// Runs renders.
pub struct Renders(pub Arc<Workshop>);

impl Handler for Renders {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job, control: JobControl) -> Outcome {
        let payload: Payload = match serde_json::from_value(job.payload.clone()) {
            Ok(payload) => payload,
            Err(error) => return Outcome::failed(json!({"error": format!("the render cannot be read: {error}")})),
        };
        let meter = control.clone();
        let watch = Watch::new(control.cancelled()).reporting(move |done| meter.progress(done));
        match render(&self.0, &job, &payload, &watch).await {
            Ok(made) => Outcome::done(json!(made)),
            Err(_) if watch.token().is_cancelled() => Outcome::Cancelled,
            Err(error) => {
                tracing::warn!(job = %job.id, "render failed: {error}");
                // Only what may pass by itself is worth another try.
                let told = json!({"error": error.to_string()});
                match error {
                    RenderError::Store(_) | RenderError::Stopped => Outcome::failed_for_now(told),
                    _ => Outcome::failed(told),
                }
            }
        }
    }
}

async fn render(workshop: &Workshop, job: &Job, payload: &Payload, watch: &Watch) -> Result<Made, RenderError> {
    let state = workshop.state(&job.session).await?.state;
    let draft = Draft::read(&payload.draft);
    let format: Format = payload
        .output
        .format
        .parse()
        .map_err(|_| RenderError::Wish(format!("{} is no format that can be exported", payload.output.format)))?;
    let folder = workshop.scratch_folder()?;
    let out = folder.path().join(format!("out.{}", format.extension()));
    let notes = match format {
        Format::Stems => stems::write(workshop, &job.session, &state, &draft, folder.path(), &out, watch).await?,
        Format::Project => project::write(workshop, &job.session, &state, &draft, &out).await?,
        _ => {
            let sound = programme::mix(workshop, &job.session, &state, &draft, folder.path(), watch).await?;
            let plan = plan(workshop, &job.session, &state, &draft, payload, sound).await?;
            workshop.film.render(&plan, folder.path(), &out, watch).await?.notes
        }
    };
    keep(workshop, job, format, &out, notes).await
}

/// Keeps the file under a key of this attempt alone, so that an overtaken worker can publish nothing.
async fn keep(
    workshop: &Workshop,
    job: &Job,
    format: Format,
    out: &Path,
    notes: Vec<String>,
) -> Result<Made, RenderError> {
    let bytes = tokio::fs::metadata(out).await?.len();
    let id = job.id.replace('/', "-");
    let key = format!("renders/{id}/{}/out.{}", job.attempt, format.extension());
    workshop.store.blobs().put_file(&key, out).await?;
    Ok(Made { key, bytes, notes })
}

async fn plan(
    workshop: &Workshop,
    session: &str,
    state: &State,
    draft: &Draft,
    payload: &Payload,
    sound: Option<PathBuf>,
) -> Result<Plan, RenderError> {
    let wish = |what: &str, value: &str| RenderError::Wish(format!("{value} is no {what} that can be exported"));
    let quality: Quality = payload.output.quality.parse().map_err(|_| wish("quality", &payload.output.quality))?;
    let aspect = payload.output.aspect.as_deref().unwrap_or("source");
    let aspect: Aspect = aspect.parse().map_err(|_| wish("shape", aspect))?;
    let mut clips = Vec::new();
    for placed in draft.t.iter().filter(|track| track.tt == draft::VIDEO).flat_map(draft::Track::placed) {
        let medium = programme::medium_of(state, placed.segment)
            .ok_or_else(|| RenderError::Missing(placed.segment.name().unwrap_or("a clip").to_owned()))?;
        clips.push(Clip {
            path: workshop.media_file(session, medium).await?,
            kind: if medium.kind.as_deref() == Some("image") { MediaKind::Image } else { MediaKind::Video },
            in_ms: programme::number(placed.segment, "in"),
            duration_ms: placed.segment.d,
            start_ms: placed.start,
        });
    }
    let titles = draft.t.iter().filter(|track| track.tt == draft::TEXT).flat_map(draft::Track::placed);
    let titles = titles.filter_map(|placed| {
        let text_of = |key: &str| placed.segment.m.get(key).and_then(Value::as_str).unwrap_or_default();
        Some(TitleCard {
            text: placed.segment.text()?.to_owned(),
            start_ms: placed.start,
            duration_ms: placed.segment.d,
            position: text_of("position").parse().unwrap_or_default(),
            style: text_of("style").parse().unwrap_or_default(),
        })
    });
    Ok(Plan {
        titles: titles.collect(),
        cover: clips.is_empty().then(|| Cover { title: cover_title(state, draft) }),
        clips,
        sound,
        duration_ms: draft.end(),
        aspect,
        format: payload.output.format.parse().map_err(|_| wish("format", &payload.output.format))?,
        quality,
    })
}

/// What stands on the cover of a video without a picture: the music's name.
fn cover_title(state: &State, draft: &Draft) -> String {
    let first = draft.t.iter().filter(|track| track.tt == draft::AUDIO).flat_map(|track| &track.sg).next();
    let name = first.and_then(|segment| {
        segment.name().or_else(|| programme::medium_of(state, segment).and_then(|medium| medium.display_name()))
    });
    name.unwrap_or("Music").to_owned()
}
