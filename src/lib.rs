//! bedtrack puts original music under video: an MCP server, the client of the NemoVideo API behind it, and a studio
//! that speaks the same API on the user's own machine.
//!
//! Data walks one way, room by room: `mcp` (the agent's front door) → `director` (what a skill tells an agent to do) →
//! `nemovideo` (the one client of the API) → `bedtrack-wire` (the protocol) → the cloud or our `studio`. `start` alone
//! knows every room. What needs no server lies in the crates beside this one, whose walls the compiler keeps;
//! `tests/it/rooms.rs` keeps those in here.

pub mod address;
pub mod cli;
pub mod config;
pub mod director;
pub mod mcp;
pub mod nemovideo;
pub mod skills;
pub mod start;
pub mod studio;
