//! All integration tests, in one binary: they start the real one and speak to it as its users do.

#[cfg(test)]
mod cloud_delivery;
#[cfg(test)]
mod cloud_errors;
#[cfg(test)]
mod cloud_exports;
#[cfg(test)]
mod cloud_secrets;
#[cfg(test)]
mod cloud_setup;
#[cfg(test)]
mod cloud_stream;
#[cfg(test)]
mod cloud_turns;
#[cfg(test)]
mod compose;
#[cfg(test)]
mod cutting;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod film;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod in_turn;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod mcp_contract;
#[cfg(test)]
mod mcp_http;
#[cfg(test)]
mod mcp_progress;
#[cfg(test)]
mod mcp_stdio;
#[cfg(test)]
mod own_song;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod refine;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod show;
#[cfg(test)]
mod store;
#[cfg(test)]
mod studio_api;
#[cfg(test)]
mod studio_faults;
#[cfg(test)]
mod titles;
#[cfg(test)]
mod without_ffmpeg;
