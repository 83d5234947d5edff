//! The desk: one strip for each part, one bus for each stem, and the glue that treats all stems alike, so that the stems
//! always add up to the mix. Everything that depends on the sum is a gain, and the same for every stem.

mod bus;
mod duck;
mod echo;
mod glue;
mod reverb;
mod strip;
mod tape;
mod widen;

use std::sync::LazyLock;

use serde::Deserialize;

use super::SoundError;
use bedtrack_compose::score::Stem;
pub use bus::{Bus, Setting};
pub use duck::Duck;
pub use glue::Glue;
pub use strip::Strip;
pub use tape::LATENCY;

/// All stems, in the order in which blocks hold them.
pub const STEMS: [Stem; 5] = [Stem::Drums, Stem::Bass, Stem::Harmony, Stem::Melody, Stem::Texture];

/// Where a stem sits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Fader, dB.
    pub level_db: f32,
    /// Nothing below this, Hz.
    pub high_pass_hz: f32,
    /// Equalizer: Hz, quality, dB.
    pub bells: Vec<(f32, f32, f32)>,
    /// Send to the short room, 0 to 1.
    pub room: f32,
    /// Send to the long plate, 0 to 1.
    pub plate: f32,
    /// Send to the delay, 0 to 1.
    pub echo: f32,
    /// How much of the score's ducking it takes, 0 to 1.
    pub duck: f32,
    /// How much of the score's width it takes.
    pub width: f32,
    /// Compression of the stem for itself, 0 to 1.
    pub punch: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Desk {
    drums: Place,
    bass: Place,
    harmony: Place,
    melody: Place,
    texture: Place,
}

static DESK: LazyLock<Result<Desk, String>> =
    LazyLock::new(|| toml::from_str(include_str!("desk.toml")).map_err(|error| error.to_string()));

/// The place of `stem`.
pub fn place(stem: Stem) -> Result<&'static Place, SoundError> {
    let desk = DESK.as_ref().map_err(|error| SoundError::Bank(error.clone()))?;
    Ok(match stem {
        Stem::Drums => &desk.drums,
        Stem::Bass => &desk.bass,
        Stem::Harmony => &desk.harmony,
        Stem::Melody => &desk.melody,
        Stem::Texture => &desk.texture,
    })
}
