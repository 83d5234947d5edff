//! The tool's structured fields, as the hint line carries them. They say exactly what is meant and beat the words.

use super::lexicon::{Class, Lexicon, Sense};
use super::marks::Marked;
use super::pitch::key_alone;
use super::reading::{Aspect, Remark};
use super::wishes::add_one;
use bedtrack_compose::brief::Energy;
use bedtrack_compose::key::Key;
use bedtrack_wire::hint::Hint;

/// The fields, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// Id of a known genre, or the words for an unknown one with the genres nearest to it.
    pub genre: Option<Result<String, (String, Vec<String>)>>,
    /// Mood ids.
    pub moods: Vec<String>,
    /// Beats a minute.
    pub tempo_bpm: Option<f64>,
    /// Key.
    pub key: Option<Key>,
    /// Seconds.
    pub duration_seconds: Option<f64>,
    /// Instrument ids.
    pub instruments: Vec<String>,
    /// Whether only they shall play ("solo piano").
    pub only: bool,
    /// Instruments or stems that shall not play ("no drums").
    pub without: Vec<String>,
    /// Energy.
    pub energy: Option<Energy>,
    /// Seed.
    pub seed: Option<u64>,
    /// `en`, `zh` or another tag.
    pub language: Option<String>,
    /// Fields whose value says nothing.
    pub ignored: Vec<Remark>,
}

impl Fields {
    /// Reads the fields of a hint.
    pub fn read(hint: &Hint, lexicon: &Lexicon) -> Self {
        let mut fields = Self::default();
        for (name, value) in hint.pairs() {
            fields.take(name, value, lexicon);
        }
        fields
    }

    /// Whether any of them speaks of music.
    pub fn speak_of_music(&self) -> bool {
        let others = Self { language: None, ignored: Vec::new(), ..self.clone() };
        others != Self::default()
    }

    fn take(&mut self, name: &str, value: &str, lexicon: &Lexicon) {
        let marked = Marked::new(value, lexicon);
        let all = 0..marked.tokens.len();
        let number = || value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let (aspect, understood) = match name {
            "genre" => {
                self.genre = Some(genre(value, &marked, lexicon));
                (Aspect::Genre, true)
            }
            "mood" => {
                let before = self.moods.len();
                for mark in marked.within(&all) {
                    if let Some(mood) = mark.mood().and_then(|index| lexicon.vocabulary.moods.get(index)) {
                        add_one(&mut self.moods, mood.id.clone());
                    }
                }
                (Aspect::Mood, self.moods.len() > before)
            }
            "tempo_bpm" => {
                self.tempo_bpm = number().filter(|bpm| *bpm > 0.0);
                (Aspect::Tempo, self.tempo_bpm.is_some())
            }
            "key" => {
                self.key = key_alone(&marked).map(super::pitch::KeyWish::key);
                (Aspect::Key, self.key.is_some())
            }
            "duration_seconds" => {
                self.duration_seconds = number().filter(|seconds| *seconds > 0.0);
                (Aspect::Duration, self.duration_seconds.is_some())
            }
            "instruments" => {
                for item in value.split([',', '，', '、', '|']).map(str::trim).filter(|item| !item.is_empty()) {
                    self.instrument(item, lexicon);
                }
                return;
            }
            "energy" => {
                let class = |class: Class| marked.has(&all, class);
                self.energy = match value.trim().to_lowercase().as_str() {
                    "low" => Some(Energy::Low),
                    "medium" | "mid" | "normal" => Some(Energy::Medium),
                    "high" => Some(Energy::High),
                    _ if class(Class::EnergyHigh) => Some(Energy::High),
                    _ if class(Class::EnergyMedium) => Some(Energy::Medium),
                    _ if class(Class::EnergyLow) => Some(Energy::Low),
                    _ => None,
                };
                (Aspect::Energy, self.energy.is_some())
            }
            "seed" => {
                self.seed = value.trim().parse().ok();
                (Aspect::Seed, self.seed.is_some())
            }
            "language" => {
                self.language = Some(value.to_owned());
                return;
            }
            _ => return,
        };
        if !understood {
            self.ignored.push(Remark::IgnoredField { aspect, value: value.to_owned() });
        }
    }

    fn instrument(&mut self, item: &str, lexicon: &Lexicon) {
        let marked = Marked::new(item, lexicon);
        let all = 0..marked.tokens.len();
        let inside = lexicon.inside(&marked.tokens);
        let whole = marked.within(&all).find_map(|mark| lexicon.vocabulary.instruments.get(mark.instrument()?));
        let part = || {
            inside.iter().find_map(|senses| {
                senses.iter().find_map(|sense| {
                    if let Sense::Instrument(index) = sense { lexicon.vocabulary.instruments.get(*index) } else { None }
                })
            })
        };
        let entry = whole.or_else(part);
        let Some(entry) = entry else {
            self.ignored.push(Remark::IgnoredField { aspect: Aspect::Instruments, value: item.to_owned() });
            return;
        };
        if marked.has(&all, Class::No) {
            add_one(&mut self.without, entry.id.clone());
        } else {
            add_one(&mut self.instruments, entry.id.clone());
            self.only |= marked.has(&all, Class::Only)
                || inside.iter().any(|senses| senses.contains(&Sense::Class(Class::Only)));
        }
    }
}

/// A genre by its name; in "lo-fi beats" the known part counts.
fn genre(value: &str, marked: &Marked<'_>, lexicon: &Lexicon) -> Result<String, (String, Vec<String>)> {
    let all = 0..marked.tokens.len();
    let known = marked.within(&all).find_map(|mark| {
        let whole = mark.at == all || marked.tokens.get(mark.at.end).is_none_or(|next| !next.glued);
        lexicon.vocabulary.genres.get(mark.genre()?).filter(|_| whole)
    });
    if let Some(entry) = known {
        return Ok(entry.id.clone());
    }
    let near = marked.within(&all).find_map(|mark| {
        mark.senses.iter().find_map(|sense| match sense {
            Sense::Near(index) => lexicon.near.get(*index),
            Sense::MoreGenre(index) => lexicon.more_genres.get(*index),
            Sense::Artist(index) => lexicon.artists.get(*index),
            _ => None,
        })
    });
    Err((value.trim().to_owned(), near.cloned().unwrap_or_default()))
}
