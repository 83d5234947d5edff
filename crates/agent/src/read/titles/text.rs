//! The words of a title that stand in no quotation marks.

use super::words::{Found, Term, Word, phrase_at};
use crate::read::edits::Reader;
use crate::read::lexicon::Class;
use bedtrack_language::characters::in_simplified;
use bedtrack_language::tokens::Kind;

/// A look of more words than this is none.
const LONGEST_LOOK: usize = 40;

impl Reader<'_> {
    /// The words behind "saying", "to" or a colon, up to where, when and how they stand.
    pub(super) fn unquoted_text(&self, found: &[Found]) -> Option<String> {
        let text = self.text;
        let signal = text
            .within(&self.at)
            .filter(|mark| {
                mark.is_any(&[Class::Says, Class::Called]) && !mark.is(Class::Title) && mark.at.start > self.at.start
            })
            // "改成红色", "显示3秒": what follows is no text.
            .filter(|mark| !self.begins_a_look(mark.at.end, found))
            .map(|mark| mark.at.end)
            .next();
        let colon = self.at.clone().find(|at| text.is_word(*at, ":") && !self.is_clock(*at));
        let changed = text
            .within(&self.at)
            .filter(|mark| {
                mark.is_any(&[Class::Change, Class::Replace]) && self.is_han(mark.at.start) && mark.at.len() > 1
            })
            .map(|mark| mark.at.end)
            .last();
        let title = text.find(&self.at, Class::Title).map(|mark| mark.at.end);
        let to = title.and_then(|title| {
            (title..self.at.end)
                .find(|at| matches!(text.token(*at).map(|token| token.text.as_str()), Some("to" | "with")))
                .map(|at| at + 1)
        });
        let changes = text.has_any(&self.at, &[Class::Change, Class::Replace])
            || self.at.clone().any(|at| text.is_word(at, "rename"))
            || self.at.clone().any(|at| text.is_word(at, "move"));
        let start =
            colon.map(|at| at + 1).or(signal).or(changed).or(to.filter(|_| changes)).or(title.filter(|_| !changes))?;
        // What begins with a look or a time is no text; after a colon anything is.
        if colon.is_none() && (text.time(start).is_some() || self.begins_a_look(start, found)) {
            return None;
        }
        let mut end = start;
        while end < self.at.end && !self.ends_text(end, found) {
            end += 1;
        }
        let words = text
            .written(&(start..end))
            .trim_matches(|c: char| matches!(c, ':' | '：' | ',' | '，' | '.' | '"'))
            .trim()
            .to_owned();
        let filler = matches!(
            in_simplified(&words).as_str(),
            "吗" | "吧" | "呢" | "please" | "一下" | "s" | "it" | "this" | "video" | "了"
        );
        (!words.is_empty() && !filler).then_some(words)
    }

    /// The colon of `1:30`.
    fn is_clock(&self, at: usize) -> bool {
        let number = |at: usize| self.text.token(at).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
        self.text.token(at).is_some_and(|sign| sign.glued) && number(at + 1) && at.checked_sub(1).is_some_and(number)
    }

    fn is_han(&self, at: usize) -> bool {
        self.text.token(at).is_some_and(|token| token.kind == Kind::Han)
    }

    /// Whether everything from here to the clause's end is about look and time: "the top", "a red box", "be bigger".
    fn begins_a_look(&self, start: usize, found: &[Found]) -> bool {
        if self.at.end > start + LONGEST_LOOK {
            return false;
        }
        let sized = found.iter().any(|phrase| phrase.is(Word::SizeNoun));
        let mut any = false;
        let mut at = start;
        while at < self.at.end {
            if let Some((_, next)) = self.text.time(at) {
                any = true;
                at = next;
            } else if let Some(phrase) = phrase_at(found, at) {
                any |= is_look(phrase);
                at = phrase.at.end;
            } else if self.text.token(at).is_some_and(|token| matches!(token.kind, Kind::Pause | Kind::Number(_)))
                || self
                    .text
                    .mark(at)
                    .is_some_and(|mark| mark.is_any(&[Class::Polite, Class::Joiner, Class::Change, Class::About]))
            {
                any |= sized && self.text.token(at).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
                at += 1;
            } else {
                return false;
            }
        }
        any || start >= self.at.end
    }

    fn ends_text(&self, at: usize, found: &[Found]) -> bool {
        let text = self.text;
        let Some(token) = text.token(at) else { return true };
        if matches!(token.kind, Kind::Pause | Kind::Quote) {
            return true;
        }
        let word = token.text.as_str();
        let classes = [Class::Top, Class::Bottom, Class::Centre, Class::AtEnd, Class::Throughout];
        let leads = matches!(
            word,
            "at" | "for" | "from" | "in" | "on" | "with" | "after" | "until" | "在" | "从" | "持" | "显" | "用"
        );
        if leads
            && (text.time(at + 1).is_some()
                || text.mark(at).is_some_and(|mark| mark.is_any(&classes))
                || text.is_word(at + 1, "the") && text.has_any(&(at..at + 3), &[Class::First, Class::Last])
                || self.begins_a_look(at, found)
                || matches!(word, "持" | "显") && self.is_han(at))
        {
            return true;
        }
        text.mark(at).is_some_and(|mark| mark.is_any(&classes) && mark.at.len() > 1 && mark.at.start == at)
    }
}

/// Whether a phrase says how or when something stands.
pub(super) fn is_look(phrase: &Found) -> bool {
    phrase.terms.iter().any(|term| match term {
        Term::Colour(_) | Term::Size(_) | Term::Resize(_) => true,
        Term::Word(word) => !matches!(
            word,
            Word::Verb
                | Word::Small
                | Word::StyleTitle
                | Word::StyleSubtitle
                | Word::StyleCaption
                | Word::StylePlain
                | Word::All
                | Word::One
                | Word::Number1
                | Word::Number2
                | Word::Number3
                | Word::Number4
                | Word::Number5
                | Word::NumberLast
                | Word::From
                | Word::At
                | Word::To
                | Word::InFirst
                | Word::InLast
                | Word::Lasts
                | Word::Percent
        ),
    })
}
