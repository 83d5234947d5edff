//! Several workers and several processes at once. Two stores opened on one place share nothing in memory, so to each
//! other they are two processes.

use std::collections::BTreeSet;
use std::sync::Arc;

use bedtrack_store::{Enqueued, JobOutcome, JobState, StoreError};
use serde_json::json;
use tokio::sync::Barrier;

use super::{LONG, OVER, Place, claim, credits, furnished, job, movements, on_every_database, stored};

on_every_database! {
    of_two_attempts_that_finish_at_once_one_settles,
    no_job_is_claimed_twice_and_none_is_forgotten,
    the_same_job_enqueued_by_many_is_held_once,
    credits_are_never_spent_twice,
    of_many_writers_of_one_revision_one_wins,
    many_processes_may_open_a_new_place_at_once,
}

async fn of_two_attempts_that_finish_at_once_one_settles(place: Place) {
    let (one, other) = (furnished(&place).await, place.open().await);
    for round in 0..20 {
        let id = format!("job-{round}");
        let mut free = job(&id);
        free.cost = 1;
        one.jobs().enqueue(free).await.unwrap();
        let zombie = claim(&one, OVER).await.unwrap();
        let heir = claim(&other, OVER).await.unwrap();
        let start = Barrier::new(2);
        let finish = async |store: &bedtrack_store::Store, claimed, name: &str| {
            start.wait().await;
            store.jobs().finish(claimed, JobOutcome::done(json!(name))).await.unwrap()
        };
        let ended = tokio::join!(finish(&one, &zombie, "zombie"), finish(&other, &heir, "heir"));
        assert_eq!(ended, (false, true));
        assert_eq!(stored(&one, &id).await.result, json!("heir"));
    }
    assert_eq!(credits(&one).await, (80, 0));
    assert_eq!(movements(&one).await.len(), 40);
}

async fn no_job_is_claimed_twice_and_none_is_forgotten(place: Place) {
    const JOBS: usize = 60;
    let store = furnished(&place).await;
    for number in 0..JOBS {
        let mut free = job(&format!("job-{number:02}"));
        free.cost = 1;
        store.jobs().enqueue(free).await.unwrap();
    }
    let start = Arc::new(Barrier::new(4));
    let mut workers = Vec::new();
    for _ in 0..4 {
        let (store, start) = (place.open().await, start.clone());
        workers.push(tokio::spawn(async move {
            start.wait().await;
            let mut mine = Vec::new();
            while let Some(claimed) = claim(&store, LONG).await {
                assert!(store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap());
                mine.push(claimed.id);
            }
            mine
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (JOBS, JOBS));
    assert_eq!(credits(&store).await, (40, 0));
}

async fn the_same_job_enqueued_by_many_is_held_once(place: Place) {
    furnished(&place).await;
    let mut callers = Vec::new();
    for _ in 0..8 {
        let store = place.open().await;
        callers.push(tokio::spawn(async move { store.jobs().enqueue(job("a")).await.unwrap() }));
    }
    let mut new = 0;
    for caller in callers {
        new += usize::from(caller.await.unwrap() == Enqueued::New);
    }
    let store = place.open().await;
    assert_eq!((new, credits(&store).await), (1, (90, 10)));
}

async fn credits_are_never_spent_twice(place: Place) {
    furnished(&place).await;
    let mut callers = Vec::new();
    for number in 0..15 {
        let store = place.open().await;
        callers.push(tokio::spawn(async move { store.jobs().enqueue(job(&number.to_string())).await.unwrap() }));
    }
    let (mut new, mut refused) = (0, 0);
    for caller in callers {
        match caller.await.unwrap() {
            Enqueued::New => new += 1,
            Enqueued::NoCredits { available: 0, needed: 10 } => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    let store = place.open().await;
    assert_eq!((new, refused, credits(&store).await), (10, 5, (0, 100)));
}

async fn of_many_writers_of_one_revision_one_wins(place: Place) {
    furnished(&place).await;
    let mut writers = Vec::new();
    for number in 0..8 {
        let store = place.open().await;
        writers.push(tokio::spawn(
            async move { store.studio_sessions().put_state("s1", 0, &json!({"by": number})).await },
        ));
    }
    let mut won = Vec::new();
    for (number, writer) in writers.into_iter().enumerate() {
        match writer.await.unwrap() {
            Ok(rev) => won.push((number, rev)),
            Err(error) => assert!(matches!(error, StoreError::Conflict { .. }), "{error}"),
        }
    }
    let store = place.open().await;
    assert_eq!(won.len(), 1);
    assert_eq!(store.studio_sessions().state("s1").await.unwrap().body, json!({"by": won[0].0}));
}

async fn many_processes_may_open_a_new_place_at_once(place: Place) {
    let place = Arc::new(place);
    let openers: Vec<_> = (0..8)
        .map(|number| {
            let place = place.clone();
            tokio::spawn(async move {
                let store = place.open().await;
                store.ledger().open_account("ann", bedtrack_store::Grant::Credits(100)).await.unwrap();
                store.jobs().enqueue(job(&number.to_string())).await.unwrap();
            })
        })
        .collect();
    for opener in openers {
        opener.await.unwrap();
    }
    let store = place.open().await;
    assert_eq!(credits(&store).await, (20, 80));
    assert_eq!(stored(&store, "7").await.state, JobState::Queued);
}
