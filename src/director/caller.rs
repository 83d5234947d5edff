//! Who calls: whose sessions they may see, which session is theirs by default, and what they may name.

use tokio_util::sync::CancellationToken;

/// One call's caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose sessions these are: the name of the bearer token, or [`Caller::OWNER`] of the data folder.
    pub client: String,
    /// The connection, for "the newest session of this connection". Stateless HTTP has none: then it is empty.
    pub connection: String,
    /// Whether local paths mean anything to the caller.
    pub reach: Reach,
    /// Cancelled when the caller takes the call back. A connection that merely goes away must not cancel it: paid
    /// work goes on.
    pub cancelled: CancellationToken,
}

/// Whether the caller sits at this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Over stdio, or the terminal: paths are the user's own.
    Local,
    /// Over HTTP: paths only within the configured roots.
    Remote,
}

impl Caller {
    /// The client that is the owner of the data folder.
    pub const OWNER: &'static str = "owner";

    /// The owner, at this machine.
    pub fn owner(connection: impl Into<String>) -> Self {
        Self {
            client: Self::OWNER.into(),
            connection: connection.into(),
            reach: Reach::Local,
            cancelled: CancellationToken::new(),
        }
    }
}
