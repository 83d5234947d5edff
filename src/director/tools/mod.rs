//! The five tools, one file each: what a client is told of it, what it takes, what is checked, and what is done. What
//! goes on after the call is `work`'s.

mod checks;
pub mod credits;
pub mod export;
pub mod generate_music;
mod place;
pub mod state;
mod tool;
pub mod upload;

pub use tool::{Ask, Calling, Effect, Tool, answer};

use crate::director::turn::Message;
use crate::director::work::Kind;

/// All of them, in the order a client is shown.
pub static TOOLS: [Tool; 5] = [
    Tool::of::<generate_music::GenerateAsk>(),
    Tool::of::<upload::UploadAsk>(),
    Tool::of::<credits::CreditsAsk>(),
    Tool::of::<state::StateAsk>(),
    Tool::of::<export::ExportAsk>(),
];

/// What work can be sent for.
pub static ERRANDS: [Kind; 5] = [
    Kind::of::<upload::Upload>(),
    Kind::of::<Message>(),
    Kind::of::<export::Export>(),
    Kind::of::<credits::ReadCredits>(),
    Kind::of::<state::ReadState>(),
];
