//! The tables of words, one per language.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use bedtrack_language::template;

/// One language's words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub charge: HashMap<String, String>,
    pub kept: HashMap<String, String>,
    pub outage: HashMap<String, String>,
    pub when: HashMap<String, String>,
    pub fault: BTreeMap<String, Entry>,
    pub next: HashMap<String, Vec<String>>,
    pub note: HashMap<String, String>,
}

/// The words of one fault, or of each of its variants.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    One(Phrase),
    Variants(BTreeMap<String, Phrase>),
}

/// What is said about one fault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// What happened.
    pub happened: String,
    /// What it cost: a key of the table of charges.
    pub charge: Option<String>,
    /// What is left: a key of its table, or a sentence.
    pub kept: Option<String>,
    /// What to do, in a sentence.
    pub then: Option<String>,
    /// Next steps; without any, what to do is the step.
    #[serde(default)]
    pub next: Vec<String>,
    /// Stands for a time that is not known.
    pub sometime: Option<String>,
}

/// Values for the names in a template.
pub type Values = HashMap<&'static str, String>;

static EN: LazyLock<Option<Table>> = LazyLock::new(|| toml::from_str(include_str!("wording/en.toml")).ok());
static ZH: LazyLock<Option<Table>> = LazyLock::new(|| toml::from_str(include_str!("wording/zh.toml")).ok());

/// The words for a language tag; English where there are none of its own. The tables are built in and checked by tests.
pub fn table(language: &str) -> Option<&'static Table> {
    let own = if language.starts_with("zh") { ZH.as_ref() } else { None };
    own.or(EN.as_ref())
}

impl Table {
    pub fn phrase(&self, code: &str, variant: Option<&str>) -> Option<&Phrase> {
        match self.fault.get(code)? {
            Entry::One(phrase) => Some(phrase),
            Entry::Variants(variants) => variants.get(variant?),
        }
    }
}

/// Fills a template.
pub fn fill(sentence: &str, values: &Values) -> String {
    template::fill(sentence, |name| values.get(name).map(String::as_str))
}

/// Untrusted words made fit for a sentence: one line, no control characters, not endless, no full stop at the end.
pub fn clean(text: &str) -> String {
    const LONGEST: usize = 300;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_whole_and_have_the_same_keys() {
        let en: Table = toml::from_str(include_str!("wording/en.toml")).unwrap();
        let zh: Table = toml::from_str(include_str!("wording/zh.toml")).unwrap();
        let keys = |table: &Table| {
            let mut keys: Vec<String> = table
                .fault
                .iter()
                .flat_map(|(code, entry)| match entry {
                    Entry::One(_) => vec![code.clone()],
                    Entry::Variants(variants) => variants.keys().map(|variant| format!("{code}.{variant}")).collect(),
                })
                .chain(table.next.iter().map(|(key, steps)| format!("next.{key}.{}", steps.len())))
                .chain(
                    [&table.charge, &table.kept, &table.outage, &table.when, &table.note]
                        .into_iter()
                        .flat_map(|part| part.keys().cloned()),
                )
                .collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(&en), keys(&zh));
    }
}
