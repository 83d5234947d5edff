//! Tokens as people see words: numbers with their signs, names with their dots, files, addresses, and Chinese words of a
//! dictionary, the longest that fits.

use std::collections::HashSet;

use super::{Kind, Token};
use crate::characters::{fold, folded, is_han, is_letter};
use crate::endings;
use crate::quotations::Quotations;

/// Words of Chinese that are cut whole.
#[derive(Debug, Default)]
pub struct Dictionary {
    words: HashSet<String>,
    longest: usize,
    // Words that stand before a file name and are no part of it.
    before_names: HashSet<String>,
}

impl Dictionary {
    /// With the words that stand before file names.
    pub fn new(before_names: &[String]) -> Self {
        let mut dictionary = Self::default();
        for word in before_names {
            dictionary.add(word);
            dictionary.before_names.insert(folded(word));
        }
        dictionary
    }

    /// Keeps what has Chinese in it.
    pub fn add(&mut self, word: &str) {
        if word.chars().any(is_han) {
            self.longest = self.longest.max(word.chars().count());
            self.words.insert(folded(word));
        }
    }

    fn longest_at(&self, chars: &[(usize, char)], at: usize) -> usize {
        let mut word = String::new();
        let mut best = 1;
        for (length, (_, c)) in chars.iter().skip(at).take(self.longest).enumerate() {
            word.push(*c);
            if self.words.contains(&word) {
                best = length + 1;
            }
        }
        best
    }
}

/// Cuts a text into words.
pub fn words(text: &str, dictionary: &Dictionary) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, fold(c))).collect();
    let quotations = Quotations::of(text);
    let end_of = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    let slice = |at: usize, length: usize| chars.iter().skip(at).take(length).map(|(_, c)| *c).collect::<String>();
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(&(start, c)) = chars.get(at) {
        let before = at.checked_sub(1).and_then(|index| chars.get(index)).map(|(_, c)| *c);
        let (kind, folded, length) =
            if let Some(quotation) = quotations.at(start).filter(|quoted| quoted.at.start == start) {
                let length = chars.get(at..).unwrap_or_default().partition_point(|(byte, _)| *byte < quotation.at.end);
                // "Upload 'my trip.mp4'": a name, not content.
                let inside = slice(at + 1, length.saturating_sub(2));
                if is_media(&inside) { (Kind::File, inside, length) } else { (Kind::Quote, String::new(), length) }
            } else if let Some(length) = ending(&chars, at, before) {
                (Kind::File, slice(at, length), length)
            } else if is_han(c) {
                let length = dictionary.longest_at(&chars, at);
                (Kind::Word, slice(at, length), length)
            } else if is_inside(c) || c == '~' || (c == '/' && before.is_none_or(char::is_whitespace)) {
                let length = run(&chars, at);
                let word = slice(at, length);
                (kind_of(&word), word, length)
            } else {
                // The dot of ".mov" ends nothing.
                let next = chars.get(at + 1).map(|(_, next)| *next);
                let begins = c == '.' && before.is_none_or(char::is_whitespace) && next.is_some_and(is_inside);
                let opens = c == ':' && !next.is_some_and(is_inside);
                if !opens && (begins || !is_stop(c)) {
                    at += 1;
                    continue;
                }
                (if opens { Kind::Colon } else { Kind::Stop }, String::new(), 1)
            };
        let glued = found.last().is_some_and(|last| last.end == start);
        let capital = text.get(start..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase);
        let mut token = Token { kind, text: folded, start, end: end_of(at + length), glued, capital };
        if kind == Kind::File {
            take_chinese_name(&mut found, &mut token, dictionary);
        }
        found.push(token);
        at += length;
    }
    found
}

/// The length of ".mp4" behind a Chinese word.
fn ending(chars: &[(usize, char)], at: usize, before: Option<char>) -> Option<usize> {
    let (_, dot) = chars.get(at)?;
    let name = *dot == '.' && before.is_some_and(is_han);
    let rest = chars.get(at + 1..).filter(|_| name)?;
    let ending: String =
        rest.iter().map(|(_, c)| *c).take_while(char::is_ascii_alphanumeric).take(endings::LONGEST).collect();
    endings::ending(&ending).filter(|holds| holds.is_media()).map(|_| ending.len() + 1)
}

/// A file's name may begin in Chinese, which was cut into words: those that touch it belong to it.
fn take_chinese_name(found: &mut Vec<Token>, file: &mut Token, dictionary: &Dictionary) {
    // A name is short; this also keeps the search bounded.
    for _ in 0..NAME_LIMIT {
        let Some(word) = found.last() else { return };
        let touches = word.end == file.start && word.kind == Kind::Word && word.text.chars().all(is_han);
        if !touches || dictionary.before_names.contains(&word.text) {
            return;
        }
        file.text.insert_str(0, &word.text);
        file.start = word.start;
        found.pop();
    }
}

/// A part of a text with the marks that hang on its ends: `20%`, `#3`, `30°`. What ends or parts clauses stays outside.
pub fn with_marks(text: &str, start: usize, end: usize) -> &str {
    let hangs =
        |c: &char| !c.is_whitespace() && !c.is_alphanumeric() && !is_stop(fold(*c)) && !"!?:;,".contains(fold(*c));
    let before =
        text.get(..start).unwrap_or_default().chars().rev().take_while(hangs).map(char::len_utf8).sum::<usize>();
    let behind = text.get(end..).unwrap_or_default().chars().take_while(hangs).map(char::len_utf8).sum::<usize>();
    text.get(start.saturating_sub(before)..end.saturating_add(behind)).unwrap_or_default()
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | '!' | '?' | '\n' | '。' | '、' | '–' | '—' | '(' | ')' | '…' | '+')
}

fn is_inside(c: char) -> bool {
    is_letter(c) || c == '&'
}

fn is_media(name: &str) -> bool {
    endings::of(name).is_some_and(endings::Holds::is_media)
}

/// The length of a word, address or path that starts here. Marks within it belong to it where letters follow.
fn run(chars: &[(usize, char)], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    let address = SCHEMES.iter().any(|scheme| rest.iter().map(|(_, c)| *c).take(scheme.len()).eq(scheme.chars()));
    let drive = matches!(rest, [(_, letter), (_, ':'), (_, '\\' | '/'), ..] if letter.is_ascii_alphabetic());
    let path = drive || rest.first().is_some_and(|(_, c)| matches!(c, '/' | '~'));
    let mut length = 0;
    while let Some((_, c)) = rest.get(length) {
        let follows = rest.get(length + 1).map(|(_, next)| *next);
        let mark = matches!(c, '\'' | '-' | '.' | ':' | '_' | '/' | '\\') && follows.is_some_and(is_inside);
        let in_address = address && !c.is_whitespace() && !is_han(*c) && !matches!(c, '"' | '<' | '>');
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

fn kind_of(word: &str) -> Kind {
    if SCHEMES.iter().any(|scheme| word.starts_with(scheme)) {
        return Kind::Url;
    }
    let drive = word.get(1..).is_some_and(|rest| rest.starts_with(":\\") || rest.starts_with(":/"));
    if drive || word.starts_with(['/', '~']) || is_media(word) {
        return Kind::File;
    }
    if !word.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Kind::Word;
    }
    // "1.2.3" counts as far as it is one number.
    let second = word.match_indices('.').nth(1).map_or(word.len(), |(at, _)| at);
    word.get(..second).and_then(|number| number.parse().ok()).map_or(Kind::Word, Kind::Number)
}

const SCHEMES: [&str; 2] = ["http://", "https://"];

/// Most Chinese words in a file's name.
const NAME_LIMIT: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(Kind, String)> {
        let mut dictionary = Dictionary::new(&["上传".to_owned()]);
        ["导出", "视频"].iter().for_each(|word| dictionary.add(word));
        words(text, &dictionary).into_iter().map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn names_numbers_and_addresses_are_whole() {
        assert_eq!(
            cut("Save 9:16 lo-fi 'My Trip.mp4' to ~/out, v1.2 see https://a.b/c?d."),
            [
                (Kind::Word, "save".into()),
                (Kind::Word, "9:16".into()),
                (Kind::Word, "lo-fi".into()),
                (Kind::File, "my trip.mp4".into()),
                (Kind::Word, "to".into()),
                (Kind::File, "~/out".into()),
                (Kind::Stop, String::new()),
                (Kind::Word, "v1.2".into()),
                (Kind::Word, "see".into()),
                (Kind::Url, "https://a.b/c?d".into()),
                (Kind::Stop, String::new()),
            ]
        );
    }

    #[test]
    fn chinese_is_cut_by_the_longest_words_that_are_known_in_either_writing() {
        let simplified = cut("上传海边.mp4，导出视频");
        assert_eq!(simplified, cut("上傳海邊.mp4，導出視頻"));
        assert_eq!(
            simplified.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
            ["上传", "海边.mp4", "", "导出", "视频"]
        );
    }

    #[test]
    fn a_part_keeps_the_marks_that_hang_on_it() {
        assert_eq!(with_marks("set to 20%, now", 7, 9), "20%");
    }
}
