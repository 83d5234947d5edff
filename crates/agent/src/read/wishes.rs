//! What some words wish of the music, before anything is decided.

use super::reading::Impossible;
use super::score::wishes::ScoreWishes;
use super::tempo::TempoWish;
use bedtrack_compose::brief::{Energy, Fusion};
use bedtrack_compose::key::Key;

/// Wishes as they stand in the words, in order. Ids are the catalogues'.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wishes {
    /// Genres named as such.
    pub genres: Vec<String>,
    /// Genres that an instrument's word also names ("piano"); they count where no other is named.
    pub genres_by_the_way: Vec<String>,
    /// Lists of genres that a comparative or a style points to, with the word.
    pub genre_lists: Vec<(String, Vec<String>)>,
    /// Styles the catalogue lacks, with the genres nearest to them.
    pub unknown_genres: Vec<(String, Vec<String>)>,
    /// Moods.
    pub moods: Vec<String>,
    /// Moods more of which are wanted ("brighter").
    pub more_moods: Vec<String>,
    /// Moods less of which are wanted ("less sad", "too sad").
    pub less_moods: Vec<String>,
    /// Moods that must not come in ("not too sad"), with the user's words.
    pub no_moods: Vec<(String, String)>,
    /// Genres that must not come in, with the user's words.
    pub no_genres: Vec<(String, String)>,
    /// Uses, by their place in the table.
    pub uses: Vec<usize>,
    /// Tempos.
    pub tempos: Vec<TempoWish>,
    /// Keys.
    pub keys: Vec<Key>,
    /// Beats in a bar.
    pub metre: Option<(u8, u8)>,
    /// Instruments that shall play.
    pub instruments: Vec<String>,
    /// Whether only they shall.
    pub only: bool,
    /// Instruments or stems that shall not play.
    pub without: Vec<String>,
    /// Energies.
    pub energies: Vec<Energy>,
    /// Steps up or down in energy.
    pub energy_steps: i8,
    /// Lengths in ms; the flag says that it is the picture's ("for my 3 minute video").
    pub lengths_ms: Vec<(u64, bool)>,
    /// Times the present length.
    pub length_times: Option<f64>,
    /// Whether it shall loop.
    pub looping: bool,
    /// A seed.
    pub seed: Option<u64>,
    /// Whether another piece is wanted from the same words.
    pub again: bool,
    /// How loud it shall be placed.
    pub volume: Option<f64>,
    /// What cannot be made, with the genres nearest to it.
    pub impossible: Vec<(Impossible, Vec<String>)>,
    /// How much "more" and "less" are: 1 is plain.
    pub degree: Option<f64>,
    /// Whether what shall play takes the place of what shall not.
    pub swap: bool,
    /// A second genre that lends something.
    pub fusion: Option<Fusion>,
    /// What is said about the score itself.
    pub score: ScoreWishes,
    /// Musical words that nothing could be made of.
    pub unused: Vec<String>,
}

impl Wishes {
    /// Without what is no wish by itself.
    fn plainly(&self) -> Self {
        Self { unused: Vec::new(), swap: false, degree: None, ..self.clone() }
    }

    /// Whether nothing at all is wished.
    pub fn is_empty(&self) -> bool {
        self.plainly() == Self::default()
    }

    /// Whether the words describe a piece rather than a change to one.
    pub fn names_a_style(&self) -> bool {
        !(self.genres.is_empty() && self.unknown_genres.is_empty() && self.genre_lists.is_empty())
    }

    /// Whether a piece is described, by its style, its mood or its players.
    pub fn describe_a_piece(&self) -> bool {
        self.names_a_style() || !self.moods.is_empty() || !self.instruments.is_empty() || self.score.describe()
    }

    /// Whether nothing is wished but another piece.
    pub fn is_only_again(&self) -> bool {
        Self { again: false, ..self.plainly() } == Self::default()
    }

    /// Whether nothing but a length and a use is wished.
    pub fn is_only_length(&self) -> bool {
        let rest = Self { lengths_ms: Vec::new(), ..self.plainly() };
        !self.lengths_ms.is_empty() && rest == Self::default()
    }

    /// Whether nothing but times and quoted words is wished.
    pub fn is_empty_but_times(&self) -> bool {
        Self { lengths_ms: Vec::new(), uses: Vec::new(), ..self.plainly() } == Self::default()
    }

    /// Adds the wishes of further words.
    pub fn merge(&mut self, more: Self) {
        let Self {
            genres,
            genres_by_the_way,
            genre_lists,
            unknown_genres,
            moods,
            more_moods,
            less_moods,
            no_moods,
            no_genres,
            uses,
            tempos,
            keys,
            metre,
            instruments,
            only,
            without,
            energies,
            energy_steps,
            lengths_ms,
            length_times,
            looping,
            seed,
            again,
            volume,
            impossible,
            degree,
            swap,
            fusion,
            score,
            unused,
        } = more;
        add(&mut self.genres, genres);
        add(&mut self.genres_by_the_way, genres_by_the_way);
        add(&mut self.genre_lists, genre_lists);
        add(&mut self.unknown_genres, unknown_genres);
        add(&mut self.moods, moods);
        add(&mut self.more_moods, more_moods);
        add(&mut self.less_moods, less_moods);
        add(&mut self.no_moods, no_moods);
        add(&mut self.no_genres, no_genres);
        add(&mut self.uses, uses);
        self.tempos.extend(tempos);
        self.keys.extend(keys);
        self.metre = metre.or(self.metre);
        add(&mut self.instruments, instruments);
        self.only |= only;
        add(&mut self.without, without);
        self.energies.extend(energies);
        self.energy_steps = self.energy_steps.saturating_add(energy_steps);
        self.lengths_ms.extend(lengths_ms);
        self.length_times = length_times.or(self.length_times);
        self.looping |= looping;
        self.seed = seed.or(self.seed);
        self.again |= again;
        self.volume = volume.or(self.volume);
        add(&mut self.impossible, impossible);
        self.degree = degree.or(self.degree);
        self.swap |= swap;
        self.fusion = fusion.or(self.fusion.take());
        self.score.merge(score);
        add(&mut self.unused, unused);
    }
}

/// Most entries a list takes; a message that goes on and on is cut here.
const MOST: usize = 24;

/// Adds what is not there yet.
pub fn add<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        add_one(list, one);
    }
}

/// Adds one thing if it is not there yet.
pub fn add_one<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if list.len() < MOST && !list.contains(&one) {
        list.push(one);
    }
}
