//! What a skill tells an agent to do, done in code: `route` decides first, `turn` sends and follows, `translate` turns
//! GUI-speak into action, `changes` explains silent edits, `timeline` shows the draft, `delivery` exports, `advice` turns
//! every fault into what happened, what it cost and what next.

pub mod advice;
pub mod answer;
pub mod changes;
pub mod timeline;
pub mod translate;
