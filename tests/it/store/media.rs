//! Blobs.

use std::time::{Duration, SystemTime};

use bedtrack_store::StoreError;

use super::{Place, on_every_database};

on_every_database! {
    a_blob_is_written_once_and_read_back,
    a_file_is_moved_under_its_key,
    what_is_old_under_a_prefix_is_removed_and_nothing_else,
    a_key_cannot_leave_the_store,
    what_is_no_regular_file_is_refused,
    one_of_many_writers_of_a_key_wins,
}

async fn a_blob_is_written_once_and_read_back(place: Place) {
    let store = place.open().await;
    let blobs = store.blobs();
    blobs.put_bytes("j/1/mix.wav", "sound").await.unwrap();
    let again = blobs.put_bytes("j/1/mix.wav", "noise").await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "blob", .. })));
    assert_eq!(blobs.size("j/1/mix.wav").await.unwrap(), 5);
    assert_eq!(std::fs::read(blobs.path("j/1/mix.wav").await.unwrap()).unwrap(), b"sound");
    for missing in [blobs.path("j/1/none").await.map(drop), blobs.size("j/1").await.map(drop)] {
        assert!(matches!(missing, Err(StoreError::NotFound { what: "blob", .. })), "{missing:?}");
    }
}

async fn a_file_is_moved_under_its_key(place: Place) {
    let store = place.open().await;
    let blobs = store.blobs();
    let scratch = blobs.scratch().await.unwrap();
    let outside = tempfile::tempdir().unwrap();
    for (key, folder) in [("a/near", scratch.path()), ("a/far", outside.path())] {
        let from = folder.join("out.mp4");
        std::fs::write(&from, key).unwrap();
        blobs.put_file(key, &from).await.unwrap();
        assert!(!from.exists());
        let path = blobs.path(key).await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let gone = scratch.path().to_owned();
    drop(scratch);
    assert!(!gone.exists());
}

async fn what_is_old_under_a_prefix_is_removed_and_nothing_else(place: Place) {
    let store = place.open().await;
    let blobs = store.blobs();
    for key in ["j/1/a", "j/1/stems/b", "j/10/c", "j/2/d"] {
        blobs.put_bytes(key, key).await.unwrap();
    }
    let sizes = blobs.list("j/1").await.unwrap();
    assert_eq!(sizes, [("j/1/a".to_owned(), 5), ("j/1/stems/b".to_owned(), 11)]);
    let day = Duration::from_secs(24 * 3600);
    assert_eq!(blobs.delete_older("j/1", day).await.unwrap(), 0, "all of it is new");
    for key in ["j/1/a", "j/1/stems/b", "j/10/c"] {
        age(&blobs.path(key).await.unwrap(), 3 * day);
    }
    blobs.put_bytes("j/1/e", "e").await.unwrap();
    assert_eq!(blobs.delete_older("j/1", 2 * day).await.unwrap(), 2);
    assert_eq!(blobs.delete_older("j/1", 2 * day).await.unwrap(), 0);
    let left: Vec<String> = blobs.list("j").await.unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(left, ["j/1/e", "j/10/c", "j/2/d"]);
    // The key is free again, its folders too.
    blobs.put_bytes("j/1/a", "new").await.unwrap();
}

/// Makes a file as old as that.
pub fn age(path: &std::path::Path, by: Duration) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - by).unwrap();
}

async fn a_key_cannot_leave_the_store(place: Place) {
    let store = place.open().await;
    let outside = place.folder.path().join("home/secret");
    std::fs::write(&outside, "secret").unwrap();
    for key in ["../secret", "a/../../secret", "/etc/passwd", ".scratch/x", "a\\b"] {
        let blobs = store.blobs();
        for refused in [
            blobs.path(key).await.map(drop),
            blobs.put_bytes(key, "x").await,
            blobs.delete_older(key, Duration::ZERO).await.map(drop),
            blobs.list(key).await.map(drop),
        ] {
            assert!(matches!(refused, Err(StoreError::BadKey { .. })), "{key}: {refused:?}");
        }
    }
    assert_eq!(std::fs::read_to_string(outside).unwrap(), "secret");
}

async fn what_is_no_regular_file_is_refused(place: Place) {
    let store = place.open().await;
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(store.blobs().put_file("a", folder.path()).await, Err(StoreError::Unusable { .. })));
    #[cfg(unix)]
    {
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::fs::write(&target, "x").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(store.blobs().put_file("a", &link).await, Err(StoreError::Unusable { .. })));
        assert!(target.exists());
    }
    let error = store.blobs().put_file("a", &folder.path().join("none")).await.unwrap_err();
    assert!(error.to_string().contains("none"), "{error}");
}

async fn one_of_many_writers_of_a_key_wins(place: Place) {
    let store = place.open().await;
    let writers: Vec<_> = (0..16)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.blobs().put_bytes("deep/er/key", number.to_string()).await })
        })
        .collect();
    let mut won = Vec::new();
    for (number, writer) in writers.into_iter().enumerate() {
        match writer.await.unwrap() {
            Ok(()) => won.push(number.to_string()),
            Err(error) => assert!(matches!(error, StoreError::Conflict { .. }), "{error}"),
        }
    }
    let path = store.blobs().path("deep/er/key").await.unwrap();
    assert_eq!(won, [std::fs::read_to_string(path).unwrap()]);
}
