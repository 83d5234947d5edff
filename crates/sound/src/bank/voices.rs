//! The table of voices: for every instrument a composer may name, the sample or the patch that plays it.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::SoundError;

/// How one instrument is played.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The instrument's id.
    pub id: String,
    /// What brings it level with the others at the same velocity, dB.
    #[serde(default)]
    pub gain_db: f32,
    /// How much a dry, narrow sound is doubled into stereo, 0 to 1.
    #[serde(default)]
    pub double: f32,
    /// Factor of the width it was recorded with.
    #[serde(default = "one")]
    pub sides: f32,
    /// Saturation, 0 to 1.
    #[serde(default)]
    pub drive: f32,
    /// Darker than recorded: nothing above this, in Hz.
    #[serde(default)]
    pub low_pass_hz: Option<f32>,
    /// A lift or cut of the upper end, dB.
    #[serde(default)]
    pub shelf_db: f32,
    /// The recording.
    #[serde(default)]
    pub sample: Option<Sample>,
    /// The patch; with a sample beside it, the sample plays what the patch does not know.
    #[serde(default)]
    pub synth: Option<Synth>,
}

fn one() -> f32 {
    1.0
}

/// A preset of a file in the bank.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The file's name without its ending.
    pub file: String,
    /// General MIDI program, 0 to 127; for drums, the kit.
    pub program: u8,
    /// Whether it is a drum kit.
    #[serde(default)]
    pub drums: bool,
}

impl Sample {
    /// The MIDI bank it lies in.
    pub fn midi_bank(&self) -> u16 {
        if self.drums { 128 } else { 0 }
    }
}

/// Sound made by oscillators.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Synth {
    /// Oscillators into a filter.
    Analogue(Analogue),
    /// Two sines, one bending the other.
    Fm(Fm),
    /// A sine that falls into its pitch and dies away.
    Boom(Boom),
    /// An electronic drum kit.
    Kit(Kit),
    /// Noise and tone that rise or fall over the length of a note.
    Sweep(Sweep),
    /// A hit with a long tail.
    Impact(Impact),
    /// Weather, water or a record's surface, as long as the note.
    Ambience(Ambience),
}

/// Shape of a level over time: seconds, and the level that is held.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Seconds to full level.
    pub attack: f32,
    /// Seconds to fall most of the way to `sustain`.
    pub decay: f32,
    /// Level held, 0 to 1.
    pub sustain: f32,
    /// Seconds to fall most of the way to nothing after the note.
    pub release: f32,
}

/// The waves an oscillator can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wave {
    /// All harmonics.
    Saw,
    /// Odd harmonics.
    Square,
    /// One.
    Sine,
}

/// Oscillators, detuned against each other and spread over the stereo field, into a resonant low-pass.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analogue {
    /// The wave of every oscillator.
    pub wave: Wave,
    /// Oscillators, 1 to 8.
    pub voices: usize,
    /// Cents between the outermost two.
    #[serde(default)]
    pub detune: f32,
    /// How far they are spread, 0 to 1.
    #[serde(default)]
    pub spread: f32,
    /// Level of a sine an octave below.
    #[serde(default)]
    pub sub: f32,
    /// Level of noise.
    #[serde(default)]
    pub noise: f32,
    /// Cutoff for middle C at rest, Hz.
    pub cutoff_hz: f32,
    /// How far the cutoff follows the key, 0 to 1.
    #[serde(default)]
    pub follow: f32,
    /// Octaves the envelope opens the filter by.
    #[serde(default)]
    pub sweep: f32,
    /// Quality of the filter; 0.707 has no peak.
    pub q: f32,
    /// Level.
    pub level: Envelope,
    /// Seconds in which the filter falls back.
    pub filter_decay: f32,
    /// Depth of vibrato, cents.
    #[serde(default)]
    pub vibrato: f32,
}

/// Frequency modulation: a carrier and a modulator, a little apart on the two sides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fm {
    /// The modulator's frequency over the carrier's.
    pub ratio: f32,
    /// Depth at the start, radians.
    pub index: f32,
    /// Depth that stays.
    pub index_held: f32,
    /// Seconds in which it falls.
    pub index_decay: f32,
    /// Cents between left and right.
    pub detune: f32,
    /// Level of a plain sine an octave above.
    #[serde(default)]
    pub octave: f32,
    /// Level.
    pub level: Envelope,
}

/// A sine that starts high and settles.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boom {
    /// Octaves above the note where it starts.
    pub bend: f32,
    /// Seconds to settle.
    pub bend_seconds: f32,
    /// Saturation that lets small speakers hear it, 0 to 1.
    pub drive: f32,
    /// Level.
    pub level: Envelope,
}

/// An electronic kit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// Where the kick settles, Hz.
    pub kick_hz: f32,
    /// Seconds the kick lasts.
    pub kick_seconds: f32,
    /// Level of its click.
    pub kick_click: f32,
    /// Pitch of the snare's body, Hz.
    pub snare_hz: f32,
    /// Seconds of its noise.
    pub snare_seconds: f32,
    /// Share of noise in it, 0 to 1.
    pub snare_noise: f32,
    /// Lowest frequency in the hats, Hz.
    pub hat_hz: f32,
    /// Seconds of a closed hat; an open one takes six times as long.
    pub hat_seconds: f32,
    /// Share of metal against noise in hats and cymbals, 0 to 1.
    pub metal: f32,
    /// Saturation of kick and snare, 0 to 1.
    pub drive: f32,
}

/// Noise and a tone between two frequencies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Where the band starts, Hz.
    pub from_hz: f32,
    /// Where it ends, Hz.
    pub to_hz: f32,
    /// Level of the tone beside the noise.
    pub tone: f32,
    /// Whether it grows, or dies away.
    pub rises: bool,
}

/// A hit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// Where its tone starts and ends, Hz.
    pub from_hz: f32,
    /// Where its tone ends, Hz.
    pub to_hz: f32,
    /// Seconds of the tone.
    pub seconds: f32,
    /// Level of noise in the hit.
    pub noise: f32,
}

/// A lasting surface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ambience {
    /// What is heard.
    pub scene: Scene,
}

/// What an ambience is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scene {
    /// A record's crackle and hiss.
    Vinyl,
    /// Drops over a steady hush.
    Rain,
    /// Gusts.
    Wind,
    /// Breakers.
    Waves,
}

#[derive(Deserialize)]
struct Table {
    voice: Vec<Voice>,
}

static TABLE: LazyLock<Result<Vec<Voice>, String>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("../voices.toml")).map(|table| table.voice).map_err(|error| error.to_string())
});

/// Every voice.
pub fn all() -> &'static [Voice] {
    TABLE.as_deref().unwrap_or_default()
}

/// The voice of the instrument `id`.
pub fn find(id: &str) -> Result<&'static Voice, SoundError> {
    let voices = TABLE.as_ref().map_err(|error| SoundError::Bank(error.clone()))?;
    voices.iter().find(|voice| voice.id == id).ok_or_else(|| SoundError::UnknownInstrument(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instrument_of_the_composer_has_a_voice_and_every_voice_an_instrument() {
        for instrument in bedtrack_compose::instruments().iter() {
            let voice = find(&instrument.id).expect("a voice");
            assert!(voice.sample.is_some() || voice.synth.is_some(), "{} has no sound", voice.id);
        }
        for voice in all() {
            assert!(bedtrack_compose::instruments().get(&voice.id).is_some(), "{} plays nothing", voice.id);
        }
    }
}
