//! The one client of the NemoVideo API, for the cloud and the local studio alike: tokens, endpoints, the event stream,
//! uploads and downloads, and what may be repeated. Knows nothing of tools or turns.

mod calls;
mod carrier;
mod client;
mod download;
mod endpoint;
mod error;
mod http;
mod judge;
mod reader;
mod redact;
mod retry;
mod settings;
mod sse;
mod stream;
mod token;
mod token_file;
mod upload;

pub use calls::{Bind, Seen};
pub use client::Client;
pub use download::{Fetch, Size};
pub use endpoint::{ApiAddress, Endpoint, EndpointError, Fixed, Lazy, Start};
pub use error::{ApiError, Auth, Call, Refused, Unclear};
pub use reader::{EventReader, TurnItem, read_stream};
pub use settings::ClientSettings;
pub use stream::{StreamEnd, TurnStream};
pub use token::TokenKeeper;
pub use upload::LocalFile;
