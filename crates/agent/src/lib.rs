//! The studio's agent: `read` understands a message, `edit` changes the draft, `reply` says what was done. Making music
//! and undoing need files and history; `studio::jobs::turn` does those between the two.

pub mod arranged;
pub mod context;
pub mod cut;
pub mod deeds;
pub mod edit;
pub mod midi;
pub mod read;
pub mod reply;
pub mod tell;
pub mod titled;
