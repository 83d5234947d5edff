//! The embedded studio: the NemoVideo API served from this machine. `http` takes requests, `jobs` runs what takes time
//! with the crates beside this one: `bedtrack-agent` reads words and changes the draft, `bedtrack-compose` writes the
//! music, `bedtrack-sound` plays it, `bedtrack-film` cuts and muxes.

pub mod http;
pub mod jobs;
