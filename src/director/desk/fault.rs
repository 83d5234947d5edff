//! A fault as an answer.

use super::Director;
use crate::director::advice::{self, Account, Call, Charge, Context, Fault};
use crate::director::answer::{Answer, Status};
use crate::nemovideo::Auth;

/// Who is spoken to, and about which call.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The skill's name.
    pub skill: String,
    /// Tag of the user's language.
    pub language: String,
    /// The tool.
    pub call: Call,
    /// What a registration is bound to, where that is known.
    pub bind: Option<String>,
}

impl Director {
    /// What a fault says for itself, where it is one of several.
    pub(super) fn happened(&self, voice: &Voice, fault: &Fault) -> String {
        self.failed(voice, fault, Answer::default()).reply
    }

    /// Puts a fault into an answer that may hold something already: what was done before it stays.
    pub(super) fn failed(&self, voice: &Voice, fault: &Fault, mut answer: Answer) -> Answer {
        let Some(skill) = self.skill(&voice.skill) else {
            answer.status = Status::Failed;
            answer.error.code = fault.code().to_owned();
            return answer;
        };
        let register = voice.bind.as_deref().map(|bind| self.register_link(bind));
        let anonymous = !self.is_local() && self.inner.client.auth() == Auth::Anonymous;
        let charge = match answer.credits.spent {
            Some(spent) => Charge::Spent(spent),
            None if self.is_local() => Charge::Nothing,
            None => Charge::AsTheFaultSays,
        };
        let context = Context {
            skill,
            account: if anonymous { Account::Anonymous { register: register.as_deref() } } else { Account::Registered },
            call: voice.call,
            charge,
            changed: !answer.changes.is_empty(),
            language: &voice.language,
            web: &self.inner.settings.web_base,
            is_local: self.is_local(),
        };
        let advice = advice::advise(fault, &context);
        add(&mut answer.reply, &advice.reply);
        answer.status = if *fault == Fault::Cancelled { Status::Cancelled } else { Status::Failed };
        answer.error = advice.error;
        answer.next = advice.next;
        answer
    }
}

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

/// Longest reply, in characters.
const MAX_REPLY: usize = 20_000;

/// A reply as it may go out: without control characters, and cut with a note in its language where it is endless.
pub fn presentable(reply: &str, language: &str) -> String {
    let clean: String = reply.chars().filter(|c| !is_control(*c)).collect();
    match clean.char_indices().nth(MAX_REPLY) {
        Some((at, _)) => {
            let kept = clean.get(..at).unwrap_or_default().trim_end();
            format!("{kept}…\n\n{}", advice::note(advice::Note::Capped, language))
        }
        None => clean,
    }
}

/// Control characters but line breaks and tabs, and those that turn the direction of writing or hide.
fn is_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}

/// The tool's name as the words know it.
pub fn call_of(tool: &str) -> Call {
    match tool {
        "upload" => Call::Upload,
        "credits" => Call::Credits,
        "state" => Call::State,
        "export" => Call::Export,
        _ => Call::Generate,
    }
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
        assert!(cut.ends_with(&advice::note(advice::Note::Capped, "zh")) && !cut.contains("left out"));
        assert_eq!(presentable(&"x".repeat(20_000), "en").len(), 20_000);
    }

    #[test]
    fn paragraphs_are_set_apart_and_empty_ones_left_out() {
        let mut reply = String::new();
        ["one", "  ", "two"].iter().for_each(|paragraph| add(&mut reply, paragraph));
        assert_eq!(reply, "one\n\ntwo");
    }
}
