//! The front door: the MCP server with its five tools (one file each), prompts, resources and progress, over stdio and
//! streamable HTTP. It reads what an agent asks, puts it to the desk behind it, and words the answer; what happens is
//! the desk's business.

pub mod contract;
pub mod desk;
pub mod http;
pub mod stdio;

mod arguments;
mod call;
mod complete;
mod logging;
mod metrics;
mod progress;
mod prompts;
mod resources;
mod result;
mod schema;
mod server;
mod shelf;
#[cfg(test)]
mod testing;
mod tools;

pub use desk::Desk;
pub use server::Server;
pub use stdio::run_stdio;
