//! The moods, as `moods.toml` names them, and what several of them shift together.

use std::sync::LazyLock;

use serde::Deserialize;

use super::key::Mode;

/// One mood and what it shifts; the table's head says the units.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mood {
    /// How briefs name it.
    pub id: String,
    /// English words for it, lower case.
    pub en: Vec<String>,
    /// Chinese words for it.
    pub zh: Vec<String>,
    /// Where in the genre's tempo range, -0.5 to 0.5 from its middle.
    pub tempo: f64,
    /// Modes it leans to, best first.
    pub modes: Vec<Mode>,
    /// Added to the energy curve, -0.4 to 0.4.
    pub energy: f64,
    /// Semitones that melody and chords move, -7 to 7.
    pub register: f64,
    /// Added to how open the filters are, -0.4 to 0.4.
    pub brightness: f64,
    /// Added to how many notes are played, -0.4 to 0.4.
    pub density: f64,
    /// Leaning to suspensions and darker chords, -0.3 to 0.4.
    pub tension: f64,
    /// Added to the room, -0.2 to 0.4.
    pub space: f64,
}

/// What the moods of a brief shift together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shift {
    /// As in [`Mood`].
    pub tempo: f64,
    /// Modes leaned to with their weights.
    pub modes: Vec<(Mode, f64)>,
    /// As in [`Mood`].
    pub energy: f64,
    /// As in [`Mood`].
    pub register: f64,
    /// As in [`Mood`].
    pub brightness: f64,
    /// As in [`Mood`].
    pub density: f64,
    /// As in [`Mood`].
    pub tension: f64,
    /// As in [`Mood`].
    pub space: f64,
}

impl Shift {
    /// The weighted mean: each further mood counts 0.6 of the one before it.
    pub fn of(moods: &[&Mood]) -> Self {
        let weights: Vec<f64> = (0..moods.len()).map(|rank| 0.6_f64.powi(rank as i32)).collect();
        let total: f64 = weights.iter().sum();
        let mut shift = Self::default();
        for (mood, weight) in moods.iter().zip(&weights) {
            let w = weight / total;
            shift.tempo += mood.tempo * w;
            shift.energy += mood.energy * w;
            shift.register += mood.register * w;
            shift.brightness += mood.brightness * w;
            shift.density += mood.density * w;
            shift.tension += mood.tension * w;
            shift.space += mood.space * w;
            for (rank, mode) in mood.modes.iter().enumerate() {
                shift.modes.push((*mode, w * 0.4_f64.powi(rank as i32)));
            }
        }
        shift
    }
}

/// All moods.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct MoodCatalogue {
    mood: Vec<Mood>,
    /// Why the table could not be read; none in a sound build.
    #[serde(skip)]
    pub problem: Option<String>,
}

impl MoodCatalogue {
    /// The one called `id`.
    pub fn get(&self, id: &str) -> Option<&Mood> {
        self.mood.iter().find(|m| m.id == id)
    }

    /// All of them, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Mood> {
        self.mood.iter()
    }
}

/// The mood table.
pub fn moods() -> &'static MoodCatalogue {
    static TABLE: LazyLock<MoodCatalogue> = LazyLock::new(|| {
        toml::from_str(include_str!("moods.toml"))
            .unwrap_or_else(|e| MoodCatalogue { problem: Some(e.to_string()), ..Default::default() })
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Shift, moods};

    #[test]
    fn the_table_is_whole_its_names_unique_and_its_shifts_in_bounds() {
        assert_eq!(moods().problem, None);
        let mut words = BTreeSet::new();
        for m in moods().iter() {
            assert!(words.insert(format!("#{}", m.id)), "{} twice", m.id);
            for word in m.en.iter().chain(&m.zh) {
                assert!(words.insert(word.clone()), "{word} twice");
            }
            assert!(m.tempo.abs() <= 0.5 && m.register.abs() <= 7.0, "{}", m.id);
            for shift in [m.energy, m.brightness, m.density, m.tension, m.space] {
                assert!(shift.abs() <= 0.4, "{}", m.id);
            }
        }
    }

    #[test]
    fn the_first_mood_counts_most() {
        let pick = |id: &str| moods().get(id).unwrap();
        let calm_epic = Shift::of(&[pick("calm"), pick("epic")]);
        let epic_calm = Shift::of(&[pick("epic"), pick("calm")]);
        assert!(calm_epic.energy < epic_calm.energy);
        assert_eq!(Shift::of(&[]), Shift::default());
    }
}
