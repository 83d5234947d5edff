//! Beginning or taking up work in the background.

use super::job::Job;
use super::record::{Handle, Record};
use super::run::run;
use super::works::Works;
use bedtrack_store::{FrontSession, Work};

impl Works {
    /// Begins work, or takes up what another process has begun.
    pub(super) fn start(&self, work: Work, record: Record, session: FrontSession) {
        let live = self.inner.live.enter(&work.id, work.created_at, &record.language);
        self.inner.begun.notify_one();
        let (works, closing) = (self.clone(), self.inner.closing.clone());
        self.inner.tasks.spawn(async move {
            let handle = work.id.clone();
            tokio::select! {
                () = works.work(&work, record, session, live) => {}
                // What is on disk is taken up again by the next process.
                () = closing.cancelled() => {}
            }
            works.inner.live.strike(&handle);
        });
    }

    async fn work(&self, work: &Work, record: Record, session: FrontSession, live: std::sync::Arc<super::live::Live>) {
        let inner = &self.inner;
        let Some(skill) = inner.services.skill(&record.skill).cloned() else { return };
        let job = Job {
            services: inner.services.clone(),
            sessions: inner.sessions.clone(),
            handle: work.id.clone(),
            kind: Handle::of(&work.kind),
            session,
            attribution: inner.services.attribution(&skill),
            skill,
            call: inner.kinds.call(&record),
            record,
            live,
            order: inner.order.clone(),
        };
        run(inner.kinds, job).await;
    }
}
