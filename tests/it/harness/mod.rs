//! What the tests share.

pub mod generated;
pub mod stdio;
