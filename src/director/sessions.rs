//! Which session a call means, and opening one at the backend when it is first needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::advice::{Fault, Thing};
use super::caller::Caller;
use super::notes::Notes;
use super::services::Services;
use super::trouble::{of_api, of_store, unknown};
use crate::nemovideo::Bind;
use crate::skills::Attribution;
use bedtrack_store::FrontSession;

/// Asks for a fresh session.
pub const NEW: &str = "new";
/// How far back a client's sessions are looked through.
const RECENT: u32 = 50;
/// More connections than are open at a time.
const CONNECTIONS: usize = 4_096;

/// The session a call means.
#[derive(Debug, Clone)]
pub enum Meant {
    /// This one.
    Session(Box<FrontSession>),
    /// A fresh one.
    Fresh,
}

/// The newest sessions of each connection, with their skills; the last is the newest.
#[derive(Default)]
struct Connections {
    known: Mutex<HashMap<String, Vec<(String, String)>>>,
}

impl Connections {
    fn newest(&self, caller: &Caller, skill: &str) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let sessions = known.get(&key(caller)?)?;
        let mut fitting = sessions.iter().rev().filter(|(_, own)| skill.is_empty() || own == skill);
        fitting.next().map(|(id, _)| id.clone())
    }

    fn note(&self, caller: &Caller, session: &FrontSession) {
        let Some(key) = key(caller) else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CONNECTIONS && !known.contains_key(&key) {
            // Connections that are gone are not told apart; their clients still find their sessions by name.
            known.clear();
        }
        let sessions = known.entry(key).or_default();
        sessions.retain(|(id, _)| *id != session.id);
        sessions.push((session.id.clone(), session.skill.clone()));
    }
}

/// A connection of a client; stateless HTTP has none.
fn key(caller: &Caller) -> Option<String> {
    (!caller.connection.is_empty()).then(|| format!("{}\n{}", caller.client, caller.connection))
}

/// The clients' sessions; clones share what they know.
#[derive(Clone)]
pub struct Sessions {
    services: Arc<Services>,
    connections: Arc<Connections>,
}

impl Sessions {
    /// No connection has used one yet.
    pub fn new(services: Arc<Services>) -> Self {
        Self { services, connections: Arc::default() }
    }

    /// The session a call means; `falls_back` takes the client's newest where the connection has none.
    pub async fn meant(&self, caller: &Caller, named: &str, skill: &str, falls_back: bool) -> Result<Meant, Fault> {
        let (named, skill) = (named.trim(), skill.trim());
        if named.eq_ignore_ascii_case(NEW) {
            return Ok(Meant::Fresh);
        }
        let store = self.services.store().await?;
        let front = store.front();
        if !named.is_empty() {
            let session = front.session(&caller.client, named).await.map_err(|error| of_store(&error))?;
            let session = session.ok_or_else(|| unknown(Thing::Session, named))?;
            if session.backend != self.services.backend_id() {
                return Err(Fault::invalid(format!(
                    "session {named} belongs to another backend ({}); this server works with {}.",
                    session.backend,
                    self.services.backend_id()
                )));
            }
            return Ok(Meant::Session(Box::new(session)));
        }
        if let Some(id) = self.connections.newest(caller, skill)
            && let Some(session) = front.session(&caller.client, &id).await.map_err(|error| of_store(&error))?
        {
            return Ok(Meant::Session(Box::new(session)));
        }
        if falls_back {
            let recent = self.recent(caller, RECENT).await?;
            if let Some(session) = recent.into_iter().find(|session| skill.is_empty() || session.skill == skill) {
                return Ok(Meant::Session(Box::new(session)));
            }
        }
        Ok(Meant::Fresh)
    }

    /// A client's sessions on this backend, the last used first.
    pub async fn recent(&self, caller: &Caller, limit: u32) -> Result<Vec<FrontSession>, Fault> {
        let store = self.services.store().await?;
        let recent = store.front().recent_sessions(&caller.client, limit).await.map_err(|error| of_store(&error))?;
        let backend = self.services.backend_id();
        Ok(recent.into_iter().filter(|session| session.backend == backend).collect())
    }

    /// Mints a session; the backend's own is opened when it is first needed.
    pub async fn mint(&self, caller: &Caller, skill: &str, language: &str) -> Result<FrontSession, Fault> {
        let id = Uuid::new_v4().simple().to_string();
        let notes = Notes { language: language.to_owned(), ..Notes::default() };
        let new = FrontSession {
            id: format!("s-{}", id.get(..16).unwrap_or(&id)),
            client: caller.client.clone(),
            skill: skill.to_owned(),
            backend: self.services.backend_id().to_owned(),
            body: notes.value(),
            ..FrontSession::default()
        };
        self.services.store().await?.front().open_session(new).await.map_err(|error| of_store(&error))
    }

    /// Notes that a session is the connection's newest.
    pub fn note_used(&self, caller: &Caller, session: &FrontSession) {
        self.connections.note(caller, session);
    }

    /// Opens a session at the backend and keeps its ids.
    pub async fn open_at_backend(
        &self,
        session: &FrontSession,
        attribution: &Attribution,
        language: Option<&str>,
    ) -> Result<FrontSession, Fault> {
        let opened =
            self.services.client.open_session(attribution, language).await.map_err(|error| of_api(&error, None))?;
        let answer = serde_json::to_value(&opened).unwrap_or_default();
        let bind = Bind::of(&answer);
        let store = self.services.store().await?;
        let changed = store.front().update_session(&session.client, &session.id, move |kept| {
            let notes = Notes { bind, language: Notes::of(kept).language, ..Notes::default() };
            kept.sid = opened.session_id;
            kept.task_id = opened.task_id;
            kept.body = notes.value();
        });
        changed.await.map_err(|error| of_store(&error))
    }

    /// Changes what is kept with a session.
    pub async fn annotate(
        &self,
        session: &FrontSession,
        change: impl FnOnce(&mut Notes) + Send,
    ) -> Result<FrontSession, Fault> {
        let store = self.services.store().await?;
        let changed = store.front().update_session(&session.client, &session.id, |kept| {
            let mut notes = Notes::of(kept);
            change(&mut notes);
            kept.body = notes.value();
        });
        changed.await.map_err(|error| of_store(&error))
    }
}
