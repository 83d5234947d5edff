//! Keys and modes: the degrees they have and how they are written. Pitch classes count semitones from C.

use serde::{Deserialize, Serialize};

/// A tonic with its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// 0 is C, 11 is B.
    pub tonic: u8,
    /// Major or minor side.
    pub mode: Mode,
}

/// The mode of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Ionian.
    Major,
    /// Aeolian.
    Minor,
    /// Minor with a raised sixth.
    Dorian,
    /// Minor with a lowered second.
    Phrygian,
    /// Major with a raised fourth.
    Lydian,
    /// Major with a lowered seventh.
    Mixolydian,
}

const SHARP: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLAT: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

impl Mode {
    /// Semitones of its seven degrees above the tonic.
    pub fn degrees(self) -> [i32; 7] {
        match self {
            Self::Major => [0, 2, 4, 5, 7, 9, 11],
            Self::Minor => [0, 2, 3, 5, 7, 8, 10],
            Self::Dorian => [0, 2, 3, 5, 7, 9, 10],
            Self::Phrygian => [0, 1, 3, 5, 7, 8, 10],
            Self::Lydian => [0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => [0, 2, 4, 5, 7, 9, 10],
        }
    }

    /// Whether its third is minor.
    pub fn is_minor(self) -> bool {
        matches!(self, Self::Minor | Self::Dorian | Self::Phrygian)
    }

    /// As people write it after the tonic.
    pub fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Dorian => "dorian",
            Self::Phrygian => "phrygian",
            Self::Lydian => "lydian",
            Self::Mixolydian => "mixolydian",
        }
    }
}

impl Key {
    /// `D dorian`, spelled with flats where the key has them.
    pub fn name(self) -> String {
        format!("{} {}", self.spell(i32::from(self.tonic)), self.mode.name())
    }

    /// The name of a pitch class as this key writes it.
    pub fn spell(self, pitch_class: i32) -> &'static str {
        // Counted in fifths, a mode lies so many steps from the major key with the same signature.
        let parent = i32::from(self.tonic)
            + match self.mode {
                Mode::Major => 0,
                Mode::Dorian => 10,
                Mode::Phrygian => 8,
                Mode::Lydian => 7,
                Mode::Mixolydian => 5,
                Mode::Minor => 3,
            };
        let flat = matches!(parent.rem_euclid(12), 0 | 1 | 3 | 5 | 8 | 10);
        let names = if flat { &FLAT } else { &SHARP };
        names.get(pitch_class.rem_euclid(12) as usize).copied().unwrap_or("C")
    }
}
