//! The NemoVideo protocol: paths, bodies and events as types. Pure: no I/O, no clock. The client and the studio both
//! speak through this room, so they cannot drift apart.

pub mod codes;
pub mod credits;
pub mod draft;
pub mod envelope;
pub mod event;
pub mod facts;
pub mod hint;
pub mod limits;
pub mod look;
pub mod paths;
pub mod render;
pub mod session;
pub mod state;
pub mod time;
pub mod title;
