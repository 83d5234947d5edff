//! What is asked for, in musical terms. Read from words by the agent, from fields by the tools.

use serde::{Deserialize, Serialize};

use super::given::{Melody, PlannedSection};
use super::key::Key;
use super::revision::Revision;
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
    /// Exact length in seconds, within [`super::limits::LENGTH_SECONDS`].
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
    pub plan: Vec<PlannedSection>,
    /// What was changed in the finished piece, in the order it was asked for.
    #[serde(default)]
    pub revisions: Vec<Revision>,
}

impl Brief {
    /// A brief that leaves everything but genre, length in seconds and seed to the composer.
    pub fn new(genre: &str, duration_seconds: f64, seed: u64) -> Self {
        Self { genre: genre.to_owned(), duration_seconds, seed, ..Self::default() }
    }

    /// Adds a revision; one that it makes pointless goes.
    pub fn revise(&mut self, revision: Revision) {
        // Bringing an instrument back is not the same as bringing in another one.
        let returns = matches!(&revision, Revision::With { id }
            if self.revisions.contains(&Revision::Without { id: id.clone() }));
        self.revisions.retain(|older| !revision.replaces(older));
        if !returns {
            self.revisions.push(revision);
        }
    }

    /// The brief as it would have been, had everything been asked for at once: revisions that speak of what a brief says
    /// (tempo, key, length, players, moods, energy) are folded in, the others are kept.
    pub fn asked(&self) -> Self {
        let mut asked = self.clone();
        let mut steps = 0.0;
        for revision in std::mem::take(&mut asked.revisions) {
            match revision {
                Revision::Tempo { bpm } => (asked.tempo_bpm, asked.tempo_range) = (Some(bpm), None),
                Revision::Length { seconds } => asked.duration_seconds = seconds,
                Revision::Key { key } => asked.key = Some(key),
                Revision::Without { id } => {
                    asked.instruments.retain(|own| *own != id);
                    asked.without.push(id);
                }
                Revision::With { id } => {
                    asked.without.retain(|out| *out != id);
                    asked.instruments.push(id);
                }
                Revision::Only { ids } => {
                    asked.without.retain(|out| !ids.contains(out));
                    (asked.instruments, asked.only_these) = (ids, true);
                }
                Revision::Swap { out, with } => {
                    asked.instruments.retain(|own| !out.contains(own));
                    asked.without.retain(|id| *id != with);
                    asked.without.extend(out.into_iter().filter(|id| *id != with));
                    if !asked.instruments.contains(&with) {
                        asked.instruments.push(with);
                    }
                }
                Revision::Mood { id, by } => {
                    asked.moods.retain(|own| *own != id);
                    if by > 0.0 {
                        asked.moods.insert(0, id);
                    }
                }
                Revision::Energy { by } => steps += by,
                other => asked.revisions.push(other),
            }
        }
        if steps != 0.0 {
            let levels = [Energy::Low, Energy::Medium, Energy::High];
            let now = levels.iter().position(|level| Some(*level) == self.energy).unwrap_or(1) as f64;
            asked.energy = levels.get((now + steps).round().clamp(0.0, 2.0) as usize).copied();
        }
        asked.only_these &= !asked.instruments.is_empty();
        asked
    }

    /// Whether the piece needs a last chord: its form is planned, or its end shall fall on a moment.
    pub fn must_close(&self) -> bool {
        !self.plan.is_empty() || self.revisions.iter().any(|r| matches!(r, Revision::EndAt { .. }))
    }

    /// Length of the piece in seconds, revisions included.
    pub fn seconds(&self) -> f64 {
        let revised = self.revisions.iter().rev().find_map(|revision| match revision {
            Revision::Length { seconds } => Some(*seconds),
            _ => None,
        });
        revised.unwrap_or(self.duration_seconds)
    }

    /// Tempo asked for, revisions included.
    pub fn tempo(&self) -> Option<f64> {
        let revised = self.revisions.iter().rev().find_map(|revision| match revision {
            Revision::Tempo { bpm } => Some(*bpm),
            _ => None,
        });
        revised.or(self.tempo_bpm)
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
    pub aspects: Vec<FusionAspect>,
}

/// A side of a genre that can be lent to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FusionAspect {
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
