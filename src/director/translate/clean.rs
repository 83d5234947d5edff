//! Untrusted text made fit to be shown: no control characters, and no longer than a reply may be.

use bedtrack_language::guess::language;

use crate::director::advice::{Note, note};

/// Longest reply, in characters, its note included.
pub const MOST_CHARS: usize = 20_000;

/// Room for the note that something was left out.
const NOTE_ROOM: usize = 200;

/// The text without control characters; line breaks and tabs stay, and escape sequences go whole.
pub fn clean(text: &str) -> String {
    clean_to(text, usize::MAX).0
}

/// A reply within its bound, with a note where it was longer.
pub fn capped(text: &str) -> String {
    if text.chars().nth(MOST_CHARS).is_none() {
        return text.to_owned();
    }
    with_note(&text.chars().take(MOST_CHARS - NOTE_ROOM).collect::<String>())
}

/// The clean text within the bound, and whether it was longer.
pub(super) fn bounded(text: &str) -> (String, bool) {
    let (clean, more) = clean_to(text, MOST_CHARS);
    if !more {
        return (clean, false);
    }
    (clean.chars().take(MOST_CHARS - NOTE_ROOM).collect(), true)
}

/// The text with the note that more was said, in its language.
pub(super) fn with_note(text: &str) -> String {
    format!("{}\n\n{}", text.trim_end(), note(Note::Capped, language(text).unwrap_or_default()))
}

fn clean_to(text: &str, most: usize) -> (String, bool) {
    let mut out = String::new();
    let mut count = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let kept = match c {
            '\u{1b}' => {
                skip_escape(&mut chars);
                None
            }
            '\r' => (chars.peek() != Some(&'\n')).then_some('\n'),
            '\n' | '\t' => Some(c),
            // Marks that turn the direction of writing can make a text read as another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
            c if c.is_control() => None,
            c => Some(c),
        };
        if let Some(c) = kept {
            if count == most {
                return (out, true);
            }
            out.push(c);
            count += 1;
        }
    }
    (out, false)
}

/// The rest of a terminal's escape sequence: `[`, parameters, and one final letter (ECMA-48).
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if chars.next_if_eq(&'[').is_none() {
        return;
    }
    while chars.next_if(|c| matches!(c, '\u{20}'..='\u{3f}')).is_some() {}
    chars.next_if(|c| matches!(c, '\u{40}'..='\u{7e}'));
}
