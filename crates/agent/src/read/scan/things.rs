//! Genres, moods, instruments, uses, and people whose sound cannot be made.

use super::{Denial, REACH, Walk, leads_to_music};
use crate::read::lexicon::{Class, Sense};
use crate::read::marks::Mark;
use crate::read::reading::Impossible;
use crate::read::vocabulary::Entry;
use crate::read::wishes::add_one;
use bedtrack_language::characters::folded;
use bedtrack_language::tokens::Kind;

/// What a mark was found to name.
struct Named {
    instrument: bool,
    genre: bool,
    mood: bool,
}

impl Walk<'_> {
    /// Genres, moods, instruments, uses, people; tells whether any was found.
    pub(super) fn things(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>) -> bool {
        let words = self.text.tokens.get(at..end).unwrap_or_default();
        let vocabulary = &self.lexicon.vocabulary;
        if let Some(owned) = self.owned(mark, at, end) {
            add_one(&mut self.wishes.impossible, owned);
            self.entity(end, denial);
            return true;
        }
        let inside = if end - at > 1 { self.lexicon.inside(words) } else { Vec::new() };
        let instrument = mark.instrument().and_then(|index| vocabulary.instruments.get(index));
        let instrument =
            instrument.filter(|_| !self.lexicon.is_guarded_instrument(words) || self.instrument_in_place(at, end));
        // "Vlog" and "soundtrack" are words of genres too, but say first what the music is for, or that it is music.
        let of_something_else = mark.purpose().is_some()
            || mark.is_any(&[Class::Music, Class::Video])
            || mark.is(Class::OriginalSound) && !leads_to_music(self.text, end);
        let genre = mark.genre().and_then(|index| vocabulary.genres.get(index)).filter(|_| !of_something_else);
        // "Epic" and "string quartet" are genres as well, but say first how it feels and who plays; the genre they name
        // counts where no other does.
        let by_the_way = instrument.is_some()
            || mark.mood().is_some()
            || mark.senses.iter().any(|sense| matches!(sense, Sense::Ensemble(_)));
        let mood = mark.mood().and_then(|index| vocabulary.moods.get(index)).filter(|_| genre.is_none() || by_the_way);
        let mood = mood.filter(|_| !self.lexicon.is_guarded_mood(words) || self.mood_in_place(at, end));
        if let Some(entry) = instrument {
            self.instrument(entry, &inside, at, end, denial);
        }
        if let Some(entry) = genre {
            self.genre(entry, &inside, at, end, denial, by_the_way);
        }
        if let Some(entry) = mood {
            self.mood(entry, at, end, denial);
        }
        let named = Named { instrument: instrument.is_some(), genre: genre.is_some(), mood: mood.is_some() };
        let others = self.other_senses(mark, at, end, denial, &named);
        let found = named.instrument || named.genre || named.mood || others;
        if found {
            self.entity(end, denial);
        }
        found
    }

    fn instrument(&mut self, entry: &Entry, inside: &[&[Sense]], at: usize, end: usize, denial: Option<Denial>) {
        match denial {
            Some(Denial::No | Denial::Not) => {
                let written = folded(self.text.written(&(at..end)));
                let family = self.lexicon.bridges.families.get(&written);
                let out = family.cloned().unwrap_or_else(|| vec![entry.id.clone()]);
                out.into_iter().for_each(|id| add_one(&mut self.wishes.without, id));
            }
            Some(Denial::Less) => {
                let less = (at.saturating_sub(REACH).max(self.range.start)..at).rev().find(|before| {
                    self.text
                        .mark(*before)
                        .is_some_and(|mark| mark.at.start == *before && mark.is_any(&[Class::Less, Class::Too]))
                });
                add_one(&mut self.wishes.unused, self.text.written(&(less.unwrap_or(at)..end)).to_owned());
            }
            None => {
                add_one(&mut self.wishes.instruments, entry.id.clone());
                self.wishes.only |= self.is_alone(at, end) || says_alone(inside);
            }
        }
    }

    fn genre(
        &mut self,
        entry: &Entry,
        inside: &[&[Sense]],
        at: usize,
        end: usize,
        denial: Option<Denial>,
        by_the_way: bool,
    ) {
        match denial {
            Some(Denial::No | Denial::Not) if !by_the_way => {
                let written = self.text.written(&(at..end)).to_owned();
                add_one(&mut self.wishes.no_genres, (entry.id.clone(), written));
            }
            Some(_) => {}
            None if by_the_way => add_one(&mut self.wishes.genres_by_the_way, entry.id.clone()),
            None => {
                add_one(&mut self.wishes.genres, entry.id.clone());
                self.named_within(inside, at, end);
            }
        }
    }

    fn mood(&mut self, entry: &Entry, at: usize, end: usize, denial: Option<Denial>) {
        let id = entry.id.clone();
        match denial {
            Some(Denial::No | Denial::Not) => {
                add_one(&mut self.wishes.no_moods, (id, self.text.written(&(at..end)).to_owned()));
            }
            Some(Denial::Less) => add_one(&mut self.wishes.less_moods, id),
            None if self.text.before(at).is_some_and(|mark| mark.is(Class::More)) => {
                add_one(&mut self.wishes.more_moods, id);
            }
            None => add_one(&mut self.wishes.moods, id),
        }
    }

    /// Comparatives, players named together, styles that the catalogue lacks, uses; tells whether any but a use was found.
    fn other_senses(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>, named: &Named) -> bool {
        let mut found = false;
        for sense in mark.senses {
            match sense {
                Sense::MoreMood(index) if denial.is_none() => {
                    found = true;
                    if let Some(id) = self.lexicon.more_moods.get(*index) {
                        add_one(&mut self.wishes.more_moods, id.clone());
                    }
                }
                Sense::MoreGenre(index) if denial.is_none() && !named.genre => {
                    found = true;
                    if let Some(list) = self.lexicon.more_genres.get(*index) {
                        let written = self.text.written(&(at..end)).to_owned();
                        add_one(&mut self.wishes.genre_lists, (written, list.clone()));
                    }
                }
                Sense::Ensemble(index) if !named.instrument => {
                    found = true;
                    let ids = self.lexicon.ensembles.get(*index).cloned().unwrap_or_default();
                    let list = if matches!(denial, Some(Denial::No | Denial::Not)) {
                        &mut self.wishes.without
                    } else {
                        &mut self.wishes.instruments
                    };
                    ids.into_iter().for_each(|id| add_one(list, id));
                    self.wishes.only |= denial.is_none() && self.is_alone(at, end);
                }
                Sense::Near(index) if mark.genre().is_none() && !named.instrument && !named.mood => {
                    if denial.is_some() {
                        found = true;
                    } else if !self.subject || leads_to_music(self.text, end) {
                        found = true;
                        if let Some(list) = self.lexicon.near.get(*index) {
                            self.unknown_genre(at, end, list);
                        }
                    }
                }
                Sense::Use(index) if denial.is_none() => add_one(&mut self.wishes.uses, *index),
                _ => {}
            }
        }
        found
    }

    /// "Polka metal-core" is one wish.
    fn unknown_genre(&mut self, at: usize, end: usize, near: &[String]) {
        let joined = self
            .last_near
            .clone()
            .filter(|last| last.end == at && self.text.token(at).is_some_and(|token| token.kind != Kind::Han));
        let start = joined.as_ref().map_or(at, |last| last.start);
        let mut list = near.to_vec();
        if joined.is_some()
            && let Some((_, before)) = self.wishes.unknown_genres.pop()
        {
            list = before.into_iter().chain(list).collect();
        }
        add_one(&mut self.wishes.unknown_genres, (self.text.written(&(start..end)).to_owned(), list));
        self.last_near = Some(start..end);
    }

    /// "Solo piano" and "epic orchestral" are genres whose names name a player or a mood as well.
    fn named_within(&mut self, inside: &[&[Sense]], at: usize, end: usize) {
        let vocabulary = &self.lexicon.vocabulary;
        let instruments: Vec<usize> = inside
            .iter()
            .filter_map(|senses| {
                senses.iter().find_map(|sense| if let Sense::Instrument(index) = sense { Some(*index) } else { None })
            })
            .collect();
        // "Drum and bass" names two; it asks for neither.
        if let [index] = instruments.as_slice()
            && let Some(entry) = vocabulary.instruments.get(*index)
        {
            add_one(&mut self.wishes.instruments, entry.id.clone());
            self.wishes.only |= says_alone(inside) || self.is_alone(at, end);
        }
        let is_mood = |senses: &&&[Sense]| senses.iter().any(|sense| matches!(sense, Sense::Mood(_)));
        let is_genre =
            |senses: &&&[Sense]| !is_mood(senses) && senses.iter().any(|sense| matches!(sense, Sense::Genre(_)));
        let qualified = inside.iter().any(|senses| is_genre(&senses));
        for senses in inside.iter().filter(|senses| qualified && !is_genre(senses)) {
            let mood = senses
                .iter()
                .find_map(|sense| if let Sense::Mood(index) = sense { vocabulary.moods.get(*index) } else { None });
            if let Some(mood) = mood {
                add_one(&mut self.wishes.moods, mood.id.clone());
            }
        }
    }

    /// A person or a work, where their sound is asked for rather than spoken about.
    fn owned(&self, mark: &Mark<'_>, at: usize, end: usize) -> Option<(Impossible, Vec<String>)> {
        let before = self.text.before(at);
        let like = before
            .is_some_and(|mark| mark.is_any(&[Class::LikeArtist, Class::By, Class::Cover, Class::Score, Class::Make]));
        let style =
            self.text.mark(end).is_some_and(|mark| mark.is_any(&[Class::LikeArtistAfter, Class::Style, Class::Music]));
        let long = end - at > 1 && !self.subject;
        let name = self.text.written(&(at..end)).to_owned();
        mark.senses.iter().find_map(|sense| match sense {
            // Who a song is by goes without saying once the song is named.
            Sense::Artist(_)
                if before.is_some_and(|mark| mark.is(Class::By))
                    && self.wishes.impossible.iter().any(|(what, _)| matches!(what, Impossible::Song(_))) =>
            {
                None
            }
            Sense::Artist(index) if like || style || long => {
                Some((Impossible::Artist(name.clone()), self.lexicon.artists.get(*index)?.clone()))
            }
            Sense::Work(index) if (like || style || long) && !self.subject => {
                Some((Impossible::Song(name.clone()), self.lexicon.works.get(*index)?.clone()))
            }
            _ => None,
        })
    }
}

/// Whether "solo" or "only" stands within a phrase.
fn says_alone(inside: &[&[Sense]]) -> bool {
    inside.iter().any(|senses| senses.contains(&Sense::Class(Class::Only)))
}
