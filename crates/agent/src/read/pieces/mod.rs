//! A message cut into pieces that each want one thing, and what kind of thing that is.

mod edits;
mod intent;

use std::ops::Range;

use super::leftover::leftover;
use super::lexicon::{Class, Lexicon, Sense};
use super::marks::Marked;
use super::piece::Piece;
use super::reading::Context;
use super::scan::scan;
use super::text::Kind;
use super::titles;
use intent::Judge;

/// Where one piece may end and the next begin: verbs, and in Chinese anything that can only be an edit.
const LEADS: [Class; 28] = [
    Class::Make,
    Class::Score,
    Class::Add,
    Class::Remove,
    Class::Replace,
    Class::Change,
    Class::Keep,
    Class::Trim,
    Class::Undo,
    Class::Redo,
    Class::Again,
    Class::Cannot,
    Class::Title,
    Class::Volume,
    Class::Louder,
    Class::Quieter,
    Class::Mute,
    Class::Unmute,
    Class::Turn,
    Class::FadeIn,
    Class::FadeOut,
    Class::Slower,
    Class::Faster,
    Class::Dont,
    Class::AskAbilities,
    Class::Move,
    Class::LouderWeak,
    Class::QuieterWeak,
];
const CHINESE_EDITS: [Class; 17] = [
    Class::Remove,
    Class::Replace,
    Class::Trim,
    Class::Undo,
    Class::Title,
    Class::Volume,
    Class::Louder,
    Class::LouderWeak,
    Class::Quieter,
    Class::QuieterWeak,
    Class::Mute,
    Class::FadeIn,
    Class::FadeOut,
    Class::Slower,
    Class::Faster,
    Class::EnergyUp,
    Class::EnergyDown,
];

/// Cuts a marked message into pieces.
pub fn pieces(text: &Marked<'_>, lexicon: &Lexicon, about: &Context) -> Vec<Piece> {
    let pieces = ranges(text)
        .into_iter()
        .map(|(at, opens)| {
            let mut wishes = scan(text, &at, lexicon);
            leftover(text, &at, &mut wishes);
            let intent =
                Judge { text, at: at.clone(), wishes: &wishes, has_music: about.has_music(), titles: &about.titles }
                    .intent();
            Piece { at, intent, wishes, opens }
        })
        .collect();
    titles::claim(text, about, pieces)
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
                let joiner = text.mark(at).filter(|mark| {
                    mark.at.start == at && mark.is(Class::Joiner) && !mark.is_any(&[Class::No, Class::Make])
                });
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
        if mark.senses.iter().any(|sense| matches!(sense, Sense::MoreMood(_) | Sense::MoreGenre(_)))
            || mark.is_any(&[Class::More, Class::EnergyUp, Class::EnergyDown]) && !mark.is(Class::Add)
        {
            return true;
        }
        if mark.is_any(&LEADS)
            && !(mark.is(Class::Add) && mark.is(Class::More))
            && (!mark.is(Class::No) || mark.is(Class::Remove))
        {
            // "Do" and "have" alone are no verbs of making.
            return !(mark.is(Class::Polite) && mark.at.len() == 1);
        }
        // "And let it fade out": words without content stand before the verb.
        if !mark.is(Class::Polite) && !mark.is(Class::Joiner) && mark.senses != [Sense::Stop] {
            break;
        }
        at = mark.at.end;
    }
    // In Chinese the verb may stand at the end: "音量调到50%".
    if !text.token(from).is_some_and(|token| token.kind == Kind::Han) {
        return false;
    }
    let end = (from..from + 24)
        .take_while(|at| text.token(*at).is_some_and(|token| !matches!(token.kind, Kind::Stop | Kind::Pause)))
        .last()
        .map_or(from, |last| last + 1);
    text.has_any(&(from..end), &CHINESE_EDITS)
}
