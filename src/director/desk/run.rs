//! Doing a piece of work: its steps in order, each written down before it is begun, and its end told to whoever waits.

use std::sync::Arc;

use super::Director;
use super::fault::{Voice, add, call_of};
use super::live::Live;
use super::record::{Record, Stage, Step};
use super::sessions::Notes;
use super::words::say;
use crate::director::advice::Fault;
use crate::director::answer::{Answer, Status};
use crate::director::delivery::Delivery;
use crate::director::progress;
use crate::director::trouble::{began_nothing, of_store};
use crate::director::turn::Line;
use crate::skills::{Attribution, Skill};
use bedtrack_store::{FrontSession, RequestKey, Work};

/// A piece of work in the hands of this process.
pub struct Job {
    pub desk: Director,
    pub handle: String,
    pub session: FrontSession,
    pub skill: Skill,
    pub attribution: Attribution,
    pub record: Record,
    pub live: Arc<Live>,
}

/// How a step ended where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// On to the next.
    On,
    /// The backend asked something; what comes after waits for the answer.
    Asked,
}

/// Why a step ended.
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

impl Director {
    pub(super) async fn run(&self, work: Work, record: Record, session: FrontSession, live: Arc<Live>) {
        let Some(skill) = self.skill(&record.skill).cloned() else { return };
        let attribution = self.attribution(&skill);
        let job = Job { desk: self.clone(), handle: work.id, session, skill, attribution, record, live };
        job.run().await;
    }
}

impl Job {
    async fn run(mut self) {
        let mut status = Status::Done;
        let mut ended = None;
        while let Some(step) = self.record.steps.get(self.record.at).cloned() {
            self.record.answer.action = step.action().to_owned();
            let cancel = self.live.cancel.clone();
            let went = tokio::select! {
                went = self.take(&step) => went,
                // A message ends itself, with a word to the studio; the rest is simply not waited for.
                () = cancel.cancelled(), if !matches!(step, Step::Message(_)) => Err(Fault::Cancelled.into()),
            };
            match went {
                Ok(Went::Asked) => {
                    status = Status::NeedsAnswer;
                    break;
                }
                Ok(Went::On) => {}
                Err(Stop::TakenOver) => return,
                Err(Stop::Fault(fault)) => {
                    ended = Some(fault);
                    break;
                }
            }
            self.record.at += 1;
            self.record.stage = Stage::Fresh;
            match self.save().await {
                Ok(()) => {}
                Err(Stop::TakenOver) => return,
                Err(Stop::Fault(fault)) => {
                    ended = Some(fault);
                    break;
                }
            }
        }
        self.finish(status, ended).await;
    }

    async fn take(&mut self, step: &Step) -> Result<Went, Stop> {
        match step {
            Step::Upload(sources) => self.bring(sources).await,
            Step::Message(words) => self.message(words).await,
            Step::Export(spec) => self.hand_over(spec).await,
            Step::Credits => self.read_credits().await,
            Step::State => self.read_state().await,
        }
    }

    async fn finish(mut self, status: Status, fault: Option<Fault>) {
        let mut answer = std::mem::take(&mut self.record.answer);
        answer.status = status;
        if let Some(fault) = &fault {
            tracing::info!(handle = %self.handle, code = fault.code(), "the work failed");
            answer = self.desk.failed(&self.voice(), fault, answer);
        }
        self.address(&mut answer);
        self.record.answer = answer.clone();
        // States kept for comparison are large and have served.
        self.record.stage = Stage::Fresh;
        if let Some(fault) = &fault
            && began_nothing(fault)
            && self.record.at == 0
        {
            self.free_request().await;
        }
        let word = match answer.status {
            Status::Done | Status::Running => "done",
            Status::NeedsAnswer => "needs_answer",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        };
        let mut pause = std::time::Duration::from_millis(50);
        // The end must get onto the disk, or the work would be done again after a restart.
        for _ in 0..5 {
            match self.write(Some(word)).await {
                Err(Stop::Fault(_)) => tokio::time::sleep(pause).await,
                Ok(()) | Err(Stop::TakenOver) => break,
            }
            pause *= 4;
        }
        self.live.finish(answer);
    }

    /// Puts session and handle into an answer.
    fn address(&self, answer: &mut Answer) {
        answer.session.clone_from(&self.session.id);
        match Record::kind(&self.record.steps) {
            "export" => answer.export.clone_from(&self.handle),
            _ => answer.turn.clone_from(&self.handle),
        }
    }

    async fn free_request(&self) {
        let Some(request) = &self.record.request else { return };
        let key = RequestKey {
            client: self.session.client.clone(),
            tool: self.record.tool.clone(),
            request_id: request.id.clone(),
            digest: request.digest.clone(),
        };
        let freed = match self.desk.store().await {
            Ok(store) => store.front().forget_request(&key).await,
            Err(_) => return,
        };
        if let Err(error) = freed {
            tracing::warn!(%error, "a request id stays claimed");
        }
    }

    /// Writes down how far the work is. What comes next may be begun only after it.
    pub async fn save(&self) -> Result<(), Stop> {
        self.write(None).await
    }

    async fn write(&self, status: Option<&str>) -> Result<(), Stop> {
        let body = serde_json::to_value(&self.record).map_err(|error| Fault::Internal { reason: error.to_string() })?;
        let store = self.desk.store().await?;
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
    pub fn say(&self, step: progress::Step) {
        self.live.say(step);
    }

    /// Who is spoken to.
    pub fn voice(&self) -> Voice {
        let notes = Notes::of(&self.session);
        Voice {
            skill: self.skill.name.clone(),
            language: self.record.language.clone(),
            call: match self.record.steps.get(self.record.at) {
                Some(Step::Export(_)) => call_of("export"),
                Some(Step::Upload(_)) => call_of("upload"),
                _ => call_of(&self.record.tool),
            },
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
        use crate::director::advice::{Note, note};
        let language = &self.record.language;
        self.say(progress::Step::words(note(Note::Connecting, language)));
        let tag = self.record.session_language.as_deref();
        self.session = self.desk.open_at_backend(&self.session, &self.attribution, tag).await?;
        self.say(progress::Step::words(note(Note::Ready, language)));
        if self.skill.project_link {
            self.link().await;
        }
        Ok(())
    }

    /// The link for people, with the first answer of a session.
    async fn link(&mut self) {
        let link = self.desk.project_link(&self.session, &self.attribution).await;
        if !link.is_empty() {
            self.record.answer.project_url = link;
        }
    }

    /// One change at a time in a session; the caller hears that there is one before it.
    pub async fn my_turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = self.desk.inner.turns.of(&self.session.id);
        match lock.clone().try_lock_owned() {
            Ok(turn) => turn,
            Err(_) => {
                self.say(progress::Step::words(say("queued", &[], &self.record.language)));
                lock.lock_owned().await
            }
        }
    }

    /// The line to the backend's agent.
    pub fn line(&self) -> Line {
        Line {
            client: self.desk.inner.client.clone(),
            attribution: self.attribution.clone(),
            sid: self.session.sid.clone(),
            settings: self.desk.inner.settings.clone(),
            cancel: self.live.cancel.clone(),
            say: self.sayer(),
            language: self.record.language.clone(),
        }
    }

    /// The way to a file.
    pub fn delivery(&self) -> Delivery {
        Delivery {
            client: self.desk.inner.client.clone(),
            attribution: self.attribution.clone(),
            sid: self.session.sid.clone(),
            settings: self.desk.inner.settings.clone(),
            say: self.sayer(),
            language: self.record.language.clone(),
        }
    }

    fn sayer(&self) -> progress::Say {
        let live = self.live.clone();
        Arc::new(move |step| live.say(step))
    }

    /// Adds a paragraph to the reply.
    pub fn tell(&mut self, paragraph: &str) {
        add(&mut self.record.answer.reply, paragraph);
    }
}
