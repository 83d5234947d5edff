//! Finds the wishes in some words: one walk from left to right that knows what is negated, what is meant alone, and what
//! is only spoken about.

mod places;
mod qualities;
mod things;

use std::ops::Range;

use super::lexicon::{Class, Lexicon, Sense};
use super::marks::{Mark, Marked};
use super::pitch;
use super::tempo::tempo;
use super::wishes::{Wishes, add_one};
use bedtrack_language::characters::folded;
use bedtrack_language::tokens::Kind;

/// The wishes in some words.
pub fn scan(text: &Marked<'_>, range: &Range<usize>, lexicon: &Lexicon) -> Wishes {
    let mut walk = Walk {
        text,
        range: range.clone(),
        lexicon,
        wishes: Wishes::default(),
        denied: None,
        last_entity: None,
        subject: false,
        last_near: None,
        swapping: false,
    };
    let mut at = range.start;
    while at < range.end {
        at = walk.step(at).max(at + 1);
    }
    walk.degree();
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
    /// "A bit brighter", "much darker"; in Chinese "一点" is how one says it at all.
    fn degree(&mut self) {
        let wishes = &self.wishes;
        if wishes.more_moods.is_empty() && wishes.less_moods.is_empty() && wishes.energy_steps == 0 {
            return;
        }
        let says = |class: Class| {
            self.text.within(&self.range).filter(|mark| mark.is(class)).any(|mark| {
                self.text
                    .token(mark.at.start)
                    .is_some_and(|token| token.kind != Kind::Han || matches!(token.text.as_str(), "稍" | "略"))
                    || class == Class::Lot
            })
        };
        self.wishes.degree = if says(Class::Lot) {
            Some(1.6)
        } else if says(Class::Little) {
            Some(0.6)
        } else {
            None
        };
    }

    fn step(&mut self, at: usize) -> usize {
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
            && let Some((beats, unit)) = mark
                .senses
                .iter()
                .find_map(|sense| if let Sense::Metre(beats, unit) = sense { Some((*beats, *unit)) } else { None })
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
        // "A track called Faster": a name is no instruction.
        if let Some(mark) = mark.filter(|mark| mark.is(Class::Called)) {
            let named =
                |at: &usize| self.text.token(*at).is_some_and(|token| token.kind == Kind::Word && token.capital);
            let end = (mark.at.end..self.range.end).take_while(named).last().map_or(mark.at.end, |last| last + 1);
            return end;
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
        if let Some((factor, next)) = self.text.percent(at) {
            self.wishes.volume = Some(factor);
            return Some(next);
        }
        if self.text.is(at, Class::Seed) {
            let next = self.text.mark(at)?.at.end;
            let linking = |at: usize| {
                self.text.token(at).is_some_and(|token| {
                    matches!(
                        token.text.as_str(),
                        ":" | "="
                            | "number"
                            | "of"
                            | "is"
                            | "to"
                            | "为"
                            | "是"
                            | "用"
                            | "换"
                            | "改"
                            | "成"
                            | "设"
                            | "到"
                    )
                })
            };
            let value = (next..next + 4).find(|at| !linking(*at))?;
            let (value, next) = self.text.number(value)?;
            if (0.0..=MOST_EXACT).contains(&value) && value.fract() == 0.0 {
                self.wishes.seed = Some(value as u64);
            }
            return Some(next);
        }
        let (ms, next) = self.text.time(at)?;
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
            || self.text.token(before).is_some_and(|token| {
                matches!(
                    token.text.as_str(),
                    "at" | "@"
                        | "from"
                        | "after"
                        | "until"
                        | "between"
                        | "by"
                        | "every"
                        | "在"
                        | "从"
                        | "第"
                        | "前"
                        | "后"
                )
            })
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
            && between.clone().all(|index| {
                self.text.is(index, Class::Joiner)
                    || self.text.token(index).is_some_and(|token| matches!(token.text.as_str(), "," | "any" | "the"))
            })
            && !between.clone().any(|index| self.text.is_word(index, "but"));
        let or = between.clone().any(|index| {
            self.text
                .token(index)
                .is_some_and(|token| matches!(token.text.as_str(), "or" | "nor" | "或" | "和" | "与" | "、"))
        });
        let comma_only = between.len() == 1 && self.text.token(end).is_some_and(|token| token.text == ",");
        if listed
            && !comma_only
            && (mark.is_musical() || mark.is(Class::Vocals))
            && (denial == Denial::No || or)
            && self.denied.is_none()
        {
            self.denied = Some((denial, at));
        }
    }

    /// What the words around wishes do to them.
    fn grammar(&mut self, mark: &Mark<'_>, at: usize, end: usize) {
        let until = end + REACH;
        if mark.is(Class::Replace) {
            self.wishes.swap = true;
            let into = self.text.token(end - 1).is_some_and(|token| matches!(token.text.as_str(), "成" | "为" | "用"));
            if into {
                // "把钢琴换成弦乐": what stands before goes.
                let before = self.last_entity.filter(|(entity, denial)| entity + 2 >= at && denial.is_none());
                if let Some(id) = before.and_then(|_| self.wishes.instruments.pop()) {
                    let family = self
                        .text
                        .before(at)
                        .map(|mark| folded(self.text.written(&mark.at)))
                        .and_then(|word| self.lexicon.bridges.families.get(&word));
                    family
                        .cloned()
                        .unwrap_or_else(|| vec![id])
                        .into_iter()
                        .for_each(|id| add_one(&mut self.wishes.without, id));
                }
            } else {
                self.denied = Some((Denial::No, end + 3));
                self.swapping = true;
            }
            return;
        }
        if self.swapping
            && self.text.token(at).is_some_and(|token| {
                matches!(token.text.as_str(), "with" | "for" | "by" | "to" | "it" | "this" | "that" | "成" | "为")
            })
        {
            self.denied = None;
            self.swapping = false;
        }
        if mark.is(Class::Less) && !mark.is(Class::Not) || mark.is(Class::Too) && self.denied.is_none() {
            self.denied = Some((Denial::Less, until));
        } else if mark.is(Class::Not) && !mark.is_any(&[Class::No]) {
            self.denied = Some((if mark.is(Class::Less) { Denial::Less } else { Denial::Not }, until));
        } else if mark.is_any(&[Class::No, Class::Dont]) || mark.is(Class::Remove) && !mark.is(Class::Music) {
            self.denied = Some((Denial::No, until));
        } else if mark.is_any(&[Class::Music, Class::Video, Class::Title]) {
            self.denied = None;
        }
        // "About 90 seconds" and "for 20 seconds" speak of lengths, not of subjects.
        let measured = self.text.number(end).is_some() && !self.text.is_word(end, "a") && !self.text.is_word(end, "an");
        if mark.is(Class::Subject) && !measured {
            self.subject = true;
        } else if mark.is_any(&[Class::Make, Class::Score, Class::Add, Class::Change]) && !mark.is(Class::Subject)
            || self.text.is_word(at, "with")
        {
            self.subject = false;
        }
    }
}

/// The largest whole number that survives every JSON reader.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

/// Whether music, a style or a further wish follows right behind.
fn leads_to_music(text: &Marked<'_>, end: usize) -> bool {
    let at =
        if text.is_word(end, "的") || text.is(end, Class::Joiner) && text.mark(end + 1).is_some_and(Mark::is_musical) {
            end + 1
        } else {
            end
        };
    text.mark(at).is_some_and(|mark| {
        mark.is_any(&[Class::Music, Class::Style]) && !mark.is(Class::Video)
            || mark.genre().is_some()
            || mark.mood().is_some()
            || mark.instrument().is_some() && !text.is_word(at, "sub")
    })
}
