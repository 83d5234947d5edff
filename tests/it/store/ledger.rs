//! Accounts and credits.

use bedtrack_store::{Enqueued, Grant, JobOutcome, StoreError};
use serde_json::json;

use super::{LONG, Place, claim, credits, furnished, job, movements, on_every_database};

on_every_database! {
    an_account_gets_its_grant_once,
    an_unlimited_account_spends_nothing,
    a_job_holds_its_cost_and_settles_what_it_used,
    a_job_beyond_the_balance_is_refused_and_leaves_no_trace,
    an_unknown_account_is_named,
}

async fn an_account_gets_its_grant_once(place: Place) {
    let store = furnished(&place).await;
    store.ledger().open_account("ann", Grant::Credits(100)).await.unwrap();
    store.ledger().open_account("ann", Grant::Unlimited).await.unwrap();
    assert_eq!(credits(&store).await, (100, 0));
    assert_eq!(store.ledger().entries("ann").await.unwrap().len(), 1);
}

async fn an_unlimited_account_spends_nothing(place: Place) {
    let store = furnished(&place).await;
    let balance = store.ledger().open_account("own", Grant::Unlimited).await.unwrap();
    assert!(balance.unlimited && balance.total == 0);
    let mut expensive = job("a");
    (expensive.account, expensive.cost) = ("own".into(), 1_000_000);
    assert_eq!(store.jobs().enqueue(expensive).await.unwrap(), Enqueued::New);
    let claimed = claim(&store, LONG).await.unwrap();
    assert!(store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap());
    assert_eq!(store.ledger().balance("own").await.unwrap(), balance);
    assert_eq!(store.ledger().entries("own").await.unwrap(), []);
}

async fn a_job_holds_its_cost_and_settles_what_it_used(place: Place) {
    let store = furnished(&place).await;
    for (id, charged, available) in [("a", None, 90), ("b", Some(4), 86), ("c", Some(0), 86), ("d", Some(999), 76)] {
        store.jobs().enqueue(job(id)).await.unwrap();
        assert_eq!(credits(&store).await.1, 10);
        let claimed = claim(&store, LONG).await.unwrap();
        let done = JobOutcome::Done { result: json!({}), charged };
        assert!(store.jobs().finish(&claimed, done).await.unwrap());
        assert_eq!(credits(&store).await, (available, 0), "{id}");
    }
    let expected =
        ["hold:a 10", "settle:a 10", "hold:b 10", "settle:b 4", "hold:c 10", "settle:c 0", "hold:d 10", "settle:d 10"];
    let mut found = movements(&store).await;
    found.sort();
    let mut expected = expected.map(String::from);
    expected.sort();
    assert_eq!(found, expected);
}

async fn a_job_beyond_the_balance_is_refused_and_leaves_no_trace(place: Place) {
    let store = furnished(&place).await;
    let mut dear = job("dear");
    dear.cost = 101;
    let refused = store.jobs().enqueue(dear.clone()).await.unwrap();
    assert_eq!(refused, Enqueued::NoCredits { available: 100, needed: 101 });
    assert_eq!(store.jobs().get("dear").await.unwrap(), None);
    assert_eq!(movements(&store).await, [""; 0]);
    // The id is free: with enough credits the same job is accepted.
    dear.cost = 100;
    assert_eq!(store.jobs().enqueue(dear).await.unwrap(), Enqueued::New);
    assert_eq!(credits(&store).await, (0, 100));
}

async fn an_unknown_account_is_named(place: Place) {
    let store = place.open().await;
    let error = store.jobs().enqueue(job("a")).await.unwrap_err();
    assert!(matches!(&error, StoreError::NotFound { what: "account", id } if id == "ann"), "{error}");
    assert!(store.ledger().balance("ann").await.is_err());
}
