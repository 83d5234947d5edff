//! What the backend's agent said in a turn: pieces and the whole text counted once, thoughts left out, the trailing
//! "temporary issue" ignored. Pure.

use bedtrack_wire::event::{Content, ContentPart};

/// Words of a fault that means nothing after normal text.
const TRAILING: &str = "temporary issue";
/// A longer text than this is no bare apology.
const LONGEST_APOLOGY: usize = 300;
/// Bytes of one text, and of all texts, that are kept: a reply is capped far below, and a stream may go on for long.
const LONGEST_TEXT: usize = 128 << 10;
const MOST_TEXT: usize = 256 << 10;
/// Calls of tools that are remembered, and the length of a name.
const MOST_TOOLS: usize = 256;
const LONGEST_NAME: usize = 100;
/// Whose words are not the agent's.
const USER: &str = "user";

/// The turn's texts and tools so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Whole texts.
    texts: Vec<String>,
    /// Pieces of a text that has not come whole yet.
    pieces: String,
    /// Names of the tools that were called, in order.
    tools: Vec<String>,
    /// The turn's id.
    invocation: Option<String>,
}

impl Transcript {
    /// Takes an event; gives the name of a tool that it calls.
    pub fn take(&mut self, content: Content) -> Option<String> {
        if self.invocation.is_none() {
            self.invocation = content.invocation_id;
        }
        let mut text = String::new();
        let mut tool = None;
        let echoed = content.author.as_deref() == Some(USER);
        for part in content.parts {
            match part {
                ContentPart::Text(_) if echoed => {}
                // Half of what a text may have, so that the whole text is never the shorter one.
                ContentPart::Text(words) if content.partial => append(&mut self.pieces, &words, LONGEST_TEXT / 2),
                ContentPart::Text(words) => join(&mut text, &words),
                ContentPart::Call { name } => {
                    let name: String = name.chars().take(LONGEST_NAME).collect();
                    if self.tools.len() < MOST_TOOLS {
                        self.tools.push(name.clone());
                    }
                    tool = Some(name);
                }
                ContentPart::Thought(_) | ContentPart::Response { .. } | ContentPart::Other => {}
            }
        }
        if !text.trim().is_empty() {
            let pieces = std::mem::take(&mut self.pieces);
            // The whole text repeats its pieces; pieces of another text stand for themselves.
            if !pieces.trim().is_empty() && !squeezed(&text).contains(&squeezed(&pieces)) {
                self.texts.push(pieces);
            }
            self.texts.push(text);
            self.bound();
        }
        tool
    }

    /// Of too many texts the first ones, which the reply shows, and the last one, which tells how it ended, are kept.
    fn bound(&mut self) {
        let mut bytes: usize = self.texts.iter().map(String::len).sum();
        while bytes > MOST_TEXT && self.texts.len() > 2 {
            bytes -= self.texts.remove(self.texts.len() - 2).len();
        }
    }

    /// Changes every text, such as to hide what must not be shown.
    pub fn change(&mut self, change: impl Fn(&mut String)) {
        self.texts.iter_mut().chain([&mut self.pieces]).for_each(change);
    }

    /// Whether anything was said to the user.
    pub fn has_text(&self) -> bool {
        !self.pieces.trim().is_empty() || !self.texts.is_empty()
    }

    /// The turn's id, once an event has told it.
    pub fn invocation(&self) -> Option<&str> {
        self.invocation.as_deref()
    }

    /// The tools that were called.
    pub fn tools(&self) -> &[String] {
        &self.tools
    }

    /// Whether a fault may be ignored: normal text came before it, and it only speaks of a temporary issue.
    pub fn excuses(&self, fault: &str) -> bool {
        speaks_of_it(fault) && self.whole().iter().any(|text| !is_apology(text))
    }

    /// An apology that is all the agent said: then the turn failed.
    pub fn only_apology(&self) -> Option<String> {
        let whole = self.whole();
        let [text] = whole.as_slice() else { return None };
        is_apology(text).then(|| (*text).to_owned())
    }

    /// Everything said, in paragraphs.
    pub fn text(&self) -> String {
        let mut whole = self.whole();
        while whole.len() > 1 && whole.last().is_some_and(|text| is_apology(text)) {
            whole.pop();
        }
        whole.dedup();
        whole.join("\n\n")
    }

    fn whole(&self) -> Vec<&str> {
        let texts = self.texts.iter().map(String::as_str).chain([self.pieces.as_str()]);
        texts.map(str::trim).filter(|text| !text.is_empty()).collect()
    }
}

fn is_apology(text: &str) -> bool {
    text.len() <= LONGEST_APOLOGY && speaks_of_it(text)
}

fn speaks_of_it(text: &str) -> bool {
    text.to_lowercase().contains(TRAILING)
}

/// Adds to a text up to its bound.
fn append(text: &mut String, more: &str, bound: usize) {
    let room = bound.saturating_sub(text.len());
    let end = (0..=room.min(more.len())).rev().find(|end| more.is_char_boundary(*end)).unwrap_or(0);
    text.push_str(more.get(..end).unwrap_or_default());
}

/// Parts of one text follow each other; where a sentence ended, a space stands between.
fn join(text: &mut String, more: &str) {
    let sentence = text.ends_with(['.', '!', '?', ':']);
    if sentence && !more.starts_with(char::is_whitespace) {
        text.push(' ');
    }
    append(text, more, LONGEST_TEXT);
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nemovideo::{TurnItem, read_stream};

    fn of(recorded: &[u8]) -> (Transcript, Vec<String>) {
        let mut transcript = Transcript::default();
        let mut faults = Vec::new();
        for item in read_stream(recorded) {
            match item {
                TurnItem::Content(content) => drop(transcript.take(content)),
                TurnItem::Fault(words) => faults.push(words),
                _ => {}
            }
        }
        (transcript, faults)
    }

    #[test]
    fn partial_and_final_text_count_once() {
        let (transcript, _) = of(include_bytes!("../../../tests/data/wire/partial.sse"));
        assert_eq!(transcript.text(), "I added a lo-fi bed at 35%.");
    }

    #[test]
    fn pieces_without_their_whole_are_kept() {
        let recorded = include_str!("../../../tests/data/wire/partial.sse");
        let cut = recorded.match_indices("\n\n").nth(1).unwrap().0;
        let (transcript, _) = of(&recorded.as_bytes()[..cut]);
        assert_eq!(transcript.text(), "I added a lo-fi");
    }

    #[test]
    fn a_trailing_temporary_issue_is_excused_and_an_early_one_is_not() {
        let (transcript, faults) = of(include_bytes!("../../../tests/data/wire/trailing-error.sse"));
        assert_eq!(transcript.text(), "Title added.");
        assert!(transcript.excuses(&faults[0]));
        assert!(!transcript.excuses("model overloaded"));
        let (transcript, faults) = of(include_bytes!("../../../tests/data/wire/error-first.sse"));
        assert!(!transcript.excuses(&faults[0]));
        assert!(!Transcript::default().excuses("I encountered a Temporary Issue"));
    }

    #[test]
    fn a_trailing_text_about_a_temporary_issue_is_dropped_and_a_lone_one_is_a_failure() {
        let said = |texts: &[&str]| {
            let mut transcript = Transcript::default();
            for text in texts {
                transcript.take(Content { parts: vec![ContentPart::Text((*text).into())], ..Content::default() });
            }
            transcript
        };
        let apology = "I encountered a temporary issue. Please try again.";
        assert_eq!(said(&["Title added.", apology]).text(), "Title added.");
        assert_eq!(said(&[apology]).only_apology().as_deref(), Some(apology));
        assert_eq!(said(&["Title added.", apology]).only_apology(), None);
    }

    #[test]
    fn endless_talk_is_kept_within_bounds_with_its_beginning_and_its_end() {
        let mut transcript = Transcript::default();
        let event =
            |text: String, partial| Content { partial, parts: vec![ContentPart::Text(text)], ..Content::default() };
        for n in 0..50_000 {
            transcript.take(event(format!("Sentence number {n}. "), false));
            transcript.take(Content { parts: vec![ContentPart::Call { name: "x".repeat(500) }], ..Content::default() });
        }
        transcript.take(event("And which mood?".into(), false));
        let text = transcript.text();
        assert!(text.len() < MOST_TEXT + (64 << 10), "{}", text.len());
        assert!(text.starts_with("Sentence number 0.") && text.ends_with("And which mood?"));
        assert!(transcript.tools().len() <= MOST_TOOLS && transcript.tools()[0].len() == LONGEST_NAME);
        let mut transcript = Transcript::default();
        (0..40_000).for_each(|_| drop(transcript.take(event("音乐 ".into(), true))));
        assert!(transcript.text().len() <= LONGEST_TEXT);
        transcript.take(event("音乐 ".repeat(40_000), false));
        assert_eq!(transcript.text().matches("\n\n").count(), 0, "the whole text stands for its pieces");
    }

    #[test]
    fn an_echo_of_the_users_own_words_is_not_the_agents() {
        let mut transcript = Transcript::default();
        let said = |author: &str, text: &str| Content {
            author: Some(author.into()),
            parts: vec![ContentPart::Text(text.into())],
            ..Content::default()
        };
        transcript.take(said("user", "make music"));
        assert!(!transcript.has_text());
        transcript.take(said("nemo_agent", "Made."));
        assert_eq!(transcript.text(), "Made.");
    }

    #[test]
    fn a_long_trailing_fault_about_a_temporary_issue_is_excused_too() {
        let mut transcript = Transcript::default();
        transcript.take(Content { parts: vec![ContentPart::Text("Title added.".into())], ..Content::default() });
        assert!(transcript.excuses(&format!("I encountered a TEMPORARY ISSUE: {}", "trace ".repeat(200))));
        assert!(!transcript.excuses("a temporary problem"));
    }

    #[test]
    fn thoughts_and_tools_are_not_for_the_user() {
        let (transcript, _) = of(include_bytes!("../../../tests/data/wire/two-stage.sse"));
        assert_eq!(transcript.text(), "The raw video is ready.");
        assert_eq!(transcript.tools(), ["generate_video", "add_bgm"]);
    }
}
