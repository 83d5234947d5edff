//! `export`: renders the timeline, waits, downloads, and gives the path of the file. Destructive: told to, it overwrites
//! one. Its fields stand in [`ExportAsk`]; what is kept of them while it runs is [`Export`].

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::one_of;
use super::place::{Named, place};
use super::tool::{Ask, Effect};
use crate::director::advice::{Call, Fault, Note, Situation, next, note};
use crate::director::answer::{Answer, Media};
use crate::director::delivery::{Delivery, Kept};
use crate::director::notes::Notes;
use crate::director::outputs::{self, FORMATS, Target, known_ending};
use crate::director::progress::Step;
use crate::director::sessions::Meant;
use crate::director::trouble::of_api;
use crate::director::voice::Voice;
use crate::director::wording::{say, size};
use crate::director::work::{Errand, Handle, Job, Stop, Went, Wish, Works, digest, patience};
use crate::director::{Caller, Progress, timeline};
use bedtrack_wire::draft::VIDEO;
use bedtrack_wire::render::{OutputSpec, Render};
use bedtrack_wire::state::State;
use bedtrack_wire::time::Ms;

const QUALITIES: [&str; 3] = ["draft", "standard", "high"];
const ASPECTS: [&str; 5] = ["source", "16:9", "9:16", "1:1", "4:5"];

/// Input of `export`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportAsk {
    /// Session handle; left out: the newest one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Left out: mp4, or wav where there is no picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = FORMATS))]
    pub format: String,
    /// Default high.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = QUALITIES))]
    pub quality: String,
    /// Shape of the picture; default source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = ASPECTS))]
    pub aspect: String,
    /// File or folder to write to; left out: a new name in the output folder.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
    /// Whether a file of that name may be replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overwrite: bool,
    /// Your own id: repeating the call with it renders nothing twice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// How long to wait for the file, 0 to 50, default 45; after that a handle is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub wait_seconds: Option<f64>,
}

impl Ask for ExportAsk {
    const NAME: &'static str = "export";
    const TITLE: &'static str = "Export the finished file";
    const DESCRIPTION: &'static str = "Render the draft to a file and answer with its absolute path: video (mp4 by default), audio, a still, stems, or the project. Overwrites only with overwrite: true.";
    const EFFECT: Effect = Effect { read_only: false, destructive: true, idempotent: false };
    const ACTION: &'static str = "export";

    async fn answer(
        self,
        works: &Works,
        caller: &Caller,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        // Checked before anything is looked up.
        let export = self.checked()?;
        let admission = works.admission(caller).await;
        let named = Named { session: &self.session, falls_back: true, ..Named::default() };
        let (meant, skill) = place(works, caller, named, voice).await?;
        if matches!(meant, Meant::Fresh) {
            return Err(Fault::NothingToExport { has_media: false });
        }
        let (request_id, patience) = (self.request_id.clone(), patience(self.wait_seconds));
        let wish = Wish {
            tool: Self::NAME,
            skill: skill.name.clone(),
            language: voice.language.clone(),
            session_language: skill.language.tag("", None),
            errands: vec![export.planned()?],
            meant,
            digest: digest(Self::NAME, &Self { request_id: String::new(), wait_seconds: None, ..self }),
            request_id,
        };
        let admitted = works.admit(caller, wish).await?;
        drop(admission);
        works.wait(caller, &admitted, patience, progress).await
    }
}

impl ExportAsk {
    fn checked(&self) -> Result<Export, Fault> {
        Ok(Export {
            format: one_of("format", &self.format, &FORMATS)?,
            quality: one_of("quality", &self.quality, &QUALITIES)?,
            aspect: one_of("aspect", &self.aspect, &ASPECTS)?,
            output: self.output.trim().to_owned(),
            overwrite: self.overwrite,
        })
    }
}

/// The file that is wanted; what is left open depends on the timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// One of the formats.
    pub format: Option<String>,
    /// One of the qualities.
    pub quality: Option<String>,
    /// One of the aspects.
    pub aspect: Option<String>,
    /// A path, or empty.
    pub output: String,
    /// Whether a file may be replaced.
    pub overwrite: bool,
}

/// How far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// The render may have been submitted.
    Rendering {
        /// The render.
        kept: Kept,
        /// The format, now that it is known.
        format: String,
        /// Where the file goes.
        target: Target,
    },
}

/// An export that is under way.
struct RenderPlan {
    kept: Kept,
    /// Another process may have submitted it.
    asked: bool,
    format: String,
    target: Target,
}

/// A file on its way; half a file helps nobody, so what is not in its place in the end is removed.
struct PartialFile(PathBuf);

impl Drop for PartialFile {
    fn drop(&mut self) {
        // Usually it has been moved to its place.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Errand for Export {
    const NAME: &'static str = Handle::Export.word();
    const HANDLE: Handle = Handle::Export;
    const CALL: Option<Call> = Some(Call::Export);

    /// Renders the timeline and puts the file in its place.
    async fn run(self, job: &mut Job) -> Result<Went, Stop> {
        job.say(Step::words(say("preparing", &[], &job.record.language)));
        let state = exportable(job).await?;
        let mut plan = plan(job, &self, &state).await?;
        let output = OutputSpec {
            format: plan.format.clone(),
            quality: self.quality.clone().unwrap_or_else(|| "high".into()),
            aspect: self.aspect.clone().filter(|aspect| aspect != "source"),
        };
        let delivery = delivery(job);
        let render = loop {
            let (kept, format, target) = (plan.kept.clone(), plan.format.clone(), plan.target.clone());
            job.save(&Stage::Rendering { kept, format, target }).await?;
            match delivery.attempt(&plan.kept, plan.asked, &state.draft, &output).await {
                Ok(Ok(render)) => break render,
                Err(Fault::SessionLost { .. }) => return Err(lost_with_its_timeline(job).await),
                Err(fault) => return Err(fault.into()),
                Ok(Err(fault)) => match plan.kept.next() {
                    Some(kept) => {
                        tracing::info!(render = %plan.kept.render, code = fault.code(), "a second render is tried");
                        (plan.kept, plan.asked) = (kept, false);
                    }
                    None => return Err(twice(fault).into()),
                },
            }
        };
        let part = PartialFile(plan.target.part(&job.handle));
        let bytes = delivery.fetch(&render, &plan.format, &part.0).await?;
        let path = plan.target.publish(&part.0)?.display().to_string();
        report(job, &render, &plan, bytes, &path, &state).await;
        Ok(Went::On)
    }
}

fn delivery(job: &Job) -> Delivery {
    Delivery {
        client: job.services.client.clone(),
        attribution: job.attribution.clone(),
        sid: job.session.sid.clone(),
        settings: job.services.settings.clone(),
        say: job.sayer(),
        language: job.record.language.clone(),
    }
}

/// The state, where there is something to export.
async fn exportable(job: &mut Job) -> Result<State, Stop> {
    if job.session.sid.is_empty() {
        return Err(Fault::NothingToExport { has_media: false }.into());
    }
    let state = match job.services.client.state(&job.attribution, &job.session.sid).await {
        Ok(seen) => seen.state,
        Err(error) if error.is_session_lost() && !Notes::of(&job.session).seen => State::default(),
        Err(error) if error.is_session_lost() => return Err(lost_with_its_timeline(job).await),
        Err(error) => return Err(of_api(&error, None).into()),
    };
    match state.timeline().has_segments() {
        true => Ok(state),
        false => Err(Fault::NothingToExport { has_media: state.media().next().is_some() }.into()),
    }
}

/// A lost session that held a timeline: a new one is opened, and what to upload again is told.
async fn lost_with_its_timeline(job: &mut Job) -> Stop {
    let media = Notes::of(&job.session).media;
    match job.renew().await {
        Ok(()) => Fault::SessionLost { media }.into(),
        Err(stop) => stop,
    }
}

/// The render that was begun before a restart, else a new one with its place.
async fn plan(job: &mut Job, export: &Export, state: &State) -> Result<RenderPlan, Stop> {
    if let Some(Stage::Rendering { kept, format, target }) = job.take_stage() {
        return Ok(RenderPlan { kept, asked: true, format, target });
    }
    let picture = has_picture(state);
    let named = known_ending(export.output.trim()).map(str::to_owned);
    let usual = || if picture { "mp4" } else { "wav" }.to_owned();
    let format = export.format.clone().or(named).unwrap_or_else(usual);
    let (output, overwrite, reach) = (export.output.clone(), export.overwrite, job.record.reach());
    let (title, settings, wanted) = (title(state), job.services.settings.clone(), format.clone());
    // Network drives can hang for a while.
    let placed =
        tokio::task::spawn_blocking(move || outputs::place(&output, overwrite, &wanted, &title, reach, &settings));
    let target = placed.await.map_err(|error| Fault::Internal { reason: error.to_string() })??;
    Ok(RenderPlan { kept: Kept::first(), asked: false, format, target })
}

async fn report(job: &mut Job, render: &Render, plan: &RenderPlan, bytes: u64, path: &str, state: &State) {
    let language = job.record.language.clone();
    job.tell(&say("exported", &[("path", path), ("size", &size(bytes))], &language));
    for remark in render.output.iter().flat_map(|output| &output.notes) {
        job.tell(remark);
    }
    if plan.kept.try_number > 1 {
        job.tell(&note(Note::SecondRender, &language));
    }
    job.link().await;
    let answer = &mut job.record.answer;
    let kind = kind(&plan.format);
    let name = std::path::Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    let still = kind == "image" && plan.format != "gif";
    answer.media.push(Media {
        kind: kind.to_owned(),
        name: name.unwrap_or_default(),
        path: path.to_owned(),
        seconds: (!still).then(|| Ms(state.timeline().end()).seconds()).filter(|seconds| *seconds > 0.0),
        ..Media::default()
    });
    answer.timeline = timeline::tracks(state);
    let picture = matches!(kind, "video" | "image");
    answer.next = next(Situation::Exported { picture }, &job.skill, &language);
}

fn twice(fault: Fault) -> Fault {
    match fault {
        Fault::RenderFailed { reason, .. } => Fault::RenderFailed { reason, twice: true },
        other => other,
    }
}

/// What an exported file is.
fn kind(format: &str) -> &'static str {
    match format {
        "mp4" | "mov" | "webm" | "project" => "video",
        "gif" | "jpg" | "png" => "image",
        "stems" => "stems",
        _ => "music",
    }
}

fn has_picture(state: &State) -> bool {
    state.timeline().t.iter().any(|track| track.tt == VIDEO && !track.sg.is_empty())
}

/// What the file is called where nobody names it: the first clip, else the first music, else the first title.
fn title(state: &State) -> String {
    let timeline = timeline::tracks(state);
    let first = |kind: &str| timeline.tracks.iter().find(|track| track.kind == kind)?.segments.first();
    let named = first("Video").or_else(|| first("BGM")).or_else(|| first("Title"));
    named.map(|segment| segment.name.clone()).unwrap_or_default()
}
