//! Sound as it is passed around: frames, sources that give them, and the files that hold them as they are.

mod frames;
pub mod raw;
pub mod wav;

pub(crate) use frames::read_full;
pub use frames::{Frame, PcmSource, RATE, Samples};
