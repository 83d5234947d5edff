//! The endpoints that answer JSON, and the one that answers with a stream.

use reqwest::header::{ACCEPT, HeaderValue};
use serde_json::Value;

use super::client::Client;
use super::error::{ApiError, Call};
use super::stream::TurnStream;
use crate::skills::Attribution;
use crate::wire::credits::Balance;
use crate::wire::envelope::{lenient_i64, payload};
use crate::wire::render::{Render, RenderOutput, RenderRequest, RenderStatus};
use crate::wire::session::{CancelRun, ClaimRequest, ClaimToken, OpenSession, RunRequest, SessionOpened};
use crate::wire::state::State;
use crate::wire::{envelope, paths};

/// A session's state, with what else its answer tells.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The state.
    pub state: State,
    /// The first of `bind_id`, `user_id`, `task_id`, `session_id` in the answer: what a registration is bound to.
    pub bind: Option<String>,
}

impl Client {
    /// Opens a session in a new task.
    pub async fn open_session(
        &self,
        attribution: &Attribution,
        language: Option<&str>,
    ) -> Result<SessionOpened, ApiError> {
        let body = OpenSession { task_name: "project".into(), language: language.map(str::to_owned) };
        let answer = self
            .json(Call::OpenSession, attribution, paths::OPEN_SESSION, &|client, url| client.post(url).json(&body))
            .await?;
        let bad = || ApiError::BadAnswer { call: Call::OpenSession, what: "no session".into() };
        let opened: SessionOpened = serde_json::from_value(payload(answer)).map_err(|_| bad())?;
        if opened.session_id.is_empty() { Err(bad()) } else { Ok(opened) }
    }

    /// A token that lets a person take over the project, for a link without the bearer token.
    pub async fn claim_token(
        &self,
        attribution: &Attribution,
        task_id: &str,
        session_id: &str,
    ) -> Result<ClaimToken, ApiError> {
        let body = ClaimRequest { task_id: task_id.into(), session_id: session_id.into() };
        let answer = self
            .json(Call::ClaimToken, attribution, paths::CLAIM_TOKEN, &|client, url| client.post(url).json(&body))
            .await?;
        serde_json::from_value(payload(answer))
            .map_err(|_| ApiError::BadAnswer { call: Call::ClaimToken, what: "no claim token".into() })
    }

    /// Sends a message to the session's agent. It is repeated only where it was refused before any work began.
    pub async fn run(&self, attribution: &Attribution, sid: &str, text: &str) -> Result<TurnStream, ApiError> {
        let body = RunRequest::text(sid, text);
        let accept = HeaderValue::from_static("text/event-stream");
        let (response, _) = self
            .open(Call::Run, attribution, paths::RUN, &|client, url| {
                client.post(url).header(ACCEPT, accept.clone()).json(&body)
            })
            .await?;
        Ok(TurnStream::new(response, self.inner.settings.quiet, self.inner.settings.turn))
    }

    /// Ends a turn; only the local studio knows the call.
    pub async fn cancel_run(&self, attribution: &Attribution, sid: &str, invocation: &str) -> Result<(), ApiError> {
        let body = CancelRun { session_id: sid.into(), invocation_id: invocation.into() };
        self.json(Call::CancelRun, attribution, paths::CANCEL_RUN, &|client, url| client.post(url).json(&body))
            .await
            .map(drop)
    }

    /// The balance.
    pub async fn balance(&self, attribution: &Attribution) -> Result<Balance, ApiError> {
        let answer = self.json(Call::Balance, attribution, paths::BALANCE, &|client, url| client.get(url)).await?;
        let data = payload(answer);
        let number = |key: &str| data.get(key).and_then(lenient_i64);
        let available = number("available")
            .ok_or_else(|| ApiError::BadAnswer { call: Call::Balance, what: "no balance".into() })?;
        let frozen = number("frozen").unwrap_or(0);
        Ok(Balance {
            available,
            frozen,
            total: number("total").unwrap_or_else(|| available.saturating_add(frozen)),
            unlimited: data.get("unlimited").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// The session's latest state.
    pub async fn state(&self, attribution: &Attribution, sid: &str) -> Result<Seen, ApiError> {
        let path = paths::state(sid);
        let answer = self.json(Call::State, attribution, &path, &|client, url| client.get(url)).await?;
        let data = payload(answer);
        if !data.is_object() {
            return Err(ApiError::BadAnswer { call: Call::State, what: "no state".into() });
        }
        Ok(Seen { state: State::read(&data), bind: bind_id(&data) })
    }

    /// Submits a render under the id in the request.
    pub async fn submit_render(&self, attribution: &Attribution, request: &RenderRequest) -> Result<Render, ApiError> {
        let answer = self
            .json(Call::SubmitRender, attribution, paths::RENDER, &|client, url| client.post(url).json(request))
            .await?;
        Ok(render(answer, &request.id))
    }

    /// How a render is getting on.
    pub async fn render(&self, attribution: &Attribution, id: &str) -> Result<Render, ApiError> {
        let path = paths::render(id);
        let answer = self.json(Call::Render, attribution, &path, &|client, url| client.get(url)).await?;
        Ok(render(answer, id))
    }
}

/// The id a registration is bound to, from an answer about a session.
pub fn bind_id(data: &Value) -> Option<String> {
    ["bind_id", "user_id", "task_id", "session_id"].into_iter().find_map(|key| {
        let value = data.get(key).or_else(|| data.get("state")?.get(key))?;
        value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))
    })
}

/// Reads a render, bare or in the usual frame, with the words for its status that renderers use.
fn render(answer: Value, id: &str) -> Render {
    let body = match answer.get("status") {
        Some(_) => answer,
        None => payload(answer),
    };
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let status = match text("status").unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "pending" | "queued" | "submitted" | "created" => RenderStatus::Pending,
        "completed" | "complete" | "succeeded" | "success" | "done" | "finished" => RenderStatus::Completed,
        "failed" | "failure" | "error" | "cancelled" | "canceled" => RenderStatus::Failed,
        _ => RenderStatus::Processing,
    };
    let output = match body.get("output") {
        Some(Value::String(url)) => Some(RenderOutput { url: Some(url.clone()), ..RenderOutput::default() }),
        Some(output @ Value::Object(_)) => Some(RenderOutput {
            url: output.get("url").and_then(Value::as_str).map(str::to_owned),
            size: output.get("size").and_then(lenient_i64).and_then(|size| u64::try_from(size).ok()),
            notes: output
                .get("notes")
                .and_then(Value::as_array)
                .map_or_else(Vec::new, |notes| notes.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        }),
        _ => None,
    };
    let error = body.get("error").filter(|error| !error.is_null()).cloned();
    Render {
        id: text("id").unwrap_or(id).to_owned(),
        status,
        progress: body.get("progress").and_then(Value::as_f64).filter(|progress| progress.is_finite()),
        output,
        error: error.or_else(|| (status == RenderStatus::Failed).then(|| envelope::message_of(&body).into())),
        poll_after_ms: body.get("poll_after_ms").and_then(Value::as_u64),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_render_is_read_in_every_frame_and_spelling() {
        let bare = json!({"id":"render_1","status":"completed","output":{"url":"/x","size":"12","notes":["a"]}});
        let framed = json!({"code":0,"data":{"id":"render_1","status":"SUCCESS","output":{"url":"/x","size":12.0,"notes":["a"]}}});
        for answer in [bare, framed] {
            let read = render(answer, "other");
            let output = read.output.unwrap();
            assert_eq!((read.id.as_str(), read.status), ("render_1", RenderStatus::Completed));
            assert_eq!((output.url.as_deref(), output.size, output.notes.len()), (Some("/x"), Some(12), 1));
        }
        assert_eq!(render(json!({"status":"rendering","progress":40}), "r").status, RenderStatus::Processing);
        assert_eq!(render(json!({"success":true}), "r").status, RenderStatus::Pending);
    }

    #[test]
    fn the_first_id_of_the_list_is_what_a_registration_is_bound_to() {
        assert_eq!(bind_id(&json!({"session_id":"s","user_id":7})).as_deref(), Some("7"));
        assert_eq!(bind_id(&json!({"state":{"bind_id":"b"},"session_id":"s"})).as_deref(), Some("b"));
        assert_eq!(bind_id(&json!({})), None);
    }
}
