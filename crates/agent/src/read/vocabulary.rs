//! The composer's catalogues as the reader needs them: ids, names and the words people use.

/// Genres, moods and instruments.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// The genres.
    pub genres: Vec<Entry>,
    /// The moods.
    pub moods: Vec<Entry>,
    /// The instruments.
    pub instruments: Vec<Entry>,
}

/// One thing of a catalogue.
#[derive(Debug, Clone)]
pub struct Entry {
    /// How briefs name it.
    pub id: String,
    /// For people; for a mood, its id.
    pub name: String,
    /// Every word for it, English and Chinese.
    pub aliases: Vec<String>,
    /// For people who read Chinese.
    pub name_zh: String,
    /// For genres, the slowest and fastest tempo in beats a minute.
    pub tempo: (f64, f64),
}

impl Entry {
    fn new(id: &str, name: &str, en: &[String], zh: &[String], tempo: (f64, f64)) -> Self {
        let aliases = en.iter().chain(zh).cloned().chain([id.replace('_', " "), name.to_lowercase()]).collect();
        let name_zh = zh.first().cloned().unwrap_or_else(|| name.to_owned());
        Self { id: id.to_owned(), name: name.to_owned(), aliases, name_zh, tempo }
    }
}

impl Vocabulary {
    /// What the composer can play.
    pub fn of_the_composer() -> Self {
        let any = (60.0, 140.0);
        Self {
            genres: bedtrack_compose::genres()
                .iter()
                .map(|g| Entry::new(&g.id, &g.name, &g.en, &g.zh, (g.tempo.low, g.tempo.high)))
                .collect(),
            moods: bedtrack_compose::moods().iter().map(|m| Entry::new(&m.id, &m.id, &m.en, &m.zh, any)).collect(),
            instruments: bedtrack_compose::instruments()
                .iter()
                .map(|i| Entry::new(&i.id, &i.name, &i.en, &i.zh, any))
                .collect(),
        }
    }

    /// A genre by its id.
    pub fn genre(&self, id: &str) -> Option<&Entry> {
        self.genres.iter().find(|entry| entry.id == id)
    }
}
