//! From wishes and fields to a brief: fields beat words, words beat what a use or a mood suggests, and what nobody asked
//! for is chosen and said.

mod measures;

use super::fields::Fields;
use super::lexicon::Lexicon;
use super::reading::{Aspect, Because, Change, Context, CurrentMusic, Impossible, MakeMusic, Remark, Way};
use super::tempo::TempoWish;
use super::wishes::{Wishes, add_one};
use bedtrack_compose::Brief;
use bedtrack_compose::brief::Energy;
use bedtrack_compose::key::Key;
use bedtrack_compose::limits::{LONGEST_SECONDS, SHORTEST_SECONDS};

/// Where nothing says how long.
pub const USUAL_LENGTH: f64 = 60.0;
/// Level of music under sound that is there already.
const UNDER_SOUND: f64 = 0.35;

/// Settles wishes into music: a brief, and what has to be said about it.
pub struct Settling<'a> {
    /// What is known of words.
    pub lexicon: &'a Lexicon,
    /// The draft.
    pub about: &'a Context,
    /// The fields.
    pub fields: &'a Fields,
    /// What is said about the choice.
    pub remarks: &'a mut Vec<Remark>,
}

impl Settling<'_> {
    /// New music, or other music in place of `present`.
    pub fn new_music(&mut self, wishes: &Wishes, present: Option<&Brief>) -> MakeMusic {
        let (genre, asked) = self.genre(wishes);
        let mut moods = self.moods(wishes);
        let mut energy = self.energy(wishes);
        // "Change it to house" keeps what the piece was like.
        if let Some(present) = present.filter(|_| moods.is_empty() && energy.is_none() && wishes.uses.is_empty()) {
            moods =
                present.moods.iter().filter(|id| !wishes.no_moods.iter().any(|(out, _)| out == *id)).cloned().collect();
            energy = present.energy;
        }
        let suggested = wishes.uses.first().and_then(|index| self.lexicon.uses.get(*index)).filter(|_| !asked);
        if let Some(one) = suggested.filter(|_| moods.is_empty()) {
            moods.extend(one.moods.iter().filter(|id| !wishes.no_moods.iter().any(|(out, _)| out == *id)).cloned());
            energy = energy.or(Some(one.energy));
        }
        let (tempo_bpm, tempo_range) = self.tempo(wishes, &genre);
        let (instruments, without) = self.instruments(wishes);
        let mut brief = Brief {
            moods,
            tempo_bpm,
            tempo_range,
            key: self.key(wishes),
            metre: wishes.metre,
            only_these: (wishes.only || self.fields.only) && !instruments.is_empty(),
            instruments,
            without,
            energy,
            seamless_loop: wishes.looping,
            fusion: wishes.fusion.clone().filter(|fusion| fusion.genre != genre),
            ..Brief::new(&genre, self.length(wishes, present, &genre), self.seed(wishes, present))
        };
        let mut changed = Vec::new();
        self.score(wishes, &mut brief, &mut changed);
        self.kept_out(wishes);
        let under = if self.about.has_picture && self.about.picture_has_sound { UNDER_SOUND } else { 1.0 };
        let placed = if present.is_none() { Some(under) } else { None };
        let way = if present.is_some() { Way::Replace } else { Way::New };
        MakeMusic {
            brief,
            way,
            volume: wishes.volume.map(|level| level.clamp(0.0, 2.0)).or(placed),
            changed,
            place: None,
        }
    }

    /// A further piece in the style of the present one: its genre, moods, key, tempo, players and motif, another seed.
    pub fn sibling(&mut self, wishes: &Wishes, present: &CurrentMusic) -> MakeMusic {
        let now = present.brief.asked();
        let mut wishes = wishes.clone();
        wishes.again = true;
        if !wishes.names_a_style() {
            wishes.genres = vec![now.genre.clone()];
        }
        if wishes.moods.is_empty() {
            wishes.moods.clone_from(&now.moods);
        }
        let mut made = self.new_music(&wishes, Some(&present.brief));
        let brief = &mut made.brief;
        if brief.tempo_bpm.is_none() && brief.tempo_range.is_none() {
            // Near enough to belong together, free enough to fill another length.
            brief.tempo_range = Some(((present.bpm * 0.97).round(), (present.bpm * 1.03).round()));
        }
        brief.key = self.fields.key.or(wishes.keys.last().copied()).or(Some(present.key));
        brief.metre = brief.metre.or(now.metre);
        brief.energy = brief.energy.or(now.energy);
        brief.without.extend(now.without.iter().filter(|id| !wishes.instruments.contains(id)).cloned());
        if brief.instruments.is_empty() {
            brief.instruments =
                present.players.iter().filter(|id| !brief.without.contains(id)).take(8).cloned().collect();
            brief.instruments.dedup();
            brief.only_these = !brief.instruments.is_empty() && now.only_these;
        }
        brief.melody = brief.melody.take().or(present.motif.clone());
        made.way = Way::Sibling;
        made
    }

    /// Puts what was said about the score itself into a brief.
    pub fn score(&self, wishes: &Wishes, brief: &mut Brief, changed: &mut Vec<Change>) {
        let file = self.about.melody.clone().filter(|_| wishes.score.from_file);
        if let Some(melody) = wishes.score.melody.clone().or(file) {
            changed.push(Change::Melody { notes: melody.notes.len() });
            // A melody brings its key, unless another one is asked for.
            brief.key = brief.key.or(Some(melody.key));
            brief.melody = Some(melody);
        }
        if !wishes.score.plan.is_empty() {
            changed.push(Change::Plan { stages: wishes.score.plan.clone() });
            brief.plan.clone_from(&wishes.score.plan);
        }
        for revision in wishes.score.resolved(brief.seconds()) {
            changed.extend(Change::of(&revision));
            brief.revise(revision);
        }
    }

    /// How long a plan that names all its bars takes at a tempo the genre likes, with room for the last chord.
    fn planned_length(&self, wishes: &Wishes, genre: &str) -> Option<f64> {
        let bars: u32 = wishes.score.plan.iter().map(|stage| stage.bars).sum::<Option<u32>>()?;
        let (low, high) = self.lexicon.vocabulary.genre(genre).map_or((80.0, 120.0), |entry| entry.tempo);
        let exact =
            wishes.tempos.iter().rev().find_map(|t| if let TempoWish::Exact(bpm) = t { Some(*bpm) } else { None });
        let bpm = self.fields.tempo_bpm.or(exact).unwrap_or((low + high) / 2.0);
        let beats = wishes.metre.map_or(4.0, |(beats, unit)| f64::from(beats) * 4.0 / f64::from(unit));
        (bars > 0)
            .then(|| (f64::from(bars) * beats * 60.0 / bpm + 2.5).round().clamp(SHORTEST_SECONDS, LONGEST_SECONDS))
    }

    /// The genre's id, and whether it was asked for.
    fn genre(&mut self, wishes: &Wishes) -> (String, bool) {
        let asked = self.asked_genre(wishes);
        let (genre, because) = match &asked {
            Some(genre) => (genre.clone(), None),
            None => {
                let (genre, because) = self.suggested_genre(wishes);
                (genre, Some(because))
            }
        };
        let mut named = false;
        for (what, _) in &wishes.impossible {
            named |= !matches!(what, Impossible::Vocals);
            self.remarks.push(Remark::Impossible { what: what.clone(), instead: genre.clone() });
        }
        if let Some(Err((words, _))) = &self.fields.genre {
            self.remarks.push(Remark::UnknownGenre { asked: words.clone(), used: genre.clone() });
            named = true;
        }
        for (words, _) in &wishes.unknown_genres {
            self.remarks.push(Remark::UnknownGenre { asked: words.clone(), used: genre.clone() });
            named = true;
        }
        if let Some(because) = because.filter(|_| !named) {
            self.remarks.push(Remark::Assumed { aspect: Aspect::Genre, value: genre.clone(), because });
        }
        (genre, asked.is_some())
    }

    fn asked_genre(&mut self, wishes: &Wishes) -> Option<String> {
        let allowed = |id: &&String| !wishes.no_genres.iter().any(|(out, _)| out == *id);
        let mut in_words = wishes.genres.iter().filter(allowed);
        let first = in_words.next().cloned();
        if let Some(Ok(field)) = &self.fields.genre {
            if let Some(words) = first.filter(|words| words != field) {
                self.remarks.push(Remark::Contradiction { aspect: Aspect::Genre, words, field: field.clone() });
            }
            return Some(field.clone());
        }
        if let Some(used) = first {
            for left in in_words {
                self.remarks.push(Remark::OneOfTwo { aspect: Aspect::Genre, used: used.clone(), left: left.clone() });
            }
            return Some(used);
        }
        let lists = wishes.genre_lists.iter().map(|(_, list)| list);
        let field = match &self.fields.genre {
            Some(Err((_, list))) => Some(list),
            _ => None,
        };
        let lists = field
            .into_iter()
            .chain(lists)
            .chain(wishes.unknown_genres.iter().map(|(_, list)| list))
            .chain(wishes.impossible.iter().map(|(_, list)| list));
        let near = lists.filter_map(|list| self.lexicon.first_known(list)).map(str::to_owned).find(|id| allowed(&id));
        near.or_else(|| wishes.genres_by_the_way.iter().find(allowed).cloned())
    }

    /// What instruments, use and mood suggest.
    fn suggested_genre(&self, wishes: &Wishes) -> (String, Because) {
        let lexicon = self.lexicon;
        let allowed = |list: &[String]| {
            let list: Vec<String> =
                list.iter().filter(|id| !wishes.no_genres.iter().any(|(out, _)| out == *id)).cloned().collect();
            lexicon.first_known(&list).map(str::to_owned)
        };
        let instruments = self.fields.instruments.iter().chain(&wishes.instruments);
        let by_instrument = instruments
            .filter_map(|id| Some((allowed(lexicon.bridges.by_instrument.get(id)?)?, Because::Instrument(id.clone()))))
            .next();
        let by_use = || {
            wishes
                .uses
                .iter()
                .filter_map(|index| lexicon.uses.get(*index))
                .find_map(|one| Some((allowed(&one.genres)?, Because::Use(one.id.clone()))))
        };
        let moods = self.fields.moods.iter().chain(&wishes.moods).chain(&wishes.more_moods);
        let by_mood = || {
            moods.clone().find_map(|id| Some((allowed(lexicon.bridges.by_mood.get(id)?)?, Because::Mood(id.clone()))))
        };
        by_instrument
            .or_else(by_use)
            .or_else(by_mood)
            .or_else(|| Some((allowed(&lexicon.bridges.default_genres)?, Because::Default)))
            .unwrap_or_else(|| (lexicon.default_genre().to_owned(), Because::Default))
    }

    fn moods(&mut self, wishes: &Wishes) -> Vec<String> {
        let mut moods = self.fields.moods.clone();
        for word in wishes.more_moods.iter().chain(&wishes.moods) {
            let against = self.fields.moods.iter().find(|field| {
                self.lexicon.bridges.instead_of.get(*field).is_some_and(|out| out.contains(word))
                    || self.lexicon.bridges.instead_of.get(word).is_some_and(|out| out.contains(field))
            });
            match against {
                Some(field) => self.remarks.push(Remark::Contradiction {
                    aspect: Aspect::Mood,
                    words: word.clone(),
                    field: field.clone(),
                }),
                None => add_one(&mut moods, word.clone()),
            }
        }
        moods.retain(|id| !wishes.no_moods.iter().any(|(out, _)| out == id));
        moods
    }

    fn energy(&mut self, wishes: &Wishes) -> Option<Energy> {
        let steps = match wishes.energy_steps {
            0 => None,
            up if up > 0 => Some(Energy::High),
            _ => Some(Energy::Low),
        };
        let words = wishes.energies.last().copied().or(steps);
        if let (Some(field), Some(words)) = (self.fields.energy, words)
            && field != words
        {
            self.remarks.push(Remark::Contradiction {
                aspect: Aspect::Energy,
                words: energy_name(words).to_owned(),
                field: energy_name(field).to_owned(),
            });
        }
        self.fields.energy.or(words)
    }

    fn seed(&mut self, wishes: &Wishes, present: Option<&Brief>) -> u64 {
        if let (Some(field), Some(words)) = (self.fields.seed, wishes.seed)
            && field != words
        {
            self.remarks.push(Remark::Contradiction {
                aspect: Aspect::Seed,
                words: words.to_string(),
                field: field.to_string(),
            });
        }
        let asked = self.fields.seed.or(wishes.seed);
        asked.unwrap_or_else(|| {
            present
                .map_or(self.about.default_seed, |brief| if wishes.again { next_seed(brief.seed) } else { brief.seed })
        })
    }

    /// Says which moods and genres were kept out.
    pub fn kept_out(&mut self, wishes: &Wishes) {
        for (_, word) in wishes.no_moods.iter().chain(&wishes.no_genres) {
            self.remarks.push(Remark::KeptOut { word: word.clone() });
        }
    }
}

/// The seed of the next take; it stays exact in every JSON reader.
pub fn next_seed(seed: u64) -> u64 {
    seed.wrapping_add(1) & ((1 << 53) - 1)
}

/// A number as people write it: at most two decimals.
pub fn plain(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A key as remarks carry it: `D minor`.
pub fn key_name(key: Key) -> String {
    key.name()
}

/// An energy as fields carry it.
pub fn energy_name(energy: Energy) -> &'static str {
    match energy {
        Energy::Low => "low",
        Energy::Medium => "medium",
        Energy::High => "high",
    }
}
