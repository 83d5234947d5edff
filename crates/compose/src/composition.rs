//! A finished piece, with what has to be said about it.

use super::remark::Remark;
use super::score::Score;

/// A score, and what in it is not as asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// The music.
    pub score: Score,
    /// What could not be done as asked; empty as a rule.
    pub remarks: Vec<Remark>,
}
