//! Edits of the timeline: levels, fades, trims, removals, steps back.

use std::ops::Range;

use super::lexicon::Class;
use super::marks::{Mark, Marked};
use super::reading::{Action, Context, Level, Part, Question, Target, Why};
use bedtrack_language::captions::Captions;
use bedtrack_language::tokens::Kind;

/// What an edit came to.
pub type Edit = Result<Action, Problem>;

/// Why an edit did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Something has to be asked.
    Ask(Question),
    /// It leads to nothing.
    No(Why),
}

/// One edit and the words it is read from.
pub struct Reader<'a> {
    /// The message.
    pub text: &'a Marked<'a>,
    /// The words.
    pub at: Range<usize>,
    /// The draft.
    pub about: &'a Context,
    /// Whether there is music by now.
    pub has_music: bool,
    /// Captions that came with the message and wait for a clause about them.
    pub captions: Option<&'a Captions>,
}

/// 3 dB, 1.5 dB and 6 dB as factors: louder, a bit louder, much louder.
const STEP: f64 = 1.412_537_544_622_754_4;
const LITTLE: f64 = 1.188_502_227_437_018_4;
const LOT: f64 = 1.995_262_314_968_879_5;
/// A fade where no length is named.
const USUAL_FADE_MS: u64 = 2_000;

impl Reader<'_> {
    fn has(&self, class: Class) -> bool {
        self.text.has(&self.at, class)
    }

    fn has_any(&self, classes: &[Class]) -> bool {
        self.text.has_any(&self.at, classes)
    }

    fn word(&self, at: usize) -> &str {
        self.text.token(at).map_or("", |token| token.text.as_str())
    }

    /// What sounds and is spoken of; the first thing named.
    fn sound(&self) -> Result<Target, Problem> {
        let named = self.text.within(&self.at).find_map(|mark| {
            // "Remove the original audio" is one phrase.
            let within = |word: &str| mark.at.clone().any(|at| self.word(at) == word);
            if mark.is(Class::OriginalSound)
                || mark.is_any(&[Class::Mute, Class::Unmute]) && (within("original") || within("原"))
            {
                Some(Target::OriginalSound)
            } else if mark.is(Class::Everything) {
                Some(Target::AllSound)
            } else if mark.is(Class::Music) {
                Some(Target::Music)
            } else {
                None
            }
        });
        let video = self.has(Class::Video);
        let target = named.unwrap_or(if video || !self.has_music && self.about.picture_has_sound {
            Target::OriginalSound
        } else {
            Target::Music
        });
        match target {
            Target::Music if !self.has_music => Err(Problem::No(Why::NoMusic)),
            Target::OriginalSound if !self.about.has_picture => Err(Problem::No(Why::NoPicture)),
            target => Ok(target),
        }
    }

    /// A change of level.
    pub fn volume(&self) -> Edit {
        let target = self.sound()?;
        let level = self.level().ok_or(Problem::Ask(Question::VolumeLevel))?;
        Ok(Action::SetVolume { target, level })
    }

    fn level(&self) -> Option<Level> {
        let quieter = self.has_any(&[Class::Quieter, Class::QuieterWeak]);
        let louder = self.has_any(&[Class::Louder, Class::LouderWeak]);
        let sign = if quieter && (!louder || self.has(Class::Quieter)) { -1.0 } else { 1.0 };
        for at in self.at.clone() {
            if let Some((factor, _)) = self.text.percent(at) {
                let by = !self.is_aim(at) && (louder || quieter) || self.word(at.wrapping_sub(1)) == "by";
                return Some(if by { Level::By((1.0 + sign * factor).max(0.0)) } else { Level::To(factor.min(2.0)) });
            }
            let measured = self.text.number(at).filter(|(_, next)| self.text.is(*next, Class::Decibel));
            if let Some((decibels, _)) = measured {
                let minus = matches!(self.word(at.wrapping_sub(1)), "-" | "–" | "minus");
                let aim_at = if minus || self.word(at.wrapping_sub(1)) == "+" { at - 1 } else { at };
                let decibels = if minus { -decibels } else { decibels };
                let aims = self.is_aim(aim_at);
                // "Down 6 dB" turns the number round; "-6 dB" and "to -6 dB" say it themselves.
                let signed = if minus || aims { decibels } else { sign * decibels };
                let factor = 10_f64.powf(signed.clamp(-100.0, 12.0) / 20.0);
                return Some(if aims { Level::To(factor.min(2.0)) } else { Level::By(factor) });
            }
        }
        if self.has(Class::Unmute) {
            return Some(Level::To(1.0));
        }
        if self.has(Class::Mute) {
            return Some(Level::To(0.0));
        }
        if self.has(Class::FullLevel) {
            return Some(Level::To(1.0));
        }
        if let Some(half) = self.text.find(&self.at, Class::Half) {
            return Some(if self.is_aim(half.at.start) && self.word(half.at.start.wrapping_sub(1)) != "by" {
                Level::To(0.5)
            } else {
                Level::By(0.5)
            });
        }
        if self.has(Class::Double) {
            return Some(Level::By(if quieter { 0.5 } else { 2.0 }));
        }
        // "Set the volume to 50", "音量调到50".
        if self.has(Class::Volume) || !louder && !quieter {
            let value = self.at.clone().find_map(|at| {
                self.text
                    .number(at)
                    .filter(|_| self.is_aim(at) || matches!(self.word(at.wrapping_sub(1)), "volume" | "量" | ":"))
            });
            if let Some((value, _)) = value.filter(|(value, _)| (0.0..=200.0).contains(value)) {
                return Some(Level::To(value / 100.0));
            }
        }
        let step = if self.has(Class::Lot) {
            LOT
        } else if self.has(Class::Little) && !self.is_chinese_habit() {
            LITTLE
        } else {
            STEP
        };
        match (louder, quieter) {
            _ if quieter && sign < 0.0 => Some(Level::By(1.0 / step)),
            (true, _) => Some(Level::By(step)),
            _ => None,
        }
    }

    /// "大声一点" is how one says louder; it is not "a bit" louder.
    fn is_chinese_habit(&self) -> bool {
        self.at.clone().any(|at| self.text.token(at).is_some_and(|token| token.kind == Kind::Han))
            && !self
                .text
                .within(&self.at)
                .any(|mark| mark.is(Class::Little) && matches!(self.word(mark.at.start), "稍" | "略"))
    }

    /// Whether a number says where to go rather than how far.
    fn is_aim(&self, at: usize) -> bool {
        matches!(
            self.word(at.wrapping_sub(1)),
            "to" | "at" | "=" | "@" | "into" | "到" | "至" | "为" | "成" | "在" | "是"
        )
    }

    /// A soft beginning or end.
    pub fn fade(&self) -> Edit {
        let target = if self.has(Class::Video) && !self.has(Class::Music) && !self.has(Class::OriginalSound) {
            Target::Picture
        } else {
            self.sound()?
        };
        if target == Target::Picture {
            return Err(Problem::No(Why::CannotDo));
        }
        let length = self
            .at
            .clone()
            .find_map(|at| self.text.time(at).filter(|_| !matches!(self.word(at.wrapping_sub(1)), "at" | "from")))
            .map_or(USUAL_FADE_MS, |(ms, _)| ms);
        let both = self.has(Class::FadeIn) && self.text.has(&self.at, Class::FadeOut)
            || self.at.clone().any(|at| self.word(at) == "out" && self.has(Class::FadeIn));
        let says = |word: &str| self.at.clone().any(|at| self.word(at) == word);
        let wants_in = self.has(Class::FadeIn) || says("in") && !self.has(Class::FadeOut);
        let wants_out = self.has(Class::FadeOut) || both || says("out");
        if !wants_in && !wants_out {
            return Err(Problem::No(Why::NotUnderstood));
        }
        Ok(Action::Fade { target, in_ms: wants_in.then_some(length), out_ms: wants_out.then_some(length) })
    }

    /// A part to keep.
    pub fn trim(&self) -> Edit {
        let target = if self.has(Class::OriginalSound) {
            Target::OriginalSound
        } else if self.has(Class::Music) && !self.has(Class::Video) || !self.about.has_picture && self.has_music {
            Target::Music
        } else {
            Target::Picture
        };
        match target {
            Target::Music if !self.has_music => return Err(Problem::No(Why::NoMusic)),
            Target::Picture | Target::OriginalSound if !self.about.has_picture => {
                return Err(Problem::No(Why::NoPicture));
            }
            _ => {}
        }
        let part = self.part().ok_or(Problem::Ask(Question::TrimPart))?;
        Ok(Action::Trim { target, part })
    }

    fn part(&self) -> Option<Part> {
        let first = self.edge(Class::First);
        let last = self.edge(Class::Last);
        if let Some((at, ms)) = first {
            return Some(if self.cuts_away(at) { Part::WithoutFirst(ms) } else { Part::First(ms) });
        }
        if let Some((at, ms)) = last {
            return Some(if self.cuts_away(at) { Part::WithoutLast(ms) } else { Part::Last(ms) });
        }
        let times = self.times();
        if let [(_, start), (_, end), ..] = times.as_slice() {
            return Some(Part::Between(*start.min(end), *start.max(end)));
        }
        let (at, ms) = *times.first()?;
        let before = self.word(at.wrapping_sub(1));
        let from_end = self.text.within(&self.at).any(|mark| mark.at.start >= at && mark.is(Class::Last))
            || self.has(Class::AtEnd);
        let from_start = self.text.within(&self.at).any(|mark| mark.at.start >= at && mark.is(Class::First));
        Some(match before {
            "by" => Part::WithoutLast(ms),
            "from" | "after" | "从" => Part::WithoutFirst(ms),
            "to" | "at" | "until" | "到" | "成" | "至" | "为" => Part::First(ms),
            _ if from_end => Part::WithoutLast(ms),
            _ if from_start => Part::WithoutFirst(ms),
            _ => Part::First(ms),
        })
    }

    /// "First 8 seconds", "最后2秒": where it stands, and how long it is.
    fn edge(&self, class: Class) -> Option<(usize, u64)> {
        self.text.within(&self.at).filter(|mark| mark.is(class)).find_map(|mark| {
            let behind = if self.word(mark.at.end) == "的" { mark.at.end + 1 } else { mark.at.end };
            self.text.time(behind).map(|(ms, _)| (mark.at.start, ms))
        })
    }

    /// Whether "the first 3 seconds" go rather than stay.
    fn cuts_away(&self, edge: usize) -> bool {
        let verb = self
            .text
            .within(&self.at)
            .filter(|mark| mark.at.start < edge && mark.is_any(&[Class::Trim, Class::Remove, Class::Keep, Class::Only]))
            .last();
        // "把最后2秒剪掉": the verb may stand behind.
        let Some(verb) = verb else {
            return self.text.within(&self.at).any(|mark| {
                mark.at.start > edge
                    && (mark.is(Class::Remove)
                        || mark.is(Class::Trim) && matches!(self.word(mark.at.end - 1), "掉" | "去" | "off" | "out"))
            });
        };
        if verb.is_any(&[Class::Keep, Class::Only]) {
            return false;
        }
        let says = |word: &str| (verb.at.start..edge).any(|at| self.word(at) == word);
        let aims = says("to")
            || says("到")
            || says("成")
            || says("取")
            || says("at")
            || says("截") && !says("掉")
            || says("短");
        verb.is(Class::Remove) || verb.is(Class::Trim) && !aims
    }

    /// Every time in the words; in "from 3 to 10 seconds" the unit counts for both.
    fn times(&self) -> Vec<(usize, u64)> {
        let mut found = Vec::new();
        let mut at = self.at.start;
        while at < self.at.end {
            if let Some((ms, next)) = self.text.time(at) {
                found.push((at, ms));
                at = next;
                continue;
            }
            let bare = self
                .text
                .number(at)
                .filter(|(_, next)| matches!(self.word(*next), "to" | "-" | "–" | "and" | "到" | "至" | "~"));
            if let Some((value, next)) = bare
                && let Some((_, after)) = self.text.time(next + 1)
                && !self.text.is_word(at, "a")
            {
                let minutes = (next + 1..after).any(|at| self.text.is(at, Class::MinuteUnit));
                found.push((at, (value * if minutes { 60_000.0 } else { 1_000.0 }).round() as u64));
                at = next + 1;
                continue;
            }
            at += 1;
        }
        found
    }

    /// Something to take off.
    pub fn remove(&self) -> Edit {
        let original = self.has_any(&[Class::OriginalSound, Class::Mute]);
        let target = if original {
            self.sound()?
        } else if self.has(Class::Everything) && !self.has(Class::Music) && !self.has(Class::Video) {
            Target::Everything
        } else if self.has(Class::Music) {
            Target::Music
        } else if self.has(Class::Video) {
            Target::Picture
        } else {
            Target::Music
        };
        match target {
            // Sound that belongs to the picture cannot be taken off it, but it can be silenced.
            Target::OriginalSound => Ok(Action::SetVolume { target, level: Level::To(0.0) }),
            Target::Music if !self.has_music => Err(Problem::No(Why::NoMusic)),
            Target::Picture if !self.about.has_picture => Err(Problem::No(Why::NoPicture)),
            target => Ok(Action::Remove { target }),
        }
    }

    /// Steps back.
    pub fn undo(&self) -> Action {
        let count = self
            .at
            .clone()
            .find_map(|at| self.text.number(at).filter(|_| !matches!(self.word(at), "a" | "an" | "one" | "一" | "上")));
        let twice = self.text.within(&self.at).any(|mark: &Mark<'_>| mark.is(Class::Double));
        let steps = count.map_or(if twice { 2.0 } else { 1.0 }, |(count, _)| count);
        Action::Undo { steps: steps.clamp(1.0, 50.0) as u32 }
    }
}
