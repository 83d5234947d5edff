//! What every piece of work shares: store, tools, sounds, scratch space, limits.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use bedtrack_film::Film;
use bedtrack_sound::Bank;
use bedtrack_store::{Enqueued, Grant, NewJob, Store, StoreError};
use bedtrack_wire::state::{Medium, State};

/// First part of the URL path of every medium.
pub const MEDIA_PREFIX: &str = "/api/media";

/// Where the bytes of a medium are kept.
pub fn media_key(session: &str, name: &str) -> String {
    format!("media/{session}/{name}")
}

/// Where a medium can be fetched, below the API's base.
pub fn media_url(session: &str, name: &str) -> String {
    format!("{MEDIA_PREFIX}/{session}/{name}")
}

/// The sample bank: the built-in one, or the user's own.
#[derive(Clone)]
pub enum SharedBank {
    /// The one in the binary.
    BuiltIn,
    /// One that was loaded from a file.
    Own(Arc<Bank>),
}

impl std::ops::Deref for SharedBank {
    type Target = Bank;

    fn deref(&self) -> &Bank {
        match self {
            Self::BuiltIn => Bank::built_in(),
            Self::Own(bank) => bank,
        }
    }
}

/// A session's state with its revision.
pub struct KeptState {
    /// The revision.
    pub rev: i64,
    /// The state.
    pub state: State,
}

/// Bounds on what one request may use. Data: `limits.toml`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestLimits {
    /// Bytes of the largest file taken in.
    pub upload_bytes: u64,
    /// Bytes of all files of one upload together.
    pub uploads_bytes: u64,
    /// Bytes of a list of addresses to fetch.
    pub addresses_bytes: usize,
    /// Days that a finished render is kept.
    pub renders_days: u32,
}

impl Default for RequestLimits {
    fn default() -> Self {
        toml::from_str(include_str!("limits.toml")).unwrap_or(Self {
            upload_bytes: 500 << 20,
            uploads_bytes: 4 << 30,
            addresses_bytes: 64 << 10,
            renders_days: 7,
        })
    }
}

/// What every piece of work shares.
pub struct Workshop {
    /// Sessions, jobs, blobs.
    pub store: Store,
    /// ffmpeg.
    pub film: Arc<Film>,
    /// The sample bank.
    pub bank: SharedBank,
    /// Bounds on requests.
    pub limits: RequestLimits,
}

impl Workshop {
    /// A folder of its own for files in the making, gone when dropped. It lies with the blobs, so that a finished file
    /// is linked among them, not copied.
    pub async fn scratch_folder(&self) -> Result<TempDir, StoreError> {
        self.store.blobs().scratch().await
    }

    /// Makes the account known; the studio on one's own machine costs nothing.
    pub async fn open_account(&self, account: &str) -> Result<(), StoreError> {
        self.store.ledger().open_account(account, Grant::Unlimited).await?;
        Ok(())
    }

    /// The session's state with its revision.
    pub async fn state(&self, session: &str) -> Result<KeptState, StoreError> {
        let found = self.store.studio_sessions().state(session).await?;
        Ok(KeptState { rev: found.rev, state: State::read(&found.body) })
    }

    /// Changes the session's state; where another writer was faster, `change` is asked again with the newer state.
    pub async fn change_state<E: From<StoreError>>(
        &self,
        session: &str,
        mut change: impl FnMut(State) -> Result<State, E>,
    ) -> Result<State, E> {
        loop {
            let now = self.state(session).await?;
            let next = change(now.state)?;
            match self.store.studio_sessions().put_state(session, now.rev, &json!(next)).await {
                Ok(_) => return Ok(next),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Puts a job into the queue.
    pub async fn enqueue(&self, job: NewJob) -> Result<Enqueued, StoreError> {
        self.open_account(&job.account).await?;
        self.store.jobs().enqueue(job).await
    }

    /// Wishes a job to end.
    pub async fn cancel(&self, job: &str) -> Result<(), StoreError> {
        self.store.jobs().cancel(job).await?;
        Ok(())
    }

    /// The local file of a session's medium; only media that the session's own state lists have one.
    pub async fn media_file(&self, session: &str, medium: &Medium) -> Result<PathBuf, StoreError> {
        let url = medium.url.as_deref().unwrap_or_default();
        self.file_at(session, url).await
    }

    /// The local file behind a URL of the session's media.
    pub async fn file_at(&self, session: &str, url: &str) -> Result<PathBuf, StoreError> {
        let name = url.strip_prefix(&media_url(session, "")).unwrap_or_default();
        self.store.blobs().path(&media_key(session, name)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_limits_are_read_from_the_table() {
        let limits: RequestLimits = toml::from_str(include_str!("limits.toml")).unwrap();
        assert_eq!(limits.upload_bytes, 500 << 20);
        assert!(limits.uploads_bytes > limits.upload_bytes);
    }
}
