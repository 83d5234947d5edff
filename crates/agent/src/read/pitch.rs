//! Keys: `in D minor`, `F# major`, `Bb`, `Dm`, `C大调`, `降b小调`, `D dorian`.

use super::lexicon::Class;
use super::marks::Marked;
use super::text::{Kind, Token};
use bedtrack_compose::key::{Key, Mode};

/// What is said about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyWish {
    /// The key.
    Key(Key),
    /// Its mode alone: "in a minor key".
    Mode(Mode),
}

impl KeyWish {
    /// The key; a mode alone gets the tonic that needs no sharps or flats for it.
    pub fn key(self) -> Key {
        match self {
            Self::Key(key) => key,
            Self::Mode(mode) => {
                let tonic = match mode {
                    Mode::Major => 0,
                    Mode::Dorian => 2,
                    Mode::Phrygian => 4,
                    Mode::Lydian => 5,
                    Mode::Mixolydian => 7,
                    Mode::Minor => 9,
                };
                Key { tonic, mode }
            }
        }
    }
}

/// A key that begins at a token, and the token after it.
pub fn key(text: &Marked<'_>, at: usize) -> Option<(KeyWish, usize)> {
    chinese(text, at).or_else(|| english(text, at))
}

/// A key in a field, where nothing else can be meant.
pub fn key_alone(text: &Marked<'_>) -> Option<KeyWish> {
    let start = (0..text.tokens.len())
        .find(|at| !(text.is(*at, Class::KeyNoun) || text.is_word(*at, "in") || text.is_word(*at, ":")))?;
    if let Some((wish, _)) = chinese(text, start) {
        return Some(wish);
    }
    let (tonic, short, next) = tonic(text, start)?;
    let named = mode(text, next).map(|(mode, _)| mode);
    Some(KeyWish::Key(Key { tonic, mode: named.or(short).unwrap_or(Mode::Major) }))
}

fn english(text: &Marked<'_>, at: usize) -> Option<(KeyWish, usize)> {
    let before = |back: usize| at.checked_sub(back).and_then(|at| text.token(at)).map(|token| token.text.as_str());
    let introduced = matches!(before(1), Some("in" | "key" | "of" | ":" | "to" | "into"))
        && (before(1) != Some("of") || before(2) == Some("key"));
    let of_key = matches!((before(2), before(1)), (Some("key"), Some("of" | ":" | "to" | "=")) | (_, Some("key")));
    let token = text.token(at).filter(|token| token.kind == Kind::Word)?;
    // "in a minor key" names no tonic.
    if token.text == "a" && !token.capital {
        if let Some((mode, next)) = mode(text, at + 1).filter(|(_, next)| text.is(*next, Class::KeyNoun)) {
            return introduced.then_some((KeyWish::Mode(mode), next + 1));
        }
        if !introduced {
            return None;
        }
    }
    let (tonic, short, next) = tonic(text, at)?;
    if let Some((mode, next)) = mode(text, next) {
        let ends = text.token(next).is_none_or(|token| !matches!(token.kind, Kind::Word) || !is_thing(text, next));
        return (ends || introduced || token.text.len() > 1 || token.capital)
            .then_some((KeyWish::Key(Key { tonic, mode }), next));
    }
    // Without its mode a letter is a key only where nothing else can be meant.
    let letter_alone = next == at + 1 && token.text.len() == 1;
    let certain = of_key || introduced && (!letter_alone || token.capital && token.text != "a");
    let followed =
        text.token(next).is_some_and(|token| token.kind == Kind::Word && (token.glued || is_thing(text, next)));
    (certain && (of_key || !followed))
        .then_some((KeyWish::Key(Key { tonic, mode: short.unwrap_or(Mode::Major) }), next))
}

/// Whether a word is a noun of its own, as in "a major launch".
fn is_thing(text: &Marked<'_>, at: usize) -> bool {
    text.mark(at).is_none_or(|mark| mark.purpose().is_some() && !mark.is(Class::Music))
}

/// `F#`, `B flat`, `Ebm`, with the mode of a short form.
fn tonic(text: &Marked<'_>, at: usize) -> Option<(u8, Option<Mode>, usize)> {
    let token = text.token(at).filter(|token| matches!(token.kind, Kind::Word))?;
    let mut letters = token.text.chars();
    let letter = letters.next()?;
    let place = ['c', ' ', 'd', ' ', 'e', 'f', ' ', 'g', ' ', 'a', ' ', 'b'].iter().position(|c| *c == letter)? as i16;
    let rest = letters.as_str();
    let (shift, rest) = match rest.strip_prefix('b') {
        Some(rest) => (-1, rest),
        None => (0, rest),
    };
    let short = match rest {
        "" => None,
        "m" | "min" => Some(Mode::Minor),
        "maj" => Some(Mode::Major),
        _ => return None,
    };
    let (sign, next) = match text.token(at + 1).map(|token| token.text.as_str()) {
        Some("#" | "♯" | "sharp") if shift == 0 => (1, at + 2),
        Some("♭" | "flat") if shift == 0 => (-1, at + 2),
        _ => (shift, at + 1),
    };
    let (short, next) = match text
        .token(next)
        .filter(|token| token.glued && short.is_none() && next > at + 1)
        .map(|token| token.text.as_str())
    {
        Some("m" | "min") => (Some(Mode::Minor), next + 1),
        Some("maj") => (Some(Mode::Major), next + 1),
        _ => (short, next),
    };
    Some(((place + sign).rem_euclid(12) as u8, short, next))
}

fn mode(text: &Marked<'_>, at: usize) -> Option<(Mode, usize)> {
    let token: &Token = text.token(at).filter(|token| token.kind == Kind::Word)?;
    let mode = match token.text.as_str() {
        "major" | "maj" | "ionian" => Mode::Major,
        "minor" | "min" | "aeolian" => Mode::Minor,
        "dorian" => Mode::Dorian,
        "phrygian" => Mode::Phrygian,
        "lydian" => Mode::Lydian,
        "mixolydian" => Mode::Mixolydian,
        _ => return None,
    };
    Some((mode, at + 1))
}

const CHINESE_MODES: [(&str, Mode); 6] = [
    ("大调", Mode::Major),
    ("小调", Mode::Minor),
    ("多利亚", Mode::Dorian),
    ("弗里吉亚", Mode::Phrygian),
    ("利底亚", Mode::Lydian),
    ("混合利底亚", Mode::Mixolydian),
];

fn chinese(text: &Marked<'_>, at: usize) -> Option<(KeyWish, usize)> {
    let (sign, letter) = match text.token(at)?.text.as_str() {
        "升" => (1, at + 1),
        "降" => (-1, at + 1),
        _ => (0, at),
    };
    let named = |at: usize| {
        CHINESE_MODES.iter().rev().find_map(|(name, mode)| {
            let length = name.chars().count();
            let fits = name
                .chars()
                .enumerate()
                .all(|(index, c)| text.token(at + index).is_some_and(|token| token.text.chars().eq([c])));
            fits.then_some((*mode, at + length))
        })
    };
    if let Some((tonic, _, next)) = tonic(text, letter)
        && let Some((mode, next)) = named(next)
    {
        return Some((KeyWish::Key(Key { tonic: (i16::from(tonic) + sign).rem_euclid(12) as u8, mode }), next));
    }
    named(at).map(|(mode, next)| (KeyWish::Mode(mode), next))
}
