//! What a score stands on before anything is revised: the plan and the melody that the brief brought along.

use super::{plan, theme};
use crate::brief::Brief;
use crate::composition::Composition;

/// The plan and the melody that were given, laid over a piece as composed.
pub fn ground(brief: &Brief, mut piece: Composition) -> Composition {
    if !brief.plan.is_empty() {
        plan::apply(&mut piece.score, brief, &mut piece.remarks);
    }
    if let Some(melody) = &brief.melody {
        theme::apply(&mut piece.score, brief, melody);
    }
    piece
}
