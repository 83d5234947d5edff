//! The embedded studio: the NemoVideo API served from this machine. `http` takes requests, `agent` reads them and changes
//! the draft, `compose` writes the music, `sound` plays it, `film` cuts and muxes, `jobs` runs what takes time.

pub mod agent;
pub mod captions;
pub mod compose;
pub mod film;
pub mod http;
pub mod jobs;
pub mod sound;
