//! The export workflow: submit a render under an id that is kept on disk first, follow it, try a second one where the
//! first really failed, fetch the file, check it. Free, and never sent to the agent as a message.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use crate::director::advice::{Fault, Outage, Sent};
use crate::director::container;
use crate::director::progress::{Say, Step};
use crate::director::settings::DirectorSettings;
use crate::director::steps;
use crate::director::trouble::{of_api, of_refusal, of_word, unwritable};
use crate::nemovideo::{ApiError, Client, Fetch, Size};
use crate::skills::Attribution;
use bedtrack_wire::envelope;
use bedtrack_wire::paths;
use bedtrack_wire::render::{OutputSpec, Render, RenderRequest, RenderStatus};

/// One render, one more where it really failed.
const TRIES: u32 = 2;
/// How long a render may go on moving.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Polls in a row that may fail: the render goes on meanwhile.
const LOST_POLLS: u32 = 6;
/// Rounds of the two ways to fetch a file.
const FETCHES: u32 = 2;

/// A render as it is kept on disk: written before it is submitted, and asked for before anything is submitted again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its id at the backend.
    pub render: String,
    /// The first or the second one.
    pub try_number: u32,
}

impl Kept {
    /// The first try, under a fresh id.
    pub fn first() -> Self {
        Self { render: render_id(), try_number: 1 }
    }

    /// The next try, where there is one more.
    pub fn next(&self) -> Option<Self> {
        (self.try_number < TRIES).then(|| Self { render: render_id(), try_number: self.try_number + 1 })
    }
}

/// What an export needs.
pub struct Delivery {
    /// The client.
    pub client: Client,
    /// The skill's headers.
    pub attribution: Attribution,
    /// The backend's session.
    pub sid: String,
    /// The waits.
    pub settings: Arc<DirectorSettings>,
    /// Hears how far it is.
    pub say: Say,
    /// Tag of the user's language.
    pub language: String,
}

/// How a submission ended.
enum Submitted {
    Moving(Render),
    Failed(Fault),
    Final(Fault),
}

/// A fresh id of the form `render_<ms>`, unique in this process even within a millisecond.
pub fn render_id() -> String {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let last = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last.saturating_add(1))));
    let before = last.unwrap_or(now);
    format!("render_{}", now.max(before.saturating_add(1)))
}

impl Delivery {
    /// Brings one render to its end. `asked` says that it may have been submitted before, by a process that is gone:
    /// then the backend is asked for it first. The inner error is a real failure, which a second try may mend.
    ///
    /// # Errors
    /// A fault that no second try can mend.
    pub async fn attempt(
        &self,
        kept: &Kept,
        asked: bool,
        draft: &Value,
        output: &OutputSpec,
    ) -> Result<Result<Render, Fault>, Fault> {
        let known = if asked { self.known(&kept.render).await? } else { None };
        let submitted = match known {
            Some(render) => Submitted::Moving(render),
            None => self.submit(kept, draft, output).await,
        };
        match submitted {
            Submitted::Moving(render) => self.finish(render).await,
            Submitted::Failed(fault) => Ok(Err(fault)),
            Submitted::Final(fault) => Err(fault),
        }
    }

    async fn submit(&self, kept: &Kept, draft: &Value, output: &OutputSpec) -> Submitted {
        let request = RenderRequest {
            id: kept.render.clone(),
            session_id: self.sid.clone(),
            draft: draft.clone(),
            output: output.clone(),
        };
        match self.client.submit_render(&self.attribution, &request).await {
            Ok(render) => Submitted::Moving(render),
            Err(ApiError::Refused(refused)) => {
                let fault = of_refusal(&refused, None);
                match fault {
                    Fault::BackendError { ref reason, .. } => {
                        Submitted::Failed(Fault::RenderFailed { reason: reason.clone(), twice: false })
                    }
                    // 402, 403, 2001 and what else a second try cannot mend.
                    fault => Submitted::Final(fault),
                }
            }
            Err(error) if error.is_unclear() => match self.known(&kept.render).await {
                Ok(Some(render)) => Submitted::Moving(render),
                Ok(None) => Submitted::Failed(of_api(&error, None)),
                Err(fault) => Submitted::Final(fault),
            },
            Err(error) => Submitted::Final(of_api(&error, None)),
        }
    }

    /// Whether the backend knows a render.
    async fn known(&self, id: &str) -> Result<Option<Render>, Fault> {
        match self.client.render(&self.attribution, id).await {
            Ok(render) => Ok(Some(render)),
            Err(ApiError::Refused(refused)) if matches!(refused.number(), 404 | 1002 | 400) => Ok(None),
            Err(error) => Err(of_api(&error, None)),
        }
    }

    /// Follows a render to its end. The inner error is a real failure, which a second try may mend.
    async fn finish(&self, mut render: Render) -> Result<Result<Render, Fault>, Fault> {
        let deadline = Instant::now() + LONGEST;
        let mut lost = 0;
        loop {
            match render.status {
                RenderStatus::Completed => return Ok(Ok(render)),
                RenderStatus::Failed => return failed(&render),
                RenderStatus::Pending | RenderStatus::Processing => {}
            }
            let percent = render.progress.map(|progress| (progress / 100.0).clamp(0.0, 1.0));
            (self.say)(Step { words: steps::rendering(&self.language), fraction: percent });
            if Instant::now() >= deadline {
                // It may still come; another one beside it would not come sooner.
                return Err(Fault::RenderFailed { reason: "it did not come to an end".into(), twice: false });
            }
            let wait =
                render.poll_after_ms.map_or(self.settings.poll, |ms| Duration::from_millis(ms.clamp(10, 60_000)));
            tokio::time::sleep(wait).await;
            match self.client.render(&self.attribution, &render.id).await {
                Ok(next) => {
                    lost = 0;
                    render = next;
                }
                Err(error) if lost < LOST_POLLS && !is_final(&error) => {
                    lost += 1;
                    tracing::debug!(%error, "a poll failed; the render goes on");
                }
                Err(error) => return Err(of_api(&error, None)),
            }
        }
    }

    /// Fetches a finished render to `part` and checks that it is what it should be.
    ///
    /// # Errors
    /// [`Fault::DownloadFailed`], or what the local file system says.
    pub async fn fetch(&self, render: &Render, format: &str, part: &Path) -> Result<u64, Fault> {
        let output = render.output.clone().unwrap_or_default();
        let size = output.size.map_or(Size::Unknown, Size::Told);
        let fallback = paths::render_download(&render.id);
        let mut reason = String::from("it has no address");
        for _ in 0..FETCHES {
            let ways = [output.url.as_deref().map(Fetch::Url), Some(Fetch::Path(&fallback))];
            for way in ways.into_iter().flatten() {
                let watch = |written: u64, whole: Option<u64>| {
                    let fraction = whole.filter(|whole| *whole > 0).map(|whole| written as f64 / whole as f64);
                    (self.say)(Step { words: steps::downloading(&self.language), fraction });
                };
                match self.client.download(&self.attribution, way, size, part, &watch).await {
                    Ok(bytes) => match checked(part, output.size, format).await {
                        Ok(()) => return Ok(bytes),
                        Err(wrong) => reason = wrong,
                    },
                    Err(ApiError::File { path, source }) => {
                        return Err(unwritable(&path, &source));
                    }
                    Err(error) => reason = told(&error),
                }
                tracing::info!(%reason, "the file could not be fetched this way");
            }
        }
        Err(Fault::DownloadFailed { reason })
    }
}

/// Whether asking again would be answered the same: the token, the plan or the account is what is wrong.
fn is_final(error: &ApiError) -> bool {
    use bedtrack_wire::codes::{BAD_TOKEN, NO_CREDITS, PLAN_REQUIRED, SCOPE_MISSING};
    matches!(error.refusal(), Some(BAD_TOKEN | 401 | PLAN_REQUIRED | SCOPE_MISSING | NO_CREDITS))
}

/// Checks a file on a thread of its own: network drives can hang for a while.
async fn checked(path: &Path, told: Option<u64>, format: &str) -> Result<(), String> {
    let (path, format) = (path.to_owned(), format.to_owned());
    let checked = tokio::task::spawn_blocking(move || container::check(&path, told, &format));
    checked.await.map_err(|error| error.to_string())?
}

/// A failed download in words, without addresses.
fn told(error: &ApiError) -> String {
    match of_api(error, None) {
        Fault::BackendDown {
            outage: Outage::Status(status),
            sent: Sent::No | Sent::Unclear | Sent::UnclearAndUnchanged,
        } => {
            format!("the service answered {status}")
        }
        Fault::BackendDown { outage: Outage::Cut, .. } => "the connection broke off".into(),
        Fault::BackendDown { .. } => "the service cannot be reached".into(),
        Fault::BackendError { reason, http, .. } => match http {
            Some(http) if http >= 300 => format!("{reason} (HTTP {http})"),
            _ => reason,
        },
        other => format!("it was refused ({})", other.code()),
    }
}

/// A failed render: what it says, and whether a second one may help.
fn failed(render: &Render) -> Result<Result<Render, Fault>, Fault> {
    let error = render.error.clone().unwrap_or_default();
    let reason = match &error {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => envelope::message_of(other),
    };
    // The studio names it by a stable word; the cloud's codes are its own.
    let word = error.get("code").and_then(Value::as_str).unwrap_or_default();
    match of_word(word, &reason) {
        Some(fault) => Err(fault),
        None => Ok(Err(Fault::RenderFailed { reason, twice: false })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_renders_differ_even_within_a_millisecond() {
        let ids: std::collections::BTreeSet<String> = (0..1_000).map(|_| render_id()).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.strip_prefix("render_").unwrap().parse::<u64>().is_ok()));
    }
}
