//! Slips of the fingers in the words that an action hangs on. Only slips that make no other word: two neighbours swapped,
//! a letter missing within, a letter doubled, one vowel for another. "Expert" and "import" stay what they are.

use std::collections::HashMap;

use super::tokens::{Kind, Token};

/// Puts the word that was meant in the place of one that was mistyped. The request itself stays as it is.
pub fn mend(token: &mut Token, words: &[String], short: &HashMap<String, String>) {
    if let Some(long) = short.get(&token.text).filter(|_| token.kind == Kind::Word) {
        token.text.clone_from(long);
    }
    if token.kind != Kind::Word || !token.text.is_ascii() || words.contains(&token.text) {
        return;
    }
    if let Some(meant) = words.iter().find(|word| is_slip(&token.text, word)) {
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
        ([a, b, typed @ ..], [c, d, meant @ ..]) if a == d && b == c => typed == meant,
        // In shorter words that would be "expert" for "export".
        ([a, typed @ ..], [b, meant @ ..]) if length > 6 && is_vowel(*a) && is_vowel(*b) && typed == meant => true,
        (typed, [_, meant @ ..]) if typed == meant => !meant.is_empty(),
        ([twice, rest @ ..], meant) if rest == meant => typed.get(same - 1) == Some(twice),
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
            ("", "export"),
        ] {
            assert!(!is_slip(other, meant), "{other}");
        }
    }
}
