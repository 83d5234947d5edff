//! The lexicon's files as they are written, and how they become one table.

use std::collections::BTreeMap;

use bedtrack_language::phrases::{Grammar, Languages, Phrases};
use bedtrack_language::{numbers, times};
use serde::Deserialize;

use super::sense::{Class, Sense};
use super::table::{Bridges, Lexicon, Use};
use crate::read::vocabulary::{Entry, Vocabulary};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    stop: Languages,
    neutral: Languages,
    subject_noun: Languages,
    phrase: Languages,
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
        let words: BTreeMap<Class, Languages> = toml::from_str(include_str!("../../lexicon/words.toml"))?;
        let plain: Plain = toml::from_str(include_str!("../../lexicon/plain.toml"))?;
        let uses: Uses = toml::from_str(include_str!("../../lexicon/uses.toml"))?;
        let guards: Guards = toml::from_str(include_str!("../../lexicon/guards.toml"))?;
        let owned: Owned = toml::from_str(include_str!("../../lexicon/artists.toml"))?;
        let shifts: Shifts = toml::from_str(include_str!("../../lexicon/shifts.toml"))?;
        let metres: Metres = toml::from_str(include_str!("../../lexicon/metres.toml"))?;
        let bridges: Bridges = toml::from_str(include_str!("../../lexicon/bridges.toml"))?;

        let mut table = Table { phrases: Phrases::default(), grammar: Grammar::of_atoms() };
        for (class, words) in &words {
            table.add(words.iter(), Sense::Class(*class));
        }
        for unit in times::units() {
            table.add(unit.words.iter(), Sense::Class(Class::of_unit(unit.seconds)));
        }
        table.add(numbers::percent_words().iter(), Sense::Class(Class::Percent));
        for (words, sense) in [
            (&plain.stop, Sense::Stop),
            (&plain.neutral, Sense::Neutral),
            (&plain.subject_noun, Sense::Subject),
            (&plain.phrase, Sense::Phrase),
        ] {
            table.add(words.iter(), sense);
        }
        let entries = |table: &mut Table, list: &[Entry], never: &[String], sense: fn(usize) -> Sense| {
            for (index, entry) in list.iter().enumerate() {
                let aliases = entry.aliases.iter().filter(|alias| !never.contains(alias));
                table.add_names(aliases, sense(index));
            }
        };
        entries(&mut table, &vocabulary.genres, &[], Sense::Genre);
        entries(&mut table, &vocabulary.moods, &guards.never_moods, Sense::Mood);
        entries(&mut table, &vocabulary.instruments, &guards.never_instruments, Sense::Instrument);
        for (index, one) in uses.uses.iter().enumerate() {
            table.add(one.en.iter().chain(&one.zh), Sense::Use(index));
        }
        for (index, row) in bridges.near.zh_and_en.iter().enumerate() {
            table.add(&row.words, Sense::Near(index));
        }
        for (index, row) in bridges.ensembles.iter().enumerate() {
            table.add(&row.words, Sense::Ensemble(index));
        }
        for (index, row) in owned.artist.iter().enumerate() {
            table.add_names(&row.names, Sense::Artist(index));
        }
        for (index, row) in owned.work.iter().enumerate() {
            table.add_names(&row.names, Sense::Work(index));
        }
        for (index, row) in shifts.shift.iter().enumerate() {
            table.add(row.en.iter().chain(&row.zh), Sense::MoreMood(index));
        }
        for (index, row) in shifts.genre.iter().enumerate() {
            table.add(row.en.iter().chain(&row.zh), Sense::MoreGenre(index));
        }
        for row in &metres.metre {
            table.add(row.en.iter().chain(&row.zh), Sense::Metre(row.is.0, row.is.1));
        }
        let genres = |rows: Vec<OwnedRow>| rows.into_iter().map(|row| row.genres).collect();
        let plain = |list: &[String]| {
            let mut phrases = Phrases::default();
            list.iter().for_each(|alias| phrases.add_plain(alias, ()));
            phrases
        };
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
            phrases: table.phrases,
            guarded_moods: plain(&guards.moods_in_place_only),
            guarded_instruments: plain(&guards.instruments_in_place_only),
        })
    }
}

struct Table {
    phrases: Phrases<Sense>,
    grammar: Grammar,
}

impl Table {
    fn add<'a>(&mut self, lines: impl IntoIterator<Item = &'a String>, sense: Sense) {
        lines.into_iter().for_each(|line| self.phrases.add(line, sense, &mut self.grammar));
    }

    /// Names as they are written, whatever signs stand in them.
    fn add_names<'a>(&mut self, names: impl IntoIterator<Item = &'a String>, sense: Sense) {
        names.into_iter().for_each(|name| self.phrases.add_plain(name, sense));
    }
}
