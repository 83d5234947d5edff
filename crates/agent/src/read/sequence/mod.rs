//! Several pieces in turn: "calm piano for the first 5 seconds, then EDM for the rest", "前10秒用钢琴，后面用电子音乐",
//! "my song until 0:20, then lo-fi"; also one alone on a stretch of its own, "rock from 0:10 to 0:20". What describes each piece is taken out of the message together with the stretch of the
//! timeline it is for; also which of the pieces that lie there a later message means ("the second piece", "the EDM part").

mod groups;
mod meant;
mod spans;
mod words;

pub use meant::meant;

use std::ops::Range;

use super::arrange::songs_named;
use super::fusion;
use super::leftover::leftover;
use super::lexicon::Lexicon;
use super::marks::Marked;
use super::reading::{Context, Songs, Stretch};
use super::scan::scan;
use super::score::wishes::ScoreWishes;
use super::score::{self, blanked};
use super::settle::USUAL_LENGTH;
use super::wishes::Wishes;
use groups::{EDITS, Group, groups};
use spans::Span;
use words::{Word, bytes};

/// Most pieces of one message.
const MOST: usize = 12;
/// Most stretches that a message may name; one with more is no wish for music.
const LONGEST: usize = 40;
/// Shortest stretch that is worth a piece, in ms.
pub const SHORTEST_MS: u64 = 1_000;

/// A piece in turn, as it was described.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What plays.
    pub what: What,
    /// The words for it.
    pub words: String,
    span: Span,
}

/// What plays on a stretch.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Music of ours.
    Music(Box<Wishes>),
    /// Songs of the user's own.
    Songs(Songs),
    /// Nothing.
    Silence,
}

/// Pieces in turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sequence {
    /// In order.
    pub turns: Vec<Turn>,
}

impl Sequence {
    /// Where the pieces lie in something `total_ms` long, or as long as they take; a piece behind its end has no stretch.
    pub fn places(&self, total_ms: Option<u64>) -> Vec<Option<Stretch>> {
        let spans: Vec<Span> = self.turns.iter().map(|turn| turn.span).collect();
        let places = spans::places(&spans, total_ms, (USUAL_LENGTH * 1000.0) as u64).unwrap_or_default();
        // One alone leaves the music around it.
        let mut opens = self.turns.len() > 1;
        let stretch = |(turn, (start, end)): (&Turn, (u64, u64))| {
            let place = Stretch { start_ms: start, length_ms: end - start, opens };
            opens &= turn.what == What::Silence;
            (place.length_ms >= SHORTEST_MS).then_some(place)
        };
        self.turns.iter().zip(places).map(stretch).collect()
    }
}

/// The pieces in turn that a message asks for, and the message without them.
pub fn find(text: &Marked<'_>, lexicon: &Lexicon, about: &Context) -> Option<(Sequence, String)> {
    let items = words::items(text);
    // Most messages name no stretch at all.
    let spans = (0..items.len()).filter(|at| spans::span(&items, *at, true).is_some()).take(LONGEST + 1).count();
    let in_turn = items.iter().any(|item| item.is(Word::InTurn));
    if spans > LONGEST || spans == 0 && !in_turn {
        return None;
    }
    let groups = groups(text, &items)?;
    let found: Vec<(Group, Option<What>)> = groups
        .into_iter()
        .map(|group| {
            let what = what(text, &group, lexicon, about);
            (group, what)
        })
        .collect();
    let mut turns = Vec::new();
    let mut cuts = Vec::new();
    // Two lengths alone are no order, unless both stand in front: "20 seconds of lo-fi, 40 seconds of house".
    let (mut ordered, mut led) = (true, true);
    for (at, (group, what)) in found.iter().enumerate() {
        let Some(what) = what else { continue };
        let next = found.get(at + 1).filter(|(_, what)| what.is_some()).map(|(group, _)| group);
        // What is named without a stretch is a piece where another takes over from it, or it from another.
        let placed = group.span.is_some()
            || group.follows && !turns.is_empty()
            || next.is_some_and(|next| {
                next.follows || matches!(next.span, Some(Span::From(_) | Span::Last(_) | Span::Rest))
            });
        if placed {
            let span = group.span.unwrap_or(Span::Open);
            let says_when = !matches!(span, Span::Open | Span::Length(_));
            ordered &= turns.is_empty() || group.follows || says_when || led && group.leads || in_turn;
            led = group.leads;
            turns.push(Turn { what: what.clone(), words: text.written(&group.at).to_owned(), span });
            cuts.extend(bytes(text, &group.taken));
        }
    }
    let explicit = turns.iter().any(|turn| turn.span != Span::Open) || in_turn;
    let spans: Vec<Span> = turns.iter().map(|turn| turn.span).collect();
    let fits = (2..=MOST).contains(&turns.len()) && explicit && ordered && differ(&turns);
    let alone = turns.len() == 1 && found.iter().filter(|(_, what)| what.is_some()).count() == 1;
    let fits = fits || alone && turns.first().is_some_and(has_its_stretch);
    if !fits || spans::places(&spans, about.picture_ms, (USUAL_LENGTH * 1000.0) as u64).is_none() {
        return None;
    }
    Some((Sequence { turns }, blanked(text.message, &cuts)))
}

/// Whether one piece alone is meant for a stretch in the midst of the timeline: "rock from 0:10 to 0:20". Times in what
/// is not named as a piece are moments of one: "louder from 0:10 to 0:20", "a drop from 0:20".
fn has_its_stretch(turn: &Turn) -> bool {
    let named = match &turn.what {
        What::Music(wishes) => {
            let plain = wishes.unused.is_empty() && wishes.score == ScoreWishes::default();
            wishes.names_a_style() && plain
        }
        What::Songs(_) => true,
        What::Silence => false,
    };
    named && matches!(turn.span, Span::Between(1.., _) | Span::From(1..) | Span::Last(_))
}

/// Pieces that are all alike are one piece.
fn differ(turns: &[Turn]) -> bool {
    turns.windows(2).all(|pair| match pair {
        [one, next] => match (&one.what, &next.what) {
            (What::Music(one), What::Music(next)) => {
                let style = |wishes: &Wishes| {
                    let lists = wishes.genre_lists.iter().chain(&wishes.unknown_genres).map(|(word, _)| word.clone());
                    (wishes.genres.clone(), wishes.genres_by_the_way.clone(), lists.collect::<Vec<_>>())
                };
                let moods = |wishes: &Wishes| (wishes.moods.clone(), wishes.energies.clone());
                let plain = |wishes: &Wishes| !wishes.names_a_style() && wishes.genres_by_the_way.is_empty();
                style(one) != style(next) || plain(one) && plain(next) && moods(one) != moods(next)
            }
            (one, next) => one != next,
        },
        _ => true,
    })
}

/// What plays by a group's words; nothing where they describe nothing.
fn what(text: &Marked<'_>, group: &Group, lexicon: &Lexicon, about: &Context) -> Option<What> {
    let own = bytes(text, &group.at)?;
    let named = group.named.iter().filter_map(|named| bytes(text, named));
    let cuts: Vec<Range<usize>> = named.map(|cut| cut.start - own.start..cut.end - own.start).collect();
    let words = blanked(text.message.get(own)?, &cuts);
    let own = Marked::new(&words, lexicon);
    let items = words::items(&own);
    if own.has_any(&(0..own.tokens.len()), &EDITS) || items.iter().any(|item| item.is(Word::Joins)) {
        return None;
    }
    if items.iter().any(|item| item.is(Word::Silence)) {
        return Some(What::Silence);
    }
    if let Some(songs) = songs_named(&own, about) {
        return Some(What::Songs(songs));
    }
    let found = score::find(&words, lexicon, false);
    let left = found.rest.as_deref().unwrap_or(&words);
    let own = Marked::new(left, lexicon);
    let at = 0..own.tokens.len();
    let mut wishes = scan(&own, &at, lexicon);
    leftover(&own, &at, &mut wishes);
    fusion::find(&own, &at, lexicon, &mut wishes);
    wishes.score = found.wishes;
    let describes = wishes.describe_a_piece() || !wishes.genres_by_the_way.is_empty();
    let compares = !wishes.more_moods.is_empty() || !wishes.less_moods.is_empty() || wishes.energy_steps != 0;
    (describes && !compares).then(|| What::Music(Box::new(wishes)))
}
