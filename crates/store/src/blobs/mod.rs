//! Media: write-once files under keys. Reading, listing and removing go through `object_store`; writing into a folder
//! is our own, because a finished file of many megabytes is linked into place, not copied.

mod key;
mod local;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};

use super::error::StoreError;
use super::place::make_folder;

/// Blobs, as one part of the store; cheap to clone. Keys are `part/part/…` of letters, digits and `. _ -`.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: Arc<PathBuf>,
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let root = folder.canonicalize().map_err(|error| StoreError::io(folder, error))?;
        let store = LocalFileSystem::new_with_prefix(&root)
            .map_err(StoreError::Blobs)?
            // Folders that become empty go as well.
            .with_automatic_cleanup(true);
        Ok(Self { root: Arc::new(root), store: Arc::new(store) })
    }

    /// Moves a finished file under a key: linked where it lies on the same file system (see [`Self::scratch`]), copied
    /// else. Once this returns, it is on disk; `from` is gone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the key is taken: blobs are written once.
    pub async fn put_file(&self, key: &str, from: &Path) -> Result<(), StoreError> {
        let (root, from, to, key) = (self.root.clone(), from.to_owned(), self.place(key)?, key.to_owned());
        blocking(move || local::publish(&root, &from, &to, &key)).await
    }

    /// Writes bytes under a key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the key is taken.
    pub async fn put_bytes(&self, key: &str, bytes: impl Into<Bytes>) -> Result<(), StoreError> {
        let (root, bytes, to, key) = (self.root.clone(), bytes.into(), self.place(key)?, key.to_owned());
        blocking(move || {
            use std::io::Write as _;
            let folder = local::scratch(&root)?;
            let written = tempfile::NamedTempFile::new_in(&folder)
                .and_then(|mut file| file.write_all(&bytes).map(|()| file.into_temp_path()))
                .map_err(|error| StoreError::io(&folder, error))?;
            local::publish(&root, &written, &to, &key)
        })
        .await
    }

    /// A folder for unfinished files, on the blobs' own file system, removed with all in it when dropped.
    pub async fn scratch(&self) -> Result<tempfile::TempDir, StoreError> {
        let root = self.root.clone();
        blocking(move || {
            let folder = local::scratch(&root)?;
            tempfile::TempDir::new_in(&folder).map_err(|error| StoreError::io(&folder, error))
        })
        .await
    }

    /// Removes scratch folders that killed processes left behind over a day ago.
    pub async fn sweep_scratch(&self) -> Result<(), StoreError> {
        let root = self.root.clone();
        blocking(move || {
            local::sweep(&root);
            Ok(())
        })
        .await
    }

    /// A local file with the blob's bytes, for reading only.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such blob.
    pub async fn path(&self, key: &str) -> Result<PathBuf, StoreError> {
        let path = self.place(key)?;
        self.size(key).await?;
        Ok(path)
    }

    /// A blob's size in bytes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such blob.
    pub async fn size(&self, key: &str) -> Result<u64, StoreError> {
        let meta = self.store.head(&key::check(key)?).await.map_err(|error| blob_fault(error, key))?;
        Ok(meta.size)
    }

    /// The keys and sizes under a prefix of whole parts (`a/b` holds `a/b/c`, not `a/bc`), in order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let found: Vec<ObjectMeta> = self
            .store
            .list(Some(&key::check(prefix)?))
            .try_collect()
            .await
            .map_err(|error| blob_fault(error, prefix))?;
        let mut blobs: Vec<_> = found.into_iter().map(|meta| (meta.location.to_string(), meta.size)).collect();
        blobs.sort();
        Ok(blobs)
    }

    /// Removes the blobs under a prefix of whole parts that were written longer than `age` ago; none is fine. Gives how
    /// many there were.
    pub async fn delete_older(&self, prefix: &str, age: Duration) -> Result<usize, StoreError> {
        let key = key::check(prefix)?;
        let Some(limit) = SystemTime::now().checked_sub(age) else { return Ok(0) };
        let is_old = move |meta: &ObjectMeta| std::future::ready(SystemTime::from(meta.last_modified) < limit);
        let places = self.store.list(Some(&key)).try_filter(is_old).map_ok(|meta| meta.location).boxed();
        let gone = self.store.delete_stream(places);
        gone.filter(|gone| {
            // Somebody else may remove the same ones at the same time.
            let counts = !matches!(gone, Err(object_store::Error::NotFound { .. }));
            std::future::ready(counts)
        })
        .try_fold(0, |count, _| std::future::ready(Ok(count + 1)))
        .await
        .map_err(|error| blob_fault(error, prefix))
    }

    fn place(&self, key: &str) -> Result<PathBuf, StoreError> {
        key::check(key)?;
        Ok(key.split('/').fold(self.root.to_path_buf(), |path, part| path.join(part)))
    }
}

fn blob_fault(error: object_store::Error, key: &str) -> StoreError {
    match error {
        object_store::Error::NotFound { .. } => StoreError::not_found("blob", key),
        object_store::Error::AlreadyExists { .. } => StoreError::conflict("blob", key),
        error => StoreError::Blobs(error),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|error| StoreError::Io { place: "the blob store".into(), source: std::io::Error::other(error) })?
}
