//! The studio's agent: `read` turns words into actions, `reply` turns what was done into words.

pub mod read;
pub mod reply;
