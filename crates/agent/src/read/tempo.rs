//! Tempo in numbers: `90 bpm`, `around 100 bpm`, `between 80 and 95`, `tempo 120`, `每分钟90拍`, `10 BPM faster`.

use super::lexicon::Class;
use super::marks::Marked;
use super::numbers::number;
use super::text::Kind;
use bedtrack_compose::limits::TEMPO_BPM;

/// What is said about the tempo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TempoWish {
    /// Beats a minute.
    Exact(f64),
    /// From, to.
    Between(f64, f64),
    /// In the slow part of what the genre knows.
    Slow,
    /// In the middle.
    Medium,
    /// In the fast part.
    Fast,
    /// So many beats a minute more, or fewer.
    By(f64),
    /// Times the present tempo.
    Times(f64),
}

/// How far "around 100" may be off.
const AROUND: f64 = 0.04;

/// A tempo in numbers that begins at a token, and the token after it.
pub fn tempo(text: &Marked<'_>, at: usize) -> Option<(TempoWish, usize)> {
    let around = text.is(at, Class::About) || text.is_word(at, "~");
    let start = if around { text.mark(at).map_or(at + 1, |mark| mark.at.end) } else { at };
    let named = named_before(text, at);
    let between = text.is_word(start, "between") || text.is_word(start, "from") || text.is_word(start, "从");
    let first = if between { start + 1 } else { start };
    let (low, next) = plain_number(text, first)?;
    let low_end = skip_unit(text, next);
    let joined = text
        .token(low_end)
        .is_some_and(|token| matches!(token.text.as_str(), "and" | "to" | "-" | "–" | "~" | "到" | "至"));
    if joined
        && let Some((high, next)) = plain_number(text, low_end + 1)
        && TEMPO_BPM.contains(&low)
        && TEMPO_BPM.contains(&high)
    {
        let end = skip_unit(text, next);
        let other_unit = text.mark(next).is_some_and(|mark| mark.at.start == next && mark.is_any(&UNITS));
        if end > next || low_end > next || named || between && !other_unit && !text.is_word(next, ":") {
            return Some((TempoWish::Between(low.min(high), low.max(high)), end));
        }
        return None;
    }
    let has_unit = low_end > next;
    let other_unit = text.mark(next).is_some_and(|mark| mark.at.start == next && mark.is_any(&UNITS));
    // "House at 124", where nothing else is counted.
    let ends = text.token(low_end).is_none_or(|token| matches!(token.kind, Kind::Stop | Kind::Pause));
    let at_number = text.is_word(start.wrapping_sub(1), "at")
        && ends
        && (50.0..=200.0).contains(&low)
        && text.mark(start.wrapping_sub(2)).is_some_and(|mark| {
            mark.genre().is_some() || mark.senses.iter().any(|sense| matches!(sense, super::lexicon::Sense::Near(_)))
        });
    if !(has_unit || at_number || named && !other_unit && TEMPO_BPM.contains(&low)) {
        return None;
    }
    let after = text.mark(low_end).filter(|mark| mark.at.start == low_end);
    let by = |sign: f64| Some((TempoWish::By(sign * low), low_end + after.map_or(0, |mark| mark.at.len())));
    // The unit and the comparative may be one phrase: "10 bpm faster".
    let unit = text.mark(next);
    let direction = |class: Class| {
        unit.is_some_and(|mark| mark.at.start == next && mark.is(class)) || after.is_some_and(|mark| mark.is(class))
    };
    // "快10拍".
    let before = text.token(start.wrapping_sub(1)).map(|token| token.text.as_str());
    if before == Some("快") {
        return by(1.0);
    }
    if before == Some("慢") {
        return by(-1.0);
    }
    if direction(Class::Faster) {
        return by(1.0);
    }
    if direction(Class::Slower) {
        return by(-1.0);
    }
    // "Slow it down by 10 BPM".
    if text.is_word(start.wrapping_sub(1), "by") {
        let back = start.saturating_sub(8)..start;
        if text.has(&back, Class::Slower) {
            return Some((TempoWish::By(-low), low_end));
        }
        if text.has(&back, Class::Faster) {
            return Some((TempoWish::By(low), low_end));
        }
    }
    let about_behind = text.is(low_end, Class::About) && !around;
    if around || about_behind {
        let end = if about_behind { low_end + 1 } else { low_end };
        return Some((TempoWish::Between((low * (1.0 - AROUND)).round(), (low * (1.0 + AROUND)).round()), end));
    }
    Some((TempoWish::Exact(low), low_end))
}

const UNITS: [Class; 5] = [Class::SecondUnit, Class::MinuteUnit, Class::HourUnit, Class::Percent, Class::Decibel];

fn plain_number(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let token = text.token(at)?;
    if token.kind == Kind::Word && matches!(token.text.as_str(), "a" | "an") {
        return None;
    }
    number(text, at)
}

fn skip_unit(text: &Marked<'_>, at: usize) -> usize {
    match text.mark(at).filter(|mark| mark.at.start == at) {
        Some(mark) if mark.is(Class::Bpm) => mark.at.end,
        // "bpm faster" is one phrase; its number is counted by the caller.
        Some(mark) if mark.is_any(&[Class::Faster, Class::Slower]) && text.is_word(at, "bpm") => mark.at.end,
        _ => at,
    }
}

/// Whether "tempo", "bpm" or "每分钟" stands right before, linking words aside.
fn named_before(text: &Marked<'_>, at: usize) -> bool {
    let mut back = at;
    for _ in 0..4 {
        let Some(before) = back.checked_sub(1) else { return false };
        if text.mark(before).is_some_and(|mark| mark.is_any(&[Class::Tempo, Class::Bpm])) {
            return true;
        }
        let linking = text.token(before).is_some_and(|token| {
            matches!(
                token.text.as_str(),
                "of" | "to"
                    | "at"
                    | "is"
                    | ":"
                    | "="
                    | "be"
                    | "around"
                    | "about"
                    | "为"
                    | "是"
                    | "到"
                    | "成"
                    | "在"
                    | "改"
                    | "设"
                    | "调"
                    | "变"
                    | "换"
            )
        });
        if !linking {
            return false;
        }
        back = before;
    }
    false
}
