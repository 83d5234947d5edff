//! What the tests share.

pub mod generated;
