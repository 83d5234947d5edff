//! The balance of an account.

use serde::{Deserialize, Serialize};

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
