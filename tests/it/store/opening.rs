//! Opening a place, and what is said when that cannot be done. What is particular to SQLite files.

use bedtrack_store::{JobOutcome, NewSession, Store, StoreError, file_url, sqlite_url};
use serde_json::json;

use super::{LONG, Place, claim, credits, furnished, job, on_every_database, session, stored};

on_every_database! {
    everything_is_there_after_a_restart,
    closing_twice_is_fine_and_later_calls_fail,
}

async fn everything_is_there_after_a_restart(place: Place) {
    let store = furnished(&place).await;
    store.studio_sessions().put_state("s1", 0, &json!({"draft": {"t": []}})).await.unwrap();
    store.blobs().put_bytes("a/1/x", "media").await.unwrap();
    store.jobs().enqueue(job("a")).await.unwrap();
    store.jobs().enqueue(job("b")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    store.jobs().say(&claimed, &json!("hello")).await.unwrap();
    store.close().await;
    drop(store);

    let store = place.open().await;
    assert_eq!(store.studio_sessions().state("s1").await.unwrap().body, json!({"draft": {"t": []}}));
    assert_eq!(store.blobs().size("a/1/x").await.unwrap(), 5);
    assert_eq!(store.jobs().heard("a", 0).await.unwrap().len(), 1);
    assert_eq!(credits(&store).await, (80, 20));
    // The lease outlives the process that took it.
    assert!(store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap());
    assert_eq!(claim(&store, LONG).await.unwrap().id, "b");
    assert_eq!(stored(&store, "a").await.result, json!(1));
}

async fn closing_twice_is_fine_and_later_calls_fail(place: Place) {
    let store = furnished(&place).await;
    store.close().await;
    store.close().await;
    assert!(store.jobs().get("a").await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn folders_and_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::sqlite();
    let store = furnished(&place).await;
    store.blobs().put_bytes("a/b", "x").await.unwrap();
    let home = place.folder.path().join("home");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in ["", "blobs", "blobs/a", "blobs/.scratch"] {
        assert_eq!(mode(&home.join(folder)), 0o700, "{folder}");
    }
    for file in ["bed track.db", "bed track.db-wal", "bed track.db-shm", "blobs/a/b"] {
        assert_eq!(mode(&home.join(file)), 0o600, "{file}");
    }
    // A folder that was there before is not ours to close.
    assert_ne!(mode(&std::env::temp_dir()), 0o700);
}

#[tokio::test]
async fn commits_wait_for_the_disk_and_readers_for_nobody() {
    use sqlx::Row as _;
    let place = Place::sqlite();
    let store = furnished(&place).await;
    // The mode is kept in the file, so a connection of our own sees it.
    let mut seen: sqlx::AnyConnection =
        <sqlx::AnyConnection as sqlx::Connection>::connect(&place.database_url).await.unwrap();
    let mode = sqlx::query("PRAGMA journal_mode").fetch_one(&mut seen).await.unwrap();
    assert_eq!(mode.get::<String, _>(0), "wal");
    // Somebody else's open write transaction keeps nobody from reading.
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut seen).await.unwrap();
    assert_eq!(credits(&store).await, (100, 0));
    sqlx::raw_sql("ROLLBACK").execute(&mut seen).await.unwrap();
}

async fn refusal(database: &std::path::Path) -> StoreError {
    let blobs = file_url(&database.parent().unwrap().join("blobs"));
    Store::open(&sqlite_url(database), &blobs).await.unwrap_err()
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "these are my notes, and no database at all. ".repeat(100)).unwrap();
    let error = refusal(&file).await;
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("notes.txt") && text.contains("not a database") && text.contains("DATABASE_URL"), "{text}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("these are my notes"));
}

#[tokio::test]
async fn a_database_of_a_later_program_is_named_and_left_alone() {
    let place = Place::sqlite();
    furnished(&place).await.close().await;
    let mut later: sqlx::AnyConnection =
        <sqlx::AnyConnection as sqlx::Connection>::connect(&place.database_url).await.unwrap();
    sqlx::raw_sql("INSERT INTO schema_version VALUES (99, 0)").execute(&mut later).await.unwrap();
    let error = Store::open(&place.database_url, &place.blob_url).await.unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("bed track.db") && text.contains("update bedtrack"), "{text}");
}

#[tokio::test]
async fn a_folder_or_file_in_the_wrong_place_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refusal(folder.path()).await;
    assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
    std::fs::write(folder.path().join("file"), "").unwrap();
    let error = refusal(&folder.path().join("file/x/home.db")).await;
    let text = error.to_string();
    assert!(text.contains("file") && text.contains("BEDTRACK_HOME"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_is_named_with_its_mend() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(home.join("probe"), "").is_ok() {
        // Permissions do not bind this user (root); the mapping of the error is tested where it is written.
        return;
    }
    let text = refusal(&home.join("x.db")).await.to_string();
    assert!(text.contains("home") && text.contains("permission denied") && text.contains("BEDTRACK_HOME"), "{text}");
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test]
async fn ids_are_data_and_never_statements() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let id = "x'; DROP TABLE session; -- {now} $1 ?1 \u{1F3B5}";
    let odd = NewSession { id: id.into(), ..session("s2") };
    store.studio_sessions().create(odd).await.unwrap();
    assert_eq!(store.studio_sessions().get(id).await.unwrap().unwrap().id, id);
    assert!(store.studio_sessions().get("s1").await.unwrap().is_some());
}
