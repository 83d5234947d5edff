//! The endpoints that answer JSON, and the one that answers with a stream.

use reqwest::header::{ACCEPT, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::Client;
use super::error::{ApiError, Call, Refused};
use super::http;
use super::retry::Tried;
use super::stream::TurnStream;
use crate::skills::Attribution;
use bedtrack_wire::credits::Balance;
use bedtrack_wire::envelope::{lenient_i64, payload};
use bedtrack_wire::render::{Render, RenderOutput, RenderRequest, RenderStatus};
use bedtrack_wire::session::{CancelRun, ClaimRequest, ClaimToken, OpenSession, RunRequest, SessionOpened};
use bedtrack_wire::state::State;
use bedtrack_wire::{envelope, paths};

/// A session's state, with what else its answer tells.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The state.
    pub state: State,
    /// What a registration is bound to, as far as this answer tells.
    pub bind: Option<Bind>,
}

/// What a registration is bound to: the first of `bind_id`, `user_id`, `task_id`, `session_id` in an answer about a
/// session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bind {
    /// Its place in that list, from 0.
    pub rank: usize,
    /// The id.
    pub id: String,
}

impl Bind {
    /// The best id of an answer; its state may hold one as well.
    pub fn of(data: &Value) -> Option<Self> {
        ["bind_id", "user_id", "task_id", "session_id"].into_iter().enumerate().find_map(|(rank, key)| {
            let places = [data.get(key), data.get("state").and_then(|state| state.get(key))];
            let id = places.into_iter().flatten().find_map(|value| match value {
                Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })?;
            Some(Self { rank, id })
        })
    }

    /// The better of two; of equals the first.
    pub fn best(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) if b.rank < a.rank => Some(b),
            (Some(a), _) => Some(a),
            (None, b) => b,
        }
    }
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
        let claim =
            serde_json::from_value(payload(answer)).ok().filter(|claim: &ClaimToken| !claim.claim_token.is_empty());
        claim.ok_or_else(|| ApiError::BadAnswer { call: Call::ClaimToken, what: "no claim token".into() })
    }

    /// Sends a message to the session's agent. It is repeated only where it was refused before any work began.
    pub async fn run(&self, attribution: &Attribution, sid: &str, text: &str) -> Result<TurnStream, ApiError> {
        let body = RunRequest::text(sid, text);
        let accept = HeaderValue::from_static("text/event-stream");
        let build = |client: &reqwest::Client, url| client.post(url).header(ACCEPT, accept.clone()).json(&body);
        let mut tried = Tried::default();
        loop {
            let way = self.way(attribution).await?;
            let refused = match self.send(Call::Run, attribution, paths::RUN, &build, &way).await {
                Err(error) => error,
                Ok(response) => {
                    let settings = &self.inner.carrier.settings;
                    let secrets = self.inner.carrier.secrets.clone();
                    let mut stream = TurnStream::new(response, secrets, settings.quiet, settings.turn);
                    // A refusal as the stream's first word came before any work, like one in its place.
                    match stream.refusal().await {
                        None => return Ok(stream),
                        Some(refusal) => http::judged(Refused {
                            call: Call::Run,
                            http: 200,
                            code: refusal.code,
                            message: refusal.message,
                            retry_after: None,
                            auth: way.auth,
                        }),
                    }
                }
            };
            self.mend(Call::Run, attribution, refused, &mut tried, &way).await?;
        }
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
        Ok(Seen { state: State::read(&data), bind: Bind::of(&data) })
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
        let id = |data: Value| Bind::of(&data).map(|bind| bind.id);
        assert_eq!(id(json!({"session_id":"s","user_id":7})).as_deref(), Some("7"));
        assert_eq!(id(json!({"state":{"bind_id":"b"},"session_id":"s"})).as_deref(), Some("b"));
        assert_eq!(id(json!({"bind_id":"","user_id":null,"task_id":"t"})).as_deref(), Some("t"));
        assert_eq!(id(json!({})), None);
        let (user, session) = (Bind::of(&json!({"user_id": "u"})), Bind::of(&json!({"session_id": "s"})));
        assert_eq!(Bind::best(session.clone(), user.clone()), user);
        assert_eq!(Bind::best(None, session.clone()), session);
    }
}
