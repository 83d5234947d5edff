//! What the backend's agent said in a turn: pieces and the whole text counted once, thoughts left out, the trailing
//! "temporary issue" ignored. Pure.

use crate::wire::event::{Content, Part};

/// Words of a fault that means nothing after normal text.
const TRAILING: &str = "temporary issue";
/// A longer text than this is no bare apology.
const LONGEST_APOLOGY: usize = 300;

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
        for part in content.parts {
            match part {
                Part::Text(words) if content.partial => self.pieces.push_str(&words),
                Part::Text(words) => join(&mut text, &words),
                Part::Call { name } => {
                    self.tools.push(name.clone());
                    tool = Some(name);
                }
                Part::Thought(_) | Part::Response { .. } | Part::Other => {}
            }
        }
        if !text.trim().is_empty() {
            let pieces = std::mem::take(&mut self.pieces);
            // The whole text repeats its pieces; pieces of another text stand for themselves.
            if !pieces.trim().is_empty() && !squeezed(&text).contains(&squeezed(&pieces)) {
                self.texts.push(pieces);
            }
            self.texts.push(text);
        }
        tool
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
        is_apology(fault) && self.whole().iter().any(|text| !is_apology(text))
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
    text.len() <= LONGEST_APOLOGY && text.to_lowercase().contains(TRAILING)
}

/// Parts of one text follow each other; where a sentence ended, a space stands between.
fn join(text: &mut String, more: &str) {
    let sentence = text.ends_with(['.', '!', '?', ':']);
    if sentence && !more.starts_with(char::is_whitespace) {
        text.push(' ');
    }
    text.push_str(more);
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
        let (transcript, _) = of(include_bytes!("../../tests/data/wire/partial.sse"));
        assert_eq!(transcript.text(), "I added a lo-fi bed at 35%.");
    }

    #[test]
    fn pieces_without_their_whole_are_kept() {
        let recorded = include_str!("../../tests/data/wire/partial.sse");
        let cut = recorded.match_indices("\n\n").nth(1).unwrap().0;
        let (transcript, _) = of(&recorded.as_bytes()[..cut]);
        assert_eq!(transcript.text(), "I added a lo-fi");
    }

    #[test]
    fn a_trailing_temporary_issue_is_excused_and_an_early_one_is_not() {
        let (transcript, faults) = of(include_bytes!("../../tests/data/wire/trailing-error.sse"));
        assert_eq!(transcript.text(), "Title added.");
        assert!(transcript.excuses(&faults[0]));
        assert!(!transcript.excuses("model overloaded"));
        let (transcript, faults) = of(include_bytes!("../../tests/data/wire/error-first.sse"));
        assert!(!transcript.excuses(&faults[0]));
        assert!(!Transcript::default().excuses("I encountered a Temporary Issue"));
    }

    #[test]
    fn a_trailing_text_about_a_temporary_issue_is_dropped_and_a_lone_one_is_a_failure() {
        let said = |texts: &[&str]| {
            let mut transcript = Transcript::default();
            for text in texts {
                transcript.take(Content { parts: vec![Part::Text((*text).into())], ..Content::default() });
            }
            transcript
        };
        let apology = "I encountered a temporary issue. Please try again.";
        assert_eq!(said(&["Title added.", apology]).text(), "Title added.");
        assert_eq!(said(&[apology]).only_apology().as_deref(), Some(apology));
        assert_eq!(said(&["Title added.", apology]).only_apology(), None);
    }

    #[test]
    fn thoughts_and_tools_are_not_for_the_user() {
        let (transcript, _) = of(include_bytes!("../../tests/data/wire/two-stage.sse"));
        assert_eq!(transcript.text(), "The raw video is ready.");
        assert_eq!(transcript.tools(), ["generate_video", "add_bgm"]);
    }
}
