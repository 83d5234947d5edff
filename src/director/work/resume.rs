//! Work across processes: what a process leaves unfinished when it stops or dies is taken up by the next one.

use std::sync::atomic::Ordering;

use serde_json::Value;

use super::record::{Handle, Record};
use super::works::Works;
use crate::director::advice::{Call, Fault};
use crate::director::answer::Answer;
use crate::director::trouble::of_store;
use crate::director::voice::Voice;
use crate::director::wording::say;
use bedtrack_store::{StoreError, Work};

impl Works {
    /// Keeps this process's work its own, and adopts what others have left; one task does both, as long as the process
    /// lives.
    pub fn look_after(&self) {
        if self.inner.looked_after.swap(true, Ordering::SeqCst) {
            return;
        }
        let (works, closing) = (self.clone(), self.inner.closing.clone());
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = works.keep() => {}
                () = closing.cancelled() => {}
            }
        });
    }

    async fn keep(&self) {
        // Adopted, and not begun: the store failed in between.
        let mut adopted = Vec::new();
        loop {
            if let Err(error) = self.keep_once(&mut adopted).await {
                tracing::warn!(code = error.code(), "the work in progress could not be looked after");
            }
            let lease = self.services().settings.lease;
            // With nothing in progress there is only what others leave behind to look for.
            let is_idle = self.inner.live.is_empty() && adopted.is_empty();
            let pause = if is_idle { lease } else { lease / 4 };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.inner.begun.notified() => {}
            }
        }
    }

    async fn keep_once(&self, adopted: &mut Vec<Work>) -> Result<(), Fault> {
        let store = self.services().store().await?;
        store.release_dead().await.map_err(|error| of_store(&error))?;
        let front = store.front();
        let lease = self.services().settings.lease;
        if !(self.inner.live.is_empty() && adopted.is_empty()) {
            front.keep_works(store.owner(), lease).await.map_err(|error| of_store(&error))?;
        }
        for work in front.adopt_works(store.owner(), lease).await.map_err(|error| of_store(&error))? {
            adopted.retain(|known| known.id != work.id);
            adopted.push(work);
        }
        // What cannot be begun now stays ours and is tried again, so that nobody waits for it in vain.
        let mut failed = Ok(());
        for work in std::mem::take(adopted) {
            if let Err(fault) = self.adopt(&work).await {
                failed = Err(fault);
                adopted.push(work);
            }
        }
        failed
    }

    async fn adopt(&self, work: &Work) -> Result<(), Fault> {
        // A lease that ran out in this very process, on a machine that slept: the work is still being done.
        if self.inner.live.get(&work.id).is_some() {
            return Ok(());
        }
        let front = self.services().store().await?.front();
        let session = match front.session(&work.client, &work.session).await {
            Ok(session) => session,
            // No second look would find it whole.
            Err(StoreError::Corrupt { .. }) => None,
            Err(error) => return Err(of_store(&error)),
        };
        match (session, serde_json::from_value::<Record>(work.body.clone())) {
            (Some(session), Ok(record)) if self.inner.kinds.can_do(&record) => {
                tracing::info!(handle = %work.id, "unfinished work is taken up");
                self.start(work.clone(), record, session);
                Ok(())
            }
            (session, _) => self.give_up(work, session.map_or(String::new(), |session| session.skill)).await,
        }
    }

    /// Ends work whose record is damaged, with an answer that says so: `state` would call it running for ever.
    async fn give_up(&self, work: &Work, skill: String) -> Result<(), Fault> {
        tracing::warn!(handle = %work.id, "unfinished work cannot be read and is ended");
        let text = |key: &str| work.body.get(key).and_then(|found| found.as_str()).unwrap_or_default().to_owned();
        let skill = if self.services().skill(&skill).is_some() {
            skill
        } else {
            self.services().settings.default_skill.clone()
        };
        let kind = Handle::of(&work.kind);
        let tool = match kind {
            Handle::Turn => "generate_music",
            Handle::Export => "export",
        };
        let voice = Voice { skill: skill.clone(), language: text("language"), call: Call::of(tool), bind: None };
        let reason = say("record_damaged", &[], &voice.language);
        let mut answer = voice.failed(self.services(), &Fault::Internal { reason }, Answer::default());
        answer.session.clone_from(&work.session);
        kind.put(&mut answer, &work.id);
        let record = Record {
            tool: tool.into(),
            skill,
            language: voice.language,
            session_language: None,
            remote: false,
            errands: Vec::new(),
            at: 0,
            stage: Value::Null,
            answer,
            request: None,
        };
        let body = serde_json::to_value(&record).map_err(|error| Fault::Internal { reason: error.to_string() })?;
        let store = self.services().store().await?;
        let ended = store.front().update_work(store.owner(), &work.id, move |work| {
            work.body = body;
            "failed".clone_into(&mut work.status);
        });
        ended.await.map(drop).map_err(|error| of_store(&error))
    }
}
