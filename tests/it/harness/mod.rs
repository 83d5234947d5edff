//! What the tests share.

pub mod generated;
pub mod media;
pub mod service;
pub mod stdio;
