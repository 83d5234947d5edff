//! The runner of jobs, with handlers that meet the test at barriers and channels.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bedtrack_store::engine::{Handler, JobControl, JobKind, Registry, Runner, RunnerSettings};
use bedtrack_store::{Job, JobOutcome, JobState, NewJob, Store};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::{Barrier, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::harness::patience::Patience;

use super::{LONG, OVER, Place, claim, credits, furnished, job, movements, stored};

/// Quick beats and polls, and leases that do not run out by themselves.
fn settings() -> RunnerSettings {
    RunnerSettings {
        concurrent: 2,
        lease: LONG,
        beat: Duration::from_millis(5),
        report: Duration::from_millis(5),
        poll: Duration::from_millis(5),
        grace: Duration::from_secs(30),
        retry_pause: Duration::ZERO,
        ..RunnerSettings::default()
    }
}

/// A handler made of a closure.
struct Does<F>(F);

impl<F, R> Handler for Does<F>
where
    F: Fn(Job, JobControl) -> R + Send + Sync + 'static,
    R: Future<Output = JobOutcome> + Send + 'static,
{
    fn run(&self, job: Job, ctl: JobControl) -> BoxFuture<'_, JobOutcome> {
        Box::pin((self.0)(job, ctl))
    }
}

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

fn start<R: Future<Output = JobOutcome> + Send + 'static>(
    store: &Store,
    settings: RunnerSettings,
    work: impl Fn(Job, JobControl) -> R + Send + Sync + 'static,
) -> Running {
    let stop = CancellationToken::new();
    let runner = Runner::new(store.clone(), settings, Registry::default().handle("render", Does(work)));
    Running { task: tokio::spawn(runner.run(stop.clone())), stop }
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Follows a job as the studio does, until it is over.
async fn over(store: &Store, id: &str) -> Job {
    let mut listener = store.jobs().listen(id);
    let end = async {
        loop {
            let news = store.jobs().news(id, 0).await.unwrap();
            if news.job.state.is_over() {
                return news.job;
            }
            listener.wait(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), end).await.expect("the job never ended")
}

#[tokio::test]
async fn a_job_runs_speaks_and_ends_for_those_who_follow_it() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let running = start(&store, settings(), |job: Job, ctl| async move {
        ctl.progress(0.5);
        ctl.say(json!({"text": "mixing"})).await.unwrap();
        JobOutcome::Done { result: job.payload, charged: Some(3) }
    });
    store.jobs().enqueue(job("a")).await.unwrap();
    let ended = over(&store, "a").await;
    assert_eq!((ended.state, ended.result), (JobState::Done, json!({"format": "mp4"})));
    assert_eq!(store.jobs().heard("a", 0).await.unwrap()[0].body, json!({"text": "mixing"}));
    assert_eq!(movements(&store).await, ["hold:a 10", "settle:a 3"]);
    running.stop().await;
}

#[tokio::test]
async fn progress_shows_while_the_job_runs() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let go_on = Arc::new(Barrier::new(2));
    let gate = go_on.clone();
    let running = start(&store, settings(), move |_, ctl: JobControl| {
        let gate = gate.clone();
        async move {
            ctl.progress(0.5);
            gate.wait().await;
            JobOutcome::done(json!(1))
        }
    });
    store.jobs().enqueue(job("a")).await.unwrap();
    let mut listener = store.jobs().listen("a");
    while stored(&store, "a").await.progress != 0.5 {
        listener.wait(Duration::from_millis(50)).await;
    }
    go_on.wait().await;
    over(&store, "a").await;
    running.stop().await;
}

#[tokio::test]
async fn as_many_jobs_run_at_once_as_set_and_no_more() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    for number in 0..8 {
        store.jobs().enqueue(job(&number.to_string())).await.unwrap();
    }
    let (both, now, most) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = most.clone();
    let running = start(&store, settings(), move |_, _| {
        let (both, now, most) = (both.clone(), now.clone(), most.clone());
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Only two at once get past this.
            both.wait().await;
            now.fetch_sub(1, Ordering::SeqCst);
            JobOutcome::done(json!(1))
        }
    });
    for number in 0..8 {
        assert_eq!(over(&store, &number.to_string()).await.state, JobState::Done);
    }
    assert_eq!(peak.load(Ordering::SeqCst), 2);
    running.stop().await;
}

#[tokio::test]
async fn a_handler_that_panics_is_tried_again_and_then_given_up_uncharged() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let count = runs.clone();
    let running = start(&store, settings(), move |job: Job, _| {
        let count = count.clone();
        async move {
            if job.id == "bad" {
                count.fetch_add(1, Ordering::SeqCst);
                panic!("on purpose");
            }
            JobOutcome::done(json!(1))
        }
    });
    store.jobs().enqueue(job("bad")).await.unwrap();
    store.jobs().enqueue(job("good")).await.unwrap();
    let dead = over(&store, "bad").await;
    assert_eq!((dead.state, dead.result), (JobState::Dead, json!({"code": "handler_crashed"})));
    assert_eq!(over(&store, "good").await.state, JobState::Done);
    assert_eq!((runs.load(Ordering::SeqCst), credits(&store).await), (3, (90, 0)));
    running.stop().await;
}

/// A handler that reports its start and then works until it is told to stop.
fn patient(
    started: mpsc::UnboundedSender<Job>,
) -> impl Fn(Job, JobControl) -> BoxFuture<'static, JobOutcome> + Send + Sync + 'static {
    move |job, ctl| {
        let started = started.clone();
        Box::pin(async move {
            started.send(job).unwrap();
            ctl.cancelled().cancelled().await;
            JobOutcome::failed_for_now(json!({"code": "interrupted"}))
        })
    }
}

#[tokio::test]
async fn a_cancel_in_the_same_process_is_seen_without_waiting_for_a_beat() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let (sender, mut started) = mpsc::unbounded_channel();
    let slow = RunnerSettings { beat: LONG, report: LONG, ..settings() };
    let running = start(&store, slow, patient(sender));
    store.jobs().enqueue(job("a")).await.unwrap();
    started.recv().await.unwrap();
    store.jobs().cancel("a").await.unwrap();
    assert_eq!(over(&store, "a").await.state, JobState::Cancelled);
    assert_eq!(credits(&store).await, (100, 0));
    running.stop().await;
}

#[tokio::test]
async fn a_cancel_from_another_process_is_seen_at_the_next_beat() {
    let place = Place::sqlite();
    let (store, other) = (furnished(&place).await, place.open().await);
    let (sender, mut started) = mpsc::unbounded_channel();
    let running = start(&store, settings(), patient(sender));
    other.jobs().enqueue(job("a")).await.unwrap();
    started.recv().await.unwrap();
    other.jobs().cancel("a").await.unwrap();
    assert_eq!(over(&other, "a").await.state, JobState::Cancelled);
    running.stop().await;
}

#[tokio::test]
async fn a_clean_stop_gives_jobs_back_and_the_next_worker_goes_on_at_once() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let (sender, mut started) = mpsc::unbounded_channel();
    let running = start(&store, settings(), patient(sender));
    let mut once = job("a");
    once.max_attempts = 1;
    store.jobs().enqueue(once).await.unwrap();
    started.recv().await.unwrap();
    running.stop().await;
    let waiting = stored(&store, "a").await;
    assert_eq!((waiting.state, waiting.worker.as_str()), (JobState::Queued, ""));

    let next = place.open().await;
    let running = start(&next, settings(), |_, _| async { JobOutcome::done(json!("next")) });
    assert_eq!(over(&next, "a").await.result, json!("next"));
    assert_eq!(movements(&store).await, ["hold:a 10", "settle:a 10"]);
    running.stop().await;
}

#[tokio::test]
async fn a_handler_that_will_not_stop_is_dropped_and_its_job_given_back() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let (sender, mut started) = mpsc::unbounded_channel();
    let short = RunnerSettings { grace: Duration::from_millis(20), ..settings() };
    let running = start(&store, short, move |job, _| {
        sender.send(job).unwrap();
        std::future::pending()
    });
    store.jobs().enqueue(job("a")).await.unwrap();
    started.recv().await.unwrap();
    running.stop().await;
    assert_eq!(stored(&store, "a").await.state, JobState::Queued);
    // Dropped with its channel.
    assert!(started.recv().await.is_none());
}

#[tokio::test]
async fn work_done_while_stopping_counts() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let (sender, mut started) = mpsc::unbounded_channel();
    let running = start(&store, settings(), move |job, ctl: JobControl| {
        let sender = sender.clone();
        async move {
            sender.send(job).unwrap();
            ctl.cancelled().cancelled().await;
            JobOutcome::done(json!("just in time"))
        }
    });
    store.jobs().enqueue(job("a")).await.unwrap();
    started.recv().await.unwrap();
    running.stop().await;
    assert_eq!(stored(&store, "a").await.result, json!("just in time"));
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_stops_and_changes_nothing() {
    let place = Place::sqlite();
    let (store, other) = (furnished(&place).await, place.open().await);
    let (sender, mut started) = mpsc::unbounded_channel();
    let (told, mut stopped) = mpsc::unbounded_channel();
    // Its leases are over as soon as they are given; being busy, it cannot claim the job itself.
    let forgetful = RunnerSettings { lease: OVER, concurrent: 1, ..settings() };
    let running = start(&store, forgetful, move |job, ctl: JobControl| {
        let (sender, told) = (sender.clone(), told.clone());
        async move {
            sender.send(job).unwrap();
            ctl.cancelled().cancelled().await;
            told.send(()).unwrap();
            JobOutcome::done(json!("zombie"))
        }
    });
    store.jobs().enqueue(job("a")).await.unwrap();
    assert_eq!(started.recv().await.unwrap().attempt, 1);
    let patience = Patience::until("the lease runs out");
    let heir = loop {
        patience.check();
        // A beat may renew the lease in this very millisecond.
        if let Some(heir) = claim(&other, LONG).await {
            break heir;
        }
    };
    stopped.recv().await.unwrap();
    running.stop().await;
    assert_eq!(stored(&other, "a").await.state, JobState::Running);
    assert!(other.jobs().finish(&heir, JobOutcome::done(json!("heir"))).await.unwrap());
    assert_eq!(stored(&other, "a").await.result, json!("heir"));
    assert_eq!(movements(&other).await, ["hold:a 10", "settle:a 10"]);
}

#[tokio::test]
async fn a_runner_leaves_kinds_it_cannot_do_to_others() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let mut strange = job("strange");
    strange.kind = "something else".into();
    store.jobs().enqueue(strange).await.unwrap();
    store.jobs().enqueue(job("a")).await.unwrap();
    let running = start(&store, settings(), |_, _| async { JobOutcome::done(json!(1)) });
    over(&store, "a").await;
    running.stop().await;
    assert_eq!(stored(&store, "strange").await.attempt, 0);
}

/// A kind of job as a struct; its context is a word that all its jobs share.
#[derive(Serialize, Deserialize)]
struct Mixdown {
    format: String,
}

impl JobKind for Mixdown {
    const NAME: &'static str = "mixdown";
    const ATTEMPTS: u32 = 2;
    type Context = String;

    async fn run(self, desk: &String, job: &Job, _: &JobControl) -> JobOutcome {
        JobOutcome::done(json!({"format": self.format, "desk": desk, "of": job.max_attempts}))
    }

    async fn unreadable(_: serde_json::Error, job: &Job, _: &JobControl) -> JobOutcome {
        JobOutcome::failed(json!({"unreadable": job.id}))
    }
}

#[tokio::test]
async fn a_kind_is_run_with_what_was_stored_and_one_that_cannot_be_read_fails_in_its_own_words() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let stop = CancellationToken::new();
    let kinds = Registry::default().with::<Mixdown>("left".to_owned());
    let running = tokio::spawn(Runner::new(store.clone(), settings(), kinds).run(stop.clone()));
    let mixdown = Mixdown { format: "flac".into() }.to_job();
    store.jobs().enqueue(NewJob { id: "a".into(), account: "ann".into(), ..mixdown.clone() }).await.unwrap();
    let strange = NewJob { id: "b".into(), account: "ann".into(), payload: json!({"speed": 2}), ..mixdown };
    store.jobs().enqueue(strange).await.unwrap();
    let (done, failed) = (over(&store, "a").await, over(&store, "b").await);
    assert_eq!((done.state, done.result), (JobState::Done, json!({"format": "flac", "desk": "left", "of": 2})));
    assert_eq!((failed.state, failed.result), (JobState::Failed, json!({"unreadable": "b"})));
    assert_eq!(failed.attempt, 1, "another attempt could not read it either");
    stop.cancel();
    running.await.unwrap();
}
