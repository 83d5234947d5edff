//! A title as it is asked for: its words, when they stand where, and how they look.

use bedtrack_wire::title::{Position, Style};

use super::look::TitleLook;

/// Words over the picture. Line breaks are kept and long lines wrapped.
#[derive(Debug, Clone, PartialEq)]
pub struct TitleCard {
    /// The words, in any script that the built-in fonts have.
    pub text: String,
    /// When they come; negative where a film begins within them.
    pub start_ms: i64,
    /// How long they stay.
    pub duration_ms: u64,
    /// Where they stand.
    pub position: Position,
    /// How they look.
    pub style: Style,
    /// And what of it is asked for otherwise.
    pub look: TitleLook,
}
