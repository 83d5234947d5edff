//! What the store promises, as functions over a place to open it from, so that every kind of database has to keep the
//! same promises.
#![cfg(test)]

mod crash;
mod dead;
mod front;
mod jobs;
mod ledger;
pub mod media;
mod opening;
mod racing;
mod runner;
mod sessions;

use std::time::Duration;

use bedtrack_store::{Grant, Job, NewJob, NewSession, Store, file_url, sqlite_url};
use serde_json::json;

/// A lease that does not run out during a test.
pub const LONG: Duration = Duration::from_secs(3600);
/// A lease that has run out as soon as it is given.
pub const OVER: Duration = Duration::ZERO;

/// Where a store lies; removed when dropped.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub database_url: String,
    pub blob_url: String,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = sqlite_url(&folder.path().join("home/bed track.db"));
        let blob_url = file_url(&folder.path().join("home/blobs"));
        Self { folder, database_url, blob_url }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.database_url, &self.blob_url).await.unwrap()
    }
}

/// Runs each function on every kind of database.
macro_rules! on_every_database {
    ($($name:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::store::Place::sqlite()).await;
                }
            )*
        }
    };
}
pub(crate) use on_every_database;

/// A job of the account `ann` and the session `s1` that costs 10 credits.
pub fn job(id: &str) -> NewJob {
    NewJob {
        id: id.into(),
        account: "ann".into(),
        session: "s1".into(),
        kind: "render".into(),
        payload: json!({"format": "mp4"}),
        cost: 10,
        max_attempts: 3,
    }
}

/// A store with the account `ann` (100 credits) and its session `s1`.
pub async fn furnished(place: &Place) -> Store {
    let store = place.open().await;
    store.ledger().open_account("ann", Grant::Credits(100)).await.unwrap();
    store.studio_sessions().create(session("s1")).await.unwrap();
    store
}

pub fn session(id: &str) -> NewSession {
    NewSession { id: id.into(), task_id: format!("task-{id}"), account: "ann".into(), language: "en".into() }
}

/// Available and frozen credits of `ann`.
pub async fn credits(store: &Store) -> (i64, i64) {
    let balance = store.ledger().balance("ann").await.unwrap();
    assert_eq!(balance.total, balance.available + balance.frozen);
    (balance.available, balance.frozen)
}

/// The ledger of `ann` as `kind:job amount`, the grant left out.
pub async fn movements(store: &Store) -> Vec<String> {
    let entries = store.ledger().entries("ann").await.unwrap();
    entries.iter().filter(|entry| entry.kind != "grant").map(|entry| format!("{} {}", entry.id, entry.amount)).collect()
}

pub async fn claim(store: &Store, lease: Duration) -> Option<Job> {
    store.jobs().claim("worker", &["render"], lease).await.unwrap()
}

pub async fn stored(store: &Store, id: &str) -> Job {
    store.jobs().get(id).await.unwrap().unwrap()
}

/// The ids of all of a session's jobs, over or not, the newest first.
pub async fn jobs_of(database_url: &str, session: &str) -> Vec<String> {
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(database_url).await.unwrap();
    let query = sqlx::query_scalar("SELECT id FROM job WHERE session = $1 ORDER BY created_at DESC, id");
    query.bind(session.to_owned()).fetch_all(&mut connection).await.unwrap()
}

/// Takes a session out of the database, as if it had been lost.
pub async fn lose_session(database_url: &str, session: &str) {
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(database_url).await.unwrap();
    for statement in ["DELETE FROM draft WHERE session = $1", "DELETE FROM session WHERE id = $1"] {
        sqlx::query(statement).bind(session.to_owned()).execute(&mut connection).await.unwrap();
    }
}
