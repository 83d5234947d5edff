//! Where a word stands: some are an instrument or a mood only in certain places.

use super::{Walk, leads_to_music};
use crate::read::lexicon::{Class, Sense};
use bedtrack_language::tokens::Kind;

impl Walk<'_> {
    /// "Only", "solo", "just" before an instrument or "only", "solo", "alone" behind it.
    pub(super) fn is_alone(&self, at: usize, end: usize) -> bool {
        // "Add a saxophone solo" speaks of a passage.
        let passage = self.text.is_word(end, "solo") && self.text.has(&self.range, Class::Add);
        if self.text.is(end, Class::Only) && end < self.range.end {
            return !passage;
        }
        let mut back = at;
        for _ in 0..4 {
            let Some(before) = back.checked_sub(1).filter(|before| *before >= self.range.start) else { return false };
            let mark = self.text.mark(before);
            if mark.is_some_and(|mark| mark.is(Class::Only)) {
                return true;
            }
            let passed = mark.is_some_and(|mark| {
                mark.mood().is_some()
                    || mark.senses.contains(&Sense::Stop)
                    || mark.senses.contains(&Sense::Neutral)
                    || mark.is(Class::EnergyLow)
                    || mark.is(Class::Make)
            });
            if !passed {
                return false;
            }
            back = mark.map_or(before, |mark| mark.at.start);
        }
        false
    }

    /// A word that may be an instrument is one behind "with", "add", "no", or in a list of them.
    pub(super) fn instrument_in_place(&self, at: usize, end: usize) -> bool {
        let listed =
            self.text.is(end, Class::Joiner) && self.text.mark(end + 1).is_some_and(|mark| mark.instrument().is_some());
        if self.denied_here(at).is_some() || self.text.is(end, Class::Only) || listed && !self.subject {
            return true;
        }
        let mut back = at;
        for _ in 0..4 {
            let Some(before) = back.checked_sub(1).filter(|before| *before >= self.range.start) else { return false };
            let token = self.text.token(before);
            if token.is_some_and(|token| {
                matches!(
                    token.text.as_str(),
                    "with"
                        | "plus"
                        | "using"
                        | "featuring"
                        | "some"
                        | "includes"
                        | "including"
                        | "用"
                        | "加"
                        | "有"
                        | "带"
                        | "把"
                        | "将"
                )
            }) {
                return true;
            }
            if self.text.mark(before).is_some_and(|mark| {
                mark.is_any(&[
                    Class::No,
                    Class::Only,
                    Class::Add,
                    Class::Remove,
                    Class::More,
                    Class::Replace,
                    Class::Turn,
                    Class::Louder,
                    Class::LouderWeak,
                    Class::Quieter,
                    Class::QuieterWeak,
                ])
            }) {
                return true;
            }
            if self.last_entity.is_some_and(|(entity, _)| entity + 1 == at || entity + 2 == at)
                && self.text.is(before, Class::Joiner)
                && !self.wishes.instruments.is_empty()
            {
                return true;
            }
            let passed = self.text.mark(before).is_none_or(|mark| {
                mark.mood().is_some() || mark.senses.contains(&Sense::Stop) || mark.senses.contains(&Sense::Neutral)
            });
            if !passed || self.text.is(before, Class::Subject) {
                return false;
            }
            back = before;
        }
        false
    }

    /// A word that may be a mood is one right before music or another wish, or behind "make it", "more", "sounds".
    pub(super) fn mood_in_place(&self, at: usize, end: usize) -> bool {
        if leads_to_music(self.text, end) {
            return true;
        }
        if self.subject {
            return false;
        }
        let before = self.text.before(at).filter(|mark| mark.at.end > self.range.start);
        let led = before.is_some_and(|mark| {
            mark.is_any(&[
                Class::More,
                Class::Less,
                Class::Very,
                Class::Too,
                Class::Change,
                Class::Not,
                Class::Little,
                Class::Style,
            ])
        });
        let felt = at.checked_sub(1).and_then(|before| self.text.token(before)).is_some_and(|token| {
            matches!(
                token.text.as_str(),
                "something" | "feel" | "feels" | "feeling" | "sound" | "sounds" | "sounding" | "be" | "keep" | "it"
            )
        });
        let listed = before.is_some_and(|mark| mark.is(Class::Joiner) || mark.mood().is_some())
            && (self.last_entity.is_some_and(|(entity, _)| entity + 2 >= at) || end >= self.range.end);
        let alone = self.range.start == at && self.range.end == end;
        // In a list of commas.
        let pause = |at: usize| self.text.token(at).is_some_and(|token| token.kind == Kind::Pause);
        let opens = at == self.range.start || at.checked_sub(1).is_some_and(pause);
        let closes = end >= self.range.end || pause(end) || self.text.is(end, Class::Joiner);
        let alone = alone || opens && closes;
        led || felt || listed || alone
    }
}
