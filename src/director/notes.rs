//! What the director keeps with a session beside the backend's ids.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::media;
use crate::nemovideo::Bind;
use bedtrack_store::FrontSession;
use bedtrack_wire::state::State;

/// The notes of a session.
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

    /// As they are kept.
    pub fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
