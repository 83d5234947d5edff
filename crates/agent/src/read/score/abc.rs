//! ABC notation (abcnotation.com, standard 2.1), as much as a melody needs: key, unit length, metre, accidentals, octaves,
//! lengths, dotted pairs, ties, triplets, rests; of a chord the top note.

use std::ops::Range;

use bedtrack_compose::given::{MOST_NOTES, Melody, MelodyNote};
use bedtrack_compose::key::{Key, Mode};

/// A tune in the message, and its bytes. It is known by its key field, behind which its notes stand.
pub fn find(message: &str) -> Option<(Melody, Range<usize>)> {
    let field = message.match_indices("K:").map(|(at, _)| at).find(|at| {
        message
            .get(..*at)
            .is_some_and(|before| before.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '['))
    })?;
    let header_start = header_start(message, field);
    let header = message.get(header_start..field)?;
    let after = message.get(field + 2..)?;
    let after_space = after.len() - after.trim_start_matches(' ').len();
    let key_end = after
        .get(after_space..)?
        .find(|c: char| c.is_whitespace() || c == ']')
        .map_or(after.len(), |end| end + after_space);
    let key = key(after.get(after_space..key_end)?)?;
    let metre = field_value(header, 'M').and_then(fraction).unwrap_or(1.0);
    let unit = field_value(header, 'L').and_then(fraction).unwrap_or(if metre < 0.75 { 1.0 / 16.0 } else { 1.0 / 8.0 });
    let body_start = field + 2 + key_end;
    let body = message.get(body_start..)?;
    let (notes, used) = Reader { chars: body.char_indices().collect(), at: 0, key, unit: unit * 4.0 }.notes();
    Some((Melody::of(notes, Some(key))?, header_start..body_start + used))
}

/// Where the fields before the key begin: lines such as `X:1`, right above it or on its line.
fn header_start(message: &str, field: usize) -> usize {
    let before = message.get(..field).unwrap_or_default();
    let mut start = field;
    for (at, _) in before.char_indices().rev() {
        let rest = message.get(at..field).unwrap_or_default();
        let mut chars = rest.chars();
        let fits = chars.next().is_some_and(|c| c.is_ascii_uppercase()) && chars.next() == Some(':');
        let opens = message.get(..at).unwrap_or_default().chars().next_back().is_none_or(char::is_whitespace);
        if fits && opens {
            start = at;
        }
        if start.saturating_sub(at) > 80 {
            break;
        }
    }
    start
}

fn field_value(header: &str, name: char) -> Option<&str> {
    let at = header.find(&format!("{name}:"))?;
    header.get(at + 2..)?.split_whitespace().next()
}

fn fraction(text: &str) -> Option<f64> {
    let (over, under) = text.split_once('/')?;
    let (over, under): (f64, f64) = (over.parse().ok()?, under.parse().ok()?);
    (under > 0.0 && over > 0.0).then_some(over / under)
}

/// `D`, `Am`, `F#min`, `Bb`, `Ddor`.
fn key(text: &str) -> Option<Key> {
    let mut chars = text.chars();
    let letter = chars.next()?;
    let place = [('C', 0), ('D', 2), ('E', 4), ('F', 5), ('G', 7), ('A', 9), ('B', 11)];
    let class: i32 = place.iter().find(|(name, _)| *name == letter)?.1;
    let rest = chars.as_str();
    let (sign, rest) = if let Some(rest) = rest.strip_prefix('#') {
        (1, rest)
    } else if let Some(rest) = rest.strip_prefix('b') {
        (-1, rest)
    } else {
        (0, rest)
    };
    let lower = rest.to_lowercase();
    let mode = match lower.get(..3).unwrap_or(&lower) {
        "" | "maj" | "ion" => Mode::Major,
        "m" | "min" | "aeo" => Mode::Minor,
        "dor" => Mode::Dorian,
        "phr" => Mode::Phrygian,
        "lyd" => Mode::Lydian,
        "mix" => Mode::Mixolydian,
        _ => return None,
    };
    Some(Key { tonic: (class + sign).rem_euclid(12) as u8, mode })
}

struct Reader {
    chars: Vec<(usize, char)>,
    at: usize,
    key: Key,
    // Quarter notes of a plain note.
    unit: f64,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(_, c)| *c)
    }

    /// The notes, and how many bytes they took.
    fn notes(mut self) -> (Vec<MelodyNote>, usize) {
        let mut notes: Vec<MelodyNote> = Vec::new();
        let mut bent: Vec<(char, i32)> = Vec::new();
        let (mut place, mut used, mut next_times, mut tied) = (0.0, 0, 1.0, false);
        let (mut triplet, mut sign): (usize, Option<i32>) = (0, None);
        let mut chord: Option<(i32, f64)> = None;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '|' | ']' if chord.is_none() => bent.clear(),
                '[' => chord = Some((0, 0.0)),
                ']' => {
                    if let Some((top, length)) = chord.take() {
                        let length = length * self.length();
                        push(&mut notes, &mut tied, place, length, top);
                        place += length;
                    }
                }
                '^' => sign = Some(sign.unwrap_or(0) + 1),
                '_' => sign = Some(sign.unwrap_or(0) - 1),
                '=' => sign = Some(0),
                'A'..='G' | 'a'..='g' => {
                    // A word of prose ends the tune.
                    let word = self
                        .peek()
                        .is_some_and(|next| next.is_ascii_lowercase() && !('a'..='g').contains(&next) && next != 'z');
                    if word {
                        break;
                    }
                    let upper = c.to_ascii_uppercase();
                    if let Some(by) = sign.take() {
                        bent.retain(|(letter, _)| *letter != upper);
                        bent.push((upper, by));
                    }
                    let by = bent.iter().find(|(letter, _)| *letter == upper).map(|(_, by)| *by);
                    let mut key = self.pitch(upper, by) + if c.is_ascii_lowercase() { 12 } else { 0 };
                    while let Some(mark @ ('\'' | ',')) = self.peek() {
                        key += if mark == ',' { -12 } else { 12 };
                        self.at += 1;
                    }
                    let mut length = self.unit * self.length() * std::mem::replace(&mut next_times, 1.0);
                    if let Some((top, longest)) = chord.as_mut() {
                        *top = (*top).max(key);
                        *longest = longest.max(length);
                        continue;
                    }
                    if triplet > 0 {
                        length *= 2.0 / 3.0;
                        triplet -= 1;
                    }
                    match self.peek() {
                        Some('>') => {
                            length *= 1.5;
                            next_times = 0.5;
                            self.at += 1;
                        }
                        Some('<') => {
                            length *= 0.5;
                            next_times = 1.5;
                            self.at += 1;
                        }
                        _ => {}
                    }
                    push(&mut notes, &mut tied, place, length, key);
                    place += length;
                }
                'z' | 'x' | 'Z' => place += self.unit * self.length(),
                '-' => tied = true,
                '(' if self.peek() == Some('3') => {
                    self.at += 1;
                    triplet = 3;
                }
                '"' => {
                    // A chord symbol or a remark.
                    while self.peek().is_some_and(|c| c != '"') {
                        self.at += 1;
                    }
                    self.at += 1;
                }
                ' ' | '\n' | '\r' | '\t' | ':' | '(' | ')' | '~' | '.' | '0'..='9' | '\\' => {}
                _ => break,
            }
            used = self
                .chars
                .get(self.at)
                .map_or_else(|| self.chars.last().map_or(0, |(at, c)| at + c.len_utf8()), |(at, _)| *at);
            if notes.len() >= MOST_NOTES {
                break;
            }
        }
        (notes, used)
    }

    /// `2`, `/2`, `3/2`, `//`.
    fn length(&mut self) -> f64 {
        let digits = |reader: &mut Self| {
            let mut value = None;
            while let Some(digit) = reader.peek().and_then(|c| c.to_digit(10)) {
                value = Some(value.unwrap_or(0.0) * 10.0 + f64::from(digit));
                reader.at += 1;
            }
            value
        };
        let mut length = digits(self).unwrap_or(1.0);
        while self.peek() == Some('/') {
            self.at += 1;
            length /= digits(self).unwrap_or(2.0).max(1.0);
        }
        length.clamp(1.0 / 32.0, 64.0)
    }

    /// A letter's key in the octave from middle C, bent by the key signature or an accidental.
    fn pitch(&self, letter: char, by: Option<i32>) -> i32 {
        let place = [('C', 0), ('D', 2), ('E', 4), ('F', 5), ('G', 7), ('A', 9), ('B', 11)];
        let class: i32 = place.iter().find(|(name, _)| *name == letter).map_or(0, |(_, class)| *class);
        60 + class + by.unwrap_or_else(|| signature(self.key, letter))
    }
}

/// What the key signature does to a letter: sharps come by fifths from F, flats from B.
fn signature(key: Key, letter: char) -> i32 {
    let above = match key.mode {
        Mode::Major => 0,
        Mode::Dorian => 10,
        Mode::Phrygian => 8,
        Mode::Lydian => 7,
        Mode::Mixolydian => 5,
        Mode::Minor => 3,
    };
    let fifths = usize::from(key.tonic + above) * 7 % 12;
    let place = |order: &str| order.find(letter).unwrap_or(7);
    if fifths <= 6 { i32::from(place("FCGDAEB") < fifths) } else { -i32::from(place("BEADGCF") < 12 - fifths) }
}

fn push(notes: &mut Vec<MelodyNote>, tied: &mut bool, at: f64, length: f64, key: i32) {
    let key = key.clamp(0, 127) as u8;
    match notes.last_mut().filter(|last| std::mem::take(tied) && last.key == key) {
        Some(last) => last.length += length,
        None => notes.push(MelodyNote { at, length, key }),
    }
}
