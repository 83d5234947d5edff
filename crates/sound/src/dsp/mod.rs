//! Small building blocks of signal processing, with no knowledge of music.

pub mod delay;
pub mod filter;
mod level;
pub mod lfo;
pub mod noise;
pub mod svf;
pub mod wave;

pub use level::{BLOCK, add, db, flush, is_silent, saturate, to_db};
