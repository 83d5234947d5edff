//! The front door: the MCP server with the director's tools, prompts, resources and progress, over stdio and streamable
//! HTTP. It reads what an agent asks, puts it to the director behind it, and passes the answer on in both forms; what
//! happens is the director's business.

pub mod contract;
pub mod http;
pub mod stdio;

mod arguments;
mod behind;
mod call;
mod caller;
mod complete;
mod handler;
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

pub use behind::Behind;
pub use server::Server;
pub use stdio::run_stdio;
