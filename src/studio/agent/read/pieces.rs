//! A message cut into pieces that each want one thing, and what kind of thing that is.

use std::ops::Range;

use super::lexicon::{Class, Lexicon, Sense};
use super::leftover::leftover;
use super::marks::{Mark, Marked};
use super::numbers::percent;
use super::reading::Topic;
use super::scan::scan;
use super::text::Kind;
use super::time::time;
use super::wishes::Wishes;

/// What kind of thing a piece wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// New music.
    Make,
    /// Wishes without a verb, or a change to music.
    Wish,
    /// Other music in place of what is there.
    Replace,
    /// The same once more.
    Again,
    /// A level.
    Volume,
    /// A soft beginning or end.
    Fade,
    /// A part to keep.
    Trim,
    /// Something to take off.
    Remove,
    /// Words on the picture.
    Title,
    /// A step back.
    Undo,
    /// Nothing to be done.
    Leave,
    /// A question or small talk.
    Talk(Topic),
    /// Understood, and not possible.
    Cannot,
    /// None of these.
    Nothing,
}

/// A piece of a message.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its tokens.
    pub at: Range<usize>,
    /// What it wants.
    pub intent: Intent,
    /// The wishes in it.
    pub wishes: Wishes,
    /// Whether a sentence begins with it.
    pub opens: bool,
}

/// Where one piece may end and the next begin: verbs, and in Chinese anything that can only be an edit.
const LEADS: [Class; 26] = [
    Class::Make, Class::Score, Class::Add, Class::Remove, Class::Replace, Class::Change, Class::Keep, Class::Trim, Class::Undo, Class::Redo, Class::Again,
    Class::Cannot, Class::Title, Class::Volume, Class::Louder, Class::Quieter, Class::Mute, Class::Unmute, Class::Turn, Class::FadeIn, Class::FadeOut,
    Class::Slower, Class::Faster, Class::Dont, Class::AskAbilities, Class::Move,
];
const CHINESE_EDITS: [Class; 17] = [
    Class::Remove, Class::Replace, Class::Trim, Class::Undo, Class::Title, Class::Volume, Class::Louder, Class::LouderWeak, Class::Quieter, Class::QuieterWeak,
    Class::Mute, Class::FadeIn, Class::FadeOut, Class::Slower, Class::Faster, Class::EnergyUp, Class::EnergyDown,
];

/// Cuts a marked message into pieces.
pub fn pieces(text: &Marked<'_>, lexicon: &Lexicon, has_music: bool) -> Vec<Piece> {
    ranges(text)
        .into_iter()
        .map(|(at, opens)| {
            let mut wishes = scan(text, &at, lexicon);
            leftover(text, &at, &mut wishes);
            let intent = Judge { text, at: at.clone(), wishes: &wishes, has_music }.intent();
            Piece { at, intent, wishes, opens }
        })
        .collect()
}

/// Sentences, cut further where a comma or a joining word is followed by a verb.
fn ranges(text: &Marked<'_>) -> Vec<(Range<usize>, bool)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut opens = true;
    let mut at = 0;
    let mut close = |start: &mut usize, end: usize, next: usize, opens: &mut bool, sentence: bool| {
        if *start < end {
            found.push((*start..end, *opens));
        }
        *start = next;
        *opens = sentence || *opens && *start >= end && end == next;
    };
    while let Some(token) = text.token(at) {
        match token.kind {
            Kind::Stop => close(&mut start, at, at + 1, &mut opens, true),
            Kind::Pause if leads(text, at + 1) => close(&mut start, at, at + 1, &mut opens, false),
            _ => {
                let joiner = text.mark(at).filter(|mark| mark.at.start == at && mark.is(Class::Joiner) && !mark.is_any(&[Class::No, Class::Make]));
                if let Some(end) = joiner.map(|mark| mark.at.end)
                    && at > start
                    && leads(text, end)
                {
                    close(&mut start, at, end, &mut opens, false);
                    at = end;
                    continue;
                }
            }
        }
        at += 1;
    }
    close(&mut start, at, at, &mut opens, false);
    found
}

/// Whether a piece of its own begins here: a verb, pleasantries aside.
fn leads(text: &Marked<'_>, from: usize) -> bool {
    let mut at = from;
    for _ in 0..6 {
        let Some(mark) = text.mark(at) else { break };
        if mark.is_any(&LEADS) && !(mark.is(Class::Add) && mark.is(Class::More)) && !(mark.is(Class::No) && !mark.is(Class::Remove)) {
            // "Do" and "have" alone are no verbs of making.
            return !(mark.is(Class::Polite) && mark.at.len() == 1);
        }
        if !mark.is(Class::Polite) && !mark.is(Class::Joiner) {
            break;
        }
        at = mark.at.end;
    }
    // In Chinese the verb may stand at the end: "音量调到50%".
    if !text.token(from).is_some_and(|token| token.kind == Kind::Han) {
        return false;
    }
    let end = (from..from + 24).take_while(|at| text.token(*at).is_some_and(|token| !matches!(token.kind, Kind::Stop | Kind::Pause))).last().map_or(from, |last| last + 1);
    text.has_any(&(from..end), &CHINESE_EDITS)
}

struct Judge<'a> {
    text: &'a Marked<'a>,
    at: Range<usize>,
    wishes: &'a Wishes,
    has_music: bool,
}

impl Judge<'_> {
    fn has(&self, class: Class) -> bool {
        self.text.has(&self.at, class)
    }

    fn has_any(&self, classes: &[Class]) -> bool {
        self.text.has_any(&self.at, classes)
    }

    /// The first mark that is no pleasantry.
    fn lead(&self) -> Option<&Mark<'_>> {
        self.text.within(&self.at).find(|mark| !mark.is(Class::Polite) && mark.senses != [Sense::Stop] || mark.is_any(&[Class::Hello, Class::Thanks]) && mark.at.end == self.at.end)
    }

    fn led_by(&self, classes: &[Class]) -> bool {
        // Only what stands in front leads; an unknown word before it is a verb of its own.
        let unmarked = self.at.clone().find(|at| self.text.mark(*at).is_none());
        self.lead().is_some_and(|mark| mark.is_any(classes) && unmarked.is_none_or(|unknown| unknown > mark.at.start || self.is_han()))
    }

    fn is_han(&self) -> bool {
        self.at.clone().any(|at| self.text.token(at).is_some_and(|token| token.kind == Kind::Han))
    }

    /// In Chinese verbs may stand anywhere.
    fn verb(&self, class: Class) -> bool {
        self.led_by(&[class]) || self.is_han() && self.has(class)
    }

    fn has_quote(&self) -> bool {
        self.text.quotes(&self.at).next().is_some()
    }

    fn has_time(&self) -> bool {
        self.at.clone().any(|at| time(self.text, at).is_some())
    }

    fn intent(&self) -> Intent {
        let talk = self.talk();
        if let Some(topic) = talk {
            return Intent::Talk(topic);
        }
        if self.verb(Class::Undo) {
            return Intent::Undo;
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
        if self.has_any(&[Class::FadeIn, Class::FadeOut]) && !makes_music {
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
        let swaps = self.verb(Class::Replace) || self.led_by(&[Class::Change]) && self.wishes.names_a_style();
        let one_player_for_another = !self.wishes.names_a_style() && !self.has(Class::Music) && !self.wishes.instruments.is_empty();
        if swaps && !one_player_for_another && (wished || self.has(Class::Music) || self.has_only_pronoun()) {
            return Intent::Replace;
        }
        if swaps && wished {
            return Intent::Wish;
        }
        let compares = !self.wishes.more_moods.is_empty()
            || !self.wishes.less_moods.is_empty()
            || self.wishes.energy_steps != 0
            || self.wishes.tempos.iter().any(|tempo| matches!(tempo, super::tempo::TempoWish::By(_) | super::tempo::TempoWish::Times(_)));
        if self.wishes.again && !compares && (self.verb(Class::Again) || self.led_by(&[Class::Make, Class::Change, Class::Redo, Class::Question]) || self.is_han()) {
            return Intent::Again;
        }
        let adds_player = self.has_music && self.verb(Class::Add) && !self.has(Class::Music) && !self.wishes.names_a_style() && !self.wishes.instruments.is_empty();
        if adds_player {
            return Intent::Wish;
        }
        if makes_music || self.has(Class::Score) && !compares || self.led_by(&[Class::Add]) && self.has(Class::Music) {
            return Intent::Make;
        }
        if self.verb(Class::Make) && (wished || self.has(Class::Music)) {
            return if compares && self.has_music { Intent::Wish } else { Intent::Make };
        }
        if self.is_han() && self.has(Class::Add) && self.has(Class::Music) {
            return Intent::Make;
        }
        if wished {
            // "Calm piano music" is a piece; "calm" and "no drums" are changes to the one there is.
            let indefinite = self.has(Class::Music) && !self.speaks_of_the_music();
            return if (self.wishes.names_a_style() || indefinite) && !compares && !self.led_by(&[Class::Change]) { Intent::Make } else { Intent::Wish };
        }
        // "Music for my channel", "my channel's music".
        let edge = self.text.within(&self.at).last().is_some_and(|mark| mark.is(Class::Music)) || self.led_by(&[Class::Music]);
        if self.has(Class::Music) && !self.has(Class::Question) && (self.is_bare(&[Class::Music, Class::Video]) || edge && !self.speaks_of_the_music()) {
            return Intent::Make;
        }
        Intent::Nothing
    }

    /// "The music", "it": what is there, rather than something new.
    fn speaks_of_the_music(&self) -> bool {
        let marks: Vec<&Mark<'_>> = self.text.within(&self.at).filter(|mark| mark.is(Class::Music)).collect();
        marks.iter().any(|mark| {
            let before = mark.at.start.checked_sub(1).and_then(|before| self.text.token(before));
            before.is_some_and(|token| matches!(token.text.as_str(), "the" | "this" | "that" | "my" | "current"))
        }) || self.is_han() && self.has(Class::Change) && self.has(Class::Music)
    }

    fn has_only_pronoun(&self) -> bool {
        self.has_music && self.at.clone().any(|at| self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "it" | "this" | "that" | "它")))
            || self.has_music && self.is_han()
    }

    /// Whether a piece holds nothing but some classes and words without content.
    fn is_bare(&self, classes: &[Class]) -> bool {
        self.at.clone().all(|at| {
            self.text.mark(at).is_some_and(|mark| {
                mark.is_any(classes) || mark.is_any(&[Class::Polite, Class::Joiner]) || mark.senses.iter().any(|sense| matches!(sense, Sense::Stop | Sense::Neutral))
            })
        })
    }

    fn talk(&self) -> Option<Topic> {
        let asks = self.text.token(self.at.end).is_some_and(|token| self.text.message.get(token.start..token.end).is_some_and(|sign| matches!(sign, "?" | "？")))
            || self.led_by(&[Class::Question])
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
            let in_front = self.text.within(&self.at).take_while(|before| before.at.start < mark.at.start).all(|before| before.is_any(&[Class::Polite, Class::Hello, Class::Question, Class::Add, Class::Make]) || before.senses.contains(&Sense::Stop));
            let bare = !self.led_by(&[Class::Make, Class::Score, Class::Add]) || in_front && asks;
            if (if only_asked { asks && bare } else { in_front }) && !(topic == Topic::Abilities && !self.wishes.is_empty()) {
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

    /// "Don't make it louder", "keep the drums".
    fn is_left_alone(&self) -> bool {
        let denied = self.led_by(&[Class::Dont]) && self.lead().is_some_and(|mark| mark.is(Class::Dont));
        let edits = [
            Class::Louder, Class::LouderWeak, Class::Quieter, Class::QuieterWeak, Class::Mute, Class::Volume, Class::Trim, Class::Title, Class::Remove, Class::Replace, Class::Change, Class::Undo,
            Class::Slower, Class::Faster, Class::Score,
        ];
        let wishes_out = !self.wishes.without.is_empty() || !self.wishes.no_moods.is_empty() || !self.wishes.no_genres.is_empty();
        let verb_behind = self.text.within(&self.at).any(|mark| mark.is_any(&edits) && !mark.is(Class::Dont));
        if denied && verb_behind {
            let removes = self.text.within(&self.at).any(|mark| mark.is_any(&[Class::Remove, Class::Replace, Class::Trim]) && !mark.is_any(&[Class::Dont, Class::No]));
            return !wishes_out || removes;
        }
        let keeps = self.led_by(&[Class::Keep]) && !self.has_any(&[Class::First, Class::Last]) && !self.has(Class::Volume);
        let changes = !self.wishes.moods.is_empty() || !self.wishes.tempos.is_empty() || !self.wishes.lengths_ms.is_empty() || !self.wishes.energies.is_empty() || self.wishes.only || self.wishes.volume.is_some() || !self.wishes.keys.is_empty() || self.wishes.names_a_style();
        keeps && !changes
    }

    fn cannot(&self, makes_music: bool) -> bool {
        if makes_music {
            return false;
        }
        let verb = self.led_by(&[Class::Cannot])
            || self.led_by(&[Class::Add, Class::Change, Class::Make]) && self.has(Class::Cannot) && !self.has(Class::Music)
            || self.is_han() && self.has(Class::Cannot) && !self.has_any(&[Class::Music, Class::OriginalSound, Class::Title]);
        let picture_speed = self.has_any(&[Class::Slower, Class::Faster]) && self.has(Class::Video) && !self.has(Class::Music);
        let one_player = self.has_any(&[Class::Louder, Class::Quieter, Class::LouderWeak, Class::QuieterWeak])
            && (!self.wishes.instruments.is_empty() || !self.wishes.without.is_empty())
            && !self.has(Class::Music)
            && self.wishes.moods.is_empty()
            && !self.wishes.names_a_style();
        verb || picture_speed || one_player
    }

    fn title(&self, makes_music: bool) -> bool {
        if self.has(Class::NotATitle) || makes_music && !self.led_by(&[Class::Add]) {
            return false;
        }
        let verbs = [Class::Add, Class::Make, Class::Change, Class::Replace, Class::Remove, Class::Title, Class::Keep, Class::Move];
        let colon = self.text.within(&self.at).any(|mark| mark.is(Class::Title) && self.text.is_word(mark.at.end, ":"));
        let acts = self.led_by(&verbs) || self.is_han() || self.has(Class::Says) && self.has_quote() || colon;
        let named = self.text.within(&self.at).any(|mark| mark.is(Class::Title) && !mark.senses.contains(&Sense::Phrase) && mark.purpose().is_none());
        if named && acts && !self.in_the_title() {
            return colon || self.wishes.genres.is_empty() || self.has_quote();
        }
        // "Add "Golden Hour" at 0:02".
        self.led_by(&[Class::Add]) && self.has_quote() && !self.has_any(&[Class::Music, Class::Called]) && self.wishes.is_empty_but_times()
    }

    /// "Show bars in the title" speaks of a place.
    fn in_the_title(&self) -> bool {
        !self.has_quote() && self.text.within(&self.at).any(|mark| mark.is(Class::Title) && mark.at.start.checked_sub(2).is_some_and(|before| self.text.is_word(before, "in") && before >= self.at.start))
    }

    fn volume(&self) -> bool {
        let describes = self.wishes.names_a_style() || !self.wishes.moods.is_empty() && !self.led_by(&[Class::Turn, Class::Volume]) && !self.has(Class::Volume);
        let makes = self.led_by(&[Class::Make, Class::Score]) || self.led_by(&[Class::Add]) && !self.has_music;
        let new_piece = makes && !self.speaks_of_the_music() && !self.has_pronoun() && (self.has_any(&[Class::Music, Class::Score]) || !self.has(Class::Volume));
        if describes || new_piece {
            return false;
        }
        let sound = [Class::Music, Class::OriginalSound, Class::Everything, Class::Volume, Class::Video];
        let about_other = self.has_any(&[Class::Tempo, Class::Bpm, Class::KeyNoun]) || !self.wishes.tempos.is_empty();
        if about_other {
            return false;
        }
        let level = self.at.clone().any(|at| percent(self.text, at).is_some()) || self.has(Class::Decibel);
        let weak = self.has_any(&[Class::LouderWeak, Class::QuieterWeak]) && (self.has_any(&sound) || level || self.has_pronoun() && self.led_by(&[Class::Turn, Class::LouderWeak, Class::QuieterWeak]));
        let softer_alone = self.has(Class::QuieterWeak) && self.has_music && self.has_pronoun() && self.led_by(&[Class::Change]);
        let numbered = self.at.clone().any(|at| self.text.token(at).is_some_and(|token| matches!(token.kind, Kind::Number(_))));
        let set = self.has(Class::Volume) && (level || numbered || self.has_any(&[Class::Half, Class::Double, Class::FullLevel]));
        let of_level = self.text.within(&self.at).any(|mark| mark.is_any(&[Class::Half, Class::Double]) && mark.at.len() > 1);
        let halves = self.has_any(&[Class::Half, Class::Double]) && (of_level || self.has_any(&[Class::Volume, Class::Music])) && self.led_by(&[Class::Half, Class::Double, Class::Change, Class::Turn]);
        self.has_any(&[Class::Louder, Class::Quieter, Class::FullLevel]) || self.has_any(&[Class::Mute, Class::Unmute]) && self.has_any(&sound) || self.led_by(&[Class::Mute, Class::Unmute]) || weak || softer_alone || set || halves || level && (self.has_any(&sound) || self.has_pronoun() || self.led_by(&[Class::Change, Class::Volume]))
    }

    fn has_pronoun(&self) -> bool {
        self.at.clone().any(|at| self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "it" | "this" | "that" | "它")))
            || self.text.within(&self.at).any(|mark| mark.is(Class::Change) && self.text.token(mark.at.end - 1).is_some_and(|token| matches!(token.text.as_str(), "it" | "this" | "that")))
    }

    fn trim(&self) -> bool {
        let part = self.has_any(&[Class::First, Class::Last]) && self.has_time();
        let thing = self.has_any(&[Class::Video, Class::OriginalSound]) || self.has(Class::Music);
        if self.verb(Class::Trim) && (self.has_time() || thing && !self.has(Class::Again)) && self.wishes.without.is_empty() && self.wishes.instruments.is_empty() && !self.wishes.names_a_style() {
            return true;
        }
        if part && (self.verb(Class::Keep) || self.verb(Class::Remove) || self.led_by(&[Class::Only, Class::First, Class::Last])) {
            return true;
        }
        self.led_by(&[Class::Change, Class::Make]) && self.has(Class::Video) && !self.has(Class::Music) && self.wishes.is_only_length()
    }

    fn remove(&self) -> bool {
        let thing = self.has_any(&[Class::Music, Class::OriginalSound, Class::Video, Class::Title, Class::Everything]) || self.has_only_pronoun() && self.at.len() <= 6;
        self.verb(Class::Remove) && thing && self.wishes.without.is_empty() && !self.wishes.names_a_style() && self.wishes.moods.is_empty()
    }
}
