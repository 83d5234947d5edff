//! Words on the picture: adding, changing and removing titles and captions.
//!
//! `words` finds the phrases, `claim` tells which pieces of a message are about titles, `look`, `when` and `text` read what
//! they say; here it becomes actions.

mod claim;
mod look;
mod text;
mod when;
mod words;

use std::ops::Range;

use bedtrack_language::tokens::Kind;

use super::edits::{Edit, Problem, Reader};
use super::lexicon::Class;
use super::reading::{
    Action, Align, CaptionWish, Look, NewTitle, Pick, Position, Question, Retitle, Style, Target, TitleCard, When, Why,
};
use when::Clock;
use words::{Found, Term, Word, phrase_at};

pub use claim::claim;
pub use words::colour_name;

/// How long a title stands where nothing is said.
const USUAL_MS: u64 = 3_000;
/// Most titles that one clause adds or takes off.
const MOST: usize = 20;

/// A quotation in the clause.
struct Quote {
    at: usize,
    words: String,
}

/// What a clause does with titles.
#[derive(PartialEq, Eq)]
enum Deed {
    Adds,
    Changes,
    Removes,
    Unsaid,
}

impl Reader<'_> {
    /// Adds, changes or removes titles.
    pub fn titles(&self) -> Vec<Edit> {
        let found = words::scan(self.text, &self.at);
        let quotes: Vec<Quote> = self
            .text
            .quotes(&self.at)
            .filter_map(|at| Some(Quote { at, words: self.text.token(at)?.unquoted(self.text.message).to_owned() }))
            .filter(|quote| !quote.words.is_empty())
            .collect();
        let deed = self.deed(&found);
        if deed == Deed::Removes {
            return self.removals(&found, &quotes);
        }
        if self.changes(&deed, &found, &quotes) {
            return self.split_by_pick(&found).into_iter().map(|part| self.change(&part, &quotes)).collect();
        }
        if quotes.is_empty()
            && let Some(captions) = self.captions
        {
            let (mut look, _) = look::look(self.text, &found);
            // "The captions below" stand below in the message; and that is where captions stand anyway.
            look.position = look.position.filter(|position| *position != Position::Bottom);
            return vec![Ok(Action::AddCaptions(CaptionWish { captions: captions.clone(), look }))];
        }
        self.additions(&found, &quotes)
    }

    /// The first verb tells; what is part of a look ("remove the outline") is none of its own.
    fn deed(&self, found: &[Found]) -> Deed {
        let of_look = |at: usize| {
            found.iter().any(|phrase| {
                phrase.at.contains(&at) && phrase.at.len() > 1 && phrase.is_any(&[Word::Plain, Word::Hard])
                    || phrase.at.contains(&at) && phrase.terms.iter().any(|term| matches!(term, Term::Resize(_)))
            })
        };
        let verb = self.text.within(&self.at).find(|mark| {
            let particle = mark.at.len() == 1
                && self.text.token(mark.at.start).is_some_and(|token| {
                    matches!(token.text.as_str(), "把" | "将" | "要" | "用" | "给" | "more" | "再")
                });
            !particle
                && mark.is_any(&[Class::Remove, Class::Add, Class::Change, Class::Replace])
                && !of_look(mark.at.start)
        });
        match verb {
            Some(mark) if mark.is(Class::Remove) => Deed::Removes,
            Some(mark) if mark.is(Class::Add) => Deed::Adds,
            Some(_) => Deed::Changes,
            None => Deed::Unsaid,
        }
    }

    fn known(&self, words: &str) -> bool {
        let wanted = words.trim().to_lowercase();
        self.about.titles.iter().any(|title| title.text.trim().to_lowercase() == wanted)
    }

    /// Whether a clause is about titles that are there.
    fn changes(&self, deed: &Deed, found: &[Found], quotes: &[Quote]) -> bool {
        if self.about.titles.is_empty() {
            // "Make the title bigger" of none at all is told; "make a title …" adds one.
            return *deed == Deed::Changes
                && quotes.is_empty()
                && self.unquoted_text(found).is_none()
                && self.captions.is_none();
        }
        let says = *deed == Deed::Changes
            || self.moves()
            || self.restyled(found).is_some()
            || self.text.within(&self.at).any(|mark| self.text.is_word(mark.at.start, "should"));
        let indefinite = self.at.clone().any(|at| {
            matches!(self.text.token(at).map(|token| token.text.as_str()), Some("a" | "an" | "another" | "new"))
                && self.text.is(at + 1, Class::Title)
        });
        if says && *deed != Deed::Adds && (!indefinite || self.restyled(found).is_some()) {
            return true;
        }
        let all_known = quotes.iter().all(|quote| self.known(&quote.words));
        let (look, used) = look::look(self.text, found);
        let says_how = !look.is_empty() || !self.when(&self.at, found, &used).is_empty();
        let new_words = quotes.is_empty() && self.unquoted_text(found).is_some();
        all_known
            && !new_words
            && says_how
            && !indefinite
            && (*deed != Deed::Adds || quotes.is_empty())
            && self.captions.is_none()
    }

    fn moves(&self) -> bool {
        self.at.clone().any(|at| {
            self.text.token(at).is_some_and(|token| {
                matches!(token.text.as_str(), "move" | "rename" | "extend" | "shift" | "reposition" | "移" | "挪")
            })
        })
    }

    fn when(&self, at: &Range<usize>, found: &[Found], used: &[usize]) -> When {
        Clock { text: self.text, at: at.clone(), found, used, length_ms: self.about.length_ms, moves: self.moves() }
            .when()
    }

    /// Which titles some words mean.
    fn pick(&self, found: &[Found]) -> Pick {
        let has = |word: Word| found.iter().any(|phrase| phrase.is(word));
        let numbers =
            [(Word::Number1, 1), (Word::Number2, 2), (Word::Number3, 3), (Word::Number4, 4), (Word::Number5, 5)];
        let is_one = |phrase: &Found| {
            let next = phrase.at.end;
            let alone = !self.at.contains(&next)
                || phrase.at.len() > 1
                    && self
                        .text
                        .token(next - 1)
                        .is_some_and(|token| token.text == "one" || token.text == "个" || token.text == "条");
            alone
                || phrase_at(found, next).is_some_and(|near| {
                    near.is_any(&[Word::One, Word::StyleTitle, Word::StyleCaption, Word::StyleSubtitle])
                })
        };
        for phrase in found.iter().filter(|phrase| is_one(phrase)) {
            if let Some((_, number)) = numbers.into_iter().find(|(word, _)| phrase.is(*word)) {
                return Pick::Number(number);
            }
            if phrase.is(Word::NumberLast) {
                return Pick::Last;
            }
        }
        let captions = self.about.titles.iter().filter(|title| title.style == Style::Caption).count();
        let plural = self.at.clone().any(|at| {
            matches!(
                self.text.token(at).map(|token| token.text.as_str()),
                Some("captions" | "subtitles" | "titles" | "texts")
            )
        });
        let of_captions = has(Word::StyleCaption) && captions > 0;
        if of_captions && (captions > 1 || has(Word::All) || plural) {
            return Pick::Captions;
        }
        if has(Word::All) || plural {
            return Pick::All;
        }
        // "The subtitle" is the newest of its kind, where there are several kinds.
        let named = look::style(found)
            .filter(|style| *style != Style::Title)
            .or_else(|| found.iter().any(|phrase| phrase.is(Word::StyleTitle)).then_some(Style::Title));
        let kinds = |style: Style| self.about.titles.iter().filter(move |title| title.style == style);
        match named {
            Some(style) if kinds(style).count() > 0 && kinds(style).count() < self.about.titles.len() => {
                kinds(style).next_back().map_or(Pick::Newest, |title| Pick::Named(title.text.clone()))
            }
            _ => Pick::Newest,
        }
    }

    fn removals(&self, found: &[Found], quotes: &[Quote]) -> Vec<Edit> {
        if self.about.titles.is_empty() {
            return vec![Err(Problem::No(Why::NoTitle))];
        }
        if !quotes.is_empty() {
            let named =
                quotes.iter().map(|quote| Ok(Action::Remove { target: Target::Title(Some(quote.words.clone())) }));
            return named.collect();
        }
        vec![Ok(match self.pick(found) {
            Pick::All => Action::Remove { target: Target::AllTitles },
            Pick::Newest => Action::Remove { target: Target::Title(None) },
            Pick::Named(words) => Action::Remove { target: Target::Title(Some(words)) },
            pick => Action::RemoveTitles { which: pick },
        })]
    }

    /// "Make the first title red and the second one blue": a part for each.
    fn split_by_pick(&self, found: &[Found]) -> Vec<Range<usize>> {
        let numbers = [Word::Number1, Word::Number2, Word::Number3, Word::Number4, Word::Number5, Word::NumberLast];
        let starts: Vec<usize> = found
            .iter()
            .filter(|phrase| phrase.is_any(&numbers))
            .filter(|phrase| {
                let single = [(*phrase).clone()];
                let one = |at: usize| phrase_at(found, at).is_some_and(|near| near.is(Word::One));
                one(phrase.at.end)
                    || !matches!(Reader { at: phrase.at.clone(), ..*self }.pick(&single), Pick::Newest)
                        && (phrase.at.len() > 1 && !phrase.is_any(&[Word::InLast, Word::InFirst]))
            })
            .map(|phrase| phrase.at.start)
            .collect();
        if starts.len() < 2 {
            return vec![self.at.clone()];
        }
        let mut parts = Vec::new();
        for (index, start) in starts.iter().enumerate() {
            let from = if index == 0 { self.at.start } else { *start };
            parts.push(from..starts.get(index + 1).copied().unwrap_or(self.at.end));
        }
        parts
    }

    fn change(&self, part: &Range<usize>, quotes: &[Quote]) -> Edit {
        if self.about.titles.is_empty() {
            return Err(Problem::No(Why::NoTitle));
        }
        let found = words::scan(self.text, part);
        let here = Reader { at: part.clone(), ..*self };
        let quotes: Vec<&Quote> = quotes.iter().filter(|quote| part.contains(&quote.at)).collect();
        let (named, text) = match quotes.as_slice() {
            [which, text, ..] => (Some(which.words.clone()), Some(text.words.clone())),
            [one] if self.known(&one.words) => (Some(one.words.clone()), here.unquoted_text(&found)),
            [text] => (None, Some(text.words.clone())),
            [] => (None, here.unquoted_text(&found)),
        };
        let (mut look, used) = look::look(self.text, &found);
        look.style = here.restyled(&found);
        // Going to the middle means both ways.
        if look.position == Some(Position::Center)
            && look.align.is_none()
            && self.about.titles.iter().any(|title| title.aside)
        {
            look.align = Some(Align::Center);
        }
        // "Turn it into a subtitle" names no words.
        let text = text.filter(|_| look.style.is_none() || !quotes.is_empty());
        let when = here.when(part, &found, &used);
        if text.is_none() && look.is_empty() && when.is_empty() {
            let asks_other = self.text.has_any(part, &[Class::EnergyUp, Class::EnergyDown, Class::Style])
                || part.clone().any(|at| {
                    self.text.mark(at).is_none() && self.text.token(at).is_some_and(|token| token.kind == Kind::Word)
                });
            return Err(if asks_other { Problem::No(Why::CannotDo) } else { Problem::Ask(Question::TitleText) });
        }
        let which = named.map_or_else(|| here.pick(&found), Pick::Named);
        Ok(Action::ChangeTitle(Retitle { which, text, when, look }))
    }

    /// "Turn it into a subtitle": the kind of words behind the verb.
    fn restyled(&self, found: &[Found]) -> Option<Style> {
        let into = |phrase: &Found| {
            let before = |back: usize| {
                phrase
                    .at
                    .start
                    .checked_sub(back)
                    .and_then(|at| self.text.token(at))
                    .map_or("", |token| token.text.as_str())
            };
            matches!(before(1), "as" | "into" | "成" | "为")
                || matches!(before(1), "a" | "an") && matches!(before(2), "into" | "as" | "it" | "to")
        };
        let noun: Vec<Found> = found.iter().filter(|phrase| into(phrase)).cloned().collect();
        look::style(&noun)
    }

    fn additions(&self, found: &[Found], quotes: &[Quote]) -> Vec<Edit> {
        if quotes.is_empty() {
            let asks =
                if look::style(found) == Some(Style::Caption) { Question::CaptionText } else { Question::TitleText };
            let text = self.unquoted_text(found).filter(|text| !text.is_empty());
            let Some(text) = text else { return vec![Err(Problem::Ask(asks))] };
            return vec![Ok(self.addition(text, &self.at, found, found, &Look::default()))];
        }
        // Whether "at 0:00 "A", at 0:03 "B"" names the time first, or last.
        let first = quotes.first().map_or(self.at.start, |quote| quote.at);
        let last = quotes.last().map_or(self.at.end, |quote| quote.at + 1);
        let says_when = |range: &Range<usize>| !self.when(range, &words::scan(self.text, range), &[]).is_empty();
        let leads = quotes.len() > 1 && says_when(&(self.at.start..first)) && !says_when(&(last..self.at.end));
        let shared = self.shared(found, first, last, quotes.len());
        let mut edits = Vec::new();
        for (index, quote) in quotes.iter().take(MOST).enumerate() {
            let before = index.checked_sub(1).and_then(|at| quotes.get(at)).map_or(self.at.start, |quote| quote.at + 1);
            let behind = quotes.get(index + 1).map_or(self.at.end, |next| next.at);
            let own = match (quotes.len(), leads) {
                (1, _) => self.at.clone(),
                (_, true) => before..quote.at,
                (_, false) => quote.at + 1..behind,
            };
            let head = words::scan(self.text, &(before..quote.at));
            edits.push(Ok(self.addition(quote.words.clone(), &own, &words::scan(self.text, &own), &head, &shared)));
        }
        edits
    }

    /// What is said of several titles at once: in front of the first, and behind the last with "all" or "both".
    fn shared(&self, found: &[Found], first: usize, last: usize, count: usize) -> Look {
        if count < 2 {
            return Look::default();
        }
        let part = |range: Range<usize>| -> Vec<Found> {
            found.iter().filter(|phrase| range.contains(&phrase.at.start)).cloned().collect()
        };
        let tail = part(last..self.at.end);
        let (front, _) = look::look(self.text, &part(self.at.start..first));
        let style = look::style(&part(self.at.start..first));
        let front = Look { style, ..front };
        if tail.iter().any(|phrase| phrase.is(Word::All)) { look::look(self.text, &tail).0.or(&front) } else { front }
    }

    fn addition(&self, text: String, own: &Range<usize>, found: &[Found], head: &[Found], shared: &Look) -> Action {
        let (look, used) = look::look(self.text, found);
        let style = look::style(head).or(shared.style).or_else(|| look::style(found));
        let look = Look { style: style.filter(|style| *style != Style::Title), ..look.or(shared) };
        let when = self.when(own, found, &used);
        let whole = self.about.length_ms;
        let (start, end) = (when.start_ms, when.end_ms);
        let duration_ms = match (start, end, when.duration_ms) {
            (_, _, Some(duration)) => duration,
            (start, Some(end), None) => end.saturating_sub(start.unwrap_or(0)),
            _ => USUAL_MS,
        }
        .max(1);
        let start_ms = match (start, when.at_end, end) {
            (Some(start), ..) => start,
            (None, true, _) => whole.saturating_sub(duration_ms),
            (None, false, Some(end)) => end.saturating_sub(duration_ms),
            _ => 0,
        };
        Action::AddTitle(NewTitle { text, start_ms, duration_ms, look })
    }
}

/// The card that a new title becomes, for what the rest of the message says about it.
pub fn card(title: &NewTitle) -> TitleCard {
    TitleCard {
        text: title.text.clone(),
        start_ms: title.start_ms,
        duration_ms: title.duration_ms,
        style: title.look.style.unwrap_or_default(),
        aside: title.look.align.is_some_and(|align| align != Align::Center),
    }
}
