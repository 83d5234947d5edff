//! How patient the client is.

use std::time::Duration;

/// The client's settings.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// How long a connection may take.
    pub connect: Duration,
    /// How long an answer that is not a stream may take.
    pub answer: Duration,
    /// How long a transfer may stand still.
    pub idle: Duration,
    /// How long a stream may bring nothing but heartbeats.
    pub quiet: Duration,
    /// Longest life of one stream.
    pub turn: Duration,
    /// Pause after a 429 that names none.
    pub rate_limit: Duration,
    /// Bytes of the largest file that is fetched.
    pub largest_file: u64,
    /// Pauses before a read is repeated, growing; there are as many repetitions.
    pub read_pauses: Vec<Duration>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            quiet: Duration::from_secs(600),
            turn: Duration::from_secs(900),
            rate_limit: Duration::from_secs(30),
            largest_file: 8 << 30,
            read_pauses: [500, 1_500, 4_000].map(Duration::from_millis).to_vec(),
        }
    }
}
