//! When a title shall stand: points, stretches, and steps from where it stands now.

use std::ops::Range;

use super::words::{Found, Word, phrase_at, phrase_before};
use crate::read::lexicon::Class;
use crate::read::marks::Marked;
use crate::read::reading::When;
use bedtrack_language::tokens::Kind;

/// How much "longer" or "later" is where no time is named.
const STEP_MS: i64 = 1_000;

/// Most times of one clause; more cannot be about one title.
const MOST_TIMES: usize = 64;

/// A clause about when.
pub struct Clock<'a> {
    pub text: &'a Marked<'a>,
    pub at: Range<usize>,
    pub found: &'a [Found],
    /// Tokens whose times belong to something else.
    pub used: &'a [usize],
    /// The timeline's length in ms.
    pub length_ms: u64,
    /// Whether the clause moves something: then "to 0:05" is where it goes.
    pub moves: bool,
}

/// A time in the clause.
struct Time {
    at: Range<usize>,
    ms: u64,
}

impl Clock<'_> {
    /// What the clause says.
    pub fn when(&self) -> When {
        let mut when = When::default();
        let times = self.times();
        for (index, time) in times.iter().enumerate() {
            let follows = times.get(index + 1);
            self.take(time, follows, &mut when);
        }
        let has = |word: Word| self.found.iter().any(|phrase| phrase.is(word));
        if times.is_empty() {
            when.stretch_ms +=
                if has(Word::Longer) { STEP_MS } else { 0 } - if has(Word::Shorter) { STEP_MS } else { 0 };
            when.shift_ms += if has(Word::Later) { STEP_MS } else { 0 } - if has(Word::Earlier) { STEP_MS } else { 0 };
        }
        if has(Word::Throughout) && when.duration_ms.is_none() && self.length_ms > 0 {
            (when.start_ms, when.duration_ms) = (Some(0), Some(self.length_ms));
        }
        if has(Word::ToEnd) && self.moves && times.is_empty() && self.length_ms > 0 {
            when.at_end = true;
        } else if has(Word::ToEnd) && when.duration_ms.is_none() && when.end_ms.is_none() && self.length_ms > 0 {
            when.end_ms = Some(self.length_ms);
        } else if has(Word::AtEnd) && when.start_ms.is_none() && self.length_ms > 0 {
            when.at_end = true;
        }
        if has(Word::AtStart) && when.start_ms.is_none() && !when.at_end {
            when.start_ms = Some(0);
        }
        when
    }

    fn take(&self, time: &Time, follows: Option<&Time>, when: &mut When) {
        let (ms, signed) = (time.ms, i64::try_from(time.ms).unwrap_or(i64::MAX));
        if let Some((stretch, sign)) = self.step(time) {
            if stretch {
                when.stretch_ms += sign * signed;
            } else {
                when.shift_ms += sign * signed;
            }
            return;
        }
        let to_next = follows.is_some_and(|next| self.joins(time.at.end, next.at.start));
        if self.led(time, &[Word::InLast]) || self.is_last(time) {
            when.duration_ms = Some(ms);
            when.start_ms = Some(self.length_ms.saturating_sub(ms));
        } else if self.led(time, &[Word::InFirst]) {
            (when.start_ms, when.duration_ms) = (Some(0), Some(ms));
        } else if to_next
            || self.led(time, &[Word::From, Word::At]) && !self.led(time, &[Word::Lasts])
            || self.is_point(time)
        {
            when.start_ms = Some(ms);
        } else if self.led(time, &[Word::To, Word::Ends]) || self.is_joined(time) {
            match when.start_ms {
                Some(start) if start < ms => when.end_ms = Some(ms),
                // "From 0:07 to 0:03" can only be meant the other way round.
                Some(start) if start > ms && !self.moves => (when.start_ms, when.end_ms) = (Some(ms), Some(start)),
                None if self.moves && !self.led(time, &[Word::Ends]) => when.start_ms = Some(ms),
                _ => when.end_ms = Some(ms),
            }
        } else {
            when.duration_ms = Some(ms);
        }
    }

    fn word(&self, at: usize) -> &str {
        self.text.token(at).map_or("", |token| token.text.as_str())
    }

    /// Whether a phrase of some lists stands right before a time.
    fn led(&self, time: &Time, words: &[Word]) -> bool {
        let behind = |at: usize| phrase_before(self.found, at).is_some_and(|phrase| phrase.is_any(words));
        let skipped = matches!(
            self.word(time.at.start.wrapping_sub(1)),
            "about" | "around" | "the" | "second" | "的" | "time" | "第"
        );
        behind(time.at.start) || skipped && time.at.start.checked_sub(1).is_some_and(behind)
    }

    /// A dash, or the end of "移到", stands before a time.
    fn is_joined(&self, time: &Time) -> bool {
        matches!(self.word(time.at.start.wrapping_sub(1)), "-" | "–" | "—" | "~" | "到" | "至")
    }

    /// "Last 3 seconds" without its article; "the title last 3 seconds" is a verb.
    fn is_last(&self, time: &Time) -> bool {
        let Some(before) = time.at.start.checked_sub(1) else { return false };
        let title = before.checked_sub(1).is_some_and(|at| {
            self.text.is(at, Class::Title) || matches!(self.word(at), "it" | "them" | "should" | "to" | "this" | "that")
        });
        matches!(self.word(before), "last" | "final") && !title
    }

    /// "3秒处", "3 seconds in", "第3秒", "3秒后".
    fn is_point(&self, time: &Time) -> bool {
        let next = self.word(time.at.end);
        matches!(next, "处" | "时" | "开" | "起" | "后" | "之" | "的时候")
            || next == "的" && matches!(self.word(time.at.end + 1), "时" | "地")
            || next == "in" && self.text.token(time.at.end + 1).is_none_or(|token| token.kind != Kind::Word)
            || self.word(time.at.start.wrapping_sub(1)) == "第"
    }

    /// Whether a time is a step: how much longer (`true`) or later (`false`), and which way.
    fn step(&self, time: &Time) -> Option<(bool, i64)> {
        let steps = [
            (Word::Longer, (true, 1)),
            (Word::Shorter, (true, -1)),
            (Word::Later, (false, 1)),
            (Word::Earlier, (false, -1)),
        ];
        let close = |phrase: &Found| {
            let by = self.word(time.at.start.wrapping_sub(1)) == "by";
            phrase.at.start == time.at.end
                || phrase.at.end == time.at.start
                || by && phrase.at.end + 1 == time.at.start
                || self.word(time.at.end) == "更" && phrase.at.start == time.at.end + 1
        };
        steps
            .into_iter()
            .find(|(word, _)| self.found.iter().any(|phrase| phrase.is(*word) && close(phrase)))
            .map(|(_, step)| step)
    }

    /// Whether "to" or a dash joins two times.
    fn joins(&self, from: usize, to: usize) -> bool {
        from < to
            && to - from <= 2
            && matches!(self.word(from), "to" | "until" | "till" | "-" | "–" | "—" | "到" | "至" | "~" | "through")
            || from < to
                && to - from == 1
                && self.word(from) == "and"
                && self.found.iter().any(|phrase| {
                    phrase.is(Word::From) && (phrase.at.start..phrase.at.end).any(|at| self.word(at) == "between")
                })
    }

    /// Every time of the clause; in "from 3 to 7 seconds" and "at 3" the seconds go without saying.
    fn times(&self) -> Vec<Time> {
        let mut found = Vec::new();
        let mut at = self.at.start;
        while at < self.at.end && found.len() < MOST_TIMES {
            if let Some((ms, next)) = self.text.time(at).filter(|(_, next)| *next <= self.at.end) {
                if !self.used.contains(&at) {
                    found.push(Time { at: at..next, ms });
                }
                at = next;
                continue;
            }
            if let Some(ms) = self.bare(at, found.last()) {
                found.push(Time { at: at..at + 1, ms });
            }
            at += 1;
        }
        found
    }

    fn bare(&self, at: usize, last: Option<&Time>) -> Option<u64> {
        let Some(Kind::Number(value)) = self.text.token(at).map(|token| token.kind) else { return None };
        let next = self.word(at + 1);
        let measured =
            phrase_at(self.found, at + 1).is_some_and(|phrase| phrase.is_any(&[Word::Pixels, Word::Percent]));
        let range = matches!(next, "to" | "-" | "–" | "到" | "至" | "~" | "and") && {
            self.text.time(at + 2).is_some() || matches!(self.text.token(at + 2)?.kind, Kind::Number(_))
        };
        let led = phrase_before(self.found, at).is_some_and(|phrase| phrase.is_any(&[Word::From, Word::At]));
        let ends = last.is_some_and(|last| self.joins(last.at.end, at));
        let fits = !measured && (led || ends || range && self.text.time(at + 2).is_some());
        (fits && (0.0..=86_400.0).contains(&value) && next != "%" && next != "/")
            .then_some((value * 1000.0).round() as u64)
    }
}
