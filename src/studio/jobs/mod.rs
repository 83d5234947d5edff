//! The studio's work that takes time: taking media in, turns of the agent, renders. Every stage is safe to run again.

pub mod analysis;
mod arrange;
mod critic;
pub mod intake;
pub mod music;
pub mod programme;
pub mod project;
pub mod render;
pub mod runner;
mod songs;
pub mod stems;
pub mod turn;
mod workshop;

pub use workshop::{Kept, Limits, MEDIA_PREFIX, SharedBank, Workshop, media_key, media_url};
