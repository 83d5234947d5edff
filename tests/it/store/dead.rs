//! What a process held that died is free at once; what a living one holds is its own for as long as it lives.

use bedtrack_store::{Store, Work};
use serde_json::json;

use super::{LONG, Place, furnished, job};

const KINDS: [&str; 1] = ["render"];

/// A job and a piece of work in the hands of a process, under leases that do not run out.
async fn holding(store: &Store) {
    store.jobs().enqueue(job("a")).await.unwrap();
    let worker = format!("{}-1", store.owner());
    assert!(store.jobs().claim(&worker, &KINDS, LONG).await.unwrap().is_some());
    let work = Work { id: "w".into(), status: "running".into(), owner: store.owner().into(), ..Work::default() };
    store.front().open_work(Work { body: json!({}), ..work }, LONG).await.unwrap();
}

#[tokio::test]
async fn a_living_process_loses_nothing() {
    let place = Place::sqlite();
    let living = furnished(&place).await;
    holding(&living).await;
    let other = place.open().await;
    assert_eq!(other.release_dead().await.unwrap(), 0);
    assert!(other.jobs().claim("other", &KINDS, LONG).await.unwrap().is_none());
    assert!(other.front().adopt_works(other.owner(), LONG).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_dead_process_held_is_free_at_once_and_counts_as_tried() {
    let place = Place::sqlite();
    let dead = furnished(&place).await;
    holding(&dead).await;
    let owner = dead.owner().to_owned();
    dead.close().await;
    drop(dead);
    let other = place.open().await;
    // A kill leaves the file behind, and no lock on it.
    let owners = place.folder.path().join("home/bed track.db-owners");
    std::fs::write(owners.join(&owner), "").unwrap();
    assert_eq!(other.release_dead().await.unwrap(), 2);
    let job = other.jobs().claim("other", &KINDS, LONG).await.unwrap().unwrap();
    assert_eq!((job.id.as_str(), job.attempt), ("a", 2));
    assert_eq!(other.front().adopt_works(other.owner(), LONG).await.unwrap().len(), 1);
    assert!(!owners.join(&owner).exists(), "it is looked at once");
    assert_eq!(other.release_dead().await.unwrap(), 0);
}
