//! What is asked for, in musical terms. Read from words by `studio::agent`, from fields by the tools.

use serde::{Deserialize, Serialize};

use super::given::{Melody, Stage};
use super::revise::Revision;
use super::score::Ending;

/// A piece of music asked for. What is `None` or empty the composer decides from the genre, the mood and the seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// Id of a genre file, such as `lo-fi`.
    pub genre: String,
    /// Ids of moods from the mood table, strongest first.
    #[serde(default)]
    pub moods: Vec<String>,
    /// Tempo in beats a minute; asked for, so it is kept within 0.5%.
    #[serde(default)]
    pub tempo_bpm: Option<f64>,
    /// Lowest and highest tempo asked for.
    #[serde(default)]
    pub tempo_range: Option<(f64, f64)>,
    /// Key asked for.
    #[serde(default)]
    pub key: Option<Key>,
    /// Beats in a bar and the note that counts as one: (3, 4), (6, 8).
    #[serde(default)]
    pub metre: Option<(u8, u8)>,
    /// Ids of instruments that must play.
    #[serde(default)]
    pub instruments: Vec<String>,
    /// Whether only `instruments` may play ("solo piano", "only strings").
    #[serde(default)]
    pub only_these: bool,
    /// Ids of instruments, or stems, that must not play ("no drums").
    #[serde(default)]
    pub without: Vec<String>,
    /// How much is going on.
    #[serde(default)]
    pub energy: Option<Energy>,
    /// Exact length in seconds, 3 to 1200.
    pub duration_seconds: f64,
    /// Whether the end leads back into the start.
    #[serde(default)]
    pub seamless_loop: bool,
    /// How it ends; [`Ending::Loop`] says the same as `seamless_loop`.
    #[serde(default)]
    pub ending: Option<Ending>,
    /// What is taken from a second genre ("jazz with trap drums").
    #[serde(default)]
    pub fusion: Option<Fusion>,
    /// Same brief, same seed: the same score.
    pub seed: u64,
    /// A melody that becomes the motif.
    #[serde(default)]
    pub melody: Option<Melody>,
    /// A plan of the form, followed to the bar.
    #[serde(default)]
    pub plan: Vec<Stage>,
    /// What was changed in the finished piece, in the order it was asked for.
    #[serde(default)]
    pub revisions: Vec<Revision>,
}

impl Brief {
    /// A brief that leaves everything but genre, length in seconds and seed to the composer.
    pub fn new(genre: &str, duration_seconds: f64, seed: u64) -> Self {
        Self { genre: genre.to_owned(), duration_seconds, seed, ..Self::default() }
    }
}

impl Default for Brief {
    /// Thirty seconds of lo-fi about which nothing else is said.
    fn default() -> Self {
        Self {
            genre: "lo-fi".to_owned(),
            moods: Vec::new(),
            tempo_bpm: None,
            tempo_range: None,
            key: None,
            metre: None,
            instruments: Vec::new(),
            only_these: false,
            without: Vec::new(),
            energy: None,
            duration_seconds: 30.0,
            seamless_loop: false,
            ending: None,
            fusion: None,
            seed: 1,
            melody: None,
            plan: Vec::new(),
            revisions: Vec::new(),
        }
    }
}

/// A second genre that lends some of its ways to the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fusion {
    /// Id of the genre that lends.
    pub genre: String,
    /// What it lends; empty: its harmony, tune and instruments over the rhythm and form of the first ("jazzy house").
    #[serde(default)]
    pub aspects: Vec<Aspect>,
}

/// A side of a genre that can be lent to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Drums and percussion: grooves, fills, swing, kits.
    Drums,
    /// Bass lines and who plays them.
    Bass,
    /// Chords, modes and cadences.
    Harmony,
    /// The tune's rhythms, scale and ornaments, and who sings it.
    Melody,
    /// Who plays chords and tune, in the first genre's patterns.
    Instruments,
    /// The mix.
    Sound,
}

/// How much is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Energy {
    /// Sparse and soft.
    Low,
    /// In between.
    Medium,
    /// Full and driving.
    High,
}

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
