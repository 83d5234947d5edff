//! `upload`: media into the session, one by one, so that a bad one is named and the others are in. Not idempotent: the
//! same file twice is two clips.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::{Named, place};
use super::tool::{Ask, Effect};
use crate::director::advice::{Call, Fault, Situation, next};
use crate::director::answer::Answer;
use crate::director::inputs::{self, Source};
use crate::director::progress::Step;
use crate::director::services::Services;
use crate::director::trouble::of_api;
use crate::director::turn::{Line, replace_lost_session, see, state_before};
use crate::director::voice::Voice;
use crate::director::wording::say;
use crate::director::work::{Errand, Job, Stop, Went, Wish, Works, digest, patience};
use crate::director::{Caller, Progress, changes, media, timeline};
use crate::nemovideo::{ApiError, LocalFile};
use crate::skills::Skill;
use bedtrack_wire::state::{Medium, State};
use bedtrack_wire::time::Ms;

/// Input of `upload`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadAsk {
    /// Paths or https URLs.
    pub files: Vec<String>,
    /// Session handle; left out: the newest one of this connection; "new": a fresh one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Skill name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub skill: String,
}

impl Ask for UploadAsk {
    const NAME: &'static str = "upload";
    const TITLE: &'static str = "Bring media into the session";
    const DESCRIPTION: &'static str = "Bring video, images or audio into the session, from paths or https URLs. Upload a clip before asking for music for it.";
    const EFFECT: Effect = Effect { read_only: false, destructive: false, idempotent: false };

    fn skill(&self) -> &str {
        &self.skill
    }

    async fn answer(
        self,
        works: &Works,
        caller: &Caller,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let admission = works.admission(caller).await;
        let named = Named { session: &self.session, skill: &self.skill, falls_back: false };
        let (meant, skill) = place(works, caller, named, voice).await?;
        let sources = look(works.services(), caller, &self.files, skill).await?;
        if sources.is_empty() {
            return Err(Fault::invalid("files is empty; name at least one path or URL."));
        }
        let wish = Wish {
            tool: Self::NAME,
            skill: skill.name.clone(),
            language: voice.language.clone(),
            session_language: skill.language.tag("", None),
            errands: vec![Upload(sources).planned()?],
            meant,
            digest: digest(Self::NAME, &self),
            request_id: String::new(),
        };
        let admitted = works.admit(caller, wish).await?;
        drop(admission);
        works.wait(caller, &admitted, patience(None), progress).await
    }
}

/// Looks at what a call brings in, before any of it is sent.
pub async fn look(services: &Services, caller: &Caller, files: &[String], skill: &Skill) -> Result<Vec<Source>, Fault> {
    let (files, reach, limit) = (files.to_vec(), caller.reach, skill.size_limit_bytes);
    let settings = services.settings.clone();
    // Network drives can hang for a while.
    let looked = tokio::task::spawn_blocking(move || inputs::look(&files, reach, &settings, limit));
    looked.await.map_err(|error| Fault::Internal { reason: error.to_string() })?
}

/// Media to bring in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upload(pub Vec<Source>);

/// How far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Files up to this one may have been sent.
    Uploading {
        /// The state before the first.
        before: Arc<State>,
        /// How many were tried before the one that is on its way.
        done: usize,
        /// Which of those were refused.
        #[serde(default)]
        refused: Vec<usize>,
    },
}

impl Errand for Upload {
    const NAME: &'static str = "upload";
    const CALL: Option<Call> = Some(Call::Upload);

    /// Brings everything in that is not in yet. A file that is refused for what it is keeps no other one out.
    async fn run(self, job: &mut Job) -> Result<Went, Stop> {
        let Self(sources) = self;
        let _turn = job.my_turn().await;
        let mut renewed = false;
        let (before, done, again) = match job.take_stage() {
            Some(Stage::Uploading { before, mut done, refused }) => {
                // The file that was on its way may have arrived.
                let arrived = Line::of(job).settled().await.map_or(0, |seen| arrived(&before, &seen.state));
                if arrived + refused.len() > done {
                    done += 1;
                }
                (before, done, refused)
            }
            None => {
                job.open().await?;
                (Arc::new(state_before(job, &mut renewed).await?), 0, Vec::new())
            }
        };
        let mut refused = again.clone();
        let mut faults: Vec<Fault> = Vec::new();
        // What was refused before a restart is refused again at the end, which tells why.
        let order = (done..sources.len()).chain(again);
        for (place, index) in order.enumerate() {
            let Some(source) = sources.get(index) else { continue };
            let done = (done + place).min(sources.len());
            job.save(&Stage::Uploading { before: Arc::clone(&before), done, refused: refused.clone() }).await?;
            let name = source.shown();
            job.say(Step::part(
                say("uploading", &[("name", &name)], &job.record.language),
                done as f64 / sources.len() as f64,
            ));
            let mut sent = send(job, source).await;
            if sent.as_ref().is_err_and(ApiError::is_session_lost) && !renewed {
                renewed = true;
                replace_lost_session(job).await?;
                sent = send(job, source).await;
            }
            let Err(error) = sent else { continue };
            if error.is_unclear() && has_arrived(job, &before, done, refused.len()).await {
                continue;
            }
            let fault = of_api(&error, Some(&name));
            let goes_on = is_about_the_file(&fault);
            if !refused.contains(&index) {
                refused.push(index);
            }
            faults.push(fault);
            if !goes_on {
                break;
            }
        }
        report(job, &before, faults).await
    }
}

async fn send(job: &Job, source: &Source) -> Result<(), ApiError> {
    let client = &job.services.client;
    match source {
        Source::File { path, name, bytes } => {
            let file = LocalFile { path: path.clone(), name: name.clone(), bytes: *bytes };
            client.upload_file(&job.attribution, &job.session.sid, &file).await.map(drop)
        }
        Source::Url(url) => {
            client.upload_urls(&job.attribution, &job.session.sid, std::slice::from_ref(url)).await.map(drop)
        }
    }
}

async fn has_arrived(job: &Job, before: &State, done: usize, refused: usize) -> bool {
    Line::of(job).settled().await.is_some_and(|seen| arrived(before, &seen.state) + refused > done)
}

/// Says what is in now, and what is not; the last fault is the step's own.
async fn report(job: &mut Job, before: &State, mut faults: Vec<Fault>) -> Result<Went, Stop> {
    let language = job.record.language.clone();
    let fault = faults.pop();
    let Some(seen) = Line::of(job).settled().await else {
        return match fault {
            Some(fault) => Err(fault.into()),
            None => Ok(Went::On),
        };
    };
    let arrived = media::fresh(before, &seen.state);
    let names: Vec<String> = arrived.iter().map(|medium| named(medium, &language)).collect();
    let fresh: Vec<_> = arrived.iter().map(|found| media::listed(found, None)).collect();
    if !names.is_empty() {
        job.tell(&say("uploaded", &[("names", &names.join(", "))], &language));
    } else if fault.is_none() {
        job.tell(&say("uploaded_none", &[], &language));
    }
    if before.draft != seen.state.draft {
        let line = timeline::summary(&seen.state);
        job.tell(&line);
    }
    job.record.answer.changes.extend(changes::between(before, &seen.state));
    see(job, before, &seen).await;
    for other in &faults {
        let words = job.voice().happened(&job.services, other);
        job.tell(&words);
    }
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    let picture = media::has_picture(&fresh);
    job.record.answer.next = next(Situation::Uploaded { picture }, &job.skill, &language);
    Ok(Went::On)
}

/// Whether another file may well be taken.
fn is_about_the_file(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::UnsupportedFile { .. }
            | Fault::FileTooLarge { .. }
            | Fault::FileUnreadable { .. }
            | Fault::UrlRefused { .. }
            | Fault::BackendError { .. }
    )
}

/// How many media have come in since.
fn arrived(before: &State, now: &State) -> usize {
    now.video_infos.len().saturating_sub(before.video_infos.len())
}

fn named(medium: &Medium, language: &str) -> String {
    let tenths = |seconds: f64| ((seconds * 10.0).round() / 10.0).to_string();
    let shown = media::listed(medium, None);
    let name = if shown.name.is_empty() { &shown.kind } else { &shown.name };
    match (medium.cues(), shown.seconds) {
        (Some((count, first_ms)), Some(to)) => {
            let (count, from) = (count.to_string(), tenths(Ms::from(first_ms).seconds()));
            let values = [("name", name.as_str()), ("count", &count), ("from", &from), ("to", &tenths(to))];
            say("uploaded_captions", &values, language)
        }
        (_, Some(seconds)) => format!("{name} ({} s)", tenths(seconds)),
        (_, None) => name.clone(),
    }
}
