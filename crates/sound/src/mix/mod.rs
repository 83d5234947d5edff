//! The desk: one strip for each part, one bus for each stem, and the glue that treats all stems alike, so that the stems
//! always add up to the mix. Everything that depends on the sum is a gain, and the same for every stem.

mod bus;
mod desk;
mod duck;
mod echo;
mod glue;
mod reverb;
mod strip;
mod tape;
mod widen;

pub use bus::{Bus, Setting};
pub use desk::{STEMS, channel};
pub use duck::Duck;
pub use glue::Glue;
pub use strip::Strip;
pub use tape::LATENCY;
