//! MP4 and QuickTime files (ISO/IEC 14496-12): the boxes of a stream walked and its index read, within bounds that hold
//! for hostile files too, and films and sounds written. What the coded pictures and sounds mean is not known here.

mod aac;
mod avc;
mod boxes;
mod error;
mod heard;
mod index;
mod m4a;
mod mux;
mod opening;
mod order;
mod scan;
mod shape;
mod track;

pub use avc::AvcEntry;
pub use error::Mp4Error;
pub use heard::{Heard, heard};
pub use index::Index;
pub use m4a::{M4aIndex, m4a_opening};
pub use mux::{Lane, LaneKind, Muxer};
pub use opening::{Opening, opening};
pub use order::set_order;
pub use scan::{BoxSpan, Scan};
pub use shape::Shape;
pub use track::{EditList, Sample, Track};
