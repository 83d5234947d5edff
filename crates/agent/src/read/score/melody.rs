//! A melody in the message: note names ("C4 E4 G4"), numbered notation behind its name ("简谱 1 1 5 5 6 6 5"), ABC, or the
//! uploaded MIDI file spoken of.

use std::ops::Range;

use super::abc;
use crate::read::marks::Marked;
use bedtrack_compose::given::{MOST_NOTES, Melody, MelodyNote};

/// Fewest note names with octaves in a row that are a melody, and without.
const LEAST: usize = 3;
const LEAST_BARE: usize = 5;

/// The melody of a message, and its bytes.
pub fn find(message: &str) -> (Option<Melody>, Vec<Range<usize>>) {
    if let Some((melody, at)) = abc::find(message) {
        return (Some(melody), vec![at]);
    }
    if let Some((melody, at)) = numbered(message).or_else(|| named(message)) {
        return (Some(melody), vec![at]);
    }
    (None, Vec::new())
}

/// Whether the words speak of a melody that was uploaded.
pub fn names_the_file(text: &Marked<'_>) -> bool {
    let word = |at: usize| text.token(at).map_or("", |token| token.text.as_str());
    let all = 0..text.tokens.len();
    let tune = |at: usize| {
        matches!(word(at), "melody" | "tune" | "theme" | "motif" | "riff") || word(at) == "旋" && word(at + 1) == "律"
    };
    let file = |at: usize| {
        matches!(word(at), "midi" | "mid" | "uploaded" | "upload" | "attached")
            || word(at) == "上" && word(at + 1) == "传"
    };
    let mine = |at: usize| {
        (matches!(word(at), "my" | "this" | "the" | "given")) && tune(at + 1)
            || word(at) == "我" && (at..at + 4).any(tune)
    };
    all.clone().any(file) && (all.clone().any(tune) || all.clone().any(|at| matches!(word(at), "midi" | "mid")))
        || all.clone().any(mine)
}

/// Words with their bytes; signs that part notes are no part of them.
fn words(message: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    let parts = |c: char| {
        c.is_whitespace()
            || matches!(c, ',' | '，' | '、' | ';' | '|' | '(' | ')' | '"' | '“' | '”' | ':' | '：' | '.' | '。')
    };
    for (at, c) in message.char_indices().chain([(message.len(), ' ')]) {
        match (start, parts(c)) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                found.push((from..at, message.get(from..at).unwrap_or_default()));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// A note name, and whether it has an octave.
fn note(word: &str) -> Option<(u8, bool)> {
    let mut chars = word.chars();
    let letter = chars.next()?;
    let place = [('C', 0), ('D', 2), ('E', 4), ('F', 5), ('G', 7), ('A', 9), ('B', 11)];
    let class: i32 = place.iter().find(|(name, _)| *name == letter.to_ascii_uppercase())?.1;
    let rest = chars.as_str();
    let (sign, rest) = match rest.chars().next() {
        Some('#' | '♯') => (1, rest.get(rest.chars().next().map_or(0, char::len_utf8)..)?),
        Some('b' | '♭') => (-1, rest.get(rest.chars().next().map_or(0, char::len_utf8)..)?),
        _ => (0, rest),
    };
    if rest.is_empty() {
        return letter.is_uppercase().then_some((u8::try_from(60 + class + sign).ok()?, false));
    }
    let octave: i32 = rest.parse().ok().filter(|octave| (-1..=9).contains(octave))?;
    Some((u8::try_from((octave + 1) * 12 + class + sign).ok().filter(|key| *key < 128)?, true))
}

fn named(message: &str) -> Option<(Melody, Range<usize>)> {
    let words = words(message);
    let mut at = 0;
    while at < words.len() {
        let mut keys: Vec<(u8, bool)> = Vec::new();
        let mut lengths: Vec<f64> = Vec::new();
        let mut end = at;
        while let Some((_, word)) = words.get(end) {
            // Joined by hyphens they are one word: "C4-E4-G4".
            let joined: Vec<&str> = word.split(['-', '–', '>', '→']).filter(|part| !part.is_empty()).collect();
            let held = joined.is_empty();
            let notes: Vec<(u8, bool)> = joined.iter().filter_map(|part| note(part)).collect();
            if held && !keys.is_empty() {
                if let Some(last) = lengths.last_mut() {
                    *last += 1.0;
                }
            } else if !notes.is_empty() && notes.len() == joined.len() && keys.len() < MOST_NOTES {
                lengths.extend(notes.iter().map(|_| 1.0));
                keys.extend(notes);
            } else {
                break;
            }
            end += 1;
        }
        let octaves = keys.iter().filter(|(_, octave)| *octave).count();
        let before = at.checked_sub(1).and_then(|before| words.get(before)).map_or("", |(_, word)| word);
        let told = ["melody", "notes", "tune", "motif", "theme", "旋律", "音符"]
            .iter()
            .any(|name| before.to_lowercase().ends_with(name));
        let enough =
            octaves == keys.len() && octaves >= LEAST || keys.len() >= LEAST_BARE || told && keys.len() >= LEAST;
        if enough && let (Some(first), Some(last)) = (words.get(at), words.get(end - 1)) {
            return Some((melody(keys.iter().map(|(key, _)| *key), &lengths)?, first.0.start..last.0.end));
        }
        at = end.max(at + 1);
    }
    None
}

fn melody(keys: impl Iterator<Item = u8>, lengths: &[f64]) -> Option<Melody> {
    let mut at = 0.0;
    let notes = keys
        .zip(lengths)
        .map(|(key, length)| {
            let note = MelodyNote { at, length: *length, key };
            at += length;
            note
        })
        .collect();
    Melody::of(notes, None)
}

/// Numbered notation, in C: `1` to `7`, `0` a rest, `-` holds, `'` an octave up.
fn numbered(message: &str) -> Option<(Melody, Range<usize>)> {
    let start = message.find("简谱")?;
    let after = start + "简谱".len();
    let mut notes: Vec<MelodyNote> = Vec::new();
    let (mut at, mut end) = (0.0, after);
    for (offset, c) in message.get(after..)?.char_indices() {
        let place = after + offset;
        match c {
            '1'..='7' => {
                let degree = c.to_digit(10)? as usize - 1;
                let key = 60 + [0_u8, 2, 4, 5, 7, 9, 11].get(degree)?;
                notes.push(MelodyNote { at, length: 1.0, key });
                at += 1.0;
                end = place + 1;
            }
            '0' => {
                at += 1.0;
                end = place + 1;
            }
            '-' => {
                if let Some(last) = notes.last_mut() {
                    last.length += 1.0;
                    at += 1.0;
                    end = place + 1;
                }
            }
            '\'' | '’' => {
                if let Some(last) = notes.last_mut() {
                    last.key += 12;
                }
            }
            ' ' | '|' | ':' | '：' | ',' | '\n' => {}
            _ => break,
        }
        if notes.len() >= MOST_NOTES {
            break;
        }
    }
    let key = bedtrack_compose::key::Key { tonic: 0, mode: bedtrack_compose::key::Mode::Major };
    Some((Melody::of(notes, Some(key))?, start..end))
}
