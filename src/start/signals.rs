//! Ctrl-C and SIGTERM end every role cleanly, and soon.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Longest time that ending may take; a client that closed stdin expects the process to be gone within 5 s.
pub const END_WITHIN: Duration = Duration::from_secs(4);

/// A token that is cancelled by the first Ctrl-C, SIGTERM or SIGHUP.
pub fn shutdown() -> CancellationToken {
    let token = CancellationToken::new();
    let told = token.clone();
    tokio::spawn(async move {
        wait().await;
        tracing::info!("ending: work in flight is saved");
        told.cancel();
    });
    token
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| match signal(kind) {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::warn!("a signal cannot be listened for: {error}");
            None
        }
    };
    let (mut terminate, mut hang_up) = (listen(SignalKind::terminate()), listen(SignalKind::hangup()));
    let next = |stream: Option<tokio::signal::unix::Signal>| async move {
        match stream {
            Some(mut stream) => stream.recv().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = next(terminate.take()) => {}
        _ = next(hang_up.take()) => {}
    }
}

#[cfg(not(unix))]
async fn wait() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
