//! A lexicon of phrases, each of one or more classes, in English and Chinese; and what of it begins at a token.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::marks::Marked;
use super::text::{Kind, tokens};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    en: Vec<String>,
    zh: Vec<String>,
}

/// The words of a phrase and all its classes.
type Phrase<Class> = (Vec<String>, Vec<Class>);

/// Phrases by their first word, the longest first.
pub struct Phrases<Class>(HashMap<String, Vec<Phrase<Class>>>);

impl<Class: DeserializeOwned + Ord + Copy> Phrases<Class> {
    /// Reads a built-in file of rows `class = { en = [...], zh = [...] }`.
    pub fn built_in(file: &str) -> Self {
        #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
        let rows: BTreeMap<Class, Row> = toml::from_str(file).expect("the lexicon is valid TOML");
        let mut classes: BTreeMap<Vec<String>, Vec<Class>> = BTreeMap::new();
        for (class, row) in rows {
            for alias in row.en.iter().chain(&row.zh) {
                let phrase = tokens(alias).into_iter().map(|token| token.text).collect();
                classes.entry(phrase).or_default().push(class);
            }
        }
        let mut table: HashMap<String, Vec<Phrase<Class>>> = HashMap::new();
        for (phrase, classes) in classes {
            if let Some(first) = phrase.first() {
                table.entry(first.clone()).or_default().push((phrase, classes));
            }
        }
        for phrases in table.values_mut() {
            phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        }
        Self(table)
    }

    /// Whether some phrase begins with a word.
    pub fn begins_with(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }

    /// The classes of the longest phrase that begins at a token, and where it ends. What stands in quotes is no phrase.
    pub fn at(&self, text: &Marked<'_>, at: usize) -> Option<(&[Class], usize)> {
        let list = self.0.get(&text.token(at)?.text)?;
        let fits = |phrase: &[String]| {
            phrase.iter().enumerate().all(|(offset, word)| {
                text.token(at + offset).is_some_and(|token| token.kind != Kind::Quote && token.text == *word)
            })
        };
        let (phrase, classes) = list.iter().find(|(phrase, _)| fits(phrase))?;
        Some((classes, at + phrase.len()))
    }
}
