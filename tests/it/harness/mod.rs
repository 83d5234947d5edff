//! What the tests share.

pub mod cloud;
pub mod generated;
pub mod media;
pub mod parity;
pub mod patience;
pub mod service;
pub mod stdio;
