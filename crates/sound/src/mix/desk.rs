//! The settings of the desk: how loud each stem is, where it stands, and what it sends. Data: `desk.toml`.

use std::sync::LazyLock;

use bedtrack_compose::score::Stem;
use serde::Deserialize;

use crate::SoundError;

/// All stems, in the order in which blocks hold them.
pub const STEMS: [Stem; 5] = [Stem::Drums, Stem::Bass, Stem::Harmony, Stem::Melody, Stem::Texture];

/// How the desk is set for a stem.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
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
    drums: Channel,
    bass: Channel,
    harmony: Channel,
    melody: Channel,
    texture: Channel,
}

static DESK: LazyLock<Result<Desk, String>> =
    LazyLock::new(|| toml::from_str(include_str!("desk.toml")).map_err(|error| error.to_string()));

/// The channel of `stem`.
pub fn channel(stem: Stem) -> Result<&'static Channel, SoundError> {
    let desk = DESK.as_ref().map_err(|error| SoundError::Bank(error.clone()))?;
    Ok(match stem {
        Stem::Drums => &desk.drums,
        Stem::Bass => &desk.bass,
        Stem::Harmony => &desk.harmony,
        Stem::Melody => &desk.melody,
        Stem::Texture => &desk.texture,
    })
}
