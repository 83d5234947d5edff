//! A request as words: lower case, half width, with their places in the original text. Chinese is cut by the longest
//! words the lexicon knows. One pass, linear in the length of the text.

use std::collections::{HashMap, HashSet};

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word, a number, a Chinese word.
    Word,
    /// Digits alone.
    Number,
    /// A file name or a path.
    File,
    /// A web address.
    Url,
    /// Something in quotes: content, never an instruction.
    Quote,
    /// The end of a clause.
    Stop,
}

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is made of.
    pub kind: Kind,
    /// Lower case, half width; empty for quotes and stops.
    pub text: String,
    /// First byte in the request.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Words of Chinese that are cut whole.
#[derive(Debug, Default)]
pub struct ChineseWords {
    words: HashSet<String>,
    longest: usize,
    // Traditional characters and their simplified form, so that each word is stated once.
    simplified: HashMap<char, char>,
    // Words that stand before a file name and are no part of it.
    before_names: HashSet<String>,
}

impl ChineseWords {
    /// With pairs of a traditional character and its simplified form, and the words that stand before file names.
    pub fn new(pairs: &[String], before_names: &[String]) -> Self {
        let pair = |pair: &String| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        };
        let simplified = pairs.iter().flat_map(|row| row.split_whitespace()).map(str::to_owned);
        let mut words = Self {
            simplified: simplified.filter_map(|row| pair(&row)).collect(),
            before_names: before_names.iter().cloned().collect(),
            ..Self::default()
        };
        before_names.iter().for_each(|word| words.add(word));
        words
    }

    /// Keeps what has Chinese in it.
    pub fn add(&mut self, word: &str) {
        if word.chars().any(is_chinese) {
            self.longest = self.longest.max(word.chars().count());
            self.words.insert(word.to_owned());
        }
    }

    fn fold(&self, c: char) -> char {
        let half = fold(c);
        self.simplified.get(&half).copied().unwrap_or(half)
    }
}

/// Cuts a request into tokens.
pub fn tokens(request: &str, chinese: &ChineseWords) -> Vec<Token> {
    let chars: Vec<(usize, char)> = request.char_indices().map(|(at, c)| (at, chinese.fold(c))).collect();
    let end_of = |index: usize| chars.get(index).map_or(request.len(), |(at, _)| *at);
    let closers = Closers::new(&chars);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&(start, c)) = chars.get(at) {
        let before = at.checked_sub(1).and_then(|index| chars.get(index)).map(|(_, c)| *c);
        let (kind, length) = if let Some(length) = closers.quote(&chars, at, before) {
            // "Upload 'my trip.mp4'": a name, not content.
            let inside: String = chars.iter().skip(at + 1).take(length - 2).map(|(_, c)| *c).collect();
            (if is_media(&inside) { Kind::File } else { Kind::Quote }, length)
        } else if let Some(length) = ending(&chars, at, before) {
            (Kind::File, length)
        } else if is_chinese(c) {
            (Kind::Word, longest_word(&chars, at, chinese))
        } else if is_inside(c) || c == '~' || (c == '/' && before.is_none_or(char::is_whitespace)) {
            let length = run(&chars, at);
            (kind_of(&chars, at, length), length)
        } else {
            // The dot of ".mov" ends nothing.
            let begins = c == '.' && before.is_none_or(char::is_whitespace);
            let begins = begins && chars.get(at + 1).is_some_and(|(_, next)| is_inside(*next));
            if is_stop(c) && !begins {
                found.push(Token { kind: Kind::Stop, text: String::new(), start, end: end_of(at + 1) });
            }
            at += 1;
            continue;
        };
        let text = match kind {
            Kind::Quote => String::new(),
            Kind::File if length > 2 && PAIRS.iter().any(|(open, _)| *open == c) => {
                chars.iter().skip(at + 1).take(length - 2).map(|(_, c)| *c).collect()
            }
            _ => chars.iter().skip(at).take(length).map(|(_, c)| *c).collect(),
        };
        let mut token = Token { kind, text, start, end: end_of(at + length) };
        if kind == Kind::File {
            take_chinese_name(&mut found, &mut token, chinese);
        }
        found.push(token);
        at += length;
    }
    found
}

/// The length of ".mp4" behind a Chinese word.
fn ending(chars: &[(usize, char)], at: usize, before: Option<char>) -> Option<usize> {
    let (_, dot) = chars.get(at)?;
    let name = *dot == '.' && before.is_some_and(is_chinese);
    let rest = chars.get(at + 1..).filter(|_| name)?;
    let ending: String = rest.iter().map(|(_, c)| *c).take_while(char::is_ascii_alphanumeric).take(6).collect();
    FILE_ENDINGS.contains(&ending.as_str()).then_some(ending.len() + 1)
}

/// A file's name may begin in Chinese, which was cut into words: those that touch it belong to it.
fn take_chinese_name(found: &mut Vec<Token>, file: &mut Token, chinese: &ChineseWords) {
    // A name is short; this also keeps the search bounded.
    for _ in 0..NAME_LIMIT {
        let Some(word) = found.last() else { return };
        let touches = word.end == file.start && word.kind == Kind::Word && word.text.chars().all(is_chinese);
        if !touches || chinese.before_names.contains(&word.text) {
            return;
        }
        file.text.insert_str(0, &word.text);
        file.start = word.start;
        found.pop();
    }
}

/// A part of a request with the marks that hang on its ends: `20%`, `#3`, `30°`. What ends or parts clauses stays outside.
pub fn with_marks(request: &str, start: usize, end: usize) -> &str {
    let hangs =
        |c: &char| !c.is_whitespace() && !c.is_alphanumeric() && !is_stop(fold(*c)) && !"!?:;,".contains(fold(*c));
    let before =
        request.get(..start).unwrap_or_default().chars().rev().take_while(hangs).map(char::len_utf8).sum::<usize>();
    let behind = request.get(end..).unwrap_or_default().chars().take_while(hangs).map(char::len_utf8).sum::<usize>();
    request.get(start.saturating_sub(before)..end.saturating_add(behind)).unwrap_or_default()
}

/// Whether a character belongs to Chinese writing.
pub fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

fn fold(c: char) -> char {
    let half = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => c,
    };
    half.to_lowercase().next().unwrap_or(half)
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | '!' | '?' | '\n' | '。' | '、' | '–' | '—' | '(' | ')' | '…' | '+')
}

fn is_inside(c: char) -> bool {
    c.is_alphanumeric() && !is_chinese(c) || c == '&'
}

/// The length of a word, address or path that starts here. Marks within it belong to it where letters follow.
fn run(chars: &[(usize, char)], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    let address =
        ["http://", "https://"].iter().any(|scheme| rest.iter().map(|(_, c)| *c).take(scheme.len()).eq(scheme.chars()));
    let path = rest.first().is_some_and(|(_, c)| matches!(c, '/' | '~'));
    let mut length = 0;
    while let Some((_, c)) = rest.get(length) {
        let follows = rest.get(length + 1).map(|(_, next)| *next);
        let mark = matches!(c, '\'' | '-' | '.' | ':' | '_' | '/' | '\\') && follows.is_some_and(is_inside);
        let in_address = address && !c.is_whitespace() && !is_chinese(*c) && !matches!(c, '"' | '<' | '>');
        let in_path = path && !c.is_whitespace() && !matches!(c, ',' | ';' | '"' | '!' | '?' | '。');
        if !(is_inside(*c) || mark || in_address || in_path) {
            break;
        }
        length += 1;
    }
    // A full stop or comma that ends the sentence is not part of the address.
    while length > 1 && rest.get(length - 1).is_some_and(|(_, c)| is_stop(*c)) {
        length -= 1;
    }
    length.max(1)
}

const FILE_ENDINGS: [&str; 20] = [
    "mp4", "mov", "avi", "webm", "mkv", "jpg", "jpeg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac", "flac", "mid",
    "midi", "ogg", "m4v", "zip",
];

/// Whether an address or a path ends in a media file, queries aside.
pub fn is_media(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.rsplit_once('.').is_some_and(|(_, ending)| FILE_ENDINGS.contains(&ending))
}

fn kind_of(chars: &[(usize, char)], at: usize, length: usize) -> Kind {
    let text: String = chars.iter().skip(at).take(length).map(|(_, c)| *c).collect();
    if text.starts_with("http://") || text.starts_with("https://") {
        return Kind::Url;
    }
    let ending = text.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending);
    if text.starts_with(['/', '~']) || ending.is_some_and(|ending| FILE_ENDINGS.contains(&ending)) {
        return Kind::File;
    }
    if text.chars().all(|c| c.is_ascii_digit() || c == '.') { Kind::Number } else { Kind::Word }
}

fn longest_word(chars: &[(usize, char)], at: usize, chinese: &ChineseWords) -> usize {
    let mut word = String::new();
    let mut best = 1;
    for (length, (_, c)) in chars.iter().skip(at).take(chinese.longest).enumerate() {
        word.push(*c);
        if chinese.words.contains(&word) {
            best = length + 1;
        }
    }
    best
}

/// Where each kind of closing quote stands last, so that a stray opening one costs nothing.
struct Closers {
    last: [Option<usize>; PAIRS.len()],
}

const PAIRS: [(char, char); 7] =
    [('"', '"'), ('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('«', '»'), ('\'', '\'')];

impl Closers {
    fn new(chars: &[(usize, char)]) -> Self {
        Self { last: PAIRS.map(|(_, close)| chars.iter().rposition(|(_, c)| *c == close)) }
    }

    /// The length of a quotation that starts here, marks included. An apostrophe within a word opens none.
    fn quote(&self, chars: &[(usize, char)], at: usize, before: Option<char>) -> Option<usize> {
        let (_, c) = chars.get(at)?;
        let which = PAIRS.iter().position(|(open, _)| open == c)?;
        let (_, close) = PAIRS.get(which)?;
        if self.last.get(which).copied().flatten()? <= at {
            return None;
        }
        let single = *close == '\'';
        if single && before.is_some_and(is_inside) {
            return None;
        }
        // A title is short; a mark further away belongs to something else. This also keeps the search bounded.
        let inside = chars.get(at + 1..)?.iter().take(QUOTE_LIMIT);
        let length = inside.enumerate().position(|(index, (_, c))| {
            let follows = chars.get(at + index + 2).map(|(_, c)| *c);
            c == close && !(single && follows.is_some_and(is_inside))
        })?;
        Some(length + 2)
    }
}

/// Most Chinese words in a file's name.
const NAME_LIMIT: usize = 40;

/// Longest quotation, in characters.
const QUOTE_LIMIT: usize = 400;
