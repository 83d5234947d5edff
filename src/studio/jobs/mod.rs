//! The studio's work that takes time: taking media in, turns of the agent, renders. Every stage is safe to run again.

pub mod analysis;
mod archive;
mod arrange;
mod critic;
pub mod intake;
pub mod music;
mod picture;
pub mod programme;
pub mod project;
pub mod render;
mod render_error;
mod songs;
pub mod stems;
mod tidy;
pub mod turn;
mod workshop;

pub use tidy::tidy;
pub use workshop::{KeptState, MEDIA_PREFIX, RequestLimits, SharedBank, Workshop, media_key, media_url};
