//! Takes and series: steps forward, which takes there are, going to one of them, a sibling in the same style, other lengths
//! of the same piece.

use std::ops::Range;
use std::sync::LazyLock;

use bedtrack_language::phrases::{Grammar, Phrases};
use bedtrack_language::tokens::Kind;
use serde::Deserialize;

use crate::read::lexicon::Class;
use crate::read::marks::Marked;
use crate::read::reading::{Action, Context, Topic};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    redo: List,
    list: List,
    use_take: List,
    take: List,
    sibling: List,
    cutdown: List,
}

/// Phrases that mean the same.
#[derive(Deserialize)]
#[serde(from = "Vec<String>")]
struct List(Phrases);

impl From<Vec<String>> for List {
    fn from(list: Vec<String>) -> Self {
        Self(Grammar::of_atoms().phrases(&list))
    }
}

fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
        toml::from_str(include_str!("../../lexicon/takes.toml")).expect("the lexicon is valid TOML")
    });
    &WORDS
}

/// The longest of some phrases that begins at a token.
fn phrase(text: &Marked<'_>, at: usize, list: &List) -> Option<Range<usize>> {
    list.0.end(&text.tokens, at).map(|end| at..end)
}

fn find_phrase(text: &Marked<'_>, list: &List) -> Option<Range<usize>> {
    let start = list.0.first_in(&text.tokens)?;
    phrase(text, start, list)
}

/// Longest message that is only about takes, in tokens.
const SHORT: usize = 16;

/// What a whole message wants of the takes.
pub fn action(text: &Marked<'_>, about: &Context) -> Option<Action> {
    // A long message is about more than its takes.
    if text.tokens.len() > 2 * SHORT {
        return None;
    }
    let words = words();
    let content: Vec<usize> = (0..text.tokens.len())
        .filter(|at| {
            !text.mark(*at).is_some_and(|mark| mark.is(Class::Polite) && mark.at.len() == 1)
                && text.token(*at).is_some_and(|token| !matches!(token.kind, Kind::Stop | Kind::Pause))
        })
        .collect();
    let (first, last) = (*content.first()?, *content.last()?);
    if content.len() > SHORT {
        return None;
    }
    if let Some(range) = phrase(text, first, &words.redo)
        && range.end == last + 1
        && (about.can_redo || range.len() > 2 && !text.has(&range, Class::Again))
    {
        return Some(Action::Redo);
    }
    if find_phrase(text, &words.list).is_some() {
        return Some(Action::Answer(Topic::Takes));
    }
    let verb = (first..=last).find_map(|at| phrase(text, at, &words.use_take))?;
    let take = (verb.end..=last).find_map(|at| phrase(text, at, &words.take));
    let named = take?;
    let word = |at: usize| text.token(at).map_or("", |token| token.text.as_str());
    // "Take 2", "the second take", "第二版", "the first version".
    let behind = text.number(named.end).map(|(value, _)| value).filter(|_| named.end <= last);
    let ordinal = (verb.end..named.start).rev().find_map(|at| match word(at) {
        "first" | "1st" | "original" | "原" => Some(1.0),
        "second" | "2nd" => Some(2.0),
        "third" | "3rd" => Some(3.0),
        "fourth" | "4th" => Some(4.0),
        "fifth" | "5th" => Some(5.0),
        "last" | "latest" | "newest" | "最" => Some(about.takes.len() as f64),
        "第" => text.number(at + 1).map(|(value, _)| value),
        _ => text.number(at).filter(|_| matches!(word(at + 1), "st" | "nd" | "rd" | "th")).map(|(value, _)| value),
    });
    let value = behind.or(ordinal)?;
    ((1.0..1000.0).contains(&value) && value.fract() == 0.0).then_some(Action::UseTake { number: value as usize })
}

/// A wish for a piece in the style of the one that is there, and its tokens.
pub fn sibling(text: &Marked<'_>) -> Option<Range<usize>> {
    find_phrase(text, &words().sibling)
}

/// Lengths in seconds that a piece is wanted in as well, and their tokens: "15, 30 and 60 s cut-downs".
pub fn cutdowns(text: &Marked<'_>) -> Option<(Vec<f64>, Range<usize>)> {
    let named = find_phrase(text, &words().cutdown)?;
    let joins = |at: usize| {
        text.token(at).is_some_and(|token| {
            matches!(token.kind, Kind::Pause | Kind::Sign)
                || matches!(token.text.as_str(), "and" | "or" | "/" | "和" | "、" | "及" | "a" | "an")
        }) || text.mark(at).is_some_and(|mark| mark.is_any(&[Class::SecondUnit, Class::MinuteUnit]))
    };
    let (mut lengths, mut from): (Vec<(f64, usize)>, usize) = (Vec::new(), named.start);
    let mut at = named.start.saturating_sub(16);
    while at < named.start {
        match text.number(at).filter(|_| !text.is_word(at, "a") && !text.is_word(at, "an")) {
            Some((value, next)) => {
                // What is not joined to the list begins it anew.
                if lengths.last().is_some_and(|(_, end)| !(*end..at).all(joins)) {
                    lengths.clear();
                }
                if lengths.is_empty() {
                    from = at;
                }
                let minutes = text.is(next, Class::MinuteUnit);
                lengths.push((if minutes { value * 60.0 } else { value }, next));
                at = next;
            }
            None => at += 1,
        }
    }
    let close = lengths.last().is_some_and(|(_, end)| named.start - end <= 4);
    let unit = (from..named.start).any(|at| text.is(at, Class::SecondUnit) || text.is(at, Class::MinuteUnit))
        || text.is_word(named.start, "second");
    (close && unit && lengths.len() >= 2)
        .then(|| (lengths.into_iter().map(|(value, _)| value).take(6).collect(), from..named.end))
}
