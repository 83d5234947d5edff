//! What a part of a request asks for.

use super::wish::ExportWish;

/// What a part of a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The finished file.
    Export(ExportWish),
    /// The balance.
    Credits,
    /// How things stand.
    State,
    /// To bring media in.
    Upload,
    /// Anything else: a turn with the studio's agent.
    Message,
}

impl Action {
    /// Its name, as `action` in the structured content gives it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Export(_) => "export",
            Self::Credits => "credits",
            Self::State => "state",
            Self::Upload => "upload",
            Self::Message => "message",
        }
    }
}

/// A part of a request with what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// What it asks for.
    pub action: Action,
    /// Its words; empty for an upload that only the files ask for.
    pub text: String,
}
