//! Score → sound: players, mix, master, files. 48 kHz stereo f32 everywhere, in blocks, so that twenty minutes take no
//! more memory than twenty seconds. Pure but for the bytes of the bank and the files it is told to read or write.

pub mod bank;
pub mod beats;
pub mod critic;
pub mod decode;
mod dsp;
pub mod ducker;
pub mod encode;
mod error;
pub mod hear;
pub mod master;
pub mod midi;
mod mix;
mod pcm;
mod performance;
mod player;
pub mod programme;
pub mod provenance;
mod render;
#[cfg(test)]
mod tests;

pub use bank::Bank;
pub use error::SoundError;
pub use master::Measured;
pub use pcm::{Frame, PcmSource, RATE, Samples, raw::RawFile, wav::WavFile};
pub use performance::{Performance, StemBlock};
pub use render::{Spool, play, render_music};
