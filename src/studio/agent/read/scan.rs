//! Finds the wishes in some words: one walk from left to right that knows what is negated, what is meant alone, and what
//! is only spoken about.

use std::ops::Range;

use super::lexicon::{Class, Lexicon, Sense};
use super::marks::{Mark, Marked};
use super::numbers::{number, percent};
use super::pitch;
use super::reading::Impossible;
use super::tempo::{TempoWish, tempo};
use super::time::time;
use super::wishes::{Wishes, add_one};
use crate::studio::compose::brief::Energy;

/// The wishes in some words.
pub fn scan(text: &Marked<'_>, range: &Range<usize>, lexicon: &Lexicon) -> Wishes {
    let mut walk = Walk { text, range: range.clone(), lexicon, wishes: Wishes::default(), denied: None, last_entity: None, subject: false, last_near: None, swapping: false };
    let mut at = range.start;
    while at < range.end {
        at = walk.step(at).max(at + 1);
    }
    walk.wishes
}

/// How a wish is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denial {
    /// "no drums": it reaches over "and".
    No,
    /// "not sad".
    Not,
    /// "less sad", "too sad".
    Less,
}

struct Walk<'a> {
    text: &'a Marked<'a>,
    range: Range<usize>,
    lexicon: &'a Lexicon,
    wishes: Wishes,
    // The denial in force, and the token up to which it waits for something to deny.
    denied: Option<(Denial, usize)>,
    // The end of the last musical thing, and how it was denied.
    last_entity: Option<(usize, Option<Denial>)>,
    // Behind "for" or "about" words say what the music is for.
    subject: bool,
    // The last style that the catalogue lacks.
    last_near: Option<Range<usize>>,
    // Between "replace" and "with".
    swapping: bool,
}

/// How many tokens a denial reaches over to what it denies: "don't want it to be too sad".
const REACH: usize = 8;

impl<'a> Walk<'a> {
    fn step(&mut self, at: usize) -> usize {
        use super::text::Kind;
        match self.text.token(at).map(|token| token.kind) {
            Some(Kind::Quote) | None => return at + 1,
            Some(Kind::Stop | Kind::Pause) => {
                self.subject = false;
                self.denied = None;
                return at + 1;
            }
            _ => {}
        }
        let mark = self.text.mark(at).filter(|mark| mark.at.start == at);
        if let Some(mark) = mark
            && let Some((beats, unit)) = mark.senses.iter().find_map(|sense| if let Sense::Metre(beats, unit) = sense { Some((*beats, *unit)) } else { None })
        {
            if self.denied_here(at).is_none() {
                self.wishes.metre = Some((beats, unit));
            }
            // "Waltz" may be a genre as well.
            if mark.genre().is_none() {
                self.entity(mark.at.end, None);
                return mark.at.end;
            }
        }
        if let Some(next) = self.value(at) {
            return next;
        }
        match mark {
            Some(mark) => {
                let (start, end) = (mark.at.start, mark.at.end);
                self.word(start, end);
                end
            }
            None => at + 1,
        }
    }

    /// Keys, tempos, levels and lengths.
    fn value(&mut self, at: usize) -> Option<usize> {
        if let Some((wish, next)) = pitch::key(self.text, at) {
            if self.denied_here(at).is_none() {
                self.wishes.keys.push(wish.key());
            }
            return Some(next);
        }
        if let Some((wish, next)) = tempo(self.text, at) {
            self.wishes.tempos.push(wish);
            return Some(next);
        }
        if let Some((factor, next)) = percent(self.text, at) {
            self.wishes.volume = Some(factor);
            return Some(next);
        }
        if self.text.is(at, Class::Seed) {
            let next = self.text.mark(at)?.at.end;
            let linked = self.text.token(next).is_some_and(|token| matches!(token.text.as_str(), ":" | "=" | "number" | "of" | "is" | "为" | "是" | "用"));
            let (value, next) = number(self.text, if linked { next + 1 } else { next })?;
            if value >= 0.0 && value <= MOST_EXACT && value.fract() == 0.0 {
                self.wishes.seed = Some(value as u64);
            }
            return Some(next);
        }
        let (ms, next) = time(self.text, at)?;
        if !self.is_a_place(at) && self.denied_here(at).is_none_or(|denial| denial == Denial::Less) && ms > 0 {
            let of_picture = self.subject && self.leads_to_picture(next);
            self.wishes.lengths_ms.push((ms, of_picture));
        }
        Some(next)
    }

    /// Whether a time says where rather than how long.
    fn is_a_place(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).filter(|before| *before >= self.range.start) else { return false };
        let near = self.text.mark(before);
        near.is_some_and(|mark| mark.is_any(&[Class::First, Class::Last]))
            || self.text.token(before).is_some_and(|token| matches!(token.text.as_str(), "at" | "@" | "from" | "after" | "until" | "between" | "by" | "every" | "在" | "从" | "第" | "前" | "后"))
    }

    /// Whether a picture stands right behind: "3 minute vlog".
    fn leads_to_picture(&self, at: usize) -> bool {
        let end = (at + 4).min(self.range.end);
        for mark in self.text.within(&(at..end)) {
            if mark.is(Class::Music) {
                return false;
            }
            if mark.is(Class::Video) || mark.purpose().is_some() {
                return true;
            }
        }
        false
    }

    fn denied_here(&self, at: usize) -> Option<Denial> {
        self.denied.filter(|(_, until)| at <= *until).map(|(denial, _)| denial)
    }

    fn entity(&mut self, end: usize, denial: Option<Denial>) {
        self.last_entity = Some((end, denial));
        self.denied = None;
    }

    fn word(&mut self, at: usize, end: usize) {
        let Some(mark) = self.text.mark(at) else { return };
        let senses = mark.senses;
        if senses.contains(&Sense::Phrase) && !mark.is_musical() && mark.purpose().is_none() {
            return;
        }
        self.carry_denial(at, mark);
        let denial = self.denied_here(at);
        if self.classes(mark, at, end, denial) || self.things(mark, at, end, denial) {
            return;
        }
        self.grammar(mark, at, end);
    }

    /// "Without drums and bass": what is listed with a denied thing is denied with it, unless it has an article.
    fn carry_denial(&mut self, at: usize, mark: &Mark<'_>) {
        let Some((end, Some(denial))) = self.last_entity else { return };
        let between = end..at;
        let listed = between.len() <= 2
            && !between.is_empty()
            && between.clone().all(|index| self.text.is(index, Class::Joiner) || self.text.token(index).is_some_and(|token| matches!(token.text.as_str(), "," | "any" | "the")))
            && !between.clone().any(|index| self.text.is_word(index, "but"));
        let or = between.clone().any(|index| self.text.token(index).is_some_and(|token| matches!(token.text.as_str(), "or" | "nor" | "或" | "和" | "与" | "、")));
        let comma_only = between.len() == 1 && self.text.token(end).is_some_and(|token| token.text == ",");
        if listed && !comma_only && (mark.is_musical() || mark.is(Class::Vocals)) && (denial == Denial::No || or) && self.denied.is_none() {
            self.denied = Some((denial, at));
        }
    }

    /// Words of tempo, energy and form.
    fn classes(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>) -> bool {
        let wishes = &mut self.wishes;
        let spoken_about = self.subject && !leads_to_music(self.text, end);
        if mark.is(Class::Instrumental) {
            let voices_out = self.text.token(at).is_some_and(|token| !matches!(token.text.as_str(), "instrumental" | "纯" | "器")) || end - at > 2 && !self.text.is_word(at, "纯");
            if voices_out && let Some(voices) = self.lexicon.bridges.families.get("vocals") {
                voices.iter().for_each(|id| add_one(&mut wishes.without, id.clone()));
            }
            self.entity(end, None);
            return true;
        }
        if mark.is(Class::Vocals) && !mark.is(Class::OriginalSound) {
            match denial {
                Some(Denial::No | Denial::Not) => {
                    let voices = self.lexicon.bridges.families.get("vocals").cloned().unwrap_or_default();
                    voices.into_iter().for_each(|id| add_one(&mut wishes.without, id));
                }
                _ if spoken_about => {}
                _ => add_one(&mut wishes.impossible, (Impossible::Vocals, Vec::new())),
            }
            self.entity(end, denial);
            return true;
        }
        let tempo = if mark.is(Class::Slower) {
            Some(TempoWish::Times(1.0 / degree(self.text, mark)))
        } else if mark.is(Class::Faster) {
            Some(TempoWish::Times(degree(self.text, mark)))
        } else if spoken_about {
            None
        } else if mark.is(Class::Slow) {
            Some(TempoWish::Slow)
        } else if mark.is(Class::Medium) {
            Some(TempoWish::Medium)
        } else if mark.is(Class::Fast) {
            let twice = at.checked_sub(1).is_some_and(|before| self.text.is(before, Class::Lot) && self.text.is_word(before, "as"));
            Some(if twice { TempoWish::Times(2.0) } else { TempoWish::Fast })
        } else if mark.is(Class::Tempo) {
            let back = at.saturating_sub(2)..at;
            let half = self.text.has(&back, Class::Half);
            let double = self.text.has(&back, Class::Double);
            (half || double).then_some(TempoWish::Times(if double { 2.0 } else { 0.5 }))
        } else {
            None
        };
        if let Some(tempo) = tempo {
            self.wishes.tempos.push(match (tempo, denial) {
                // "Not too fast" and "not too slow" leave the middle.
                (TempoWish::Slow | TempoWish::Fast, Some(Denial::No | Denial::Not)) => TempoWish::Medium,
                (TempoWish::Fast, Some(Denial::Less)) => TempoWish::Times(1.0 / STEP),
                (TempoWish::Slow, Some(Denial::Less)) => TempoWish::Times(STEP),
                (tempo, _) => tempo,
            });
            self.entity(end, denial);
            return true;
        }
        if mark.is(Class::EnergyUp) || mark.is(Class::EnergyDown) {
            let step = if mark.is(Class::EnergyUp) { 1 } else { -1 };
            if denial.is_none() {
                self.wishes.energy_steps = self.wishes.energy_steps.saturating_add(step);
                // "More energetic" and "less dramatic" name a mood as well.
                let words = self.text.tokens.get(at..end).unwrap_or_default();
                let inside = self.lexicon.inside(words);
                let mood = inside.iter().flat_map(|senses| senses.iter()).find_map(|sense| if let Sense::Mood(index) = sense { self.lexicon.vocabulary.moods.get(*index) } else { None });
                if let Some(mood) = mood {
                    add_one(if step > 0 { &mut self.wishes.more_moods } else { &mut self.wishes.less_moods }, mood.id.clone());
                }
            }
            self.entity(end, denial);
            return true;
        }
        let energy = [(Class::EnergyLow, Energy::Low), (Class::EnergyMedium, Energy::Medium), (Class::EnergyHigh, Energy::High)];
        if let Some((_, energy)) = energy.iter().find(|(class, _)| mark.is(*class)).filter(|_| !spoken_about) {
            let also_mood = mark.mood().is_some();
            match denial {
                None => self.wishes.energies.push(*energy),
                Some(_) if *energy == Energy::High => self.wishes.energies.push(Energy::Medium),
                Some(_) => {}
            }
            if !also_mood && mark.instrument().is_none() && mark.genre().is_none() {
                self.entity(end, denial);
                return true;
            }
        }
        if mark.is(Class::Loop) && denial.is_none() && !(self.subject && mark.is(Class::Music)) {
            let bare_noun = mark.is(Class::Music) && self.text.token(at).is_some_and(|token| token.text == "loops");
            self.wishes.looping |= !bare_noun;
        }
        if mark.is(Class::Again) && denial.is_none() && !self.subject {
            self.wishes.again = true;
        }
        if mark.is(Class::Form) && denial.is_none() && !self.subject {
            let mut last = end;
            // "Build up at 0:20" is one wish.
            if self.text.is_word(end, "at") && let Some((_, after)) = time(self.text, end + 1) {
                last = after;
            } else if let Some((_, after)) = time(self.text, end) {
                last = after;
            }
            add_one(&mut self.wishes.unused, self.text.written(&(at..last)).to_owned());
        }
        false
    }

    /// Genres, moods, instruments, uses, people.
    fn things(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>) -> bool {
        let words = self.text.tokens.get(at..end).unwrap_or_default();
        let written = self.text.written(&(at..end)).to_owned();
        let vocabulary = &self.lexicon.vocabulary;
        let mut found = false;
        if let Some(owned) = self.owned(mark, at, end) {
            add_one(&mut self.wishes.impossible, owned);
            self.entity(end, denial);
            return true;
        }
        let inside = if end - at > 1 { self.lexicon.inside(words) } else { Vec::new() };
        let instrument = mark.instrument().and_then(|index| vocabulary.instruments.get(index));
        let instrument = instrument.filter(|_| !self.lexicon.is_guarded_instrument(words) || self.instrument_in_place(at, end));
        // "Vlog" and "soundtrack" are words of genres too, but say first what the music is for, or that it is music.
        let of_something_else = mark.purpose().is_some() || mark.is_any(&[Class::Music, Class::Video]) || mark.is(Class::OriginalSound) && !leads_to_music(self.text, end);
        let genre = mark.genre().and_then(|index| vocabulary.genres.get(index)).filter(|_| !of_something_else);
        if let Some(entry) = instrument {
            found = true;
            match denial {
                Some(Denial::No | Denial::Not) => {
                    let family = self.lexicon.bridges.families.get(&written.to_lowercase());
                    let out = family.cloned().unwrap_or_else(|| vec![entry.id.clone()]);
                    out.into_iter().for_each(|id| add_one(&mut self.wishes.without, id));
                }
                Some(Denial::Less) => add_one(&mut self.wishes.unused, self.text.written(&(at.saturating_sub(1)..end)).to_owned()),
                None => {
                    add_one(&mut self.wishes.instruments, entry.id.clone());
                    self.wishes.only |= self.is_alone(at, end) || says_alone(&inside);
                }
            }
        }
        if let Some(entry) = genre {
            found = true;
            match denial {
                Some(Denial::No | Denial::Not) if instrument.is_none() => add_one(&mut self.wishes.no_genres, (entry.id.clone(), written.clone())),
                Some(_) => {}
                None if instrument.is_some() => add_one(&mut self.wishes.genres_by_the_way, entry.id.clone()),
                None => {
                    add_one(&mut self.wishes.genres, entry.id.clone());
                    self.named_within(&inside, at, end);
                }
            }
        }
        let mood = mark.mood().and_then(|index| vocabulary.moods.get(index)).filter(|_| genre.is_none());
        let mood = mood.filter(|_| !self.lexicon.is_guarded_mood(words) || self.mood_in_place(at, end));
        if let Some(entry) = mood {
            found = true;
            let id = entry.id.clone();
            match denial {
                Some(Denial::No | Denial::Not) => add_one(&mut self.wishes.no_moods, (id, written.clone())),
                Some(Denial::Less) => add_one(&mut self.wishes.less_moods, id),
                None if self.text.before(at).is_some_and(|mark| mark.is(Class::More)) => add_one(&mut self.wishes.more_moods, id),
                None => add_one(&mut self.wishes.moods, id),
            }
        }
        for sense in mark.senses {
            match sense {
                Sense::MoreMood(index) if denial.is_none() => {
                    found = true;
                    if let Some(id) = self.lexicon.more_moods.get(*index) {
                        add_one(&mut self.wishes.more_moods, id.clone());
                    }
                }
                Sense::MoreGenre(index) if denial.is_none() && genre.is_none() => {
                    found = true;
                    if let Some(list) = self.lexicon.more_genres.get(*index) {
                        add_one(&mut self.wishes.genre_lists, (written.clone(), list.clone()));
                    }
                }
                Sense::Near(index) if genre.is_none() && instrument.is_none() && mood.is_none() => {
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
        if found {
            self.entity(end, denial);
        }
        found
    }

    /// "Polka metal-core" is one wish.
    fn unknown_genre(&mut self, at: usize, end: usize, near: &[String]) {
        let joined = self.last_near.clone().filter(|last| last.end == at && self.text.token(at).is_some_and(|token| token.kind != super::text::Kind::Han));
        let start = joined.as_ref().map_or(at, |last| last.start);
        let mut list = near.to_vec();
        if joined.is_some() && let Some((_, before)) = self.wishes.unknown_genres.pop() {
            list = before.into_iter().chain(list).collect();
        }
        add_one(&mut self.wishes.unknown_genres, (self.text.written(&(start..end)).to_owned(), list));
        self.last_near = Some(start..end);
    }

    /// "Solo piano" and "epic orchestral" are genres whose names name a player or a mood as well.
    fn named_within(&mut self, inside: &[&[Sense]], at: usize, end: usize) {
        let vocabulary = &self.lexicon.vocabulary;
        let instruments: Vec<usize> = inside.iter().filter_map(|senses| senses.iter().find_map(|sense| if let Sense::Instrument(index) = sense { Some(*index) } else { None })).collect();
        // "Drum and bass" names two; it asks for neither.
        if let [index] = instruments.as_slice()
            && let Some(entry) = vocabulary.instruments.get(*index)
        {
            add_one(&mut self.wishes.instruments, entry.id.clone());
            self.wishes.only |= says_alone(inside) || self.is_alone(at, end);
        }
        let is_genre = |senses: &&&[Sense]| senses.iter().any(|sense| matches!(sense, Sense::Genre(_)));
        let qualified = inside.iter().any(|senses| is_genre(&senses));
        for senses in inside.iter().filter(|senses| qualified && !is_genre(senses)) {
            let mood = senses.iter().find_map(|sense| if let Sense::Mood(index) = sense { vocabulary.moods.get(*index) } else { None });
            if let Some(mood) = mood {
                add_one(&mut self.wishes.moods, mood.id.clone());
            }
        }
    }

    /// A person or a work, where their sound is asked for rather than spoken about.
    fn owned(&self, mark: &Mark<'_>, at: usize, end: usize) -> Option<(Impossible, Vec<String>)> {
        let before = self.text.before(at);
        let like = before.is_some_and(|mark| mark.is_any(&[Class::LikeArtist, Class::By, Class::Cover, Class::Score, Class::Make]));
        let style = self.text.mark(end).is_some_and(|mark| mark.is_any(&[Class::LikeArtistAfter, Class::Style, Class::Music]));
        let long = end - at > 1 && !self.subject;
        let name = self.text.written(&(at..end)).to_owned();
        mark.senses.iter().find_map(|sense| match sense {
            Sense::Artist(index) if like || style || long => Some((Impossible::Artist(name.clone()), self.lexicon.artists.get(*index)?.clone())),
            Sense::Work(index) if (like || style || long) && !self.subject => Some((Impossible::Song(name.clone()), self.lexicon.works.get(*index)?.clone())),
            _ => None,
        })
    }

    /// "Only", "solo", "just" before an instrument or "only", "solo", "alone" behind it.
    fn is_alone(&self, at: usize, end: usize) -> bool {
        if self.text.is(end, Class::Only) && end < self.range.end {
            return true;
        }
        let mut back = at;
        for _ in 0..4 {
            let Some(before) = back.checked_sub(1).filter(|before| *before >= self.range.start) else { return false };
            let mark = self.text.mark(before);
            if mark.is_some_and(|mark| mark.is(Class::Only)) {
                return true;
            }
            let passed = mark.is_some_and(|mark| mark.mood().is_some() || mark.senses.contains(&Sense::Stop) || mark.senses.contains(&Sense::Neutral) || mark.is(Class::EnergyLow) || mark.is(Class::Make));
            if !passed {
                return false;
            }
            back = mark.map_or(before, |mark| mark.at.start);
        }
        false
    }

    /// A word that may be an instrument is one behind "with", "add", "no", or in a list of them.
    fn instrument_in_place(&self, at: usize, end: usize) -> bool {
        if self.denied_here(at).is_some() || self.text.is(end, Class::Only) {
            return true;
        }
        let mut back = at;
        for _ in 0..4 {
            let Some(before) = back.checked_sub(1).filter(|before| *before >= self.range.start) else { return false };
            let token = self.text.token(before);
            if token.is_some_and(|token| matches!(token.text.as_str(), "with" | "plus" | "using" | "featuring" | "some" | "includes" | "including" | "用" | "加" | "有" | "带" | "把" | "将")) {
                return true;
            }
            if self.text.mark(before).is_some_and(|mark| mark.is_any(&[Class::No, Class::Only, Class::Add, Class::Remove, Class::More, Class::Replace, Class::Turn, Class::Louder, Class::LouderWeak, Class::Quieter, Class::QuieterWeak])) {
                return true;
            }
            if self.last_entity.is_some_and(|(entity, _)| entity + 1 == at || entity + 2 == at) && self.text.is(before, Class::Joiner) && !self.wishes.instruments.is_empty() {
                return true;
            }
            let passed = self.text.mark(before).is_none_or(|mark| mark.mood().is_some() || mark.senses.contains(&Sense::Stop) || mark.senses.contains(&Sense::Neutral));
            if !passed || self.text.is(before, Class::Subject) {
                return false;
            }
            back = before;
        }
        false
    }

    /// A word that may be a mood is one right before music or another wish, or behind "make it", "more", "sounds".
    fn mood_in_place(&self, at: usize, end: usize) -> bool {
        if leads_to_music(self.text, end) {
            return true;
        }
        if self.subject {
            return false;
        }
        let before = self.text.before(at).filter(|mark| mark.at.end > self.range.start);
        let led = before.is_some_and(|mark| mark.is_any(&[Class::More, Class::Less, Class::Very, Class::Too, Class::Change, Class::Not, Class::Little, Class::Style]));
        let felt = at.checked_sub(1).and_then(|before| self.text.token(before)).is_some_and(|token| {
            matches!(token.text.as_str(), "something" | "feel" | "feels" | "feeling" | "sound" | "sounds" | "sounding" | "be" | "keep" | "it")
        });
        let listed = before.is_some_and(|mark| mark.is(Class::Joiner) || mark.mood().is_some()) && self.last_entity.is_some_and(|(entity, _)| entity + 2 >= at);
        let alone = self.range.start == at && self.range.end == end;
        led || felt || listed || alone
    }

    /// What the words around wishes do to them.
    fn grammar(&mut self, mark: &Mark<'_>, at: usize, end: usize) {
        let until = end + REACH;
        if mark.is(Class::Replace) {
            let into = self.text.token(end - 1).is_some_and(|token| matches!(token.text.as_str(), "成" | "为" | "用"));
            if into {
                // "把钢琴换成弦乐": what stands before goes.
                let before = self.last_entity.filter(|(entity, denial)| entity + 2 >= at && denial.is_none());
                if let Some(id) = before.and_then(|_| self.wishes.instruments.pop()) {
                    let family = self.text.before(at).map(|mark| self.text.written(&mark.at)).and_then(|word| self.lexicon.bridges.families.get(word));
                    family.cloned().unwrap_or_else(|| vec![id]).into_iter().for_each(|id| add_one(&mut self.wishes.without, id));
                }
            } else {
                self.denied = Some((Denial::No, end + 3));
                self.swapping = true;
            }
            return;
        }
        if self.swapping && self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "with" | "for" | "by" | "to" | "it" | "this" | "that" | "成" | "为")) {
            self.denied = None;
            self.swapping = false;
        }
        if mark.is(Class::Less) && !mark.is(Class::Not) || mark.is(Class::Too) && self.denied.is_none() {
            self.denied = Some((Denial::Less, until));
        } else if mark.is(Class::Not) && !mark.is_any(&[Class::No]) {
            self.denied = Some((if mark.is(Class::Less) { Denial::Less } else { Denial::Not }, until));
        } else if mark.is_any(&[Class::No, Class::Dont]) {
            self.denied = Some((Denial::No, until));
        } else if mark.is(Class::Remove) && !mark.is(Class::Music) {
            self.denied = Some((Denial::No, until));
        } else if mark.is_any(&[Class::Music, Class::Video, Class::Title]) {
            self.denied = None;
        }
        // "About 90 seconds" and "for 20 seconds" speak of lengths, not of subjects.
        let measured = number(self.text, end).is_some() && !self.text.is_word(end, "a") && !self.text.is_word(end, "an");
        if mark.is(Class::Subject) && !measured {
            self.subject = true;
        } else if mark.is_any(&[Class::Make, Class::Score, Class::Add, Class::Change]) && !mark.is(Class::Subject) || self.text.is_word(at, "with") {
            self.subject = false;
        }
    }
}

/// Whether "solo" or "only" stands within a phrase.
fn says_alone(inside: &[&[Sense]]) -> bool {
    inside.iter().any(|senses| senses.contains(&Sense::Class(Class::Only)))
}

/// The largest whole number that survives every JSON reader.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;
/// One step faster.
const STEP: f64 = 1.12;

/// Whether music, a style or a further wish follows right behind.
fn leads_to_music(text: &Marked<'_>, end: usize) -> bool {
    let at = if text.is_word(end, "的") || text.is(end, Class::Joiner) && text.mark(end + 1).is_some_and(Mark::is_musical) { end + 1 } else { end };
    text.mark(at).is_some_and(|mark| {
        mark.is_any(&[Class::Music, Class::Style]) && !mark.is(Class::Video) || mark.genre().is_some() || mark.mood().is_some() || mark.instrument().is_some() && !text.is_word(at, "sub")
    })
}

/// How much faster or slower: "a bit", "much".
fn degree(text: &Marked<'_>, mark: &Mark<'_>) -> f64 {
    let around = [text.before(mark.at.start), text.mark(mark.at.end)];
    let says = |class: Class| around.iter().flatten().any(|mark| mark.is(class));
    if says(Class::Lot) {
        1.3
    } else if says(Class::Little) {
        1.06
    } else {
        STEP
    }
}
