//! A piece of music with every note at its exact time; what `sound` plays, and what MIDI, beat grid and provenance are
//! written from.

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::metre::Metre;

/// A finished score. Times are seconds from the start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Name for people: the style, such as `Lo-fi`.
    pub style: String,
    /// The genre's id.
    pub genre: String,
    /// Tempo in beats a minute as people tap them: quarters, in 6/8, 9/8 and 12/8 dotted quarters, in 2/2 halves.
    pub bpm: f64,
    /// Beats in a bar, and the note that counts as one.
    pub metre: (u8, u8),
    /// The key.
    pub key: Key,
    /// The seed it grew from.
    pub seed: u64,
    /// Exact length in seconds.
    pub duration: f64,
    /// Every beat.
    pub beats: Vec<f64>,
    /// Every bar line.
    pub bars: Vec<f64>,
    /// Its sections, without gaps.
    pub sections: Vec<Section>,
    /// The chords as they sound.
    pub chords: Vec<ChordSpan>,
    /// Who plays what.
    pub parts: Vec<Part>,
    /// How it is mixed.
    pub mix: MixColour,
    /// How it ends.
    pub ending: Ending,
}

impl Score {
    /// Tempo in quarter notes a minute, whatever the metre counts: what a MIDI file states.
    pub fn quarters_per_minute(&self) -> f64 {
        Metre::new(self.metre.0, self.metre.1).map_or(self.bpm, |metre| self.bpm * metre.beat())
    }
}

/// A stretch of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// `intro`, `a`, `b`, `break`, `outro`, …
    pub name: String,
    /// Start in seconds.
    pub start: f64,
    /// End in seconds.
    pub end: f64,
    /// 0 to 1.
    pub energy: f64,
}

/// A chord as long as it sounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChordSpan {
    /// Start in seconds.
    pub start: f64,
    /// End in seconds.
    pub end: f64,
    /// As a musician writes it: `Dm9`.
    pub symbol: String,
    /// Its notes as MIDI keys, lowest first.
    pub keys: Vec<u8>,
}

/// One player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The stem it belongs to.
    pub stem: Stem,
    /// Id of the instrument in the instrument table.
    pub instrument: String,
    /// Loudness beside the others, dB.
    pub gain_db: f32,
    /// -1 left to 1 right.
    pub pan: f32,
    /// Its notes, by start time.
    pub notes: Vec<Note>,
    /// Breakpoints (seconds, 0 to 1) of its brightness, by time: filters open and close along it. Empty: open.
    #[serde(default)]
    pub brightness: Vec<(f64, f32)>,
}

/// One note.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Start in seconds.
    pub start: f64,
    /// Length in seconds.
    pub duration: f64,
    /// MIDI key; for drums the General MIDI percussion key.
    pub key: u8,
    /// 1 to 127.
    pub velocity: u8,
}

/// The groups a mix is taken apart into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stem {
    /// Drums and percussion.
    Drums,
    /// Bass.
    Bass,
    /// Chords and pads.
    Harmony,
    /// Melody and counter-melody.
    Melody,
    /// Noise, risers, ambience.
    Texture,
}

impl Stem {
    /// All of them, in the order of a mixing desk.
    pub const ALL: [Self; 5] = [Self::Drums, Self::Bass, Self::Harmony, Self::Melody, Self::Texture];

    /// Its name, as a file name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drums => "drums",
            Self::Bass => "bass",
            Self::Harmony => "harmony",
            Self::Melody => "melody",
            Self::Texture => "texture",
        }
    }
}

/// How a genre wants to be mixed; each from 0 (none) to 1 (strong) unless said otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MixColour {
    /// Reverb.
    pub room: f32,
    /// Length of the reverb in seconds, 0.3 to 8.
    pub room_seconds: f32,
    /// Tempo-synced delay.
    pub delay: f32,
    /// Stereo width of what is not low.
    pub width: f32,
    /// Ducking under the kick.
    pub sidechain: f32,
    /// Saturation.
    pub warmth: f32,
    /// Tape wow and flutter.
    pub wow: f32,
    /// Vinyl noise.
    pub vinyl: f32,
    /// Upper band limit in Hz; none: open.
    pub low_pass_hz: Option<f32>,
    /// High shelf in dB, -12 to 12.
    pub air_db: f32,
    /// Gain around 3.5 kHz in dB, where bright instruments crowd: below 0 keeps them from piercing.
    pub presence_db: f32,
    /// Bus compression.
    pub glue: f32,
    /// What the master's peaks are held at, dBTP, where lossy encoders lift this sound's peaks further than others; none:
    /// as all masters.
    pub peak_db: Option<f32>,
}

impl Default for MixColour {
    fn default() -> Self {
        Self {
            room: 0.25,
            room_seconds: 1.6,
            delay: 0.1,
            width: 0.5,
            sidechain: 0.0,
            warmth: 0.2,
            wow: 0.0,
            vinyl: 0.0,
            low_pass_hz: None,
            air_db: 2.0,
            presence_db: 0.0,
            glue: 0.4,
            peak_db: None,
        }
    }
}

/// How a piece ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// A cadence that rings out before the end.
    Ring,
    /// A cadence whose last chord is struck short and dry.
    Stop,
    /// A breath of silence, then the last chord as one hard stroke.
    Sting,
    /// A fade over the last bars.
    Fade,
    /// Leads back into the start.
    Loop,
}
