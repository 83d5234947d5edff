//! A piece of work in the hands of this process: what an errand has at its side while it is done.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OwnedMutexGuard;

use super::live::Live;
use super::order::{Order, Payer};
use super::record::{Handle, Record};
use crate::director::advice::{Call, Fault, Note, note};
use crate::director::links;
use crate::director::notes::Notes;
use crate::director::progress::{Say, Step};
use crate::director::reply::add;
use crate::director::services::Services;
use crate::director::sessions::Sessions;
use crate::director::trouble::of_store;
use crate::director::voice::Voice;
use crate::director::wording::say;
use crate::skills::{Attribution, Skill};
use bedtrack_store::FrontSession;

/// How an errand ended where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// On to the next.
    On,
    /// The backend asked something; what comes after waits for the answer.
    Asked,
}

/// Why an errand ended.
#[derive(Debug)]
pub enum Stop {
    /// It failed.
    Fault(Fault),
    /// Another process has taken the work over: nothing more may be written.
    TakenOver,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The job.
pub struct Job {
    /// Store, client, skills and settings.
    pub services: Arc<Services>,
    /// The clients' sessions.
    pub sessions: Sessions,
    /// Its handle.
    pub handle: String,
    /// What kind of handle that is.
    pub kind: Handle,
    /// The session it works in.
    pub session: FrontSession,
    /// The call's skill.
    pub skill: Skill,
    /// The skill's headers.
    pub attribution: Attribution,
    /// What is kept of it on disk.
    pub record: Record,
    /// Those who wait for it.
    pub live: Arc<Live>,
    pub(super) order: Order,
    /// The tool that faults are worded for.
    pub(super) call: Call,
}

impl Job {
    /// The stage in which another process left the errand, where it left it in one; told once.
    pub fn take_stage<S: DeserializeOwned>(&mut self) -> Option<S> {
        serde_json::from_value(self.record.stage.take()).ok()
    }

    /// Writes down how far the errand is. What comes next may be begun only after it.
    pub async fn save(&self, stage: &(impl Serialize + Sync)) -> Result<(), Stop> {
        self.write(stage, None).await
    }

    pub(super) async fn write(&self, stage: &(impl Serialize + Sync), status: Option<&str>) -> Result<(), Stop> {
        let internal = |error: serde_json::Error| Fault::Internal { reason: error.to_string() };
        let mut body = serde_json::to_value(&self.record).map_err(internal)?;
        if let Value::Object(body) = &mut body {
            body.insert("stage".to_owned(), serde_json::to_value(stage).map_err(internal)?);
        }
        let store = self.services.store().await?;
        let written = store.front().update_work(store.owner(), &self.handle, move |work| {
            work.body = body;
            if let Some(status) = status {
                status.clone_into(&mut work.status);
            }
        });
        match written.await.map_err(|error| of_store(&error))? {
            Some(_) => Ok(()),
            None => Err(Stop::TakenOver),
        }
    }

    /// Says what is being done.
    pub fn say(&self, step: Step) {
        self.live.say(step);
    }

    /// What others say steps with.
    pub fn sayer(&self) -> Say {
        let live = self.live.clone();
        Arc::new(move |step| live.say(step))
    }

    /// Adds a paragraph to the reply.
    pub fn tell(&mut self, paragraph: &str) {
        add(&mut self.record.answer.reply, paragraph);
    }

    /// Who is spoken to.
    pub fn voice(&self) -> Voice {
        let notes = Notes::of(&self.session);
        Voice {
            skill: self.skill.name.clone(),
            language: self.record.language.clone(),
            call: self.call,
            bind: notes.bound().or_else(|| Some(self.session.task_id.clone()).filter(|id| !id.is_empty())),
        }
    }

    /// Makes sure that the backend has a session for this one.
    pub async fn open(&mut self) -> Result<(), Stop> {
        if self.session.sid.is_empty() {
            self.renew().await?;
        }
        Ok(())
    }

    /// Opens a session at the backend, the first or one in place of a lost one.
    pub async fn renew(&mut self) -> Result<(), Stop> {
        let language = &self.record.language;
        self.say(Step::words(note(Note::Connecting, language)));
        let tag = self.record.session_language.as_deref();
        self.session = self.sessions.open_at_backend(&self.session, &self.attribution, tag).await?;
        self.say(Step::words(note(Note::Ready, language)));
        if self.skill.project_link {
            self.link().await;
        }
        Ok(())
    }

    /// The link for people goes into the answer, where there is one.
    pub async fn link(&mut self) {
        let link = links::project(&self.services, &self.session, &self.attribution).await;
        if !link.is_empty() {
            self.record.answer.project_url = link;
        }
    }

    /// One change at a time in a session; the caller hears that there is one before it.
    pub async fn my_turn(&self) -> OwnedMutexGuard<()> {
        let lock = self.order.turns.of(&self.session.id);
        match lock.clone().try_lock_owned() {
            Ok(turn) => turn,
            Err(_) => {
                self.say(Step::words(say("queued", &[], &self.record.language)));
                lock.lock_owned().await
            }
        }
    }

    /// Counts this job among those that spend credits, for as long as the guard lives.
    pub fn pays(&self) -> Payer {
        self.order.payers.enter()
    }
}
