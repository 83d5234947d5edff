//! What can go wrong between a score, or a file of sound, and finished samples.

use std::path::PathBuf;

/// Why sound could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The score asks for an instrument that no voice plays.
    #[error("no voice plays the instrument {0:?}")]
    UnknownInstrument(String),
    /// The table of voices, or a file of the bank, is damaged.
    #[error("the sample bank is damaged: {0}")]
    Bank(String),
    /// The score's length is not one that can be played.
    #[error("a score of {0} seconds cannot be played")]
    Duration(f64),
    /// A file holds nothing that can be decoded as sound.
    #[error("{path} is not a sound file that can be read: {reason}")]
    Undecodable {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// An encoder refused its input.
    #[error("the {format} encoder failed: {reason}")]
    Encode {
        /// Its format.
        format: &'static str,
        /// What it said.
        reason: String,
    },
    /// The measuring of loudness failed.
    #[error("the loudness could not be measured: {0}")]
    Loudness(String),
    /// Reading or writing failed.
    #[error("reading or writing sound failed")]
    Io(#[from] std::io::Error),
    /// The watcher said stop.
    #[error("stopped on request")]
    Stopped,
}

impl SoundError {
    pub(crate) fn encode(format: &'static str, reason: impl ToString) -> Self {
        Self::Encode { format, reason: reason.to_string() }
    }
}
