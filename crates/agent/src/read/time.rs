//! Stretches and points of time: `1:30`, `90 seconds`, `2 min 30 s`, `half a minute`, `一分半`, `30秒`. In milliseconds.

use super::lexicon::Class;
use super::marks::Marked;
use super::numbers::number;
use super::text::Kind;

/// A time that begins at a token, and the token after it.
pub fn time(text: &Marked<'_>, at: usize) -> Option<(u64, usize)> {
    let (seconds, next) = clock(text, at).or_else(|| half(text, at)).or_else(|| measured(text, at))?;
    // Beyond a day nothing here is meant; the bound keeps the arithmetic exact.
    (seconds.is_finite() && (0.0..=86_400.0).contains(&seconds)).then(|| ((seconds * 1000.0).round() as u64, next))
}

/// `1:30`, `0:03.5`, `1:02:03`.
fn clock(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let part = |at: usize| match text.token(at)?.kind {
        Kind::Number(value) => Some(value),
        _ => None,
    };
    let mut seconds = part(at)?;
    let mut next = at + 1;
    let mut parts = 1;
    while parts < 3 && text.is_word(next, ":") && text.token(next).is_some_and(|sign| sign.glued) {
        let Some(value) = part(next + 1).filter(|value| *value < 60.0) else { break };
        seconds = seconds * 60.0 + value;
        next += 2;
        parts += 1;
    }
    (parts > 1).then_some((seconds, next))
}

/// `half a minute`, `半分钟`, `半分`.
fn half(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let (mut next, chinese) = match text.token(at)?.text.as_str() {
        "half" => (at + 1, false),
        "半" => (at + 1, true),
        _ => return None,
    };
    if !chinese && (text.is_word(next, "a") || text.is_word(next, "an")) {
        next += 1;
    }
    if chinese && text.is_word(next, "个") {
        next += 1;
    }
    let (unit, next) = unit(text, next)?;
    Some((unit / 2.0, next))
}

/// Number and unit, as often as they follow each other.
fn measured(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let mut seconds = 0.0;
    let mut next = at;
    let mut smallest = f64::INFINITY;
    while let Some((step, unit, after)) = one(text, next).filter(|(_, unit, _)| *unit < smallest) {
        seconds += step;
        smallest = unit;
        next = after;
        if text.is_word(next, "and") && one(text, next + 1).is_some_and(|(_, unit, _)| unit < smallest) {
            next += 1;
        }
    }
    (next > at).then_some((seconds, next))
}

/// A number with its unit: `2.5 minutes`, `two and a half minutes`, `a minute and a half`, `一分半`. With the unit's size.
fn one(text: &Marked<'_>, at: usize) -> Option<(f64, f64, usize)> {
    let (mut value, mut next) = number(text, at)?;
    let half_of = |at: usize| text.is_word(at, "and") && text.is_word(at + 1, "a") && text.is_word(at + 2, "half");
    if half_of(next) {
        value += 0.5;
        next += 3;
    } else if text.is_word(next, "of") {
        next += 1;
    } else if text.is_word(next, "个") || text.is_word(next, "多") {
        next += 1;
        if text.is_word(next, "半") {
            value += 0.5;
            next += 1;
        }
    }
    let (size, mut next) = unit(text, next)?;
    if half_of(next) {
        value += 0.5;
        next += 3;
    } else if text.is_word(next, "半") {
        value += 0.5;
        next += 1;
        if text.is_word(next, "钟") {
            next += 1;
        }
    }
    // "一分三十" and "2分30": the seconds go without saying.
    if size == 60.0
        && text.token(next).is_some_and(|token| matches!(token.kind, Kind::Han | Kind::Number(_)) && token.glued)
        && text.token(next - 1).is_some_and(|token| token.text == "分")
        && let Some((more, after)) =
            number(text, next).filter(|(more, after)| *more < 60.0 && unit(text, *after).is_none())
        && text.token(after).is_none_or(|token| !matches!(token.kind, Kind::Sign))
    {
        return Some((value * size + more, 1.0, after));
    }
    Some((value * size, size, next))
}

/// The size of a unit in seconds.
fn unit(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    // A letter alone counts as a unit only right behind its number: `30s`, `2m`.
    let token = text.token(at)?;
    if token.text.len() == 1 && !token.glued && token.text != "s" {
        return None;
    }
    let mark = text.mark(at).filter(|mark| mark.at.start == at)?;
    let size = if mark.is(Class::SecondUnit) {
        1.0
    } else if mark.is(Class::MinuteUnit) {
        60.0
    } else if mark.is(Class::HourUnit) {
        3600.0
    } else {
        return None;
    };
    Some((size, mark.at.end))
}
