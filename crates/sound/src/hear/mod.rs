//! What can be heard in somebody else's sound: the beats of a song, where someone speaks, how loud it is over time.
//! Everything streams and is bounded; nothing here knows a file or a clock.

pub mod beats;
pub mod loudness;
pub mod sections;
mod spectra;
pub mod speech;
