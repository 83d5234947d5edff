//! The cloud's routes.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::script::{Answer, Piece, Turn};
use super::{Cloud, Render, Route, Seen, Session, medium, nothing};

/// The state new sessions begin with.
pub const TEMPLATE: &str = "template";

pub fn router(cloud: Cloud) -> Router {
    Router::new()
        .route("/api/auth/anonymous-token", post(token))
        .route("/api/auth/claim-token", post(claim))
        .route("/api/tasks/me/with-session/nemo_agent", post(open))
        .route("/run_sse", post(run))
        .route("/run_sse/cancel", post(cancel))
        .route("/api/upload-video/nemo_agent/me/{sid}", post(upload))
        .route("/api/credits/balance/simple", get(balance))
        .route("/api/state/nemo_agent/me/{sid}/latest", get(state))
        .route("/api/render/proxy/lambda", post(submit))
        .route("/api/render/proxy/lambda/{id}", get(render))
        .route("/api/render/proxy/{id}/download", get(download))
        .route("/files/{id}", get(file))
        .with_state(cloud)
}

/// A request, taken apart and noted.
struct Taken {
    body: Value,
    raw: Bytes,
    headers: HeaderMap,
}

impl Cloud {
    /// Notes a request, checks its headers, and gives the scripted answer where there is one.
    async fn take(&self, route: Route, request: Request) -> Result<(Taken, Option<Answer>), Response> {
        let (parts, body) = request.into_parts();
        let raw = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let json: Value = serde_json::from_slice(&raw).unwrap_or_default();
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
        let (scripted, known) = {
            let mut world = self.world();
            let path = parts.uri.path().to_owned();
            for name in ["x-skill-source", "x-skill-version", "x-skill-platform"] {
                if parts.headers.get(name).is_none_or(|value| value.is_empty()) {
                    world.offences.push(format!("{} {path} came without {name}", parts.method));
                }
            }
            if (route == Route::Token) == bearer.is_some() {
                world.offences.push(format!(
                    "{} {path}: a bearer is {}",
                    parts.method,
                    if bearer.is_some() { "too much" } else { "missing" }
                ));
            }
            if parts.method == Method::POST && json.get("sessionId").is_some() && route != Route::Submit {
                world.offences.push(format!("{path} says sessionId"));
            }
            world.seen.push(Seen {
                route,
                path: path.clone(),
                bearer: bearer.clone(),
                headers: parts.headers.clone(),
                body: json.clone(),
            });
            let scripted = world.faults.get_mut(&route).and_then(|answers| answers.pop_front());
            let known = bearer.as_ref().is_some_and(|bearer| world.tokens.contains(bearer));
            (scripted, known)
        };
        if let Some(gate) = scripted.as_ref().and_then(|answer| answer.gate.clone()) {
            gate.acquire().await.unwrap().forget();
        }
        if route != Route::Token && !known && scripted.is_none() {
            return Err(refusal(1001));
        }
        Ok((Taken { body: json, raw, headers: parts.headers }, scripted))
    }
}

fn refusal(code: i64) -> Response {
    Json(json!({"code": code, "message": "refused"})).into_response()
}

fn ok(data: Value) -> Response {
    Json(json!({"code": 0, "message": "success", "data": data})).into_response()
}

fn scripted(answer: Answer) -> Response {
    let body = if answer.cut {
        let half = Bytes::from(answer.body[..answer.body.len() / 2].to_vec());
        let cut = stream::once(async {
            tokio::task::yield_now().await;
            Err(io::Error::other("cut"))
        });
        Body::from_stream(stream::iter([Ok(half)]).chain(cut))
    } else if answer.split > 0 {
        let pieces: Vec<io::Result<Bytes>> =
            answer.body.chunks(answer.split).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        Body::from_stream(stream::iter(pieces))
    } else {
        Body::from(answer.body)
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    response.headers_mut().insert(header::CONTENT_TYPE, answer.kind.parse().unwrap());
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// Takes the request; a scripted answer that leaves it without effect ends the handler.
macro_rules! take {
    ($cloud:expr, $route:expr, $request:expr) => {
        match $cloud.take($route, $request).await {
            Err(response) => return response,
            Ok((_, Some(answer))) if !answer.done => return scripted(answer),
            Ok(taken) => taken,
        }
    };
}

async fn token(State(cloud): State<Cloud>, request: Request) -> Response {
    let (taken, answer) = take!(cloud, Route::Token, request);
    let mut world = cloud.world();
    if !taken.headers.contains_key("x-client-id") {
        world.offences.push("no client id".into());
    }
    if taken.headers.contains_key(header::AUTHORIZATION) {
        world.offences.push("a bearer on the way to a token".into());
    }
    let token = format!("nmv_usr_{}", world.tokens.len() + 1);
    world.tokens.push(token.clone());
    answer.map_or_else(|| ok(json!({"token": token, "credits": 100})), scripted)
}

async fn claim(State(cloud): State<Cloud>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::Claim, request);
    answer.map_or_else(|| ok(json!({"claim_token": "clm_1", "expires_in": 604_800})), scripted)
}

async fn open(State(cloud): State<Cloud>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::Open, request);
    let mut world = cloud.world();
    world.opened += 1;
    let (sid, task) = (format!("sid-{}", world.opened), format!("task-{}", world.opened));
    let state = world.sessions.get(TEMPLATE).map_or_else(nothing, |template| template.state.clone());
    world.sessions.insert(sid.clone(), Session { state });
    answer.map_or_else(|| ok(json!({"task_id": task, "session_id": sid})), scripted)
}

async fn run(State(cloud): State<Cloud>, request: Request) -> Response {
    let (taken, answer) = take!(cloud, Route::Run, request);
    let sid = taken.body["session_id"].as_str().unwrap_or_default().to_owned();
    let turn = {
        let mut world = cloud.world();
        if !world.sessions.contains_key(&sid) {
            return refusal(1002);
        }
        world.turns.pop_front().unwrap_or_else(|| Turn::says("Done."))
    };
    if let Some(answer) = answer {
        settle(&cloud, &sid, &turn);
        return scripted(answer);
    }
    let last = turn.pieces.len().saturating_sub(1);
    // Without an end of its own a flood is read until nobody reads any more.
    let pieces = turn.pieces.clone().into_iter().enumerate().flat_map(|(index, piece)| {
        let times = if matches!(piece, Piece::Flood(_)) { usize::MAX } else { 1 };
        std::iter::repeat_n((index, piece), times)
    });
    let pieces = stream::iter(pieces);
    let body = pieces.then(move |(index, piece)| {
        let (cloud, sid, turn) = (cloud.clone(), sid.clone(), turn.clone());
        async move {
            // The state is there before the last bytes, as a backend's is when it closes its stream.
            if index == last && !matches!(piece, Piece::UntilCancelled) {
                settle(&cloud, &sid, &turn);
            }
            match piece {
                Piece::Bytes(bytes) => Ok(Bytes::from(bytes)),
                Piece::Flood(bytes) => {
                    tokio::task::yield_now().await;
                    Ok(Bytes::from(bytes))
                }
                Piece::Gate(gate) => {
                    gate.acquire().await.unwrap().forget();
                    Ok(Bytes::new())
                }
                Piece::UntilCancelled => {
                    let cancels = cloud.world().cancels.clone();
                    cancels.acquire().await.unwrap().forget();
                    Ok(Bytes::new())
                }
                Piece::Cut => {
                    // Lets the server write out what came before.
                    tokio::task::yield_now().await;
                    Err(io::Error::other("cut"))
                }
                Piece::Hold => std::future::pending::<Result<Bytes, io::Error>>().await,
            }
        }
    });
    let body = Body::from_stream(body.filter(|piece| {
        let keep = !piece.as_ref().is_ok_and(Bytes::is_empty);
        async move { keep }
    }));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

async fn cancel(State(cloud): State<Cloud>, request: Request) -> Response {
    let (taken, answer) = take!(cloud, Route::Cancel, request);
    if taken.body["invocation_id"] != "e-1" {
        return refusal(404);
    }
    cloud.world().cancels.add_permits(1);
    answer.map_or_else(|| ok(json!({"cancelled": "e-1"})), scripted)
}

/// Charges a turn and puts its state into place.
fn settle(cloud: &Cloud, sid: &str, turn: &Turn) {
    let mut world = cloud.world();
    world.credits -= turn.cost;
    if turn.cost != 0 {
        world.ledger.push((sid.to_owned(), turn.cost));
    }
    if let (Some(session), Some(state)) = (world.sessions.get_mut(sid), turn.state.clone()) {
        session.state = state;
    }
}

async fn upload(State(cloud): State<Cloud>, Path(sid): Path<String>, request: Request) -> Response {
    let (taken, answer) = take!(cloud, Route::Upload, request);
    let mut world = cloud.world();
    let names: Vec<String> = match taken.body["urls"].as_array() {
        Some(urls) => urls.iter().filter_map(|url| url.as_str()?.rsplit('/').next().map(str::to_owned)).collect(),
        None => {
            let raw = String::from_utf8_lossy(&taken.raw);
            if !raw.contains("name=\"files\"") {
                world.offences.push("an upload without the field `files`".into());
            }
            raw.split("filename=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
        }
    };
    let Some(session) = world.sessions.get_mut(&sid) else { return refusal(1002) };
    if let Some(infos) = session.state["video_infos"].as_array_mut() {
        infos.extend(names.iter().map(|name| medium(name, 10_000)));
    }
    answer.map_or_else(|| ok(json!({"files": names})), scripted)
}

async fn balance(State(cloud): State<Cloud>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::Balance, request);
    let credits = cloud.world().credits;
    answer.map_or_else(|| ok(json!({"available": credits, "frozen": 0, "total": credits})), scripted)
}

async fn state(State(cloud): State<Cloud>, Path(sid): Path<String>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::State, request);
    let world = cloud.world();
    let Some(session) = world.sessions.get(&sid) else { return refusal(1002) };
    answer.map_or_else(|| ok(json!({"state": session.state})), scripted)
}

async fn submit(State(cloud): State<Cloud>, request: Request) -> Response {
    let (taken, answer) = take!(cloud, Route::Submit, request);
    let mut world = cloud.world();
    let id = taken.body["id"].as_str().unwrap_or_default().to_owned();
    if !id.starts_with("render_") || taken.body.get("session_id").is_some() {
        world.offences.push("a render in the wrong form".into());
    }
    let url = format!("{}/files/{id}", world.base);
    let done = || vec![json!({"status": "completed", "output": {"url": url}})];
    let polls = world.polls.pop_front().unwrap_or_else(done).into();
    let file = world.file.clone();
    world.renders.insert(id.clone(), Render { polls, file });
    answer.map_or_else(|| Json(json!({"id": id, "status": "pending"})).into_response(), scripted)
}

async fn render(State(cloud): State<Cloud>, Path(id): Path<String>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::Render, request);
    let mut world = cloud.world();
    let Some(render) = world.renders.get_mut(&id) else {
        return (StatusCode::NOT_FOUND, Json(json!({"detail": "no such render"}))).into_response();
    };
    let poll = match render.polls.len() {
        0 | 1 => render.polls.front().cloned().unwrap_or_default(),
        _ => render.polls.pop_front().unwrap_or_default(),
    };
    answer.map_or_else(|| Json(poll).into_response(), scripted)
}

async fn download(State(cloud): State<Cloud>, Path(id): Path<String>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::Download, request);
    let file = cloud.world().renders.get(&id).map(|render| render.file.clone());
    match (answer, file) {
        (Some(answer), _) => scripted(answer),
        (None, Some(file)) => ([(header::CONTENT_TYPE, "video/mp4")], file).into_response(),
        (None, None) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn file(State(cloud): State<Cloud>, Path(id): Path<String>, request: Request) -> Response {
    let (_, answer) = take!(cloud, Route::File, request);
    let file = cloud.world().renders.get(&id).map(|render| render.file.clone()).unwrap_or_default();
    answer.map_or_else(|| ([(header::CONTENT_TYPE, "video/mp4")], file).into_response(), scripted)
}
