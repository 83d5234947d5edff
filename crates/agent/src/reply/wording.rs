//! The wordings of a language, from `../wording/*.toml`, and how they are filled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::{Language, Target, lexicon, plain};
use bedtrack_compose::key::{Key, Mode};
use bedtrack_language::template;
use bedtrack_wire::time::Ms;

/// Sentences by name.
pub type Sentences = BTreeMap<String, String>;

/// The wordings of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    names: Names,
    /// About music that was made.
    pub made: Sentences,
    /// What a refinement changed.
    pub changes: Sentences,
    /// About edits.
    pub done: Sentences,
    /// About songs and pictures that lie otherwise.
    pub arranged: Sentences,
    /// About the shots on the timeline.
    pub cut: Sentences,
    /// About titles: how they stand and look.
    pub titles: Sentences,
    /// About words that led to nothing.
    pub why: Sentences,
    /// Questions back.
    pub asks: Sentences,
    /// About how the message was understood.
    pub remarks: Sentences,
    /// What the composer could not do as asked.
    pub composer: Sentences,
    /// Answers.
    pub topics: Sentences,
    #[serde(skip)]
    language: Language,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    music: String,
    original_sound: String,
    all_sound: String,
    picture: String,
    title: String,
    titles: String,
    everything: String,
    and: String,
    comma: String,
    seconds: String,
    key: String,
    // Where a language does not write `F#`.
    tonics: Sentences,
    open_quote: String,
    close_quote: String,
    modes: Sentences,
    energies: Sentences,
    aspects: Sentences,
    stems: Sentences,
    stages: Sentences,
}

/// The wordings of a language.
pub fn wording(language: Language) -> &'static Wording {
    static EN: LazyLock<Wording> = LazyLock::new(|| load(include_str!("../wording/en.toml"), Language::En));
    static ZH: LazyLock<Wording> = LazyLock::new(|| load(include_str!("../wording/zh.toml"), Language::Zh));
    match language {
        Language::En => &EN,
        Language::Zh => &ZH,
    }
}

fn load(file: &str, language: Language) -> Wording {
    #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
    let wording: Wording = toml::from_str(file).expect("the wording is valid TOML");
    Wording { language, ..wording }
}

/// A sentence with its gaps filled.
pub fn fill(sentences: &Sentences, name: &str, gaps: &[(&str, &str)]) -> String {
    sentences.get(name).map(|sentence| filled(sentence, gaps)).unwrap_or_default()
}

fn filled(sentence: &str, gaps: &[(&str, &str)]) -> String {
    template::fill(sentence, |gap| gaps.iter().find(|(known, _)| *known == gap).map(|(_, value)| *value))
}

impl Wording {
    /// A length in seconds.
    pub fn seconds(&self, seconds: f64) -> String {
        filled(&self.names.seconds, &[("n", &plain(seconds))])
    }

    /// A place or a length on the timeline.
    pub fn time(&self, time: Ms) -> String {
        self.seconds(time.max(Ms::ZERO).seconds())
    }

    /// What is said of a stretch of the timeline, with its times in front.
    pub fn on_stretch(&self, from: Ms, to: Ms, said: &str) -> String {
        let clock = |time: Ms| self.clock(time.seconds());
        fill(&self.made, "on_stretch", &[("from", &clock(from)), ("to", &clock(to)), ("said", said)])
    }

    /// A moment of the clock: `0:45`, `1:02.5`.
    pub fn clock(&self, seconds: f64) -> String {
        let tenths = (seconds.max(0.0) * 10.0).round() as u64;
        let (minutes, rest) = (tenths / 600, tenths % 600);
        let tail = if rest % 10 == 0 { String::new() } else { format!(".{}", rest % 10) };
        format!("{minutes}:{:02}{tail}", rest / 10)
    }

    /// A stage of a plan by its letter.
    pub fn stage(&self, letter: &str) -> String {
        self.names.stages.get(letter).cloned().unwrap_or_else(|| letter.to_owned())
    }

    /// What stands between the things of a list.
    pub fn comma(&self) -> &str {
        &self.names.comma
    }

    /// A key.
    pub fn key(&self, key: Key) -> String {
        let mode = match key.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
            Mode::Dorian => "dorian",
            Mode::Phrygian => "phrygian",
            Mode::Lydian => "lydian",
            Mode::Mixolydian => "mixolydian",
        };
        let spelled = key.spell(i32::from(key.tonic));
        let tonic = self.names.tonics.get(spelled).map_or(spelled, String::as_str);
        let mode = self.names.modes.get(mode).map_or("", String::as_str);
        filled(&self.names.key, &[("tonic", tonic), ("mode", mode)])
    }

    /// A genre by its id.
    pub fn genre(&self, id: &str) -> String {
        let entry = lexicon().vocabulary.genre(id);
        entry.map_or_else(|| id.to_owned(), |entry| self.own(&entry.name, &entry.name_zh))
    }

    /// A mood by its id.
    pub fn mood(&self, id: &str) -> String {
        let entry = lexicon().vocabulary.moods.iter().find(|entry| entry.id == id);
        entry.map_or_else(|| id.to_owned(), |entry| self.own(&entry.name.replace('_', " "), &entry.name_zh))
    }

    /// An instrument by its id, or a stem by its name.
    pub fn instrument(&self, id: &str) -> String {
        if let Some(stem) = self.names.stems.get(id) {
            return stem.clone();
        }
        let entry = lexicon().vocabulary.instruments.iter().find(|entry| entry.id == id);
        entry.map_or_else(|| id.replace('_', " "), |entry| self.own(&lower_first(&entry.name), &entry.name_zh))
    }

    /// A use by its id.
    pub fn purpose(&self, id: &str) -> String {
        let one = lexicon().uses.iter().find(|one| one.id == id);
        one.map_or_else(|| id.to_owned(), |one| self.own(&one.name, &one.name_zh))
    }

    /// An energy by its name.
    pub fn energy(&self, name: &str) -> String {
        self.names.energies.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// An aspect by its name.
    pub fn aspect(&self, name: &str) -> String {
        self.names.aspects.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Something on the timeline.
    pub fn target(&self, target: &Target) -> String {
        let names = &self.names;
        match target {
            Target::Music => names.music.clone(),
            Target::OriginalSound => names.original_sound.clone(),
            Target::AllSound => names.all_sound.clone(),
            Target::Picture => names.picture.clone(),
            Target::Title(None) => names.title.clone(),
            Target::Title(Some(text)) => {
                format!("{}{}{}", names.title, if self.language == Language::En { " " } else { "" }, self.quoted(text))
            }
            Target::AllTitles => names.titles.clone(),
            Target::Everything => names.everything.clone(),
        }
    }

    /// Words of the user, marked as theirs.
    pub fn quoted(&self, words: &str) -> String {
        format!("{}{}{}", self.names.open_quote, words, self.names.close_quote)
    }

    /// `a, b and c`.
    pub fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [most @ .., last] => format!("{}{}{}", most.join(&self.names.comma), self.names.and, last),
        }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// What stands between sentences.
    pub fn gap(&self) -> &'static str {
        match self.language {
            Language::En => " ",
            Language::Zh => "",
        }
    }

    fn own(&self, en: &str, zh: &str) -> String {
        match self.language {
            Language::En => en.to_owned(),
            Language::Zh => zh.to_owned(),
        }
    }
}

/// A factor as a whole percentage.
pub fn percent(factor: f64) -> String {
    format!("{}%", (factor * 100.0).round())
}

/// "Felt piano" within a sentence; names such as "FM electric piano" keep their capitals.
fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(first), second) if second.is_none_or(char::is_lowercase) => {
            first.to_lowercase().chain(name.chars().skip(1)).collect()
        }
        _ => name.to_owned(),
    }
}

/// A sentence that begins with a name begins with a capital.
pub fn capital(sentence: String) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
