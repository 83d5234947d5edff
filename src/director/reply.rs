//! A reply's text: paragraphs put together, and what may not go out of it taken away.

use bedtrack_wire::limits::REPLY_CHARS;

use super::advice::{Note, note};

/// Adds a paragraph to a reply.
pub fn add(reply: &mut String, paragraph: &str) {
    let paragraph = paragraph.trim();
    if paragraph.is_empty() {
        return;
    }
    if !reply.is_empty() {
        reply.push_str("\n\n");
    }
    reply.push_str(paragraph);
}

/// A reply as it may go out: without control characters, and cut with a note in its language where it is endless.
pub fn presentable(reply: &str, language: &str) -> String {
    let clean: String = reply.chars().filter(|c| !is_control(*c)).collect();
    match clean.char_indices().nth(REPLY_CHARS) {
        Some((at, _)) => {
            let kept = clean.get(..at).unwrap_or_default().trim_end();
            format!("{kept}…\n\n{}", note(Note::Capped, language))
        }
        None => clean,
    }
}

/// Control characters but line breaks and tabs, and those that turn the direction of writing or hide.
fn is_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_endless_replies_are_cut_with_a_note() {
        assert_eq!(presentable("a\u{1b}[31mb\u{202e}\nc\t\u{0}", "en"), "a[31mb\nc\t");
        let cut = presentable(&"音".repeat(30_000), "en");
        assert!(cut.chars().count() < 20_200 && cut.contains("the rest was left out"));
        let cut = presentable(&"音".repeat(30_000), "zh");
        assert!(cut.ends_with(&note(Note::Capped, "zh")) && !cut.contains("left out"));
        assert_eq!(presentable(&"x".repeat(20_000), "en").len(), 20_000);
    }

    #[test]
    fn paragraphs_are_set_apart_and_empty_ones_left_out() {
        let mut reply = String::new();
        ["one", "  ", "two"].iter().for_each(|paragraph| add(&mut reply, paragraph));
        assert_eq!(reply, "one\n\ntwo");
    }
}
