//! How words are read in every room: what a caption file says.

pub mod captions;
