//! The signs by which a piece is an edit of the timeline.

use super::intent::Judge;
use crate::read::lexicon::{Class, Sense};
use bedtrack_language::tokens::Kind;

impl Judge<'_> {
    /// "Don't make it louder", "keep the drums".
    pub(super) fn is_left_alone(&self) -> bool {
        let denied = self.led_by(&[Class::Dont]) && self.lead().is_some_and(|mark| mark.is(Class::Dont));
        let edits = [
            Class::Louder,
            Class::LouderWeak,
            Class::Quieter,
            Class::QuieterWeak,
            Class::Mute,
            Class::Volume,
            Class::Trim,
            Class::Title,
            Class::Remove,
            Class::Replace,
            Class::Change,
            Class::Undo,
            Class::Slower,
            Class::Faster,
            Class::Score,
        ];
        let wishes_out =
            !self.wishes.without.is_empty() || !self.wishes.no_moods.is_empty() || !self.wishes.no_genres.is_empty();
        let verb_behind = self.text.within(&self.at).any(|mark| mark.is_any(&edits) && !mark.is(Class::Dont));
        if denied && verb_behind {
            let removes = self.text.within(&self.at).any(|mark| {
                mark.is_any(&[Class::Remove, Class::Replace, Class::Trim]) && !mark.is_any(&[Class::Dont, Class::No])
            });
            return !wishes_out || removes;
        }
        let keeps =
            self.led_by(&[Class::Keep]) && !self.has_any(&[Class::First, Class::Last]) && !self.has(Class::Volume);
        let changes = !self.wishes.moods.is_empty()
            || !self.wishes.tempos.is_empty()
            || !self.wishes.lengths_ms.is_empty()
            || !self.wishes.energies.is_empty()
            || self.wishes.only
            || self.wishes.volume.is_some()
            || !self.wishes.keys.is_empty()
            || self.wishes.names_a_style();
        keeps && !changes
    }

    pub(super) fn cannot(&self, makes_music: bool) -> bool {
        if makes_music {
            return false;
        }
        let verb = self.led_by(&[Class::Cannot])
            || self.led_by(&[Class::Add, Class::Change, Class::Make])
                && self.has(Class::Cannot)
                && !self.has(Class::Music)
            || self.is_han()
                && self.has(Class::Cannot)
                && !self.has_any(&[Class::Music, Class::OriginalSound, Class::Title]);
        let moves = self.led_by(&[Class::Move])
            && !self.has(Class::Title)
            && self
                .lead()
                .is_some_and(|mark| self.text.token(mark.at.start).is_some_and(|token| token.text != "extend"))
            && !self.has_quote();
        let picture_speed =
            self.has_any(&[Class::Slower, Class::Faster]) && self.has(Class::Video) && !self.has(Class::Music);
        let one_player = self.has_any(&[Class::Louder, Class::Quieter, Class::LouderWeak, Class::QuieterWeak])
            && (!self.wishes.instruments.is_empty() || !self.wishes.without.is_empty())
            && !self.has(Class::Music)
            && self.wishes.moods.is_empty()
            && !self.wishes.names_a_style();
        verb || moves || picture_speed || one_player
    }

    pub(super) fn title(&self, makes_music: bool) -> bool {
        if self.has(Class::NotATitle) || makes_music && !self.led_by(&[Class::Add]) {
            return false;
        }
        let verbs = [
            Class::Add,
            Class::Make,
            Class::Change,
            Class::Replace,
            Class::Remove,
            Class::Title,
            Class::Keep,
            Class::Move,
        ];
        let colon = self.text.within(&self.at).any(|mark| mark.is(Class::Title) && self.text.is_word(mark.at.end, ":"));
        let acts = self.led_by(&verbs) || self.is_han() || self.has(Class::Says) && self.has_quote() || colon;
        let named = self
            .text
            .within(&self.at)
            .any(|mark| mark.is(Class::Title) && !mark.senses.contains(&Sense::Phrase) && mark.purpose().is_none());
        if named && acts && !self.in_the_title() {
            return colon || self.wishes.genres.is_empty() || self.has_quote();
        }
        let known = self
            .text
            .quotes(&self.at)
            .filter_map(|at| self.text.token(at))
            .any(|token| self.titles.iter().any(|title| title.text == token.unquoted(self.text.message)));
        if known && self.led_by(&[Class::Change, Class::Replace, Class::Remove, Class::Move]) {
            return true;
        }
        // "Add "Golden Hour" at 0:02".
        self.led_by(&[Class::Add])
            && self.has_quote()
            && !self.has_any(&[Class::Music, Class::Called])
            && self.wishes.is_empty_but_times()
    }

    /// "Show bars in the title" speaks of a place.
    fn in_the_title(&self) -> bool {
        !self.has_quote()
            && self.text.within(&self.at).any(|mark| {
                mark.is(Class::Title)
                    && mark
                        .at
                        .start
                        .checked_sub(2)
                        .is_some_and(|before| self.text.is_word(before, "in") && before >= self.at.start)
            })
    }

    pub(super) fn volume(&self) -> bool {
        let describes = self.wishes.names_a_style()
            || !self.wishes.moods.is_empty() && !self.led_by(&[Class::Turn, Class::Volume]) && !self.has(Class::Volume);
        let makes = self.led_by(&[Class::Make, Class::Score]) || self.led_by(&[Class::Add]) && !self.has_music;
        let new_piece = makes
            && !self.speaks_of_the_music()
            && !self.has_pronoun()
            && (self.has_any(&[Class::Music, Class::Score]) || !self.has(Class::Volume));
        if describes || new_piece {
            return false;
        }
        let sound = [Class::Music, Class::OriginalSound, Class::Everything, Class::Volume, Class::Video];
        let about_other = self.has_any(&[Class::Tempo, Class::Bpm, Class::KeyNoun]) || !self.wishes.tempos.is_empty();
        if about_other {
            return false;
        }
        let level = self.at.clone().any(|at| self.text.percent(at).is_some()) || self.has(Class::Decibel);
        let weak = self.has_any(&[Class::LouderWeak, Class::QuieterWeak])
            && (self.has_any(&sound)
                || level
                || self.has_pronoun() && self.led_by(&[Class::Turn, Class::LouderWeak, Class::QuieterWeak]));
        let softer_alone =
            self.has(Class::QuieterWeak) && self.has_music && self.has_pronoun() && self.led_by(&[Class::Change]);
        let numbered =
            self.at.clone().any(|at| self.text.token(at).is_some_and(|token| matches!(token.kind, Kind::Number(_))));
        let set = self.has(Class::Volume)
            && (level || numbered || self.has_any(&[Class::Half, Class::Double, Class::FullLevel]));
        let of_level =
            self.text.within(&self.at).any(|mark| mark.is_any(&[Class::Half, Class::Double]) && mark.at.len() > 1);
        let halves = self.has_any(&[Class::Half, Class::Double])
            && (of_level || self.has_any(&[Class::Volume, Class::Music]))
            && self.led_by(&[Class::Half, Class::Double, Class::Change, Class::Turn]);
        self.has_any(&[Class::Louder, Class::Quieter, Class::FullLevel])
            || self.has_any(&[Class::Mute, Class::Unmute]) && self.has_any(&sound)
            || self.led_by(&[Class::Mute, Class::Unmute])
            || weak
            || softer_alone
            || set
            || halves
            || level && (self.has_any(&sound) || self.has_pronoun() || self.led_by(&[Class::Change, Class::Volume]))
    }

    fn has_pronoun(&self) -> bool {
        let pointed = |at: usize| {
            self.text.before(at).is_some_and(|mark| {
                mark.is_any(&[Class::Turn, Class::Change, Class::Mute, Class::Unmute, Class::Louder, Class::Quieter])
            })
        };
        self.at.clone().any(|at| {
            self.text.token(at).is_some_and(|token| {
                matches!(token.text.as_str(), "it" | "它")
                    || matches!(token.text.as_str(), "this" | "that") && pointed(at)
            })
        }) || self.text.within(&self.at).any(|mark| {
            mark.is(Class::Change)
                && self
                    .text
                    .token(mark.at.end - 1)
                    .is_some_and(|token| matches!(token.text.as_str(), "it" | "this" | "that"))
        })
    }

    pub(super) fn trim(&self) -> bool {
        let part = self.has_any(&[Class::First, Class::Last]) && self.has_time();
        let thing = self.has_any(&[Class::Video, Class::OriginalSound]) || self.has(Class::Music);
        if self.verb(Class::Trim)
            && (self.has_time() || thing && !self.has(Class::Again))
            && self.wishes.without.is_empty()
            && self.wishes.instruments.is_empty()
            && !self.wishes.names_a_style()
        {
            return true;
        }
        if part
            && (self.verb(Class::Keep)
                || self.verb(Class::Remove)
                || self.led_by(&[Class::Only, Class::First, Class::Last]))
        {
            return true;
        }
        self.led_by(&[Class::Change, Class::Make])
            && self.has(Class::Video)
            && !self.has(Class::Music)
            && self.wishes.is_only_length()
    }

    pub(super) fn remove(&self) -> bool {
        let thing = self.has_any(&[Class::Music, Class::OriginalSound, Class::Video, Class::Title, Class::Everything])
            || self.has_only_pronoun() && self.at.len() <= 6;
        self.verb(Class::Remove)
            && thing
            && self.wishes.without.is_empty()
            && !self.wishes.names_a_style()
            && self.wishes.moods.is_empty()
    }
}
