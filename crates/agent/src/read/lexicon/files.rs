//! The lexicon's files as they are written, and how they become one table.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::sense::{Class, Sense};
use super::table::{Bridges, Lexicon, Phrase, Use, is_matched};
use crate::read::text::tokens;
use crate::read::vocabulary::{Entry, Vocabulary};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    stop: Words,
    neutral: Words,
    subject_noun: Words,
    phrase: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Uses {
    #[serde(rename = "use")]
    uses: Vec<Use>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guards {
    moods_in_place_only: Vec<String>,
    instruments_in_place_only: Vec<String>,
    never_instruments: Vec<String>,
    never_moods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owned {
    artist: Vec<OwnedRow>,
    work: Vec<OwnedRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnedRow {
    names: Vec<String>,
    genres: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shifts {
    shift: Vec<MoodShift>,
    genre: Vec<GenreShift>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoodShift {
    mood: String,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GenreShift {
    genres: Vec<String>,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metres {
    metre: Vec<MetreRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetreRow {
    is: (u8, u8),
    en: Vec<String>,
    zh: Vec<String>,
}

impl Lexicon {
    /// Reads the files over a vocabulary.
    pub(super) fn read(vocabulary: Vocabulary) -> Result<Self, toml::de::Error> {
        let words: BTreeMap<Class, Words> = toml::from_str(include_str!("../../lexicon/words.toml"))?;
        let plain: Plain = toml::from_str(include_str!("../../lexicon/plain.toml"))?;
        let uses: Uses = toml::from_str(include_str!("../../lexicon/uses.toml"))?;
        let guards: Guards = toml::from_str(include_str!("../../lexicon/guards.toml"))?;
        let owned: Owned = toml::from_str(include_str!("../../lexicon/artists.toml"))?;
        let shifts: Shifts = toml::from_str(include_str!("../../lexicon/shifts.toml"))?;
        let metres: Metres = toml::from_str(include_str!("../../lexicon/metres.toml"))?;
        let bridges: Bridges = toml::from_str(include_str!("../../lexicon/bridges.toml"))?;

        let mut table = Table::default();
        for (class, words) in &words {
            table.add(&words.en, &words.zh, Sense::Class(*class));
        }
        for (words, sense) in [
            (&plain.stop, Sense::Stop),
            (&plain.neutral, Sense::Neutral),
            (&plain.subject_noun, Sense::Subject),
            (&plain.phrase, Sense::Phrase),
        ] {
            table.add(&words.en, &words.zh, sense);
        }
        let entries = |table: &mut Table, list: &[Entry], never: &[String], sense: fn(usize) -> Sense| {
            for (index, entry) in list.iter().enumerate() {
                for alias in entry.aliases.iter().filter(|alias| !never.contains(alias)) {
                    table.add_one(alias, sense(index));
                }
            }
        };
        entries(&mut table, &vocabulary.genres, &[], Sense::Genre);
        entries(&mut table, &vocabulary.moods, &guards.never_moods, Sense::Mood);
        entries(&mut table, &vocabulary.instruments, &guards.never_instruments, Sense::Instrument);
        for (index, one) in uses.uses.iter().enumerate() {
            table.add(&one.en, &one.zh, Sense::Use(index));
        }
        for (index, row) in bridges.near.zh_and_en.iter().enumerate() {
            table.add(&row.words, &[], Sense::Near(index));
        }
        for (index, row) in bridges.ensembles.iter().enumerate() {
            table.add(&row.words, &[], Sense::Ensemble(index));
        }
        for (index, row) in owned.artist.iter().enumerate() {
            table.add(&row.names, &[], Sense::Artist(index));
        }
        for (index, row) in owned.work.iter().enumerate() {
            table.add(&row.names, &[], Sense::Work(index));
        }
        for (index, row) in shifts.shift.iter().enumerate() {
            table.add(&row.en, &row.zh, Sense::MoreMood(index));
        }
        for (index, row) in shifts.genre.iter().enumerate() {
            table.add(&row.en, &row.zh, Sense::MoreGenre(index));
        }
        for row in &metres.metre {
            table.add(&row.en, &row.zh, Sense::Metre(row.is.0, row.is.1));
        }
        let genres = |rows: Vec<OwnedRow>| rows.into_iter().map(|row| row.genres).collect();
        let split = |list: &[String]| list.iter().map(|alias| parts(alias)).collect();
        Ok(Self {
            vocabulary,
            uses: uses.uses,
            near: bridges.near.zh_and_en.iter().map(|row| row.genres.clone()).collect(),
            ensembles: bridges.ensembles.iter().map(|row| row.instruments.clone()).collect(),
            artists: genres(owned.artist),
            works: genres(owned.work),
            more_moods: shifts.shift.into_iter().map(|row| row.mood).collect(),
            more_genres: shifts.genre.into_iter().map(|row| row.genres).collect(),
            bridges,
            phrases: table.finish(),
            guarded_moods: split(&guards.moods_in_place_only),
            guarded_instruments: split(&guards.instruments_in_place_only),
        })
    }
}

fn parts(alias: &str) -> Vec<String> {
    tokens(alias).into_iter().filter(is_matched).map(|token| token.text).collect()
}

#[derive(Default)]
struct Table {
    phrases: HashMap<String, Vec<Phrase>>,
}

impl Table {
    fn add(&mut self, en: &[String], zh: &[String], sense: Sense) {
        for alias in en.iter().chain(zh) {
            self.add_one(alias, sense);
        }
    }

    fn add_one(&mut self, alias: &str, sense: Sense) {
        let words = parts(alias);
        let Some(first) = words.first() else { return };
        let list = self.phrases.entry(first.clone()).or_default();
        match list.iter_mut().find(|phrase| phrase.words == words) {
            Some(phrase) if phrase.senses.contains(&sense) => {}
            Some(phrase) => phrase.senses.push(sense),
            None => list.push(Phrase { words, senses: vec![sense] }),
        }
    }

    fn finish(mut self) -> HashMap<String, Vec<Phrase>> {
        for list in self.phrases.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        self.phrases
    }
}
