//! News of a running call, told to a client that asked for it: at most once a second, at least every few seconds, and
//! always growing, which the specification demands and many clients use to keep a call alive.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RoleServer};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::director::{Progress, Step};

/// After this a waiting user is told how long it has been.
const LONG: Duration = Duration::from_secs(120);
/// The scale of all progress: percent.
const WHOLE: f64 = 100.0;
/// What a notification without news adds, so that the number still grows.
const NUDGE: f64 = 0.01;

/// How often a client hears of a running call.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Shortest time between two notifications.
    pub least_gap: Duration,
    /// Longest silence.
    pub most_silence: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { least_gap: Duration::from_secs(1), most_silence: Duration::from_secs(4) }
    }
}

/// Where who takes the call leaves the news.
#[derive(Default)]
pub struct News {
    latest: Mutex<Latest>,
    fresh: Notify,
}

#[derive(Default, Clone)]
struct Latest {
    fraction: Option<f64>,
    words: String,
}

impl Progress for News {
    fn say(&self, step: &Step) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.fraction = step.fraction.filter(|fraction| fraction.is_finite()).or(latest.fraction);
        if !step.words.is_empty() {
            step.words.clone_into(&mut latest.words);
        }
        drop(latest);
        self.fresh.notify_one();
    }
}

/// Carries news to one client for as long as one call runs.
pub struct Teller<'a> {
    peer: &'a Peer<RoleServer>,
    token: ProgressToken,
    pace: Pace,
    started: Instant,
    scale: Scale,
}

impl<'a> Teller<'a> {
    /// A teller for the call that brought this token.
    pub fn new(peer: &'a Peer<RoleServer>, token: ProgressToken, pace: Pace) -> Self {
        Self { peer, token, pace, started: Instant::now(), scale: Scale::default() }
    }

    /// Tells what comes in. Never ends: it is dropped with the call, so nothing is told after the answer.
    pub async fn tell(mut self, news: &News) -> std::convert::Infallible {
        // The first news go out at once, and a call without news is told of after the shortest gap.
        let mut earliest = self.started;
        let mut latest_by = self.started + self.pace.least_gap;
        loop {
            let _news_or_silence = tokio::time::timeout_at(latest_by, news.fresh.notified()).await;
            tokio::time::sleep_until(earliest).await;
            let latest = news.latest.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Err(error) = self.notify(&latest).await {
                tracing::debug!(%error, "progress could not be told");
            }
            earliest = Instant::now() + self.pace.least_gap;
            latest_by = Instant::now() + self.pace.most_silence;
        }
    }

    async fn notify(&mut self, latest: &Latest) -> Result<(), rmcp::service::ServiceError> {
        let (progress, total) = self.scale.next(latest.fraction);
        let mut param = ProgressNotificationParam::new(self.token.clone(), progress)
            .with_message(worded(&latest.words, self.started.elapsed()));
        if let Some(total) = total {
            param = param.with_total(total);
        }
        self.peer.notify_progress(param).await
    }
}

fn worded(message: &str, elapsed: Duration) -> String {
    let message = if message.is_empty() { "Working" } else { message };
    if elapsed < LONG || message.contains('⏳') {
        return message.to_owned();
    }
    let seconds = elapsed.as_secs();
    format!("⏳ Still working... {}m {}s. {message}", seconds / 60, seconds % 60)
}

/// Numbers that only ever grow and never claim to be finished.
#[derive(Debug, Default)]
struct Scale {
    told: f64,
}

impl Scale {
    fn next(&mut self, fraction: Option<f64>) -> (f64, Option<f64>) {
        let wanted = fraction.map_or(0.0, |fraction| fraction.clamp(0.0, 1.0) * WHOLE);
        // Close to the end the steps get ever smaller, so that the whole is never passed.
        let nudged = self.told + NUDGE.min((WHOLE - self.told) / 2.0);
        self.told = wanted.min(WHOLE - NUDGE).max(nudged);
        (self.told, fraction.map(|_| WHOLE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_even_when_the_news_go_back_or_end() {
        let mut scale = Scale::default();
        let mut last = 0.0;
        let news = [None, Some(0.4), Some(0.1), Some(f64::MAX), None, Some(1.0), Some(1.0)];
        for fraction in news.into_iter().chain(std::iter::repeat_n(Some(1.0), 20)) {
            let (told, total) = scale.next(fraction);
            assert!(told > last && told < WHOLE, "{last} then {told}");
            assert_eq!(total.is_some(), fraction.is_some());
            last = told;
        }
    }

    #[test]
    fn after_two_minutes_the_time_is_told() {
        assert_eq!(worded("", Duration::from_secs(5)), "Working");
        assert_eq!(worded("Composing", Duration::from_secs(125)), "⏳ Still working... 2m 5s. Composing");
    }
}
