//! Reading: the balance, the timeline, the media, and what is going on.

use std::path::PathBuf;

use super::Director;
use super::fault::{Voice, add};
use super::run::{Job, Stop, Went};
use super::sessions::Notes;
use super::wait::elapsed;
use super::words::say;
use crate::director::advice::{Fault, Situation, next, span};
use crate::director::answer::{Answer, Credits, Status};
use crate::director::trouble::{of_api, of_store};
use crate::director::{Caller, Reach, keep, media, timeline};
use crate::nemovideo::Bind;
use crate::skills::Skill;
use bedtrack_store::{FrontSession, WORK_RUNNING};
use bedtrack_wire::credits::{Balance, GENERATION};
use bedtrack_wire::state::{Medium, State};

/// How many sessions, and how many pieces of work of one, are listed.
const LISTED: u32 = 8;

/// A balance in an answer.
pub fn fill(credits: &mut Credits, balance: &Balance) {
    if balance.unlimited {
        credits.unlimited = Some(true);
        return;
    }
    credits.available = Some(balance.available);
    credits.frozen = Some(balance.frozen);
    credits.total = Some(balance.total);
}

/// A balance in a sentence.
pub fn balance_words(balance: &Balance, language: &str) -> String {
    if balance.unlimited {
        return say("credits_unlimited", &[], language);
    }
    let frozen = if balance.frozen == 0 { String::new() } else { balance.frozen.to_string() };
    let (available, total) = (balance.available.to_string(), balance.total.to_string());
    say("credits", &[("available", &available), ("frozen", &frozen), ("total", &total)], language)
}

impl Director {
    /// The balance as an answer.
    pub(super) async fn balance_answer(&self, voice: &Voice) -> Result<Answer, Fault> {
        let Some(skill) = self.skill(&voice.skill) else { return Ok(Answer::default()) };
        let attribution = self.attribution(skill);
        let balance = self.inner.client.balance(&attribution).await.map_err(|error| of_api(&error, None))?;
        let situation = Situation::Credits { low: balance.available < GENERATION, unlimited: balance.unlimited };
        let mut answer = Answer {
            action: "credits".into(),
            reply: balance_words(&balance, &voice.language),
            next: next(situation, skill, &voice.language),
            ..Answer::default()
        };
        fill(&mut answer.credits, &balance);
        Ok(answer)
    }

    /// A session's state as an answer.
    pub(super) async fn state_answer(
        &self,
        session: &FrontSession,
        voice: &Voice,
        reach: Reach,
    ) -> Result<Answer, Fault> {
        let Some(skill) = self.skill(&voice.skill) else { return Ok(Answer::default()) };
        let state = self.read_session(session, skill).await?;
        let language = &voice.language;
        let mut answer = Answer {
            session: session.id.clone(),
            action: "state".into(),
            timeline: timeline::tracks(&state),
            media: media::all(&state, |medium| self.kept(session, medium, reach).filter(|path| path.exists())),
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
        self.add_running(session, language, &mut answer).await?;
        Ok(answer)
    }

    /// Where the copy of a medium lies, for those who can open it there.
    pub(super) fn kept(&self, session: &FrontSession, medium: &Medium, reach: Reach) -> Option<PathBuf> {
        match reach {
            Reach::Local => keep::place(&self.inner.settings.media, &session.id, medium),
            Reach::Remote => None,
        }
    }

    async fn read_session(&self, session: &FrontSession, skill: &Skill) -> Result<State, Fault> {
        if session.sid.is_empty() {
            return Ok(State::default());
        }
        let attribution = self.attribution(skill);
        match self.inner.client.state(&attribution, &session.sid).await {
            Ok(seen) => {
                let (state, bind) = (seen.state.clone(), seen.bind);
                let seen_now = move |notes: &mut Notes| {
                    notes.see(&state);
                    notes.bind = Bind::best(bind, notes.bind.take());
                };
                self.annotate(session, seen_now).await?;
                Ok(seen.state)
            }
            Err(error) if error.is_session_lost() && !Notes::of(session).seen => Ok(State::default()),
            Err(error) if error.is_session_lost() => {
                let notes = Notes::of(session);
                let language = Some(notes.language.as_str()).filter(|tag| !tag.is_empty());
                let tag = skill.language.tag("", language);
                self.open_at_backend(session, &attribution, tag.as_deref()).await?;
                match notes.drafted || !notes.media.is_empty() {
                    true => Err(Fault::SessionLost { media: notes.media }),
                    false => Ok(State::default()),
                }
            }
            Err(error) => Err(of_api(&error, None)),
        }
    }

    /// Names what is still at work in a session.
    async fn add_running(&self, session: &FrontSession, language: &str, answer: &mut Answer) -> Result<(), Fault> {
        let front = self.store().await?.front();
        let works = front.works(&session.client, &session.id, LISTED).await.map_err(|error| of_store(&error))?;
        let mut running = works.iter().filter(|work| work.status == WORK_RUNNING);
        let Some(newest) = running.next() else { return Ok(()) };
        let mut handles = vec![format!("{} ({})", newest.id, span(elapsed(newest.created_at), language))];
        handles.extend(running.map(|work| format!("{} ({})", work.id, span(elapsed(work.created_at), language))));
        add(&mut answer.reply, &say("state_working", &[("handles", &handles.join(", "))], language));
        answer.status = Status::Running;
        match newest.kind.as_str() {
            "export" => answer.export.clone_from(&newest.id),
            _ => answer.turn.clone_from(&newest.id),
        }
        if let Some(skill) = self.skill(&session.skill) {
            answer.next = next(Situation::Running, skill, language);
        }
        Ok(())
    }

    /// The client's recent sessions, as a line.
    pub(super) async fn sessions_words(&self, caller: &Caller, language: &str) -> Result<String, Fault> {
        let recent = self.recent(caller, LISTED).await?;
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
}

impl Job {
    /// The balance, as one of several actions.
    pub async fn read_credits(&mut self) -> Result<Went, Stop> {
        let read = self.desk.balance_answer(&self.voice()).await?;
        self.tell(&read.reply);
        let spent = self.record.answer.credits.spent;
        self.record.answer.credits = Credits { spent, ..read.credits };
        if self.record.answer.next.is_empty() {
            self.record.answer.next = read.next;
        }
        Ok(Went::On)
    }

    /// The state, as one of several actions.
    pub async fn read_state(&mut self) -> Result<Went, Stop> {
        let state = self.desk.read_session(&self.session, &self.skill).await?;
        self.record.answer.timeline = timeline::tracks(&state);
        let line = self.record.answer.timeline.summary.clone();
        self.tell(&line);
        Ok(Went::On)
    }
}
