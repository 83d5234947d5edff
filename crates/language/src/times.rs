//! Stretches and points of time: `1:30`, `90 seconds`, `2 min 30 s`, `half a minute`, `一分半`, `30秒`. In milliseconds. The
//! units are data in `times/times.toml`.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::numbers::number;
use crate::phrases::{Languages, Phrases};
use crate::tokens::{Kind, Token};

/// A unit of time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// How long it is.
    pub seconds: u64,
    /// What it is called.
    pub words: Languages,
}

/// Every unit, the shortest first.
pub fn units() -> &'static [Unit] {
    &UNITS.0
}

static UNITS: LazyLock<(Vec<Unit>, Phrases<u64>)> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        unit: Vec<Unit>,
    }
    let file: File = crate::built_in(include_str!("times/times.toml"));
    let mut phrases = Phrases::default();
    for unit in &file.unit {
        unit.words.iter().for_each(|word| phrases.add_plain(word, unit.seconds));
    }
    (file.unit, phrases)
});

/// A time that begins at a token of `atoms`, and the token after it. `is_free` tells whether the tokens of a unit stand alone
/// and are no part of a longer phrase of the reader's, such as "80s".
pub fn time(tokens: &[Token], at: usize, is_free: impl Fn(Range<usize>) -> bool) -> Option<(u64, usize)> {
    let text = Text { tokens, is_free };
    let (seconds, next) = text.clock(at).or_else(|| text.half(at)).or_else(|| text.measured(at))?;
    // Beyond a day nothing here is meant; the bound keeps the arithmetic exact.
    (seconds.is_finite() && (0.0..=86_400.0).contains(&seconds)).then(|| ((seconds * 1000.0).round() as u64, next))
}

struct Text<'a, Free> {
    tokens: &'a [Token],
    is_free: Free,
}

impl<Free: Fn(Range<usize>) -> bool> Text<'_, Free> {
    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.text == word)
    }

    /// `1:30`, `0:03.5`, `1:02:03`.
    fn clock(&self, at: usize) -> Option<(f64, usize)> {
        let part = |at: usize| match self.tokens.get(at)?.kind {
            Kind::Number(value) => Some(value),
            _ => None,
        };
        let mut seconds = part(at)?;
        let mut next = at + 1;
        let mut parts = 1;
        while parts < 3 && self.is_word(next, ":") && self.tokens.get(next).is_some_and(|sign| sign.glued) {
            let Some(value) = part(next + 1).filter(|value| *value < 60.0) else { break };
            seconds = seconds * 60.0 + value;
            next += 2;
            parts += 1;
        }
        (parts > 1).then_some((seconds, next))
    }

    /// `half a minute`, `半分钟`, `半分`.
    fn half(&self, at: usize) -> Option<(f64, usize)> {
        let next = if self.is_word(at, "half") {
            at + 1 + usize::from(self.is_word(at + 1, "a") || self.is_word(at + 1, "an"))
        } else if self.is_word(at, "半") {
            at + 1 + usize::from(self.is_word(at + 1, "个"))
        } else {
            return None;
        };
        let (unit, next) = self.unit(next)?;
        Some((unit / 2.0, next))
    }

    /// Number and unit, as often as they follow each other.
    fn measured(&self, at: usize) -> Option<(f64, usize)> {
        let mut seconds = 0.0;
        let mut next = at;
        let mut smallest = f64::INFINITY;
        while let Some((step, unit, after)) = self.one(next).filter(|(_, unit, _)| *unit < smallest) {
            seconds += step;
            smallest = unit;
            next = after;
            if self.is_word(next, "and") && self.one(next + 1).is_some_and(|(_, unit, _)| unit < smallest) {
                next += 1;
            }
        }
        (next > at).then_some((seconds, next))
    }

    fn and_a_half(&self, at: usize) -> bool {
        self.is_word(at, "and") && self.is_word(at + 1, "a") && self.is_word(at + 2, "half")
    }

    /// A number with its unit: `2.5 minutes`, `two and a half minutes`, `a minute and a half`, `一分半`. With the unit's size.
    fn one(&self, at: usize) -> Option<(f64, f64, usize)> {
        let (mut value, mut next) = number(self.tokens, at)?;
        if self.and_a_half(next) {
            value += 0.5;
            next += 3;
        } else if self.is_word(next, "of") {
            next += 1;
        } else if self.is_word(next, "个") || self.is_word(next, "多") {
            next += 1;
            if self.is_word(next, "半") {
                value += 0.5;
                next += 1;
            }
        }
        let (size, mut next) = self.unit(next)?;
        if self.and_a_half(next) {
            value += 0.5;
            next += 3;
        } else if self.is_word(next, "半") {
            value += 0.5;
            next += 1 + usize::from(self.is_word(next + 1, "钟"));
        }
        // "一分三十" and "2分30": the seconds go without saying.
        let token = |at: usize| self.tokens.get(at);
        if size == 60.0
            && token(next).is_some_and(|token| matches!(token.kind, Kind::Han | Kind::Number(_)) && token.glued)
            && self.is_word(next - 1, "分")
            && let Some((more, after)) =
                number(self.tokens, next).filter(|(more, after)| *more < 60.0 && self.unit(*after).is_none())
            && token(after).is_none_or(|token| !matches!(token.kind, Kind::Sign))
        {
            return Some((value * size + more, 1.0, after));
        }
        Some((value * size, size, next))
    }

    /// The size of a unit in seconds.
    fn unit(&self, at: usize) -> Option<(f64, usize)> {
        // A letter alone counts as a unit only right behind its number: `30s`, `2m`.
        let token = self.tokens.get(at)?;
        if token.text.len() == 1 && !token.glued && token.text != "s" {
            return None;
        }
        let found = UNITS.1.longest(self.tokens, at).filter(|found| (self.is_free)(at..found.end))?;
        Some((*found.meanings.first()? as f64, found.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::atoms;

    #[test]
    fn times_are_read_in_figures_and_words_of_both_languages() {
        for (text, ms) in [
            ("1:30", 90_000),
            ("0:03.5", 3_500),
            ("1:02:03", 3_723_000),
            ("90 seconds", 90_000),
            ("2 min 30 s", 150_000),
            ("two and a half minutes", 150_000),
            ("a minute and a half", 90_000),
            ("half a minute", 30_000),
            ("一分半", 90_000),
            ("一分半鐘", 90_000),
            ("30秒", 30_000),
            ("2分30", 150_000),
            ("半個小時", 1_800_000),
            ("兩分鐘", 120_000),
        ] {
            let tokens = atoms(text);
            assert_eq!(time(&tokens, 0, |_| true), Some((ms, tokens.len())), "{text}");
        }
    }

    #[test]
    fn a_unit_within_a_longer_phrase_is_none() {
        let tokens = atoms("80s");
        assert_eq!(time(&tokens, 0, |_| true), Some((80_000, 2)));
        assert_eq!(time(&tokens, 0, |_| false), None);
        assert_eq!(time(&atoms("2 m"), 0, |_| true), None);
    }
}
