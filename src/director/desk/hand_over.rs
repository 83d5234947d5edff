//! The export of a timeline, from the check before it to the path of the file.

use std::path::PathBuf;

use super::record::{Spec, Stage};
use super::run::{Job, Stop, Went};
use super::sessions::Notes;
use super::words::{say, size};
use crate::director::advice::{Fault, Note, Situation, next, note};
use crate::director::answer::Media;
use crate::director::delivery::{ASPECTS, FORMATS, Kept, QUALITIES};
use crate::director::outputs::{Target, known_ending, place};
use crate::director::progress::Step;
use crate::director::trouble::of_api;
use crate::director::{brief, timeline};
use bedtrack_wire::draft::VIDEO;
use bedtrack_wire::render::{OutputSpec, Render};
use bedtrack_wire::state::State;

/// Checks what can be checked of an export before anything is looked up.
pub fn checked(spec: Spec) -> Result<Spec, Fault> {
    let word = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(Spec {
        format: brief::one_of("format", &word(&spec.format), &FORMATS)?,
        quality: brief::one_of("quality", &word(&spec.quality), &QUALITIES)?,
        aspect: brief::one_of("aspect", &word(&spec.aspect), &ASPECTS)?,
        ..spec
    })
}

/// An export that is under way.
struct Plan {
    kept: Kept,
    /// Another process may have submitted it.
    asked: bool,
    format: String,
    target: Target,
}

/// A file on its way; half a file helps nobody, so what is not in its place in the end is removed.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // Usually it has been moved to its place.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Job {
    /// Renders the timeline and puts the file in its place.
    pub async fn hand_over(&mut self, spec: &Spec) -> Result<Went, Stop> {
        self.say(Step::words(say("preparing", &[], &self.record.language)));
        let state = self.exportable().await?;
        let mut plan = self.plan(spec, &state).await?;
        let output = OutputSpec {
            format: plan.format.clone(),
            quality: spec.quality.clone().unwrap_or_else(|| "high".into()),
            aspect: spec.aspect.clone().filter(|aspect| aspect != "source"),
        };
        let delivery = self.delivery();
        let render = loop {
            self.record.stage =
                Stage::Rendering { kept: plan.kept.clone(), format: plan.format.clone(), target: plan.target.clone() };
            self.save().await?;
            match delivery.attempt(&plan.kept, plan.asked, &state.draft, &output).await {
                Ok(Ok(render)) => break render,
                Err(Fault::SessionLost { .. }) => return Err(self.lost_with_its_timeline().await),
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
        let part = Part(plan.target.part(&self.handle));
        let bytes = delivery.fetch(&render, &plan.format, &part.0).await?;
        let path = plan.target.publish(&part.0)?.display().to_string();
        self.report_export(&render, &plan, bytes, &path, &state).await;
        Ok(Went::On)
    }

    /// The state, where there is something to export.
    async fn exportable(&mut self) -> Result<State, Stop> {
        if self.session.sid.is_empty() {
            return Err(Fault::NothingToExport { has_media: false }.into());
        }
        let state = match self.desk.inner.client.state(&self.attribution, &self.session.sid).await {
            Ok(seen) => seen.state,
            Err(error) if error.is_session_lost() && !Notes::of(&self.session).seen => State::default(),
            Err(error) if error.is_session_lost() => return Err(self.lost_with_its_timeline().await),
            Err(error) => return Err(of_api(&error, None).into()),
        };
        match state.timeline().has_segments() {
            true => Ok(state),
            false => Err(Fault::NothingToExport { has_media: state.media().next().is_some() }.into()),
        }
    }

    /// A lost session that held a timeline: a new one is opened, and what to upload again is told.
    async fn lost_with_its_timeline(&mut self) -> Stop {
        let media = Notes::of(&self.session).media;
        match self.renew().await {
            Ok(()) => Fault::SessionLost { media }.into(),
            Err(stop) => stop,
        }
    }

    /// The render that was begun before a restart, else a new one with its place.
    async fn plan(&self, spec: &Spec, state: &State) -> Result<Plan, Stop> {
        if let Stage::Rendering { kept, format, target } = self.record.stage.clone() {
            return Ok(Plan { kept, asked: true, format, target });
        }
        let picture = has_picture(state);
        let named = known_ending(spec.output.trim()).map(str::to_owned);
        let usual = || if picture { "mp4" } else { "wav" }.to_owned();
        let format = spec.format.clone().or(named).unwrap_or_else(usual);
        let (output, overwrite, reach) = (spec.output.clone(), spec.overwrite, self.record.reach());
        let (title, settings, wanted) = (title(state), self.desk.inner.settings.clone(), format.clone());
        // Network drives can hang for a while.
        let placed = tokio::task::spawn_blocking(move || place(&output, overwrite, &wanted, &title, reach, &settings));
        let target = placed.await.map_err(|error| Fault::Internal { reason: error.to_string() })??;
        Ok(Plan { kept: Kept::first(), asked: false, format, target })
    }

    async fn report_export(&mut self, render: &Render, plan: &Plan, bytes: u64, path: &str, state: &State) {
        let language = self.record.language.clone();
        self.tell(&say("exported", &[("path", path), ("size", &size(bytes))], &language));
        for remark in render.output.iter().flat_map(|output| &output.notes) {
            self.tell(remark);
        }
        if plan.kept.try_number > 1 {
            self.tell(&note(Note::SecondRender, &language));
        }
        let link = self.desk.project_link(&self.session, &self.attribution).await;
        let answer = &mut self.record.answer;
        if !link.is_empty() {
            answer.project_url = link;
        }
        let kind = kind(&plan.format);
        let name = std::path::Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
        let still = kind == "image" && plan.format != "gif";
        answer.media.push(Media {
            kind: kind.to_owned(),
            name: name.unwrap_or_default(),
            path: path.to_owned(),
            seconds: (!still).then(|| state.timeline().end() as f64 / 1_000.0).filter(|seconds| *seconds > 0.0),
            ..Media::default()
        });
        answer.timeline = timeline::tracks(state);
        let picture = matches!(kind, "video" | "image");
        answer.next = next(Situation::Exported { picture }, &self.skill, &language);
    }
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
