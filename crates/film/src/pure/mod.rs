//! What is done without ffmpeg: looking into MP4 and QuickTime with H.264, and into sounds, by their bytes alone, and
//! reading, encoding and measuring sound.

mod coding;
mod describe;
mod inspect;
mod look;
mod movie;
pub(super) mod sound;
mod unfit;

pub(super) use inspect::inspect;
pub(super) use look::look;
pub(super) use movie::Movie;
pub(super) use unfit::{Unfit, blocking};
