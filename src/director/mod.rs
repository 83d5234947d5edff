//! What a skill tells an agent to do, done in code: `route` decides first, `turn` sends and follows, `translate` turns
//! GUI-speak into action, `changes` explains silent edits, `timeline` shows the draft, `delivery` exports, `advice` turns
//! every fault into what happened, what it cost and what next.

pub mod advice;
pub mod answer;
pub mod ask;
mod brief;
pub mod caller;
pub mod changes;
mod container;
pub mod delivery;
pub mod desk;
mod inputs;
mod keep;
mod media;
mod outputs;
pub mod progress;
pub mod route;
pub mod settings;
mod steps;
mod template;
pub mod timeline;
mod transcript;
mod trouble;
mod turn;

pub use caller::{Caller, Reach};
pub use desk::Director;
pub use progress::{Progress, Step};
pub use settings::{Backend, Settings};
pub mod translate;
