//! What a skill tells an agent to do, done in code. A call goes to its tool (`tools`), which finds the session
//! (`sessions`), decides by the words what is to be done (`route`) and hands it to `work`, which goes on when the call is
//! over. `turn` sends a message and follows it, `translate` turns GUI-speak into action, `changes` explains silent edits,
//! `timeline` shows the draft, `delivery` exports, `advice` turns every fault into what happened, what it cost and what
//! next.

pub mod advice;
pub mod answer;
mod balance;
pub mod caller;
pub mod changes;
mod container;
mod delivery;
mod face;
mod inputs;
mod keep;
mod links;
mod media;
mod notes;
mod outputs;
pub mod progress;
mod reply;
pub mod route;
mod services;
mod sessions;
pub mod settings;
mod steps;
pub mod timeline;
pub mod tools;
pub mod translate;
mod trouble;
mod turn;
mod voice;
mod wording;
mod work;

pub use caller::{Caller, Reach};
pub use face::Director;
pub use progress::{Progress, Step};
pub use settings::{Backend, DirectorSettings};
