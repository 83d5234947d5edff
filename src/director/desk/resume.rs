//! Work across processes: what a process leaves unfinished when it stops or dies is taken up by the next one.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Director;
use super::record::Record;
use crate::store::Work;

impl Director {
    /// Takes up what a stopped process left unfinished, now and as long as this process lives. Call once after the
    /// start; it returns at once, and the work goes on in the background.
    pub async fn resume(&self) {
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
        loop {
            if let Err(error) = self.keep_once().await {
                tracing::warn!(code = error.code(), "the work in progress could not be looked after");
            }
            let lease = self.inner.settings.lease;
            // With nothing in progress there is only what others leave behind to look for.
            let pause = if self.inner.live.is_empty() { lease } else { lease / 4 };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.inner.begun.notified() => {}
            }
        }
    }

    async fn keep_once(&self) -> Result<(), crate::director::advice::Fault> {
        let of_store = |error| crate::director::trouble::of_store(&error);
        let store = self.store().await?;
        store.release_dead().await.map_err(of_store)?;
        let front = store.front();
        let lease = self.inner.settings.lease;
        if !self.inner.live.is_empty() {
            front.keep_works(store.owner(), lease).await.map_err(of_store)?;
        }
        for work in front.adopt_works(store.owner(), lease).await.map_err(of_store)? {
            self.adopt(work).await;
        }
        Ok(())
    }

    async fn adopt(&self, work: Work) {
        // A lease that ran out in this very process, on a machine that slept: the work is still being done.
        if self.inner.live.get(&work.id).is_some() {
            return;
        }
        let session = match self.store().await {
            Ok(store) => store.front().session(&work.client, &work.session).await.ok().flatten(),
            Err(_) => None,
        };
        let record = serde_json::from_value::<Record>(work.body.clone());
        match (session, record) {
            (Some(session), Ok(record)) => {
                tracing::info!(handle = %work.id, "unfinished work is taken up");
                self.start(work, record, session);
            }
            _ => tracing::warn!(handle = %work.id, "unfinished work cannot be read and is left alone"),
        }
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
