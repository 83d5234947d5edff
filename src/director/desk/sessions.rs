//! Which session a call means, and opening one at the backend when it is first needed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Director;
use crate::director::advice::{Fault, Thing};
use crate::director::brief::invalid;
use crate::director::trouble::{of_api, of_store, unknown};
use crate::director::{Caller, media};
use crate::nemovideo::Bind;
use crate::skills::Attribution;
use bedtrack_store::FrontSession;
use bedtrack_wire::state::State;

/// Asks for a fresh session.
pub const NEW: &str = "new";
/// How far back a client's sessions are looked through.
const RECENT: u32 = 50;
/// More connections than are open at a time.
const CONNECTIONS: usize = 4_096;

/// What the director keeps with a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// Tag of the user's language, as last seen.
    pub language: String,
    /// What a registration is bound to.
    pub bind: Option<Bind>,
    /// Names of the media it held when last seen.
    pub media: Vec<String>,
    /// Whether it had a timeline when last seen.
    pub drafted: bool,
    /// Whether the backend has shown a state of it. Some answer "not found" until there is one.
    pub seen: bool,
}

impl Notes {
    /// Reads them; what is damaged counts as missing.
    pub fn of(session: &FrontSession) -> Self {
        Self::deserialize(&session.body).unwrap_or_default()
    }

    /// What a state says about the session.
    pub fn see(&mut self, state: &State) {
        self.media = media::uploaded_names(state);
        self.drafted = state.timeline().has_segments() || !state.generated_media.is_empty();
        self.seen = true;
    }

    /// What a registration is bound to.
    pub fn bound(self) -> Option<String> {
        self.bind.map(|bind| bind.id)
    }

    fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

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
pub struct Connections {
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

impl Director {
    /// The session a call means; `falls_back` takes the client's newest where the connection has none.
    pub(super) async fn meant(
        &self,
        caller: &Caller,
        named: &str,
        skill: &str,
        falls_back: bool,
    ) -> Result<Meant, Fault> {
        let (named, skill) = (named.trim(), skill.trim());
        if named.eq_ignore_ascii_case(NEW) {
            return Ok(Meant::Fresh);
        }
        let store = self.store().await?;
        let front = store.front();
        if !named.is_empty() {
            let session = front.session(&caller.client, named).await.map_err(|error| of_store(&error))?;
            let session = session.ok_or_else(|| unknown(Thing::Session, named))?;
            if session.backend != self.backend_id() {
                return Err(invalid(format!(
                    "session {named} belongs to another backend ({}); this server works with {}.",
                    session.backend,
                    self.backend_id()
                )));
            }
            return Ok(Meant::Session(Box::new(session)));
        }
        if let Some(id) = self.inner.connections.newest(caller, skill)
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
    pub(super) async fn recent(&self, caller: &Caller, limit: u32) -> Result<Vec<FrontSession>, Fault> {
        let store = self.store().await?;
        let recent = store.front().recent_sessions(&caller.client, limit).await.map_err(|error| of_store(&error))?;
        let backend = self.backend_id();
        Ok(recent.into_iter().filter(|session| session.backend == backend).collect())
    }

    /// Mints a session; the backend's own is opened when it is first needed.
    pub(super) async fn mint(&self, caller: &Caller, skill: &str, language: &str) -> Result<FrontSession, Fault> {
        let id = Uuid::new_v4().simple().to_string();
        let notes = Notes { language: language.to_owned(), ..Notes::default() };
        let new = FrontSession {
            id: format!("s-{}", id.get(..16).unwrap_or(&id)),
            client: caller.client.clone(),
            skill: skill.to_owned(),
            backend: self.backend_id().to_owned(),
            body: notes.value(),
            ..FrontSession::default()
        };
        self.store().await?.front().open_session(new).await.map_err(|error| of_store(&error))
    }

    /// Notes that a session is the connection's newest.
    pub(super) fn note_used(&self, caller: &Caller, session: &FrontSession) {
        self.inner.connections.note(caller, session);
    }

    /// Opens a session at the backend and keeps its ids.
    pub(super) async fn open_at_backend(
        &self,
        session: &FrontSession,
        attribution: &Attribution,
        language: Option<&str>,
    ) -> Result<FrontSession, Fault> {
        let opened =
            self.inner.client.open_session(attribution, language).await.map_err(|error| of_api(&error, None))?;
        let answer = serde_json::to_value(&opened).unwrap_or_default();
        let bind = Bind::of(&answer);
        let store = self.store().await?;
        let changed = store.front().update_session(&session.client, &session.id, move |kept| {
            let notes = Notes { bind, language: Notes::of(kept).language, ..Notes::default() };
            kept.sid = opened.session_id;
            kept.task_id = opened.task_id;
            kept.body = notes.value();
        });
        changed.await.map_err(|error| of_store(&error))
    }

    /// Changes what is kept with a session.
    pub(super) async fn annotate(
        &self,
        session: &FrontSession,
        change: impl FnOnce(&mut Notes) + Send,
    ) -> Result<FrontSession, Fault> {
        let store = self.store().await?;
        let changed = store.front().update_session(&session.client, &session.id, |kept| {
            let mut notes = Notes::of(kept);
            change(&mut notes);
            kept.body = notes.value();
        });
        changed.await.map_err(|error| of_store(&error))
    }
}
