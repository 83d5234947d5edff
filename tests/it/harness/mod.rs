//! What the tests share.

pub mod generated;
pub mod media;
pub mod stdio;
