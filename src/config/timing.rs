//! How long to wait for what. Fractions of seconds are accepted, so that tests need not wait.

use std::time::Duration;

use super::source::{Layers, SettingError, seconds};

/// How long to wait for what.
#[derive(Debug, Clone)]
pub struct Timing {
    /// Between polls of a cloud render.
    pub poll: Duration,
    /// Nothing but heartbeats for so long counts as stalled.
    pub quiet: Duration,
    /// Longest life of one event stream.
    pub turn: Duration,
    /// First and further waits before the state is read after a lost connection.
    pub recover: (Duration, Duration),
    /// Pause after a 429 that names none.
    pub retry: Duration,
}

impl Timing {
    pub(super) fn read(layers: &Layers) -> Result<Self, SettingError> {
        let name = "BEDTRACK_RECOVER_SECS";
        let recover = layers.text(name).unwrap_or_else(|| "30,60".to_owned());
        let waits: Vec<&str> = recover.split(',').collect();
        let recover = match waits.as_slice() {
            [both] => (seconds(name, both)?, seconds(name, both)?),
            [first, further] => (seconds(name, first)?, seconds(name, further)?),
            _ => return Err(SettingError::bad(name, &recover, "one or two numbers of seconds, such as `30,60`")),
        };
        Ok(Self {
            poll: layers.seconds("BEDTRACK_POLL_SECS", 30.0)?,
            quiet: layers.seconds("BEDTRACK_QUIET_SECS", 600.0)?,
            turn: layers.seconds("BEDTRACK_TURN_SECS", 900.0)?,
            recover,
            retry: layers.seconds("BEDTRACK_RETRY_SECS", 30.0)?,
        })
    }
}
