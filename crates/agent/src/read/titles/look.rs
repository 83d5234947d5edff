//! How a title shall look: colours, sizes, places, what is behind the words, how they come and go.

use std::ops::Range;

use super::words::{Found, Term, Word};
use crate::read::marks::Marked;
use crate::read::reading::{Align, Backing, Look, Position, Size, Style};

/// A fade where no length is named.
const USUAL_FADE_MS: u64 = 500;
/// Sizes in pixels that make sense.
const PIXELS: (f64, f64) = (12.0, 540.0);

/// What some tokens say about the look, with the tokens of times that belong to fades.
pub fn look(text: &Marked<'_>, found: &[Found]) -> (Look, Vec<usize>) {
    let mut look = Look::default();
    let mut used = Vec::new();
    for (index, phrase) in found.iter().enumerate() {
        if let Some(colour) = phrase.colour() {
            paint(text, found, index, colour, &mut look);
        }
        for term in &phrase.terms {
            match term {
                Term::Colour(_) => {}
                Term::Size(factor) => look.size = look.size.or(Some(Size::Named(*factor))),
                Term::Resize(factor) => look.size = Some(Size::By(resized(text, phrase, *factor))),
                Term::Word(word) => word_of(text, phrase, *word, &mut look, &mut used),
            }
        }
    }
    place(found, &mut look);
    if let Some(pixels) = pixels(text, found) {
        look.size = Some(Size::Pixels(pixels.clamp(PIXELS.0, PIXELS.1)));
    }
    (look, used)
}

fn word_of(text: &Marked<'_>, phrase: &Found, word: Word, look: &mut Look, used: &mut Vec<usize>) {
    match word {
        Word::Outline if !matches!(look.backing, Some(Backing::Outline(_) | Backing::Plain)) => {
            look.backing = Some(Backing::Outline(None));
        }
        Word::Box if !matches!(look.backing, Some(Backing::Box(_) | Backing::Plain)) => {
            look.backing = Some(Backing::Box(None));
        }
        Word::Shadow if look.backing.is_none() => look.backing = Some(Backing::Shadow),
        Word::Plain => look.backing = Some(Backing::Plain),
        Word::FadeIn | Word::FadeOut | Word::FadeBoth => {
            let (ms, at) = fade_length(text, phrase).map_or((USUAL_FADE_MS, None), |(ms, at)| (ms, Some(at)));
            used.extend(at);
            if word != Word::FadeOut {
                look.fade_in_ms = Some(ms);
            }
            if word != Word::FadeIn {
                look.fade_out_ms = Some(ms);
            }
        }
        Word::Hard => (look.fade_in_ms, look.fade_out_ms) = (Some(0), Some(0)),
        _ => {}
    }
}

/// Whether nothing but some small words stands between two places.
fn only_between(text: &Marked<'_>, range: Range<usize>, words: &[&str]) -> bool {
    range.into_iter().all(|at| text.token(at).is_some_and(|token| words.contains(&token.text.as_str())))
}

/// A colour is the words' own, or that of a line or box that is named with it.
fn paint(text: &Marked<'_>, found: &[Found], index: usize, colour: &str, look: &mut Look) {
    let Some(phrase) = found.get(index) else { return };
    let backs = |near: &Found| near.is_any(&[Word::Outline, Word::Box, Word::Shadow]);
    let ahead = found.iter().skip(index + 1).take(3).find(|near| backs(near));
    let ahead =
        ahead.filter(|near| only_between(text, phrase.at.end..near.at.start, &["的", "色", "coloured", "colored"]));
    let behind = found.iter().take(index).rev().take(4).find(|near| backs(near));
    let behind = behind.filter(|near| {
        let joins = [
            "in", "color", "colour", "of", "is", "to", "颜色", "颜", "色", "为", "是", "用", "成", "the", "it",
            "behind", "around", "改",
        ];
        only_between(text, near.at.end..phrase.at.start, &joins)
    });
    match ahead.or(behind) {
        Some(near) if near.is(Word::Outline) => look.backing = Some(Backing::Outline(Some(colour.to_owned()))),
        Some(near) if near.is(Word::Box) => look.backing = Some(Backing::Box(Some(colour.to_owned()))),
        Some(_) => {}
        None => look.colour = Some(colour.to_owned()),
    }
}

/// "20% bigger" and "bigger by 20%" say how much.
fn resized(text: &Marked<'_>, phrase: &Found, factor: f64) -> f64 {
    let percent_at = |at: usize| {
        let (value, next) = text.number(at)?;
        let sign = text.token(next)?.text.as_str();
        (matches!(sign, "%" | "percent") && value > 0.0 && value < 500.0).then_some(value / 100.0)
    };
    let before = (1..=4).filter_map(|back| percent_at(phrase.at.start.checked_sub(back)?)).next();
    let behind = (phrase.at.end..phrase.at.end + 2).find_map(percent_at);
    match before.or(behind) {
        Some(share) if factor >= 1.0 => 1.0 + share,
        Some(share) => (1.0 - share).max(0.05),
        None => factor,
    }
}

/// "48 px", "size 48", "字号改成60".
fn pixels(text: &Marked<'_>, found: &[Found]) -> Option<f64> {
    let measured = found.iter().filter(|phrase| phrase.is(Word::Pixels)).find_map(|phrase| {
        (1..=3)
            .filter_map(|back| text.number(phrase.at.start.checked_sub(back)?))
            .find(|(_, next)| *next == phrase.at.start)
    });
    let sized = || {
        found.iter().filter(|phrase| phrase.is(Word::SizeNoun)).find_map(|phrase| {
            let linked = |at: usize| {
                let joins = ["to", "of", "at", "is", ":", "=", "改", "成", "为", "是", "设", "到", "调"];
                only_between(text, phrase.at.end..at, &joins)
            };
            let close = phrase.at.end..phrase.at.end + 4;
            close.filter(|at| linked(*at)).find_map(|at| text.number(at).filter(|_| text.time(at).is_none()))
        })
    };
    measured.or_else(sized).map(|(value, _)| value)
}

/// A length named with a fade: "fade in over 1 second", "1 second fade-in", "淡入1秒"; with the token it begins at.
fn fade_length(text: &Marked<'_>, phrase: &Found) -> Option<(u64, usize)> {
    let joins = ["over", "for", "of", "in", "a", "within", "用", "时", "长", "为", "持", "续", "与", "the"];
    let mut at = phrase.at.end;
    loop {
        if let Some((ms, _)) = text.time(at) {
            return Some((ms, at));
        }
        if !only_between(text, at..at + 1, &joins) || at > phrase.at.end + 3 {
            break;
        }
        at += 1;
    }
    // In front of it: "a 1 second fade", "1秒的淡入".
    let end =
        if text.token(phrase.at.start.checked_sub(1)?)?.text == "的" { phrase.at.start - 1 } else { phrase.at.start };
    let start = (1..=4)
        .filter_map(|back| end.checked_sub(back))
        .find(|at| text.time(*at).is_some_and(|(_, next)| next == end))?;
    text.time(start).map(|(ms, _)| (ms, start))
}

/// Height and side; "bottom centre" is the bottom, and in the middle of it.
fn place(found: &[Found], look: &mut Look) {
    let has = |word: Word| found.iter().any(|phrase| phrase.is(word));
    let corners = [
        (Word::CornerTopLeft, Position::Top, Align::Left),
        (Word::CornerTopRight, Position::Top, Align::Right),
        (Word::CornerBottomLeft, Position::Bottom, Align::Left),
        (Word::CornerBottomRight, Position::Bottom, Align::Right),
    ];
    if let Some((_, position, align)) = corners.into_iter().find(|(word, ..)| has(*word)) {
        (look.position, look.align) = (Some(position), Some(align));
        return;
    }
    let heights =
        [(Word::PlaceLower, Position::Lower), (Word::PlaceTop, Position::Top), (Word::PlaceBottom, Position::Bottom)];
    look.position = heights.into_iter().find(|(word, _)| has(*word)).map(|(_, position)| position);
    let sides = [(Word::SideLeft, Align::Left), (Word::SideRight, Align::Right)];
    look.align = sides.into_iter().find(|(word, _)| has(*word)).map(|(_, align)| align);
    if has(Word::PlaceCentre) {
        match (look.position, look.align) {
            (None, _) => look.position = Some(Position::Center),
            (Some(_), None) => look.align = Some(Align::Center),
            _ => {}
        }
    }
}

/// What kind of words some tokens name; the last one counts.
pub fn style(found: &[Found]) -> Option<Style> {
    found.iter().rev().find_map(|phrase| {
        [(Word::StyleSubtitle, Style::Subtitle), (Word::StyleCaption, Style::Caption), (Word::StyleTitle, Style::Title)]
            .into_iter()
            .find(|(word, _)| phrase.is(*word))
            .map(|(_, style)| style)
    })
}
