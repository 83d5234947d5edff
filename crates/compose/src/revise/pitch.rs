//! Another key: every pitch keeps its degree of the scale, bent as it was bent before, and its rhythm; drums and textures
//! stay as they are. Chord symbols are named anew.

use crate::instruments::instruments;
use crate::key::Key;
use crate::score::{Score, Stem};
use crate::theory::Chord;

/// Takes a score to another key.
pub fn apply(score: &mut Score, to: Key) {
    let from = score.key;
    if from == to {
        return;
    }
    let map = Map::between(from, to);
    for part in score.parts.iter_mut().filter(|part| !matches!(part.stem, Stem::Drums | Stem::Texture)) {
        let range = instruments().get(&part.instrument).map_or((0, 127), |i| i.range);
        for note in &mut part.notes {
            note.key = into_range(map.key(i32::from(note.key)), range);
        }
    }
    for chord in &mut score.chords {
        for key in &mut chord.keys {
            *key = map.key(i32::from(*key)).clamp(0, 127) as u8;
        }
        chord.symbol = rename(&chord.symbol, from, to, &map);
    }
    score.key = to;
}

/// By how much each pitch class moves.
pub struct Map([i32; 12]);

impl Map {
    /// From one key to another, the short way.
    pub fn between(from: Key, to: Key) -> Self {
        let mut shift = i32::from(to.tonic) - i32::from(from.tonic);
        // The short way round.
        shift = (shift + 5).rem_euclid(12) - 5;
        let (old, new) = (from.mode.degrees(), to.mode.degrees());
        let mut moves = [shift; 12];
        for (class, by) in moves.iter_mut().enumerate() {
            let above = (class as i32 - i32::from(from.tonic)).rem_euclid(12);
            // The degree it is, or that it is a raised form of.
            let degree = old.iter().zip(new).rfind(|(degree, _)| **degree <= above);
            if let Some((was, is)) = degree {
                // A raised degree that would leave its place (a leading note, a borrowed third) stays what it is.
                *by += if above == *was { is - was } else { 0 };
            }
        }
        Self(moves)
    }

    /// Where a key goes.
    pub fn key(&self, key: i32) -> i32 {
        key + self.0.get(key.rem_euclid(12) as usize).copied().unwrap_or(0)
    }
}

/// The same pitch class within a range that is at least an octave wide.
pub fn into_range(key: i32, (low, high): (u8, u8)) -> u8 {
    let (low, high) = (i32::from(low), i32::from(high));
    let mut key = key;
    while key < low {
        key += 12;
    }
    while key > high {
        key -= 12;
    }
    key.clamp(low.min(high), high).clamp(0, 127) as u8
}

/// A chord symbol in the new key: its root and bass are mapped, its quality is read off what its tones have become.
fn rename(symbol: &str, from: Key, to: Key, map: &Map) -> String {
    let (body, bass) = symbol.split_once('/').filter(|(_, bass)| class_of(bass).is_some()).unwrap_or((symbol, ""));
    let Some((root, rest)) = class_of(body) else { return symbol.to_owned() };
    let new_root = map.key(root).rem_euclid(12);
    let quality = Chord::tones_of(rest).and_then(|tones| {
        let moved: Vec<i32> = tones.iter().map(|tone| (map.key(root + tone) - map.key(root)).rem_euclid(12)).collect();
        if from.mode == to.mode { None } else { Chord::quality_of(&moved) }
    });
    let bass = class_of(bass).map(|(class, _)| format!("/{}", to.spell(map.key(class)))).unwrap_or_default();
    format!("{}{}{bass}", to.spell(new_root), quality.unwrap_or(rest))
}

/// Root and quality of a chord symbol, another bass left aside.
pub fn root_of(symbol: &str) -> Option<(i32, &str)> {
    let body = symbol.split_once('/').filter(|(_, bass)| class_of(bass).is_some()).map_or(symbol, |(body, _)| body);
    class_of(body).map(|(root, quality)| (root.rem_euclid(12), quality))
}

/// The pitch class a symbol begins with, and what follows.
fn class_of(symbol: &str) -> Option<(i32, &str)> {
    let mut chars = symbol.chars();
    let letter = chars.next()?;
    let place = [('C', 0), ('D', 2), ('E', 4), ('F', 5), ('G', 7), ('A', 9), ('B', 11)];
    let class = place.iter().find(|(name, _)| *name == letter)?.1;
    let rest = chars.as_str();
    Some(match rest.chars().next() {
        Some('#') => (class + 1, rest.get(1..).unwrap_or_default()),
        Some('b') => (class - 1, rest.get(1..).unwrap_or_default()),
        _ => (class, rest),
    })
}
