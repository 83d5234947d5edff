//! Pitch and chords: what a musician takes for granted. Pitch classes count semitones from C.

use super::key::{Key, Mode};

/// A chord: a root, the semitones above it in the order of their weight for the ear, and perhaps another bass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chord {
    /// Pitch class of the root.
    pub root: i32,
    /// Pitch class of the bass.
    pub bass: i32,
    /// Semitones above the root, root first, up to a thirteenth (21).
    pub tones: Vec<i32>,
    /// As written after the root: `m9`.
    pub quality: String,
}

/// Chord qualities: as genres write them, as chord symbols show them, and semitones above the root.
const QUALITIES: [(&str, &str, &[i32]); 38] = [
    ("", "", &[0, 4, 7]),
    ("m", "m", &[0, 3, 7]),
    ("5", "5", &[0, 7]),
    ("6", "6", &[0, 4, 7, 9]),
    ("m6", "m6", &[0, 3, 7, 9]),
    ("69", "6/9", &[0, 4, 7, 9, 14]),
    ("m69", "m6/9", &[0, 3, 7, 9, 14]),
    ("7", "7", &[0, 4, 7, 10]),
    ("m7", "m7", &[0, 3, 7, 10]),
    ("maj7", "maj7", &[0, 4, 7, 11]),
    ("mmaj7", "m(maj7)", &[0, 3, 7, 11]),
    ("9", "9", &[0, 4, 7, 10, 14]),
    ("m9", "m9", &[0, 3, 7, 10, 14]),
    ("maj9", "maj9", &[0, 4, 7, 11, 14]),
    ("m11", "m11", &[0, 3, 10, 14, 17]),
    ("11", "11", &[0, 7, 10, 14, 17]),
    ("13", "13", &[0, 4, 10, 14, 21]),
    ("m13", "m13", &[0, 3, 10, 14, 21]),
    ("maj13", "maj13", &[0, 4, 11, 14, 21]),
    ("sus2", "sus2", &[0, 2, 7]),
    ("sus4", "sus4", &[0, 5, 7]),
    ("7sus4", "7sus4", &[0, 5, 7, 10]),
    ("9sus4", "9sus4", &[0, 5, 7, 10, 14]),
    ("13sus4", "13sus4", &[0, 5, 10, 14, 21]),
    ("add9", "add9", &[0, 4, 7, 14]),
    ("madd9", "m(add9)", &[0, 3, 7, 14]),
    ("add11", "add11", &[0, 4, 7, 17]),
    ("dim", "dim", &[0, 3, 6]),
    ("dim7", "dim7", &[0, 3, 6, 9]),
    ("m7b5", "m7b5", &[0, 3, 6, 10]),
    ("aug", "aug", &[0, 4, 8]),
    ("7b9", "7b9", &[0, 4, 7, 10, 13]),
    ("7#9", "7#9", &[0, 4, 7, 10, 15]),
    ("7#11", "7#11", &[0, 4, 10, 14, 18]),
    ("7b13", "7b13", &[0, 4, 10, 20]),
    ("7alt", "7alt", &[0, 4, 10, 15, 20]),
    ("maj7#11", "maj7#11", &[0, 4, 11, 14, 18]),
    ("madd11", "m(add11)", &[0, 3, 7, 17]),
];

impl Chord {
    /// Reads a Roman numeral over the major scale of `tonic`: `ii9`, `bVImaj7`, `V7sus4`, `IV/I`. Small numerals are minor
    /// unless the quality says otherwise (`ii9` is a minor ninth, `viidim`, `im7b5`).
    pub fn parse(text: &str, tonic: i32) -> Option<Self> {
        let (body, over) = match text.split_once('/') {
            Some((body, over)) => (body, Some(over)),
            None => (text, None),
        };
        let (root, small, rest) = numeral(body)?;
        let written = written(small, rest);
        let (_, quality, tones) = QUALITIES.iter().find(|(name, _, _)| *name == written)?;
        let root = (root + tonic).rem_euclid(12);
        let bass = match over {
            Some(over) => (numeral(over).filter(|(_, _, rest)| rest.is_empty())?.0 + tonic).rem_euclid(12),
            None => root,
        };
        Some(Self { root, bass, tones: tones.to_vec(), quality: (*quality).to_owned() })
    }

    /// Semitones above the root that a quality, as symbols show it, stands for.
    pub fn tones_of(shown: &str) -> Option<&'static [i32]> {
        QUALITIES.iter().find(|(_, quality, _)| *quality == shown).map(|(.., tones)| *tones)
    }

    /// The quality, as symbols show it, whose tones are these (within an octave, in any order); else the one that shares
    /// most of them.
    pub fn quality_of(tones: &[i32]) -> Option<&'static str> {
        let differ = |of: &[i32]| {
            let missing = of.iter().filter(|tone| !tones.contains(&tone.rem_euclid(12))).count();
            missing + tones.iter().filter(|tone| !of.iter().any(|of| of.rem_euclid(12) == **tone)).count()
        };
        let nearest = QUALITIES.iter().min_by_key(|(_, _, of)| differ(of))?;
        (differ(nearest.2) <= 2).then_some(nearest.1)
    }

    /// Pitch classes, root first.
    pub fn classes(&self) -> impl Iterator<Item = i32> + '_ {
        self.tones.iter().map(|tone| (self.root + tone).rem_euclid(12))
    }

    /// Whether a key's pitch class belongs to it.
    pub fn holds(&self, key: i32) -> bool {
        self.classes().any(|class| class == key.rem_euclid(12))
    }

    /// As a musician writes it in `key`: `Dm9`, `C/E`.
    pub fn symbol(&self, key: Key) -> String {
        let root = key.spell(self.root);
        if self.bass == self.root {
            format!("{root}{}", self.quality)
        } else {
            format!("{root}{}/{}", self.quality, key.spell(self.bass))
        }
    }

    /// Semitones above the root of its third, or what stands for it.
    pub fn third(&self) -> Option<i32> {
        self.tones.iter().copied().find(|t| matches!(t, 2..=5))
    }

    /// Semitones above the root of its fifth, perfect or altered.
    pub fn fifth(&self) -> Option<i32> {
        self.tones.iter().copied().find(|t| matches!(t, 6..=8))
    }

    /// Semitones above the root of its sixth or seventh.
    pub fn seventh(&self) -> Option<i32> {
        self.tones.iter().copied().find(|t| matches!(t, 9..=11))
    }
}

/// A numeral's root as written, and the name of its quality: `ii9` is `ii` and `m9`, `V` is `V` and empty.
pub fn quality_of(text: &str) -> Option<(&str, String)> {
    let (_, small, rest) = numeral(text)?;
    let root = text.get(..text.len() - rest.len())?;
    Some((root, written(small, rest)))
}

/// A quality as the table names it: small numerals are minor unless they say otherwise.
fn written(small: bool, rest: &str) -> String {
    let altered = ["dim", "m", "sus", "5", "aug"].iter().any(|p| rest.starts_with(p));
    if small && !altered { format!("m{rest}") } else { rest.to_owned() }
}

/// Semitones above the tonic, whether written small, and what follows the numeral.
fn numeral(text: &str) -> Option<(i32, bool, &str)> {
    let sharps = text.chars().take_while(|c| *c == '#').count();
    let flats = text.chars().take_while(|c| *c == 'b').count();
    let rest = text.get(sharps + flats..)?;
    let end = rest.find(|c: char| !matches!(c, 'i' | 'v' | 'I' | 'V')).unwrap_or(rest.len());
    let (roman, quality) = (rest.get(..end)?, rest.get(end..)?);
    let degree = ["i", "ii", "iii", "iv", "v", "vi", "vii"].iter().position(|r| *r == roman.to_ascii_lowercase())?;
    let small = roman.chars().all(char::is_lowercase);
    if !small && !roman.chars().all(char::is_uppercase) {
        return None;
    }
    Some((Mode::Major.degrees().get(degree)? + sharps as i32 - flats as i32, small, quality))
}

/// The seven pitch classes that fit over `chord` in `key`: the key's scale, bent where the chord bends it.
pub fn scale_over(key: Key, chord: &Chord) -> Vec<i32> {
    let mut scale: Vec<i32> = key.mode.degrees().iter().map(|d| (d + i32::from(key.tonic)).rem_euclid(12)).collect();
    for class in chord.classes() {
        if scale.contains(&class) {
            continue;
        }
        // A borrowed tone replaces the neighbour that is no chord tone, and rather not the key's tonic or fifth.
        let beside = |s: &&i32| !chord.holds(**s) && matches!((class - **s).rem_euclid(12), 1 | 11);
        let stable = |s: &i32| matches!((s - i32::from(key.tonic)).rem_euclid(12), 0 | 7);
        let bent = scale.iter().filter(beside).min_by_key(|s| stable(s)).copied();
        let near = bent.and_then(|bent| scale.iter().position(|s| *s == bent));
        match near.and_then(|at| scale.get_mut(at)) {
            Some(place) => *place = class,
            None => scale.push(class),
        }
    }
    scale.sort_unstable();
    scale.dedup();
    scale
}

/// The key nearest to `near` whose pitch class is `class`.
pub fn nearest(class: i32, near: i32) -> i32 {
    let up = (class - near).rem_euclid(12);
    if up > 6 { near + up - 12 } else { near + up }
}

#[cfg(test)]
mod tests {
    use super::{Chord, Key, Mode, QUALITIES, nearest, scale_over};

    #[test]
    fn numerals_become_chords() {
        let key = Key { tonic: 2, mode: Mode::Minor };
        let symbol = |text| Chord::parse(text, 2).map(|c| c.symbol(key));
        assert_eq!(symbol("i9").as_deref(), Some("Dm9"));
        assert_eq!(symbol("bVImaj7").as_deref(), Some("Bbmaj7"));
        assert_eq!(symbol("V7sus4").as_deref(), Some("A7sus4"));
        assert_eq!(symbol("iim7b5").as_deref(), Some("Em7b5"));
        assert_eq!(symbol("IV/I").as_deref(), Some("G/D"));
        assert_eq!(symbol("VIx"), None);
        assert_eq!(symbol("Iv"), None);
    }

    #[test]
    fn every_quality_starts_on_its_root_and_rises() {
        for (name, _, tones) in QUALITIES {
            assert_eq!(tones.first(), Some(&0), "{name}");
            assert!(tones.is_sorted(), "{name}");
        }
    }

    #[test]
    fn a_borrowed_chord_bends_the_scale() {
        let key = Key { tonic: 0, mode: Mode::Major };
        let chord = Chord::parse("iv", 0).unwrap();
        let scale = scale_over(key, &chord);
        assert!(scale.contains(&8) && !scale.contains(&9), "{scale:?}");
        assert_eq!(scale.len(), 7);
    }

    #[test]
    fn keys_with_flats_are_spelled_with_flats() {
        assert_eq!(Key { tonic: 10, mode: Mode::Major }.name(), "Bb major");
        assert_eq!(Key { tonic: 6, mode: Mode::Minor }.name(), "F# minor");
        assert_eq!(Key { tonic: 7, mode: Mode::Minor }.spell(10), "Bb");
    }

    #[test]
    fn nearest_goes_the_short_way() {
        assert_eq!(nearest(0, 59), 60);
        assert_eq!(nearest(11, 60), 59);
    }
}
