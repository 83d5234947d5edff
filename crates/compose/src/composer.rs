//! The composer at work: the best of several takes, then what the brief brought along and what was changed since.

use super::brief::Brief;
use super::composition::Composition;
use super::jury;
use super::remark::ComposeError;
use super::revise::{ground, revise};
use super::write::base_take;

/// Writes the music a brief asks for, its revisions included. The same brief gives the same score, bit for bit.
///
/// # Errors
/// [`ComposeError`] where a name in the brief is unknown, a number is out of bounds, or nothing is left to play.
pub fn compose(brief: &Brief) -> Result<Composition, ComposeError> {
    let (piece, take) = base(brief)?;
    revise(brief, ground(brief, piece), take)
}

/// The best of several pieces before any revision, and which of them it is.
fn base(brief: &Brief) -> Result<(Composition, u64), ComposeError> {
    let mut best = (base_take(brief, 0)?, 0);
    let mut verdict = jury::hear(&best.0.score).total();
    for take in 1..jury::takes(brief.duration_seconds) {
        let other = base_take(brief, take)?;
        let heard = jury::hear(&other.score).total();
        if heard > verdict {
            (best, verdict) = ((other, take), heard);
        }
    }
    Ok(best)
}
