//! Slips of the fingers in the words that an action hangs on: two neighbours swapped, a letter missing within or doubled,
//! one vowel for another, and in long words any one letter wrong or too much. Words that are words stay what they are.

use bedtrack_language::tokens::{Kind, Token};

use super::lexicon::Lexicon;

/// From here on one wrong vowel makes no other word; in shorter words that would be "expert" for "export".
const LONG: usize = 7;
/// From here on one wrong letter makes no other word.
const LONGER: usize = 8;
/// In shorter words only a swap is sure to be a slip.
const SHORT: usize = 4;

/// Puts the word that was meant in the place of one that was mistyped. The request itself stays as it is.
pub fn mend(token: &mut Token, lexicon: &Lexicon) {
    if let Some(long) = lexicon.short.get(&token.text).filter(|_| token.kind == Kind::Word) {
        token.text.clone_from(long);
    }
    if token.kind != Kind::Word || !token.text.is_ascii() || lexicon.no_slips.contains(&token.text) {
        return;
    }
    if lexicon.slips.contains(&token.text) {
        return;
    }
    if let Some(meant) = lexicon.slips.iter().find(|word| is_slip(&token.text, word)) {
        token.text.clone_from(meant);
    }
}

fn is_slip(typed: &str, meant: &str) -> bool {
    let (typed, meant) = (typed.as_bytes(), meant.as_bytes());
    let length = meant.len();
    let same = typed.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (typed_rest, meant_rest) = (typed.get(same..).unwrap_or_default(), meant.get(same..).unwrap_or_default());
    // The first letter is hardly ever the wrong one, and without it "export" would be any "-port".
    if same == 0 {
        return false;
    }
    match (typed_rest, meant_rest) {
        ([a, b, typed @ ..], [c, d, meant @ ..]) if a == d && b == c && typed == meant => true,
        _ if length <= SHORT => false,
        ([a, typed @ ..], [b, meant @ ..]) if typed == meant => {
            length >= LONGER || length >= LONG && is_vowel(*a) && is_vowel(*b)
        }
        (typed, [_, meant @ ..]) if typed == meant => !meant.is_empty() || length >= LONGER,
        ([more, rest @ ..], meant) if rest == meant => {
            // A letter more at the end is another form of the word.
            typed.get(same - 1) == Some(more) || length >= LONG && !meant.is_empty()
        }
        _ => false,
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_missing_and_doubled_letters_are_slips() {
        for (typed, meant) in [
            ("exprot", "export"),
            ("epxort", "export"),
            ("exort", "export"),
            ("exporrt", "export"),
            ("exportt", "export"),
            ("downlaod", "download"),
            ("balnce", "balance"),
            ("creidts", "credits"),
            ("statsu", "status"),
            ("satus", "status"),
            ("timelinr", "timeline"),
            ("progres", "progress"),
        ] {
            assert!(is_slip(typed, meant), "{typed}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for (other, meant) in [
            ("expert", "export"),
            ("import", "export"),
            ("exports", "export"),
            ("expor", "export"),
            ("port", "export"),
            ("credit", "credits"),
            ("balanced", "balance"),
            ("upbeat", "upload"),
            ("sow", "show"),
            ("statuses", "status"),
            ("downloads", "download"),
            ("", "export"),
        ] {
            assert!(!is_slip(other, meant), "{other}");
        }
    }
}
