//! Finished frames → files. Every writer streams: `new`, `push` as often as needed, `finish`.

mod aac;
pub mod adts;
pub mod flac;
pub mod m4a;
mod quantizer;
pub mod tags;
pub mod wav;

pub use adts::AdtsWriter;
pub use flac::FlacWriter;
pub use m4a::M4aWriter;
pub use tags::{Tags, tag};
pub use wav::WavWriter;
