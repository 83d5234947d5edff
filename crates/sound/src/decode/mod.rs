//! Sound files of other makers → frames: containers and codecs through symphonia, any rate through rubato, gaps of the
//! encoders taken out. Files are not trusted: whatever they hold, the answer is frames or an error.

mod decoded;
mod resample;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::{PcmSource, RATE, SoundError};
use decoded::Decoded;
use resample::Resampled;

/// Rates that are taken.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// The sound in the file at `path`, stereo at the house rate. Mono is heard from both sides; more channels are folded.
pub fn open(path: &Path) -> Result<Box<dyn PcmSource>, SoundError> {
    let mut decoded = Decoded::open(path)?;
    // The rate is certain only once something was decoded.
    if !decoded.fill()? {
        return Err(decoded.refused("it holds no sound"));
    }
    let rate = decoded.rate;
    if !RATES.contains(&rate) {
        return Err(decoded.refused(format!("a rate of {rate} Hz cannot be read")));
    }
    if rate == RATE {
        return Ok(Box::new(decoded));
    }
    Ok(Box::new(Resampled::new(decoded, rate)?))
}

/// What a file's sound is, before it becomes frames of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nature {
    /// The usual short name of its coding: "aac", "mp3", "flac", "vorbis" or "pcm".
    pub codec: &'static str,
    /// Frames a second.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
}

/// What the sound in the file at `path` is.
pub fn nature(path: &Path) -> Result<Nature, SoundError> {
    let mut decoded = Decoded::open(path)?;
    if !decoded.fill()? {
        return Err(decoded.refused("it holds no sound"));
    }
    Ok(Nature { codec: decoded.codec(), rate: decoded.rate, channels: decoded.channels })
}
