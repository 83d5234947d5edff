//! The instruments, as `instruments.toml` names them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::score::Stem;

/// What a player does in a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The drum set: kick, snare, hats.
    Drums,
    /// Further percussion.
    Perc,
    /// The bass line.
    Bass,
    /// Chords in rhythm.
    Comp,
    /// Chords held.
    Pad,
    /// Broken chords.
    Arp,
    /// The tune.
    Melody,
    /// A second, slower line.
    Counter,
    /// Noise and effects.
    Texture,
}

impl Role {
    /// The stem its notes belong to.
    pub fn stem(self) -> Stem {
        match self {
            Self::Drums | Self::Perc => Stem::Drums,
            Self::Bass => Stem::Bass,
            Self::Comp | Self::Pad | Self::Arp => Stem::Harmony,
            Self::Melody | Self::Counter => Stem::Melody,
            Self::Texture => Stem::Texture,
        }
    }

    /// For seeds and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drums => "drums",
            Self::Perc => "perc",
            Self::Bass => "bass",
            Self::Comp => "comp",
            Self::Pad => "pad",
            Self::Arp => "arp",
            Self::Melody => "melody",
            Self::Counter => "counter",
            Self::Texture => "texture",
        }
    }
}

/// When a texture sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gesture {
    /// Throughout.
    Bed,
    /// Up to the start of a section.
    Rise,
    /// From the start of a section.
    Fall,
    /// On the start of a section.
    Hit,
}

/// One instrument.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// How briefs, genres and scores name it.
    pub id: String,
    /// For people.
    pub name: String,
    /// English words for it, lower case.
    pub en: Vec<String>,
    /// Chinese words for it.
    pub zh: Vec<String>,
    /// The stem it is at home in.
    pub stem: Stem,
    /// Lowest and highest MIDI key in which it sounds good.
    pub range: (u8, u8),
    /// General MIDI program, 0 to 127.
    #[serde(default)]
    pub program: Option<u8>,
    /// General MIDI drum kit.
    #[serde(default)]
    pub kit: Option<u8>,
    /// Made by oscillators.
    #[serde(default)]
    pub synth: bool,
    /// Plays chords.
    pub polyphonic: bool,
    /// Holds its tone as long as the note.
    pub sustained: bool,
    /// What it can be given to play, best first.
    pub roles: Vec<Role>,
    /// When it sounds, for textures.
    #[serde(default)]
    pub gesture: Option<Gesture>,
    /// Whether it can carry a piece by itself.
    #[serde(default = "yes")]
    pub alone: bool,
    /// Brightness it is played with, 0 to 1.
    #[serde(default = "full")]
    pub tone: f32,
}

fn yes() -> bool {
    true
}

fn full() -> f32 {
    1.0
}

impl Instrument {
    /// Whether people would call both by the same name: one program, or two acoustic pianos (programs 0 to 3).
    pub fn is_like(&self, other: &Self) -> bool {
        let piano = |i: &Self| i.program.is_some_and(|p| p < 4);
        self.id == other.id
            || (!self.synth
                && !other.synth
                && self.program.is_some()
                && (self.program == other.program || piano(self) && piano(other)))
    }

    /// Whether it plays `role`.
    pub fn plays(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether its notes are General MIDI percussion keys rather than pitches.
    pub fn is_kit(&self) -> bool {
        self.kit.is_some()
    }
}

/// All instruments.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct InstrumentCatalogue {
    instrument: Vec<Instrument>,
    /// Why the table could not be read; none in a sound build.
    #[serde(skip)]
    pub problem: Option<String>,
}

impl InstrumentCatalogue {
    /// The one called `id`.
    pub fn get(&self, id: &str) -> Option<&Instrument> {
        self.instrument.iter().find(|i| i.id == id)
    }

    /// All of them, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Instrument> {
        self.instrument.iter()
    }
}

/// The instrument table.
pub fn instruments() -> &'static InstrumentCatalogue {
    static TABLE: LazyLock<InstrumentCatalogue> = LazyLock::new(|| {
        toml::from_str(include_str!("instruments.toml"))
            .unwrap_or_else(|e| InstrumentCatalogue { problem: Some(e.to_string()), ..Default::default() })
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Role, instruments};

    #[test]
    fn the_table_is_whole_and_its_names_unique() {
        assert_eq!(instruments().problem, None);
        let mut words = BTreeSet::new();
        for i in instruments().iter() {
            assert!(words.insert(format!("#{}", i.id)), "{} twice", i.id);
            for word in i.en.iter().chain(&i.zh) {
                assert!(words.insert(word.clone()), "{word} twice");
            }
            assert!(i.range.0 < i.range.1 && i.range.1 < 128, "{}", i.id);
            assert!(i.program.is_some() != i.kit.is_some(), "{}: a program or a kit", i.id);
            assert!(!i.roles.is_empty() && !i.en.is_empty() && !i.zh.is_empty(), "{}", i.id);
            assert_eq!(i.gesture.is_some(), i.plays(Role::Texture), "{}", i.id);
            assert!((0.0..=1.0).contains(&i.tone), "{}", i.id);
            let span = i.range.1 - i.range.0;
            assert!(!i.plays(Role::Bass) || i.range.0 <= 40, "{} is too high for a bass", i.id);
            assert!(span >= 12, "{} spans less than an octave", i.id);
        }
    }
}
