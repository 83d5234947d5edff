//! How a picture moves: its cuts, flashes and motion.

mod cuts;
mod found;
mod glance;
mod look;

pub use found::{Cut, Pace};
pub(super) use look::pace;
