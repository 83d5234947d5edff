//! What a brief brings along instead of leaving it to the composer: a melody that becomes the motif, a plan of the form.

use serde::{Deserialize, Serialize};

use super::key::{Key, Mode};

/// Longest melody that is used, in notes; what goes on longer is no motif.
pub const MOST_NOTES: usize = 256;
/// Most stages of a plan.
pub const MOST_STAGES: usize = 24;
/// Most bars of one stage.
pub const MOST_BARS: u32 = 128;

/// A melody that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Melody {
    /// The key it stands in; it is moved to the piece's key with its degrees kept.
    pub key: Key,
    /// Its notes, by start.
    pub notes: Vec<MelodyNote>,
}

/// A note of a melody that was given. Times are quarter notes from its first bar line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MelodyNote {
    /// Start.
    pub at: f64,
    /// Length.
    pub length: f64,
    /// MIDI key.
    pub key: u8,
}

/// A stage of a plan that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedSection {
    /// What it is: `intro`, `a` (verse), `b` (chorus), `build`, `drop`, `break`, `outro`.
    pub letter: String,
    /// Its length in bars; none: what is left is shared among the stages that name none.
    #[serde(default)]
    pub bars: Option<u32>,
}

impl Melody {
    /// A melody of these notes in the key that suits them best; none without notes.
    pub fn of(mut notes: Vec<MelodyNote>, key: Option<Key>) -> Option<Self> {
        notes.retain(|note| note.at.is_finite() && note.length.is_finite() && note.at >= 0.0 && note.length > 0.0);
        notes.sort_by(|a, b| a.at.total_cmp(&b.at));
        notes.truncate(MOST_NOTES);
        let key = key.or_else(|| likely_key(&notes))?;
        (notes.len() >= 2).then_some(Self { key, notes })
    }
}

/// Krumhansl and Kessler's profiles of how well each degree stands for a key ("Tracing the dynamic changes in perceived
/// tonal organization", 1982), from the tonic up.
const MAJOR: [f64; 12] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
const MINOR: [f64; 12] = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];

/// The key whose profile fits the notes best, the first and last note counting more.
fn likely_key(notes: &[MelodyNote]) -> Option<Key> {
    let mut weight = [0.0_f64; 12];
    for (index, note) in notes.iter().enumerate() {
        let edge = if index == 0 || index + 1 == notes.len() { 1.5 } else { 1.0 };
        if let Some(slot) = weight.get_mut(usize::from(note.key % 12)) {
            *slot += note.length.min(4.0) * edge;
        }
    }
    let mean = weight.iter().sum::<f64>() / 12.0;
    let keys = (0..12_u8).flat_map(|tonic| [(tonic, Mode::Major, MAJOR), (tonic, Mode::Minor, MINOR)]);
    let fit = |tonic: u8, profile: &[f64; 12]| {
        let middle = profile.iter().sum::<f64>() / 12.0;
        let (mut both, mut own) = (0.0, 0.0);
        for (class, amount) in weight.iter().enumerate() {
            let degree = (class + 12 - usize::from(tonic)) % 12;
            let value = profile.get(degree).copied().unwrap_or(middle) - middle;
            both += (amount - mean) * value;
            own += value * value;
        }
        both / own.sqrt()
    };
    let best = keys.max_by(|a, b| fit(a.0, &a.2).total_cmp(&fit(b.0, &b.2)))?;
    (!notes.is_empty()).then_some(Key { tonic: best.0, mode: best.1 })
}
