//! Where the API is spoken: a fixed address, or a studio that is started when it is first needed.

use futures::future::BoxFuture;
use reqwest::Url;
use secrecy::SecretString;
use tokio::sync::OnceCell;

/// An address of the API.
#[derive(Debug, Clone)]
pub struct ApiAddress {
    /// The base; paths go below it.
    pub base: Url,
    /// A bearer token that belongs to the place itself; none: the [`super::TokenKeeper`]'s.
    pub bearer: Option<SecretString>,
}

/// The place could not be made ready, in words for people.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct EndpointError(pub String);

/// Where the API is spoken.
pub trait Endpoint: Send + Sync {
    /// The address; may start what is behind it.
    fn resolve(&self) -> BoxFuture<'_, Result<ApiAddress, EndpointError>>;
}

/// A known address.
pub struct Fixed(pub ApiAddress);

impl Endpoint for Fixed {
    fn resolve(&self) -> BoxFuture<'_, Result<ApiAddress, EndpointError>> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

/// Starts what it needs; called again after a failure, never after a success.
pub type Start = Box<dyn Fn() -> BoxFuture<'static, Result<ApiAddress, EndpointError>> + Send + Sync>;

/// An address that exists once it is needed.
pub struct Lazy {
    start: Start,
    place: OnceCell<ApiAddress>,
}

impl Lazy {
    /// Keeps the way to start it.
    pub fn new(start: Start) -> Self {
        Self { start, place: OnceCell::new() }
    }
}

impl Endpoint for Lazy {
    fn resolve(&self) -> BoxFuture<'_, Result<ApiAddress, EndpointError>> {
        Box::pin(async { self.place.get_or_try_init(|| (self.start)()).await.cloned() })
    }
}
