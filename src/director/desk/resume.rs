//! Work across processes: what a process leaves unfinished when it stops or dies is taken up by the next one.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Director;
use super::fault::{Voice, call_of};
use super::record::{Record, Stage};
use super::words::say;
use crate::director::advice::Fault;
use crate::director::answer::Answer;
use crate::director::trouble;
use bedtrack_store::{StoreError, Work};

impl Director {
    /// Takes up what a stopped process left unfinished, now and as long as this process lives. Call once after the
    /// start; it returns at once, and the work goes on in the background.
    pub fn resume(&self) {
        self.look_after();
    }

    /// Keeps this process's work its own, and adopts what others have left; one task does both.
    pub(super) fn look_after(&self) {
        if self.inner.looked_after.swap(true, Ordering::SeqCst) {
            return;
        }
        let (desk, closing) = (self.clone(), self.inner.closing.clone());
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = desk.keep() => {}
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
            let lease = self.inner.settings.lease;
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
        let of_store = |error| trouble::of_store(&error);
        let store = self.store().await?;
        store.release_dead().await.map_err(of_store)?;
        let front = store.front();
        let lease = self.inner.settings.lease;
        if !(self.inner.live.is_empty() && adopted.is_empty()) {
            front.keep_works(store.owner(), lease).await.map_err(of_store)?;
        }
        for work in front.adopt_works(store.owner(), lease).await.map_err(of_store)? {
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
        let front = self.store().await?.front();
        let session = match front.session(&work.client, &work.session).await {
            Ok(session) => session,
            // No second look would find it whole.
            Err(StoreError::Corrupt { .. }) => None,
            Err(error) => return Err(trouble::of_store(&error)),
        };
        match (session, serde_json::from_value::<Record>(work.body.clone())) {
            (Some(session), Ok(record)) => {
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
        let skill = if self.skill(&skill).is_some() { skill } else { self.inner.settings.default_skill.clone() };
        let export = work.kind == "export";
        let tool = if export { "export" } else { "generate_music" };
        let voice = Voice { skill: skill.clone(), language: text("language"), call: call_of(tool), bind: None };
        let reason = say("record_damaged", &[], &voice.language);
        let mut answer = self.failed(&voice, &Fault::Internal { reason }, Answer::default());
        answer.session.clone_from(&work.session);
        if export { &mut answer.export } else { &mut answer.turn }.clone_from(&work.id);
        let record = Record {
            tool: tool.into(),
            skill,
            language: voice.language,
            session_language: None,
            remote: false,
            steps: Vec::new(),
            at: 0,
            stage: Stage::Fresh,
            answer,
            request: None,
        };
        let body = serde_json::to_value(&record).map_err(|error| Fault::Internal { reason: error.to_string() })?;
        let store = self.store().await?;
        let ended = store.front().update_work(store.owner(), &work.id, move |work| {
            work.body = body;
            "failed".clone_into(&mut work.status);
        });
        ended.await.map(drop).map_err(|error| trouble::of_store(&error))
    }

    /// Stops the waiting. What runs at the backend goes on there and is taken up by the next [`Director::resume`].
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.close();
        // Tasks end at their next await; a file operation in progress may take a moment.
        let ended = tokio::time::timeout(Duration::from_secs(3), self.inner.tasks.wait()).await;
        if ended.is_err() {
            tracing::warn!("some work did not stop in time");
        }
        if let Some(store) = self.inner.store.get()
            && let Err(error) = store.front().let_go_of_works(store.owner()).await
        {
            tracing::warn!(%error, "work could not be handed over; it is taken up once its lease has run out");
        }
    }
}
