//! Waiting for work: as long as the caller does, telling it every few seconds how things stand.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use super::admission::Admitted;
use super::live::Live;
use super::record::{Handle, Record};
use super::works::Works;
use crate::director::Caller;
use crate::director::advice::{Fault, Note, Situation, next, note};
use crate::director::answer::{Answer, Status};
use crate::director::progress::{Progress, Step};
use crate::director::reply::add;
use crate::director::steps;
use crate::director::trouble::{of_store, unknown};
use crate::director::wording::say;
use bedtrack_store::{WORK_RUNNING, Work};

/// The longest wait: clients drop a call after about a minute.
const LONGEST: f64 = 50.0;
/// The wait where none is named.
const USUAL: f64 = 45.0;
/// From here on every answer says how long it has been.
const LONG: u64 = 120;
/// How often work of another process is asked after.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// How long a claimed request may be without its work, which is written right after it.
const TO_APPEAR: Duration = Duration::from_secs(5);
/// How long work that was told to end may take for it.
const ENDING: Duration = Duration::from_secs(15);

/// The wait a caller asks for.
pub fn patience(seconds: Option<f64>) -> Duration {
    let seconds = seconds.filter(|seconds| !seconds.is_nan()).unwrap_or(USUAL);
    Duration::from_secs_f64(seconds.clamp(0.0, LONGEST))
}

impl Works {
    /// Waits for admitted work and gives its answer, or how it stands.
    pub async fn wait(
        &self,
        caller: &Caller,
        work: &Admitted,
        patience: Duration,
        progress: &dyn Progress,
    ) -> Result<Answer, Fault> {
        let deadline = Instant::now() + patience;
        if self.inner.live.get(&work.handle).is_none() {
            self.poll(caller, work, deadline, progress).await?;
        }
        // Work of a process that died may have been taken up by this one meanwhile.
        if let Some(live) = self.inner.live.get(&work.handle) {
            let _waiting = live.wait();
            if let Some(answer) = self.listen(caller, &live, work, deadline, progress).await {
                return Ok(answer);
            }
        }
        self.stands(caller, &work.handle, work.kind).await
    }

    /// Hears the work of this process until its end or the deadline.
    async fn listen(
        &self,
        caller: &Caller,
        live: &Arc<Live>,
        work: &Admitted,
        deadline: Instant,
        progress: &dyn Progress,
    ) -> Option<Answer> {
        let mut moments = live.listen();
        let mut deadline = deadline;
        let mut ending = false;
        let mut heard = 0;
        loop {
            let (answer, step, fresh) = {
                let moment = moments.borrow_and_update();
                let (fresh, last) = moment.since(heard);
                heard = last;
                (moment.answer.clone(), moment.step.clone(), fresh)
            };
            fresh.iter().for_each(|step| tell(progress, step, live.began_at, &live.language));
            if answer.is_some() {
                return answer;
            }
            if Instant::now() >= deadline {
                return None;
            }
            if fresh.is_empty() {
                tell(progress, &step, live.began_at, &live.language);
            }
            tokio::select! {
                changed = moments.changed() => {
                    // The work is over without an end: it was handed to the next process.
                    changed.ok()?;
                }
                () = tokio::time::sleep(self.services().settings.tick) => {}
                () = tokio::time::sleep_until(deadline) => {}
                () = self.inner.closing.cancelled() => return None,
                () = caller.cancelled.cancelled(), if !ending => {
                    // What others wait for goes on, and so does what the cloud does and charges for.
                    if !(self.services().is_local() && work.began && live.waiting() <= 1) {
                        return None;
                    }
                    ending = true;
                    live.cancel.cancel();
                    deadline = Instant::now() + ENDING;
                }
            }
        }
    }

    /// Asks after the work of another process until its end or the deadline.
    async fn poll(
        &self,
        caller: &Caller,
        work: &Admitted,
        deadline: Instant,
        progress: &dyn Progress,
    ) -> Result<(), Fault> {
        let appears = Instant::now() + TO_APPEAR;
        let mut told = Instant::now();
        loop {
            let found = self.found(caller, &work.handle).await?;
            match found {
                Some(found) if found.status != WORK_RUNNING => return Ok(()),
                Some(found) if told.elapsed() >= self.services().settings.tick => {
                    told = Instant::now();
                    let language = found.body.get("language").and_then(|tag| tag.as_str()).unwrap_or("en");
                    tell(progress, &Step::default(), found.created_at, language);
                }
                None if Instant::now() >= appears => return Ok(()),
                _ => {}
            }
            if Instant::now() >= deadline || self.inner.live.get(&work.handle).is_some() {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = caller.cancelled.cancelled() => return Ok(()),
                () = self.inner.closing.cancelled() => return Ok(()),
            }
        }
    }

    async fn found(&self, caller: &Caller, handle: &str) -> Result<Option<Work>, Fault> {
        self.services().store().await?.front().work(&caller.client, handle).await.map_err(|error| of_store(&error))
    }

    /// How work stands: its answer where it is over.
    pub async fn stands(&self, caller: &Caller, handle: &str, kind: Handle) -> Result<Answer, Fault> {
        let work = self.found(caller, handle).await?.ok_or_else(|| unknown(kind.thing(), handle))?;
        let record: Record = serde_json::from_value(work.body.clone())
            .map_err(|error| Fault::Internal { reason: format!("the record of {handle} cannot be read: {error}") })?;
        if work.status != WORK_RUNNING {
            return Ok(record.answer);
        }
        Ok(self.running(&work, &record))
    }

    /// The answer about work that goes on.
    fn running(&self, work: &Work, record: &Record) -> Answer {
        let language = &record.language;
        let step = self.inner.live.get(&work.id).map(|live| live.listen().borrow().step.clone()).unwrap_or_default();
        let seconds = elapsed(work.created_at);
        let mut reply = String::new();
        add(&mut reply, &record.answer.reply);
        if seconds >= LONG {
            add(&mut reply, &note(Note::StillWorking { seconds }, language));
        }
        add(&mut reply, &working(&step, language));
        let mut answer = Answer {
            status: Status::Running,
            session: work.session.clone(),
            action: record.current().map(|planned| planned.errand.clone()).unwrap_or_default(),
            reply,
            next: self
                .services()
                .skill(&record.skill)
                .map(|skill| next(Situation::Running, skill, language))
                .unwrap_or_default(),
            ..record.answer.clone_made()
        };
        Handle::of(&work.kind).put(&mut answer, &work.id);
        answer
    }
}

impl Answer {
    /// What the steps before have made, without their words.
    fn clone_made(&self) -> Self {
        Self {
            changes: self.changes.clone(),
            media: self.media.clone(),
            timeline: self.timeline.clone(),
            credits: self.credits,
            project_url: self.project_url.clone(),
            ..Self::default()
        }
    }
}

/// Tells a waiting caller how things stand; long work is told with its time.
fn tell(progress: &dyn Progress, step: &Step, began_at: i64, language: &str) {
    let seconds = elapsed(began_at);
    let mut step = step.clone();
    if step.words.is_empty() {
        step.words = steps::working(language);
    }
    if seconds >= LONG {
        step.words = format!("{} {}", note(Note::StillWorking { seconds }, language), step.words);
    }
    progress.say(&step);
}

fn working(step: &Step, language: &str) -> String {
    if step.words.is_empty() {
        return say("running_bare", &[], language);
    }
    let percent = step.fraction.map(|fraction| format!(" ({:.0}%)", fraction * 100.0)).unwrap_or_default();
    say("running", &[("step", &format!("{}{percent}", step.words.trim_end_matches('…')))], language)
}

/// Seconds since a time of the store.
pub fn elapsed(since_ms: i64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    u64::try_from(now.saturating_sub(since_ms) / 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_longer_than_clients_bear() {
        for (asked, seconds) in
            [(None, 45), (Some(0.0), 0), (Some(-3.0), 0), (Some(50.0), 50), (Some(1e12), 50), (Some(f64::NAN), 45)]
        {
            assert_eq!(patience(asked), Duration::from_secs(seconds), "{asked:?}");
        }
    }
}
