//! A title as it is asked for: its words, when they stand where, and how they look.

use serde::{Deserialize, Serialize};

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
    pub position: TitlePosition,
    /// How they look.
    pub style: TitleStyle,
    /// And what of it is asked for otherwise.
    pub look: TitleLook,
}

/// Where a title stands, within the safe area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TitlePosition {
    /// At the top.
    Top,
    /// In the middle.
    #[default]
    Center,
    /// In the lower third, clear of the controls of players and phones.
    Lower,
    /// At the bottom, where captions stand.
    Bottom,
}

/// How a title looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TitleStyle {
    /// Large and bold.
    #[default]
    Title,
    /// Smaller, for a line under a title.
    Subtitle,
    /// For spoken words.
    Caption,
}
