//! The balance of an account.

use serde::{Deserialize, Serialize};

/// What a generation on an empty timeline costs, roughly in the cloud and exactly in the studio.
pub const GENERATION: i64 = 100;
/// What an edit of a timeline costs, likewise.
pub const EDITING: i64 = 50;

/// What a message costs, by whether there is something on the timeline already.
pub fn cost_of_message(drafted: bool) -> i64 {
    if drafted { EDITING } else { GENERATION }
}

/// `data` of [`super::paths::BALANCE`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Credits that can be spent now.
    #[serde(default)]
    pub available: i64,
    /// Credits held for work in progress.
    #[serde(default)]
    pub frozen: i64,
    /// Both together.
    #[serde(default)]
    pub total: i64,
    /// Ours: this account spends nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlimited: bool,
}
