//! Removing what nobody will ask for any more: what killed processes left behind, and renders that were kept long enough.
//! Media of sessions lie elsewhere and are not touched.

use std::sync::Arc;
use std::time::Duration;

use super::render;
use super::workshop::Workshop;

/// One round of tidying up; what cannot be removed now is removed in a later one.
pub async fn tidy(workshop: Arc<Workshop>) {
    let blobs = workshop.store.blobs();
    let kept = Duration::from_secs(u64::from(workshop.limits.renders_days) * 24 * 3600);
    if let Err(error) = blobs.sweep_scratch().await {
        tracing::warn!(%error, "old scratch files were not removed");
    }
    match blobs.delete_older(render::KEPT_UNDER, kept).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "old renders were removed"),
        Err(error) => tracing::warn!(%error, "old renders were not removed"),
    }
}
