//! All integration tests, in one binary: they start the real one and speak to it as its users do.

#[cfg(test)]
mod cloud_exports;
mod cloud_setup;
mod cloud_turns;
mod compose;
mod dependencies;
mod film;
mod harness;
mod journey;
mod mcp_contract;
mod mcp_http;
mod mcp_progress;
mod mcp_stdio;
mod roles;
mod rooms;
mod store;
mod studio_api;
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
#[cfg(test)]
