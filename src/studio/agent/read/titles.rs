//! Words on the picture: adding, changing and removing titles.

use super::edits::{Edit, Problem, Reader};
use super::lexicon::Class;
use super::reading::{Action, Position, Question, Target, Why};
use super::text::{Kind, unquoted};
use super::time::time;

/// How long a title stands where nothing is said.
const USUAL_MS: u64 = 3_000;
/// Longest title, in characters.
const LONGEST: usize = 300;

/// When a title stands, as far as the words say.
#[derive(Debug, Default, Clone, Copy)]
struct When {
    start_ms: Option<u64>,
    duration_ms: Option<u64>,
}

impl Reader<'_> {
    /// Adds, changes or removes a title.
    pub fn title(&self) -> Edit {
        let quotes: Vec<String> = self.text.quotes(&self.at).filter_map(|at| Some(unquoted(self.text.message, self.text.token(at)?).to_owned())).collect();
        let known = |text: &String| self.about.titles.iter().any(|title| title.text.eq_ignore_ascii_case(text));
        let removes = self.text.within(&self.at).find(|mark| mark.is_any(&[Class::Remove, Class::Add, Class::Change, Class::Replace])).is_some_and(|mark| mark.is(Class::Remove));
        if removes {
            if self.about.titles.is_empty() {
                return Err(Problem::No(Why::NoTitle));
            }
            let plural = self.text.within(&self.at).any(|mark| mark.is(Class::Title) && self.text.token(mark.at.start).is_some_and(|token| token.text == "titles" || token.text == "captions")) || self.text.within(&self.at).any(|mark| self.text.is_word(mark.at.start, "all") || self.text.is_word(mark.at.start, "所"));
            let target = if plural && quotes.is_empty() { Target::AllTitles } else { Target::Title(quotes.into_iter().next()) };
            return Ok(Action::Remove { target });
        }
        let when = self.when();
        let position = self.position();
        let changes = self.text.has_any(&self.at, &[Class::Change, Class::Replace]) || self.moves() || self.text.within(&self.at).any(|mark| self.text.is_word(mark.at.start, "should"));
        if changes && !self.about.titles.is_empty() && !self.text.has(&self.at, Class::Add) {
            let (which, text) = match quotes.as_slice() {
                [which, text, ..] => (Some(which.clone()), Some(text.clone())),
                [one] if known(one) => {
                    let text = self.unquoted_text();
                    (Some(one.clone()), text)
                }
                [text] => (None, Some(text.clone())),
                [] => (None, self.unquoted_text()),
            };
            if text.is_none() && when.start_ms.is_none() && when.duration_ms.is_none() && position.is_none() {
                return Err(Problem::Ask(Question::TitleText));
            }
            return Ok(Action::ChangeTitle { which, text, start_ms: when.start_ms, duration_ms: when.duration_ms, position });
        }
        let text = quotes.into_iter().next().or_else(|| self.unquoted_text()).filter(|text| !text.is_empty());
        let text: String = text.ok_or(Problem::Ask(Question::TitleText))?.chars().take(LONGEST).collect();
        let whole = self.about.length_ms;
        let duration_ms = when.duration_ms.unwrap_or(if self.text.has(&self.at, Class::Throughout) && whole > 0 { whole } else { USUAL_MS }).max(1);
        let at_end = self.text.has(&self.at, Class::AtEnd) && whole > 0;
        let start_ms = when.start_ms.unwrap_or(if at_end { whole.saturating_sub(duration_ms) } else { 0 });
        Ok(Action::AddTitle { text, start_ms, duration_ms, position: position.unwrap_or_default() })
    }

    fn moves(&self) -> bool {
        self.at.clone().any(|at| self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "move" | "rename" | "extend" | "移" | "挪")))
    }

    fn position(&self) -> Option<Position> {
        [(Class::Top, Position::Top), (Class::Bottom, Position::Bottom), (Class::Centre, Position::Center)]
            .into_iter()
            .find(|(class, _)| self.text.has(&self.at, *class))
            .map(|(_, position)| position)
    }

    fn when(&self) -> When {
        let mut when = When::default();
        let mut at = self.at.start;
        while at < self.at.end {
            let Some((ms, next)) = time(self.text, at) else {
                at += 1;
                continue;
            };
            let before = |back: usize| at.checked_sub(back).and_then(|index| self.text.token(index)).map_or("", |token| token.text.as_str());
            let mark_before = self.text.before(at);
            if mark_before.is_some_and(|mark| mark.is(Class::First)) {
                when.start_ms = Some(0);
                when.duration_ms = Some(ms);
            } else if mark_before.is_some_and(|mark| mark.is(Class::Last)) {
                when.duration_ms = Some(ms);
                when.start_ms = Some(self.about.length_ms.saturating_sub(ms));
            } else if matches!(before(1), "at" | "@" | "from" | "after" | "在" | "从" | "第" | "于") {
                when.start_ms = Some(ms);
            } else if matches!(before(1), "to" | "until" | "till" | "-" | "–" | "到" | "至") && when.start_ms.is_some_and(|start| start < ms) {
                when.duration_ms = when.start_ms.map(|start| ms - start);
            } else if before(1) == "to" && self.moves() {
                when.start_ms = Some(ms);
            } else {
                when.duration_ms = Some(ms);
            }
            at = next;
        }
        when
    }

    /// The words behind "saying", "to" or a colon, up to where and when they stand.
    fn unquoted_text(&self) -> Option<String> {
        let signal = self.text.within(&self.at).filter(|mark| mark.is_any(&[Class::Says, Class::Called]) && !mark.is(Class::Title) && mark.at.start > self.at.start).map(|mark| mark.at.end).next();
        let colon = self.at.clone().find(|at| self.text.is_word(*at, ":") && !self.text.token(*at).is_some_and(|sign| sign.glued && self.text.token(at + 1).is_some_and(|next| matches!(next.kind, Kind::Number(_))) && self.text.token(at.wrapping_sub(1)).is_some_and(|before| matches!(before.kind, Kind::Number(_)))));
        let changed = self.text.within(&self.at).filter(|mark| mark.is_any(&[Class::Change, Class::Replace]) && self.is_han(mark.at.start) && mark.at.len() > 1).map(|mark| mark.at.end).last();
        let title = self.text.find(&self.at, Class::Title).map(|mark| mark.at.end);
        let to = title.and_then(|title| (title..self.at.end).find(|at| matches!(self.text.token(*at).map(|token| token.text.as_str()), Some("to" | "with"))).map(|at| at + 1));
        let start = colon.map(|at| at + 1).or(signal).or(changed).or(to.filter(|_| self.text.has_any(&self.at, &[Class::Change, Class::Replace]) || self.moves())).or(title)?;
        if time(self.text, start).is_some() {
            return None;
        }
        let mut end = start;
        while end < self.at.end && !self.ends_text(end) {
            end += 1;
        }
        let text = self.text.written(&(start..end)).trim_matches(|c: char| matches!(c, ':' | '：' | ',' | '，' | '.' | '"')).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    fn is_han(&self, at: usize) -> bool {
        self.text.token(at).is_some_and(|token| token.kind == Kind::Han)
    }

    fn ends_text(&self, at: usize) -> bool {
        let Some(token) = self.text.token(at) else { return true };
        if matches!(token.kind, Kind::Pause | Kind::Quote) {
            return true;
        }
        let word = token.text.as_str();
        if matches!(word, "at" | "for" | "from" | "in" | "after" | "until" | "在" | "从" | "持" | "显") && (time(self.text, at + 1).is_some() || self.text.mark(at).is_some_and(|mark| mark.is_any(&[Class::Top, Class::Bottom, Class::Centre, Class::AtEnd, Class::Throughout])) || self.text.is_word(at + 1, "the") && self.text.has_any(&(at..at + 3), &[Class::First, Class::Last]) || matches!(word, "持" | "显")) {
            return true;
        }
        self.text.mark(at).is_some_and(|mark| mark.is_any(&[Class::Top, Class::Bottom, Class::Centre, Class::AtEnd, Class::Throughout]) && mark.at.len() > 1 && mark.at.start == at)
    }
}
