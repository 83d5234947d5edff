//! What kind of thing a piece wants, judged by its verbs and nouns.

use std::ops::Range;

use crate::read::lexicon::{Class, Sense};
use crate::read::marks::{Mark, Marked};
use crate::read::piece::Intent;
use crate::read::reading::{TitleCard, Topic};
use crate::read::tempo::TempoWish;
use crate::read::text::Kind;
use crate::read::time::time;
use crate::read::wishes::Wishes;

/// A piece on trial.
pub struct Judge<'a> {
    /// The message.
    pub text: &'a Marked<'a>,
    /// The piece.
    pub at: Range<usize>,
    /// The wishes in it.
    pub wishes: &'a Wishes,
    /// Whether there is music on the draft.
    pub has_music: bool,
    /// The titles on the draft.
    pub titles: &'a [TitleCard],
}

impl Judge<'_> {
    pub(super) fn has(&self, class: Class) -> bool {
        self.text.has(&self.at, class)
    }

    pub(super) fn has_any(&self, classes: &[Class]) -> bool {
        self.text.has_any(&self.at, classes)
    }

    /// The first mark that is no pleasantry.
    pub(super) fn lead(&self) -> Option<&Mark<'_>> {
        self.text.within(&self.at).find(|mark| {
            !mark.is(Class::Polite) && mark.senses != [Sense::Stop]
                || mark.is_any(&[Class::Hello, Class::Thanks]) && mark.at.end == self.at.end
        })
    }

    pub(super) fn led_by(&self, classes: &[Class]) -> bool {
        // Only what stands in front leads; an unknown word before it is a verb of its own.
        let unmarked = self.at.clone().find(|at| self.text.mark(*at).is_none());
        self.lead().is_some_and(|mark| {
            mark.is_any(classes) && unmarked.is_none_or(|unknown| unknown > mark.at.start || self.is_han())
        })
    }

    pub(super) fn is_han(&self) -> bool {
        self.at.clone().any(|at| self.text.token(at).is_some_and(|token| token.kind == Kind::Han))
    }

    /// In Chinese verbs may stand anywhere.
    pub(super) fn verb(&self, class: Class) -> bool {
        self.led_by(&[class]) || self.is_han() && self.has(class)
    }

    pub(super) fn has_quote(&self) -> bool {
        self.text.quotes(&self.at).next().is_some()
    }

    pub(super) fn has_time(&self) -> bool {
        self.at.clone().any(|at| time(self.text, at).is_some())
    }

    /// What it wants.
    pub fn intent(&self) -> Intent {
        let talk = self.talk();
        if let Some(topic) = talk {
            return Intent::Talk(topic);
        }
        if self.verb(Class::Undo) {
            return Intent::Undo;
        }
        // "Why is the music so loud?" wants an answer that there is none for.
        let wonders = self.text.within(&self.at).find(|mark| !mark.is(Class::Polite)).is_some_and(|mark| {
            mark.is(Class::Question)
                && matches!(
                    self.text.token(mark.at.start).map(|token| token.text.as_str()),
                    Some("why" | "how" | "what" | "who" | "when" | "where" | "which")
                )
        });
        if wonders {
            return Intent::Nothing;
        }
        if self.is_left_alone() {
            return Intent::Leave;
        }
        let music = self.has(Class::Music) || self.wishes.names_a_style();
        let makes_music = self.led_by(&[Class::Make, Class::Score]) && music;
        if self.cannot(makes_music) {
            return Intent::Cannot;
        }
        if self.title(makes_music) {
            return Intent::Title;
        }
        if self.volume() {
            return Intent::Volume;
        }
        let fades = self.led_by(&[Class::Turn]) && self.at.clone().any(|at| self.text.is_word(at, "fade"));
        if (fades || self.has_any(&[Class::FadeIn, Class::FadeOut])) && !makes_music {
            return Intent::Fade;
        }
        if self.trim() {
            return Intent::Trim;
        }
        if self.remove() {
            return Intent::Remove;
        }
        self.musical(makes_music)
    }

    fn musical(&self, makes_music: bool) -> Intent {
        let wished = !self.wishes.is_empty();
        // "A different key" names none.
        if self.wishes.is_only_again() && self.has_any(&[Class::KeyNoun, Class::Tempo]) && !self.has(Class::Music) {
            return Intent::Nothing;
        }
        let swaps = self.verb(Class::Replace) || self.led_by(&[Class::Change]) && self.wishes.names_a_style();
        let one_player_for_another =
            !self.wishes.names_a_style() && !self.has(Class::Music) && !self.wishes.instruments.is_empty();
        let style = self.wishes.names_a_style()
            || !self.wishes.moods.is_empty()
            || !self.wishes.genres_by_the_way.is_empty()
            || self.wishes.is_only_again() && wished;
        if swaps && !one_player_for_another && (style || self.has(Class::Music) || !wished && self.has_only_pronoun()) {
            return Intent::Replace;
        }
        if swaps && wished {
            return Intent::Wish;
        }
        let compares = !self.wishes.more_moods.is_empty()
            || !self.wishes.less_moods.is_empty()
            || self.wishes.energy_steps != 0
            || self.wishes.tempos.iter().any(|tempo| matches!(tempo, TempoWish::By(_) | TempoWish::Times(_)));
        if self.wishes.again
            && !compares
            && (self.verb(Class::Again)
                || self.led_by(&[Class::Make, Class::Change, Class::Redo, Class::Question])
                || self.is_han())
        {
            return Intent::Again;
        }
        let adds_player = self.has_music
            && self.verb(Class::Add)
            && !self.has(Class::Music)
            && !self.wishes.names_a_style()
            && !self.wishes.instruments.is_empty();
        if adds_player {
            return Intent::Wish;
        }
        if makes_music || self.has(Class::Score) && !compares || self.led_by(&[Class::Add]) && self.has(Class::Music) {
            return Intent::Make;
        }
        // "Give me something".
        let something = self.led_by(&[Class::Make])
            && self.is_bare(&[Class::Make])
            && self.at.clone().any(|at| self.text.is_word(at, "something") || self.text.is_word(at, "anything"));
        if something {
            return Intent::Make;
        }
        if self.verb(Class::Make) && (wished || self.has(Class::Music)) {
            // "Use seed 99", "play it in D minor": no piece is described.
            let described = self.wishes.names_a_style()
                || self.has(Class::Music)
                || !self.wishes.moods.is_empty()
                || !self.wishes.instruments.is_empty()
                || !self.wishes.uses.is_empty()
                || !self.wishes.genres_by_the_way.is_empty()
                || !self.wishes.impossible.is_empty();
            return if (compares || !described) && self.has_music { Intent::Wish } else { Intent::Make };
        }
        if self.is_han() && self.has(Class::Add) && self.has(Class::Music) {
            return Intent::Make;
        }
        if wished {
            // "Calm piano music" is a piece; "calm" and "no drums" are changes to the one there is.
            let indefinite = self.has(Class::Music) && !self.speaks_of_the_music();
            return if (self.wishes.names_a_style() || indefinite) && !compares && !self.led_by(&[Class::Change]) {
                Intent::Make
            } else {
                Intent::Wish
            };
        }
        // "Music for my channel", "my channel's music".
        let edge =
            self.text.within(&self.at).last().is_some_and(|mark| mark.is(Class::Music)) || self.led_by(&[Class::Music]);
        if self.has(Class::Music)
            && !self.has(Class::Question)
            && (self.is_bare(&[Class::Music, Class::Video]) || edge && !self.speaks_of_the_music())
        {
            return Intent::Make;
        }
        Intent::Nothing
    }

    /// "The music", "it": what is there, rather than something new.
    pub(super) fn speaks_of_the_music(&self) -> bool {
        let marks: Vec<&Mark<'_>> = self.text.within(&self.at).filter(|mark| mark.is(Class::Music)).collect();
        marks.iter().any(|mark| {
            let before = mark.at.start.checked_sub(1).and_then(|before| self.text.token(before));
            before.is_some_and(|token| matches!(token.text.as_str(), "the" | "this" | "that" | "my" | "current"))
        }) || self.is_han() && self.has(Class::Change) && self.has(Class::Music)
    }

    pub(super) fn has_only_pronoun(&self) -> bool {
        let pronoun = |at: usize| {
            self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "it" | "this" | "that" | "它"))
        };
        self.has_music && (self.is_han() || self.at.clone().any(pronoun))
    }

    /// Whether a piece holds nothing but some classes and words without content.
    fn is_bare(&self, classes: &[Class]) -> bool {
        self.at.clone().all(|at| {
            self.text.token(at).is_some_and(|token| token.kind == Kind::Pause)
                || self.text.mark(at).is_some_and(|mark| {
                    mark.is_any(classes)
                        || mark.is_any(&[Class::Polite, Class::Joiner])
                        || mark.senses.iter().any(|sense| matches!(sense, Sense::Stop | Sense::Neutral))
                })
        })
    }

    fn talk(&self) -> Option<Topic> {
        let asks = self.text.token(self.at.end).is_some_and(|token| {
            self.text.message.get(token.start..token.end).is_some_and(|sign| matches!(sign, "?" | "？"))
        }) || self.led_by(&[Class::Question])
            || self.is_han() && self.has(Class::Question);
        let topics = [
            (Class::AskGenres, Topic::Genres, false),
            (Class::AskInstruments, Topic::Instruments, false),
            (Class::AskMoods, Topic::Moods, false),
            (Class::AskExport, Topic::Export, false),
            (Class::AskMusic, Topic::CurrentMusic, true),
            (Class::AskLicence, Topic::Licence, true),
            (Class::AskAbilities, Topic::Abilities, false),
        ];
        for (class, topic, only_asked) in topics {
            let Some(mark) = self.text.find(&self.at, class) else { continue };
            let in_front =
                self.text.within(&self.at).take_while(|before| before.at.start < mark.at.start).all(|before| {
                    before.is_any(&[Class::Polite, Class::Hello, Class::Question, Class::Add, Class::Make])
                        || before.senses.contains(&Sense::Stop)
                });
            let bare = !self.led_by(&[Class::Make, Class::Score, Class::Add]) || in_front && asks;
            let spoken = if only_asked { asks && bare } else { in_front };
            if spoken && (topic != Topic::Abilities || self.wishes.is_empty()) {
                return Some(topic);
            }
        }
        let wished = !self.wishes.is_empty() && !self.wishes.is_only_length();
        if wished || self.has_quote() {
            return None;
        }
        [(Class::Hello, Topic::Hello), (Class::Thanks, Topic::Thanks), (Class::Okay, Topic::Okay)]
            .into_iter()
            .find(|(class, _)| self.has(*class) && self.is_bare(&[Class::Hello, Class::Thanks, Class::Okay]))
            .map(|(_, topic)| topic)
    }
}
