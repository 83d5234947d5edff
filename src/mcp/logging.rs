//! Log messages to clients of the versions that have them (up to 2025-11-25): how each call ended, for those that chose a
//! level. The current version has no such thing, and is not offered it.
#![expect(deprecated, reason = "the versions that know logging are still spoken")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rmcp::model::{LoggingLevel, LoggingMessageNotificationParam, ServerConfig};
use rmcp::service::{Peer, RoleServer};
use serde_json::json;

use super::metrics::Outcome;

/// The request that chooses a level.
pub type SetLevel = rmcp::model::SetLevelRequestParams;

/// All levels, the least severe first.
const LEVELS: [LoggingLevel; 8] = [
    LoggingLevel::Debug,
    LoggingLevel::Info,
    LoggingLevel::Notice,
    LoggingLevel::Warning,
    LoggingLevel::Error,
    LoggingLevel::Critical,
    LoggingLevel::Alert,
    LoggingLevel::Emergency,
];

/// The level one connection chose; clones share it. Until it chose one it hears nothing.
#[derive(Debug, Clone)]
pub struct Chosen(Arc<AtomicUsize>);

impl Default for Chosen {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(LEVELS.len())))
    }
}

impl Chosen {
    /// From now on it hears of this level and of what is more severe.
    pub fn choose(&self, request: &SetLevel) {
        self.0.store(rank(request.level), Ordering::Relaxed);
    }

    fn hears(&self, level: LoggingLevel) -> bool {
        rank(level) >= self.0.load(Ordering::Relaxed)
    }

    /// Tells how a call ended.
    pub async fn tell(&self, peer: &Peer<RoleServer>, tool: &str, outcome: Outcome, took: Duration) {
        let level = match outcome {
            Outcome::Answered => LoggingLevel::Info,
            Outcome::Refused => LoggingLevel::Warning,
            Outcome::Broken => LoggingLevel::Error,
        };
        if !self.hears(level) {
            return;
        }
        let data = json!({"tool": tool, "outcome": outcome.word(), "seconds": took.as_secs_f64()});
        let message = LoggingMessageNotificationParam::new(level, data).with_logger(env!("CARGO_PKG_NAME"));
        if let Err(error) = peer.notify_logging_message(message).await {
            tracing::debug!(%error, "a log message could not be told");
        }
    }
}

fn rank(level: LoggingLevel) -> usize {
    LEVELS.iter().position(|known| *known == level).unwrap_or(LEVELS.len())
}

/// Adds the capability to what `initialize` answers.
pub fn offer(info: &mut ServerConfig) {
    info.capabilities.logging = Some(rmcp::model::JsonObject::new());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_heard_before_a_level_is_chosen_and_then_what_is_as_severe() {
        let chosen = Chosen::default();
        assert!(!chosen.hears(LoggingLevel::Emergency));
        chosen.choose(&SetLevel::new(LoggingLevel::Warning));
        assert!(chosen.hears(LoggingLevel::Warning) && chosen.hears(LoggingLevel::Error));
        assert!(!chosen.hears(LoggingLevel::Info));
    }
}
