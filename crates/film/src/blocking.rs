//! Work that blocks.

use super::FilmError;

/// Runs what blocks off the async threads.
pub(super) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FilmError> + Send + 'static,
) -> Result<T, FilmError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(fault) if fault.is_cancelled() => Err(FilmError::Cancelled),
        Err(fault) => Err(FilmError::BadResult(format!("a part of the film room failed: {fault}"))),
    }
}
