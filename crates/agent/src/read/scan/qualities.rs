//! Tempo, energy, length, form and voices, in words.

use super::{Denial, Walk, leads_to_music};
use crate::read::lexicon::{Class, Sense};
use crate::read::marks::{Mark, Marked};
use crate::read::reading::Impossible;
use crate::read::tempo::TempoWish;
use crate::read::wishes::add_one;
use bedtrack_compose::brief::Energy;
use bedtrack_language::characters::folded;
use bedtrack_language::tokens::Kind;

/// One step faster.
const STEP: f64 = 1.12;

impl Walk<'_> {
    /// Words of voices, tempo, length, energy and form; tells whether nothing else is to be read in them.
    pub(super) fn classes(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>) -> bool {
        let spoken_about = self.subject && !leads_to_music(self.text, end);
        if self.voices(mark, at, end, denial, spoken_about)
            || self.tempo(mark, at, end, denial, spoken_about)
            || self.energy(mark, at, end, denial, spoken_about)
        {
            return true;
        }
        self.form(mark, at, end, denial);
        false
    }

    /// "Instrumental", "with vocals", "no melody".
    fn voices(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>, spoken_about: bool) -> bool {
        let wishes = &mut self.wishes;
        if mark.is(Class::Instrumental) {
            let voices_out =
                self.text.token(at).is_some_and(|token| !matches!(token.text.as_str(), "instrumental" | "纯" | "器"))
                    || end - at > 2 && !self.text.is_word(at, "纯");
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
        // "No melody", "no beat".
        if mark.is(Class::Music)
            && matches!(denial, Some(Denial::No | Denial::Not))
            && let Some(family) = self
                .text
                .token(at)
                .filter(|_| end - at == 1 || self.text.token(at).is_some_and(|token| token.kind == Kind::Han))
                .and_then(|_| self.lexicon.bridges.families.get(&folded(self.text.written(&(at..end)))))
        {
            family.iter().for_each(|id| add_one(&mut wishes.without, id.clone()));
            self.entity(end, denial);
            return true;
        }
        false
    }

    /// "Slow", "much faster", "half the tempo", "twice as long".
    fn tempo(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>, spoken_about: bool) -> bool {
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
            let twice = at
                .checked_sub(1)
                .is_some_and(|before| self.text.is(before, Class::Lot) && self.text.is_word(before, "as"));
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
        if mark.is_any(&[Class::Longer, Class::Shorter]) && denial.is_none() && !spoken_about {
            let twice = mark.at.clone().any(|at| {
                self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "double" | "twice" | "half"))
            });
            let times = if twice { 2.0 } else { 1.5 };
            self.wishes.length_times = Some(if mark.is(Class::Longer) { times } else { 1.0 / times });
            self.entity(end, denial);
            return true;
        }
        false
    }

    /// "Energetic", "more energy", "bring the energy down a notch".
    fn energy(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>, spoken_about: bool) -> bool {
        // "Bring the energy down a notch".
        if mark.is(Class::Style) && self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "energy")) {
            let down = self.text.has(&self.range, Class::QuieterWeak);
            if down || self.text.has(&self.range, Class::LouderWeak) {
                self.wishes.energy_steps = self.wishes.energy_steps.saturating_add(if down { -1 } else { 1 });
                return true;
            }
        }
        if mark.is(Class::EnergyUp) || mark.is(Class::EnergyDown) {
            let step = if mark.is(Class::EnergyUp) { 1 } else { -1 };
            if denial.is_none() {
                self.wishes.energy_steps = self.wishes.energy_steps.saturating_add(step);
                // "More energetic" and "less dramatic" name a mood as well.
                let words = self.text.tokens.get(at..end).unwrap_or_default();
                let inside = self.lexicon.inside(words);
                let mood = inside.iter().flat_map(|senses| senses.iter()).find_map(|sense| {
                    if let Sense::Mood(index) = sense { self.lexicon.vocabulary.moods.get(*index) } else { None }
                });
                if let Some(mood) = mood {
                    add_one(
                        if step > 0 { &mut self.wishes.more_moods } else { &mut self.wishes.less_moods },
                        mood.id.clone(),
                    );
                }
            }
            self.entity(end, denial);
            return true;
        }
        let energy =
            [(Class::EnergyLow, Energy::Low), (Class::EnergyMedium, Energy::Medium), (Class::EnergyHigh, Energy::High)];
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
        false
    }

    /// Loops, other takes, and parts of the form, which are named as left over.
    fn form(&mut self, mark: &Mark<'_>, at: usize, end: usize, denial: Option<Denial>) {
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
            if self.text.is_word(end, "at")
                && let Some((_, after)) = self.text.time(end + 1)
            {
                last = after;
            } else if let Some((_, after)) = self.text.time(end) {
                last = after;
            }
            add_one(&mut self.wishes.unused, self.text.written(&(at..last)).to_owned());
        }
    }
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
