//! The queue, one worker at a time.

use std::time::Duration;

use bedtrack_store::{Cancelling, Enqueued, Heartbeat, JobOutcome, JobState, StoreError};
use serde_json::json;

use super::{LONG, OVER, Place, claim, credits, furnished, job, movements, on_every_database, stored};

on_every_database! {
    the_same_id_enqueued_again_gives_the_job_as_it_stands,
    an_id_of_another_account_is_a_conflict_that_tells_nothing,
    the_oldest_job_of_a_known_kind_comes_first,
    a_beat_renews_the_lease_and_reports_progress,
    an_expired_lease_is_claimable_and_its_zombie_commits_nothing,
    a_poison_job_dies_after_its_attempts_and_is_not_charged,
    a_failure_is_tried_again_only_where_that_may_help,
    a_job_given_back_runs_at_once_and_the_attempt_does_not_count,
    a_zombie_stays_fenced_after_the_job_was_given_back,
    a_queued_job_is_cancelled_at_once,
    a_running_job_learns_of_the_cancel_at_its_next_beat,
    work_that_was_done_before_the_cancel_was_seen_counts,
    a_cancelled_job_whose_worker_died_is_ended_by_the_next_claim,
    events_are_numbered_without_gaps_across_attempts,
    a_listener_wakes_for_an_event_at_once,
}

async fn the_same_id_enqueued_again_gives_the_job_as_it_stands(place: Place) {
    let store = furnished(&place).await;
    assert_eq!(store.jobs().enqueue(job("a")).await.unwrap(), Enqueued::New);
    let Enqueued::Repeat(queued) = store.jobs().enqueue(job("a")).await.unwrap() else { panic!("a second job") };
    assert_eq!((queued.state, queued.attempt, queued.payload), (JobState::Queued, 0, json!({"format": "mp4"})));
    let claimed = claim(&store, LONG).await.unwrap();
    store.jobs().finish(&claimed, JobOutcome::done(json!({"key": "a/1/x.mp4"}))).await.unwrap();
    let Enqueued::Repeat(done) = store.jobs().enqueue(job("a")).await.unwrap() else { panic!("a second job") };
    assert_eq!((done.state, done.result), (JobState::Done, json!({"key": "a/1/x.mp4"})));
    assert_eq!(movements(&store).await, ["hold:a 10", "settle:a 10"]);
}

async fn an_id_of_another_account_is_a_conflict_that_tells_nothing(place: Place) {
    let store = furnished(&place).await;
    store.ledger().open_account("bob", bedtrack_store::Grant::Unlimited).await.unwrap();
    store.jobs().enqueue(job("a")).await.unwrap();
    let mut other = job("a");
    other.account = "bob".into();
    assert!(matches!(store.jobs().enqueue(other).await, Err(StoreError::Conflict { what: "job", .. })));
}

async fn the_oldest_job_of_a_known_kind_comes_first(place: Place) {
    let store = furnished(&place).await;
    let mut strange = job("0-strange");
    strange.kind = "something else".into();
    store.jobs().enqueue(strange).await.unwrap();
    for id in ["1", "2", "3"] {
        store.jobs().enqueue(job(id)).await.unwrap();
    }
    for id in ["1", "2", "3"] {
        assert_eq!(claim(&store, LONG).await.unwrap().id, id);
    }
    assert_eq!(claim(&store, LONG).await, None);
    assert_eq!(store.jobs().claim("worker", &[], LONG).await.unwrap(), None);
    let active: Vec<_> = store.jobs().active("s1").await.unwrap().into_iter().map(|job| job.id).collect();
    assert_eq!(active, ["0-strange", "1", "2", "3"]);
}

async fn a_beat_renews_the_lease_and_reports_progress(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let mut claimed = claim(&store, OVER).await.unwrap();
    claimed.lease = LONG;
    assert_eq!(store.jobs().beat(&claimed, 0.25).await.unwrap(), Heartbeat::Mine { cancel: false });
    assert_eq!(claim(&store, LONG).await, None);
    assert_eq!(stored(&store, "a").await.progress, 0.25);
    store.jobs().beat(&claimed, f32::NAN).await.unwrap();
    assert_eq!(stored(&store, "a").await.progress, 0.0);
}

async fn an_expired_lease_is_claimable_and_its_zombie_commits_nothing(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let zombie = claim(&store, OVER).await.unwrap();
    let heir = claim(&store, LONG).await.unwrap();
    assert_eq!((heir.id.as_str(), zombie.attempt, heir.attempt), ("a", 1, 2));

    assert_eq!(store.jobs().beat(&zombie, 0.9).await.unwrap(), Heartbeat::Lost);
    assert!(matches!(store.jobs().say(&zombie, &json!("boo")).await, Err(StoreError::LeaseLost { .. })));
    let put = store.studio_sessions().put_state_for(&zombie, "s1", 0, &json!({"by": "zombie"})).await;
    assert!(matches!(put, Err(StoreError::LeaseLost { .. })));
    for outcome in
        [JobOutcome::done(json!("zombie")), JobOutcome::failed_for_now(json!("zombie")), JobOutcome::Cancelled]
    {
        assert!(!store.jobs().finish(&zombie, outcome).await.unwrap());
    }
    assert!(!store.jobs().give_back(&zombie).await.unwrap());

    assert_eq!(store.studio_sessions().put_state_for(&heir, "s1", 0, &json!({"by": "heir"})).await.unwrap(), 1);
    assert!(store.jobs().finish(&heir, JobOutcome::done(json!("heir"))).await.unwrap());
    assert!(!store.jobs().finish(&heir, JobOutcome::done(json!("again"))).await.unwrap());
    let ended = stored(&store, "a").await;
    assert_eq!((ended.state, ended.result), (JobState::Done, json!("heir")));
    assert_eq!(store.studio_sessions().state("s1").await.unwrap().body, json!({"by": "heir"}));
    assert_eq!(movements(&store).await, ["hold:a 10", "settle:a 10"]);
}

async fn a_poison_job_dies_after_its_attempts_and_is_not_charged(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("poison")).await.unwrap();
    store.jobs().enqueue(job("sound")).await.unwrap();
    for attempt in 1..=3 {
        let claimed = claim(&store, OVER).await.unwrap();
        assert_eq!((claimed.id.as_str(), claimed.attempt), ("poison", attempt));
    }
    // The claim that would have been the fourth buries it and takes the next.
    assert_eq!(claim(&store, LONG).await.unwrap().id, "sound");
    let dead = stored(&store, "poison").await;
    assert_eq!((dead.state, dead.result), (JobState::Dead, json!({"code": "worker_lost", "attempts": 3})));
    assert_eq!(credits(&store).await, (90, 10));
    assert!(movements(&store).await.contains(&"release:poison 10".to_owned()));
}

async fn a_failure_is_tried_again_only_where_that_may_help(place: Place) {
    let store = furnished(&place).await;
    let again = |error: &str| JobOutcome::Failed { error: json!(error), retry: Some(Duration::ZERO) };
    store.jobs().enqueue(job("flaky")).await.unwrap();
    for error in ["one", "two", "three"] {
        let claimed = claim(&store, LONG).await.unwrap();
        assert!(store.jobs().finish(&claimed, again(error)).await.unwrap());
        assert_eq!(stored(&store, "flaky").await.result, json!(error));
    }
    assert_eq!(stored(&store, "flaky").await.state, JobState::Dead);

    store.jobs().enqueue(job("wrong")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    store.jobs().finish(&claimed, JobOutcome::failed(json!({"code": "unsupported_file"}))).await.unwrap();
    let failed = stored(&store, "wrong").await;
    assert_eq!((failed.state, failed.result), (JobState::Failed, json!({"code": "unsupported_file"})));
    assert_eq!(credits(&store).await, (100, 0));

    // The pause is kept.
    store.jobs().enqueue(job("later")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    store.jobs().finish(&claimed, JobOutcome::Failed { error: json!("later"), retry: Some(LONG) }).await.unwrap();
    assert_eq!(claim(&store, LONG).await, None);
    assert_eq!(stored(&store, "later").await.state, JobState::Queued);
}

async fn a_job_given_back_runs_at_once_and_the_attempt_does_not_count(place: Place) {
    let store = furnished(&place).await;
    let mut once = job("a");
    once.max_attempts = 1;
    store.jobs().enqueue(once).await.unwrap();
    for _ in 0..5 {
        let claimed = claim(&store, LONG).await.unwrap();
        assert!(store.jobs().give_back(&claimed).await.unwrap());
    }
    let claimed = claim(&store, LONG).await.unwrap();
    assert!(store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap());
    assert_eq!(movements(&store).await, ["hold:a 10", "settle:a 10"]);
}

async fn a_zombie_stays_fenced_after_the_job_was_given_back(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let zombie = claim(&store, LONG).await.unwrap();
    store.jobs().give_back(&zombie).await.unwrap();
    assert!(!store.jobs().finish(&zombie, JobOutcome::done(json!("zombie"))).await.unwrap());
    let heir = claim(&store, LONG).await.unwrap();
    assert!(!store.jobs().finish(&zombie, JobOutcome::done(json!("zombie"))).await.unwrap());
    assert!(store.jobs().finish(&heir, JobOutcome::done(json!("heir"))).await.unwrap());
}

async fn a_queued_job_is_cancelled_at_once(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    assert_eq!(store.jobs().cancel("a").await.unwrap(), Cancelling::Now);
    assert_eq!(store.jobs().cancel("a").await.unwrap(), Cancelling::Over(JobState::Cancelled));
    assert_eq!(claim(&store, LONG).await, None);
    assert_eq!(movements(&store).await, ["hold:a 10", "release:a 10"]);
    assert!(matches!(store.jobs().cancel("none").await, Err(StoreError::NotFound { what: "job", .. })));
}

async fn a_running_job_learns_of_the_cancel_at_its_next_beat(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    assert_eq!(store.jobs().cancel("a").await.unwrap(), Cancelling::Asked);
    assert_eq!(store.jobs().beat(&claimed, 0.5).await.unwrap(), Heartbeat::Mine { cancel: true });
    // However the handler puts it, it does not run again.
    assert!(store.jobs().finish(&claimed, JobOutcome::failed_for_now(json!("interrupted"))).await.unwrap());
    assert_eq!(stored(&store, "a").await.state, JobState::Cancelled);
    assert_eq!(credits(&store).await, (100, 0));
}

async fn work_that_was_done_before_the_cancel_was_seen_counts(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    store.jobs().cancel("a").await.unwrap();
    assert!(store.jobs().finish(&claimed, JobOutcome::done(json!("there"))).await.unwrap());
    assert_eq!(stored(&store, "a").await.state, JobState::Done);
}

async fn a_cancelled_job_whose_worker_died_is_ended_by_the_next_claim(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let mut claimed = claim(&store, LONG).await.unwrap();
    store.jobs().cancel("a").await.unwrap();
    claimed.lease = OVER;
    store.jobs().beat(&claimed, 0.5).await.unwrap();
    assert_eq!(claim(&store, LONG).await, None);
    assert_eq!(stored(&store, "a").await.state, JobState::Cancelled);

    // And one that is asked to end after its worker's death needs nobody at all.
    store.jobs().enqueue(job("b")).await.unwrap();
    claim(&store, OVER).await.unwrap();
    assert_eq!(store.jobs().cancel("b").await.unwrap(), Cancelling::Now);
    assert_eq!(credits(&store).await, (100, 0));
}

async fn events_are_numbered_without_gaps_across_attempts(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let first = claim(&store, OVER).await.unwrap();
    assert_eq!(store.jobs().say(&first, &json!({"text": "one"})).await.unwrap(), 1);
    let second = claim(&store, LONG).await.unwrap();
    assert_eq!(store.jobs().say(&second, &json!({"text": "二"})).await.unwrap(), 2);
    assert_eq!(store.jobs().say(&second, &json!({"text": "three"})).await.unwrap(), 3);
    let heard = store.jobs().heard("a", 0).await.unwrap();
    let told: Vec<_> =
        heard.iter().map(|heard| (heard.seq, heard.attempt, heard.body["text"].as_str().unwrap())).collect();
    assert_eq!(told, [(1, 1, "one"), (2, 2, "二"), (3, 2, "three")]);
    assert_eq!(store.jobs().heard("a", 2).await.unwrap().len(), 1);
    store.jobs().finish(&second, JobOutcome::done(json!(1))).await.unwrap();
    let news = store.jobs().news("a", 1).await.unwrap();
    assert_eq!((news.job.state, news.events.len()), (JobState::Done, 2));
}

async fn a_listener_wakes_for_an_event_at_once(place: Place) {
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    let mut listener = store.jobs().listen("a");
    // Said before the wait begins, and yet the wait ends: the poll alone would take an hour.
    store.jobs().say(&claimed, &json!(1)).await.unwrap();
    listener.wait(LONG).await;
    let waiting = tokio::spawn(async move { listener.wait(LONG).await });
    store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap();
    waiting.await.unwrap();
}
