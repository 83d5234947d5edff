//! `state`: the timeline, the media, and how a turn or an export is getting on. Changes nothing, so it may be asked again
//! and again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::{Named, place};
use super::tool::{Ask, Effect};
use crate::director::advice::{Fault, Situation, next, span};
use crate::director::answer::{Answer, Status};
use crate::director::notes::Notes;
use crate::director::reply::add;
use crate::director::services::Services;
use crate::director::sessions::{Meant, NEW, Sessions};
use crate::director::trouble::{of_api, of_store};
use crate::director::voice::Voice;
use crate::director::wording::say;
use crate::director::work::{Admitted, Errand, Handle, Job, Stop, Went, Works, elapsed, patience};
use crate::director::{Caller, Progress, Reach, keep, media, timeline};
use crate::nemovideo::Bind;
use crate::skills::Skill;
use bedtrack_store::{FrontSession, WORK_RUNNING};
use bedtrack_wire::state::State;

/// How many sessions, and how many pieces of work of one, are listed.
const LISTED: u32 = 8;

/// Input of `state`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateAsk {
    /// Session handle; left out: the newest one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Handle of a turn to wait for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub turn: String,
    /// Handle of an export to wait for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub export: String,
    /// How long to wait for the turn or export, 0 to 50, default 45.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub wait_seconds: Option<f64>,
}

impl Ask for StateAsk {
    const NAME: &'static str = "state";
    const TITLE: &'static str = "Timeline and progress";
    const DESCRIPTION: &'static str = "The timeline, the media, and how a turn or export is getting on; given one, it waits for it. Without a session it also lists recent ones.";
    const EFFECT: Effect = Effect { read_only: true, destructive: false, idempotent: true };
    const ACTION: &'static str = "state";

    async fn answer(
        self,
        works: &Works,
        caller: &Caller,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let (turn, export) = (self.turn.trim(), self.export.trim());
        if !turn.is_empty() || !export.is_empty() {
            let (handle, kind) = if turn.is_empty() { (export, Handle::Export) } else { (turn, Handle::Turn) };
            // Its words come in its own language; this is for the case that there is no such work.
            works.stands(caller, handle, kind).await?;
            let admitted = Admitted { handle: handle.to_owned(), kind, began: false };
            return works.wait(caller, &admitted, patience(self.wait_seconds), progress).await;
        }
        read(works, caller, &self.session, voice).await
    }
}

/// A session's state as an answer; without a name the newest one's, with the client's recent sessions.
pub async fn read(works: &Works, caller: &Caller, session: &str, voice: &mut Voice) -> Result<Answer, Fault> {
    if session.trim().eq_ignore_ascii_case(NEW) {
        return Err(Fault::invalid(
            "session is \"new\"; state reads an existing one. Leave session out for the newest.",
        ));
    }
    let (meant, skill) = place(works, caller, Named { session, falls_back: true, ..Named::default() }, voice).await?;
    let mut answer = match &meant {
        Meant::Session(session) => of_session(works, session, voice, caller.reach).await?,
        Meant::Fresh => Answer {
            action: "state".into(),
            reply: say("state_none", &[], &voice.language),
            next: next(Situation::Empty, skill, &voice.language),
            ..Answer::default()
        },
    };
    if session.trim().is_empty() {
        let recent = recent(works.sessions(), caller, &voice.language).await?;
        add(&mut answer.reply, &recent);
    }
    Ok(answer)
}

async fn of_session(works: &Works, session: &FrontSession, voice: &Voice, reach: Reach) -> Result<Answer, Fault> {
    let services = works.services();
    let Some(skill) = services.skill(&voice.skill) else { return Ok(Answer::default()) };
    let state = state_of(services, works.sessions(), session, skill).await?;
    let language = &voice.language;
    let kept = |medium: &_| keep::place_for(reach, &services.settings.media, &session.id, medium);
    let mut answer = Answer {
        session: session.id.clone(),
        action: "state".into(),
        timeline: timeline::tracks(&state),
        media: media::all(&state, |medium| kept(medium).filter(|path| path.exists())),
        ..Answer::default()
    };
    add(&mut answer.reply, &answer.timeline.summary.clone());
    let names: Vec<&str> =
        answer.media.iter().map(|medium| medium.name.as_str()).filter(|name| !name.is_empty()).collect();
    let drafted = state.timeline().has_segments();
    if !names.is_empty() {
        add(&mut answer.reply, &say("state_media", &[("names", &names.join(", "))], language));
    } else if !drafted {
        add(&mut answer.reply, &say("state_empty", &[], language));
    }
    let situation = if drafted { Situation::Timeline } else { Situation::Empty };
    answer.next = next(situation, skill, language);
    add_running(services, session, language, &mut answer).await?;
    Ok(answer)
}

/// The state itself. A session that was lost is replaced; where it held something, that is told.
async fn state_of(
    services: &Services,
    sessions: &Sessions,
    session: &FrontSession,
    skill: &Skill,
) -> Result<State, Fault> {
    if session.sid.is_empty() {
        return Ok(State::default());
    }
    let attribution = services.attribution(skill);
    match services.client.state(&attribution, &session.sid).await {
        Ok(seen) => {
            let (state, bind) = (seen.state.clone(), seen.bind);
            let seen_now = move |notes: &mut Notes| {
                notes.see(&state);
                notes.bind = Bind::best(bind, notes.bind.take());
            };
            sessions.annotate(session, seen_now).await?;
            Ok(seen.state)
        }
        Err(error) if error.is_session_lost() && !Notes::of(session).seen => Ok(State::default()),
        Err(error) if error.is_session_lost() => {
            let notes = Notes::of(session);
            let language = Some(notes.language.as_str()).filter(|tag| !tag.is_empty());
            let tag = skill.language.tag("", language);
            sessions.open_at_backend(session, &attribution, tag.as_deref()).await?;
            match notes.drafted || !notes.media.is_empty() {
                true => Err(Fault::SessionLost { media: notes.media }),
                false => Ok(State::default()),
            }
        }
        Err(error) => Err(of_api(&error, None)),
    }
}

/// Names what is still at work in a session.
async fn add_running(
    services: &Services,
    session: &FrontSession,
    language: &str,
    answer: &mut Answer,
) -> Result<(), Fault> {
    let front = services.store().await?.front();
    let works = front.works(&session.client, &session.id, LISTED).await.map_err(|error| of_store(&error))?;
    let mut running = works.iter().filter(|work| work.status == WORK_RUNNING);
    let Some(newest) = running.next() else { return Ok(()) };
    let mut handles = vec![format!("{} ({})", newest.id, span(elapsed(newest.created_at), language))];
    handles.extend(running.map(|work| format!("{} ({})", work.id, span(elapsed(work.created_at), language))));
    add(&mut answer.reply, &say("state_working", &[("handles", &handles.join(", "))], language));
    answer.status = Status::Running;
    Handle::of(&newest.kind).put(answer, &newest.id);
    if let Some(skill) = services.skill(&session.skill) {
        answer.next = next(Situation::Running, skill, language);
    }
    Ok(())
}

/// The client's recent sessions, as a line.
async fn recent(sessions: &Sessions, caller: &Caller, language: &str) -> Result<String, Fault> {
    let recent = sessions.recent(caller, LISTED).await?;
    let lines: Vec<String> = recent
        .iter()
        .map(|session| {
            let ago = span(elapsed(session.used_at), language);
            say("session_line", &[("id", &session.id), ("skill", &session.skill), ("ago", &ago)], language)
        })
        .collect();
    Ok(match lines.is_empty() {
        true => String::new(),
        false => say("state_sessions", &[("sessions", &lines.join("; "))], language),
    })
}

/// The state, as one of several actions of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadState;

impl Errand for ReadState {
    const NAME: &'static str = "state";

    async fn run(self, job: &mut Job) -> Result<Went, Stop> {
        let state = state_of(&job.services, &job.sessions, &job.session, &job.skill).await?;
        job.record.answer.timeline = timeline::tracks(&state);
        let line = job.record.answer.timeline.summary.clone();
        job.tell(&line);
        Ok(Went::On)
    }
}
