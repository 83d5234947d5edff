//! The five tools: each checks its arguments, finds its session, and has the work done or reads.

use super::Director;
use super::admit::{Wish, digest};
use super::fault::{Voice, add, call_of};
use super::hand_over::checked;
use super::record::{Spec, Step};
use super::sessions::{Meant, Notes};
use super::wait::patience;
use super::words::say;
use crate::director::advice::{Fault, Situation, Thing, next};
use crate::director::answer::Answer;
use crate::director::ask::{CreditsAsk, ExportAsk, GenerateAsk, StateAsk, UploadAsk};
use crate::director::brief::{self, invalid};
use crate::director::inputs::{self, Source};
use crate::director::route::{self, Action};
use crate::director::trouble::unknown;
use crate::director::{Caller, Progress};
use crate::skills::{SessionLanguage, Skill};
use bedtrack_wire::hint::Hint;

impl Director {
    /// `generate_music`: routes the request, brings files in, and has the studio's agent make or change music.
    pub async fn generate(&self, caller: &Caller, ask: GenerateAsk, progress: &dyn Progress) -> Answer {
        let mut voice = self.voice("generate_music", &ask.skill, &ask.request);
        match self.try_generate(caller, ask, progress, &mut voice).await {
            Ok(answer) => finished(answer, &voice),
            Err(fault) => self.failed(&voice, &fault, Answer::default()),
        }
    }

    async fn try_generate(
        &self,
        caller: &Caller,
        ask: GenerateAsk,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let words = brief::request(&ask)?.to_owned();
        let asked_language = brief::language(&ask.language)?;
        if let Some(language) = &asked_language {
            voice.language.clone_from(language);
        }
        let hint = brief::hint(&ask)?;
        let admission = self.admission(caller).await;
        let (meant, skill) = self.place(caller, &ask.session, &ask.skill, false, voice).await?;
        let sources = self.look(caller, &ask.files, skill).await?;
        let steps = steps(&words, sources, &hint)?;
        if !steps.iter().any(|step| matches!(step, Step::Upload(_) | Step::Message(_) | Step::Export(_))) {
            drop(admission);
            return self.read_only(caller, &steps, &meant, voice).await;
        }
        let wish = Wish {
            tool: "generate_music",
            skill: skill.name.clone(),
            language: voice.language.clone(),
            session_language: skill.language.tag(&words, asked_language.as_deref()),
            steps,
            meant,
            digest: digest(
                "generate_music",
                &GenerateAsk { request_id: String::new(), wait_seconds: None, ..ask.clone() },
            ),
            request_id: ask.request_id.clone(),
        };
        let admitted = self.admit(caller, wish).await?;
        drop(admission);
        self.wait(caller, &admitted, patience(ask.wait_seconds), progress).await
    }

    /// `upload`: brings media into the session.
    pub async fn upload(&self, caller: &Caller, ask: UploadAsk, progress: &dyn Progress) -> Answer {
        let mut voice = self.voice("upload", &ask.skill, "");
        match self.try_upload(caller, ask, progress, &mut voice).await {
            Ok(answer) => finished(answer, &voice),
            Err(fault) => self.failed(&voice, &fault, Answer::default()),
        }
    }

    async fn try_upload(
        &self,
        caller: &Caller,
        ask: UploadAsk,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let admission = self.admission(caller).await;
        let (meant, skill) = self.place(caller, &ask.session, &ask.skill, false, voice).await?;
        let sources = self.look(caller, &ask.files, skill).await?;
        if sources.is_empty() {
            return Err(invalid("files is empty; name at least one path or URL.".into()));
        }
        let wish = Wish {
            tool: "upload",
            skill: skill.name.clone(),
            language: voice.language.clone(),
            session_language: skill.language.tag("", None),
            steps: vec![Step::Upload(sources)],
            meant,
            digest: digest("upload", &ask),
            request_id: String::new(),
        };
        let admitted = self.admit(caller, wish).await?;
        drop(admission);
        self.wait(caller, &admitted, patience(None), progress).await
    }

    /// `credits`: the balance and what it buys.
    pub async fn credits(&self, caller: &Caller, _: CreditsAsk) -> Answer {
        let mut voice = self.voice("credits", "", "");
        let found = self.place(caller, "", "", true, &mut voice).await.map(drop);
        let read = match found {
            Ok(()) => self.balance_answer(&voice).await,
            Err(fault) => Err(fault),
        };
        match read {
            Ok(answer) => answer,
            Err(fault) => self.failed(&voice, &fault, Answer { action: "credits".into(), ..Answer::default() }),
        }
    }

    /// `state`: the timeline, the media, and how a turn or an export is getting on.
    pub async fn state(&self, caller: &Caller, ask: StateAsk, progress: &dyn Progress) -> Answer {
        let mut voice = self.voice("state", "", "");
        match self.try_state(caller, ask, progress, &mut voice).await {
            Ok(answer) => finished(answer, &voice),
            Err(fault) => self.failed(&voice, &fault, Answer { action: "state".into(), ..Answer::default() }),
        }
    }

    async fn try_state(
        &self,
        caller: &Caller,
        ask: StateAsk,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let (turn, export) = (ask.turn.trim(), ask.export.trim());
        if !turn.is_empty() || !export.is_empty() {
            let (handle, kind) = if turn.is_empty() { (export, "export") } else { (turn, "turn") };
            // Its words come in its own language; this is for the case that there is no such work.
            self.stands(caller, handle, kind).await?;
            let admitted = super::admit::Admitted { handle: handle.to_owned(), kind, began: false };
            return self.wait(caller, &admitted, patience(ask.wait_seconds), progress).await;
        }
        if ask.session.trim().eq_ignore_ascii_case(super::sessions::NEW) {
            return Err(invalid(
                "session is \"new\"; state reads an existing one. Leave session out for the newest.".into(),
            ));
        }
        let (meant, skill) = self.place(caller, &ask.session, "", true, voice).await?;
        let named = !ask.session.trim().is_empty();
        let mut answer = match &meant {
            Meant::Session(session) => self.state_answer(session, voice, caller.reach).await?,
            Meant::Fresh => Answer {
                action: "state".into(),
                reply: say("state_none", &[], &voice.language),
                next: next(Situation::Empty, skill, &voice.language),
                ..Answer::default()
            },
        };
        if !named {
            let sessions = self.sessions_words(caller, &voice.language).await?;
            add(&mut answer.reply, &sessions);
        }
        Ok(answer)
    }

    /// `export`: renders, waits, downloads, and gives the path.
    pub async fn export(&self, caller: &Caller, ask: ExportAsk, progress: &dyn Progress) -> Answer {
        let mut voice = self.voice("export", "", "");
        match self.try_export(caller, ask, progress, &mut voice).await {
            Ok(answer) => finished(answer, &voice),
            Err(fault) => self.failed(&voice, &fault, Answer { action: "export".into(), ..Answer::default() }),
        }
    }

    async fn try_export(
        &self,
        caller: &Caller,
        ask: ExportAsk,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let spec = checked(Spec {
            format: Some(ask.format.clone()),
            quality: Some(ask.quality.clone()),
            aspect: Some(ask.aspect.clone()),
            output: ask.output.trim().to_owned(),
            overwrite: ask.overwrite,
        })?;
        let admission = self.admission(caller).await;
        let (meant, skill) = self.place(caller, &ask.session, "", true, voice).await?;
        if matches!(meant, Meant::Fresh) {
            return Err(Fault::NothingToExport { has_media: false });
        }
        let wish = Wish {
            tool: "export",
            skill: skill.name.clone(),
            language: voice.language.clone(),
            session_language: skill.language.tag("", None),
            steps: vec![Step::Export(spec)],
            meant,
            digest: digest("export", &ExportAsk { request_id: String::new(), wait_seconds: None, ..ask.clone() }),
            request_id: ask.request_id.clone(),
        };
        let admitted = self.admit(caller, wish).await?;
        drop(admission);
        self.wait(caller, &admitted, patience(ask.wait_seconds), progress).await
    }

    /// Requests that only read: the balance, the state, or both.
    async fn read_only(&self, caller: &Caller, steps: &[Step], meant: &Meant, voice: &Voice) -> Result<Answer, Fault> {
        let mut answer = Answer::default();
        for step in steps {
            let read = match step {
                Step::Credits => self.balance_answer(voice).await?,
                _ => {
                    let ask = StateAsk {
                        session: match meant {
                            Meant::Session(session) => session.id.clone(),
                            Meant::Fresh => String::new(),
                        },
                        ..StateAsk::default()
                    };
                    self.try_state(caller, ask, &(), &mut voice.clone()).await?
                }
            };
            let reply = std::mem::take(&mut answer.reply);
            let (credits, timeline) = (answer.credits, std::mem::take(&mut answer.timeline));
            answer = read;
            if answer.credits == crate::director::answer::Credits::default() {
                answer.credits = credits;
            }
            if answer.timeline.summary.is_empty() {
                answer.timeline = timeline;
            }
            let mut whole = reply;
            add(&mut whole, &answer.reply);
            answer.reply = whole;
        }
        Ok(answer)
    }

    /// One call of a client at a time decides what it begins; held until its work is written down.
    async fn admission(&self, caller: &Caller) -> tokio::sync::OwnedMutexGuard<()> {
        self.inner.admission.of(&caller.client).lock_owned().await
    }

    /// The session and the skill a call means; the voice learns both.
    async fn place(
        &self,
        caller: &Caller,
        session: &str,
        skill: &str,
        falls_back: bool,
        voice: &mut Voice,
    ) -> Result<(Meant, &Skill), Fault> {
        let named = skill.trim();
        if !named.is_empty() && self.inner.skills.get(named).is_none() {
            return Err(unknown(Thing::Skill, named));
        }
        let meant = self.meant(caller, session, named, falls_back).await?;
        if let Meant::Session(session) = &meant {
            let notes = Notes::of(session);
            if voice.language.is_empty() {
                voice.language.clone_from(&notes.language);
            }
            voice.bind = notes.bound().or_else(|| Some(session.task_id.clone()).filter(|id| !id.is_empty()));
            if named.is_empty() {
                voice.skill.clone_from(&session.skill);
            }
        }
        if voice.language.is_empty() {
            voice.language = "en".into();
        }
        let skill = self.skill(&voice.skill).ok_or_else(|| unknown(Thing::Skill, &voice.skill))?;
        Ok((meant, skill))
    }

    fn voice(&self, tool: &'static str, skill: &str, request: &str) -> Voice {
        let language = match request.trim() {
            "" => String::new(),
            words => SessionLanguage::Detect.tag(words, None).unwrap_or_default(),
        };
        let skill = match skill.trim() {
            "" => self.inner.settings.default_skill.clone(),
            named => named.to_owned(),
        };
        Voice { skill, language, call: call_of(tool), bind: None }
    }

    async fn look(&self, caller: &Caller, files: &[String], skill: &Skill) -> Result<Vec<Source>, Fault> {
        let (files, reach, limit) = (files.to_vec(), caller.reach, skill.size_limit_bytes);
        let settings = self.inner.settings.clone();
        // Network drives can hang for a while.
        let looked = tokio::task::spawn_blocking(move || inputs::look(&files, reach, &settings, limit));
        looked.await.map_err(|error| Fault::Internal { reason: error.to_string() })?
    }
}

/// A request as actions; the fields go with its first message.
fn steps(words: &str, sources: Vec<Source>, hint: &Hint) -> Result<Vec<Step>, Fault> {
    let mut sources = Some(sources);
    let mut hint = Some(hint);
    let has_files = sources.as_ref().is_some_and(|sources| !sources.is_empty());
    route::actions(words, has_files)
        .into_iter()
        .map(|routed| {
            Ok(match routed.action {
                Action::Upload => match sources.take().filter(|sources| !sources.is_empty()) {
                    Some(sources) => Step::Upload(sources),
                    None => {
                        return Err(invalid(
                            "The request asks to upload, but files is empty; name paths or URLs there.".into(),
                        ));
                    }
                },
                Action::Message => Step::Message(match hint.take() {
                    Some(hint) => hint.append_to(&routed.text),
                    None => routed.text,
                }),
                Action::Export(wish) => Step::Export(Spec {
                    format: wish.format,
                    quality: wish.quality,
                    aspect: wish.aspect,
                    ..Spec::default()
                }),
                Action::Credits => Step::Credits,
                Action::State => Step::State,
            })
        })
        .collect()
}

/// Replies are the backend's words in part: no control characters, and not endless.
fn finished(mut answer: Answer, voice: &Voice) -> Answer {
    // A call that named no words of its own is answered in those of the work it asks about.
    let of_reply = || SessionLanguage::Detect.tag(&answer.reply, None).unwrap_or_default();
    let language = if voice.language.is_empty() { of_reply() } else { voice.language.clone() };
    answer.reply = super::fault::presentable(&answer.reply, &language);
    answer
}
