//! Numbers as people write them: `90`, `2.5`, `thirty`, `三十`, `百分之五十`.

use super::marks::Marked;
use super::text::Kind;

/// A number that begins at a token, and the token after it.
pub fn number(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let token = text.token(at)?;
    match token.kind {
        Kind::Number(value) => Some((value, at + 1)),
        Kind::Han => chinese(text, at),
        Kind::Word => english(text, at),
        _ => None,
    }
}

const WORDS: [(&str, f64); 31] = [
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
    ("hundred", 100.0),
    ("a", 1.0),
    ("an", 1.0),
    ("couple", 2.0),
];

fn word(text: &Marked<'_>, at: usize) -> Option<f64> {
    let token = text.token(at)?;
    WORDS.iter().find(|(name, _)| *name == token.text).map(|(_, value)| *value)
}

/// One to a few hundred in words. "a" alone counts as one only for those who ask for a measure behind it.
fn english(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let mut value = word(text, at)?;
    let mut next = at + 1;
    if text.is_word(next, "hundred") {
        value *= 100.0;
        next += 1;
        if text.is_word(next, "and") && word(text, next + 1).is_some_and(|more| more > 1.0) {
            next += 1;
        }
    }
    for _ in 0..2 {
        match word(text, next).filter(|more| *more > 1.0 && *more < 100.0) {
            Some(more)
                if value >= 100.0 && value % 100.0 == 0.0
                    || (20.0..100.0).contains(&(value % 100.0)) && more < 10.0 && value % 10.0 == 0.0 =>
            {
                value += more;
                next += 1;
            }
            _ => break,
        }
    }
    Some((value, next))
}

fn digit(text: &Marked<'_>, at: usize) -> Option<f64> {
    let token = text.token(at).filter(|token| token.kind == Kind::Han)?;
    let place =
        ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"].iter().position(|digit| *digit == token.text);
    match token.text.as_str() {
        "两" => Some(2.0),
        "〇" => Some(0.0),
        _ => place.map(|value| value as f64),
    }
}

/// 0 to 9999 in Chinese.
fn chinese(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    let mut total = 0.0;
    let mut pending: Option<f64> = None;
    let mut next = at;
    while next < at + 9 {
        if let Some(value) = digit(text, next) {
            pending = Some(value);
        } else {
            let unit = match text.token(next).map(|token| token.text.as_str()) {
                Some("十") => 10.0,
                Some("百") if !text.is_word(next + 1, "分") => 100.0,
                Some("千") => 1000.0,
                _ => break,
            };
            total += pending.take().unwrap_or(1.0) * unit;
        }
        next += 1;
    }
    (next > at).then(|| (total + pending.unwrap_or(0.0), next))
}

/// `20%`, `20 percent`, `百分之二十`: as a factor.
pub fn percent(text: &Marked<'_>, at: usize) -> Option<(f64, usize)> {
    use super::lexicon::Class;
    if text.is_word(at, "百") && text.is_word(at + 1, "分") && text.is_word(at + 2, "之") {
        let (value, next) = number(text, at + 3)?;
        return Some((value / 100.0, next));
    }
    let (value, next) = number(text, at)?;
    text.is(next, Class::Percent).then_some((value / 100.0, next + text.mark(next)?.at.len()))
}
