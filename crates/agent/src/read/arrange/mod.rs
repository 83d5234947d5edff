//! What a message says about how songs and pictures lie on the timeline. A clause is taken only where all its words are
//! known here, so that "make a music video with calm piano" stays a wish for music; what is taken is blanked before the
//! rest is read.

mod song;
pub mod words;

use std::ops::Range;

use super::marks::Marked;
use super::reading::{Arrange, Context, Cutting, Songs};
use super::score::blanked;
use words::{Item, Meaning, Word, items};

/// What was found, and the message without it.
#[derive(Debug, Default)]
pub struct Found {
    /// What to do, in order.
    pub actions: Vec<Arrange>,
    /// What to do to single shots, after that.
    pub cuts: Vec<Cutting>,
    /// What to do once the music of the message is made.
    pub after: Option<Arrange>,
    /// Whether that needs music which nothing in the message asks for.
    pub needs_music: bool,
    /// The message with the words blanked; none where there are none.
    pub rest: Option<String>,
}

impl Found {
    /// The message describes music of its own: a song that only waits goes on waiting, and the pictures follow the new
    /// music rather than what lies there now.
    pub fn prefer_described_music(&mut self) {
        for action in std::mem::take(&mut self.actions) {
            match action {
                Arrange::Songs { songs: Songs::Waiting, .. } => {}
                Arrange::ToBeats { songs: Some(Songs::Waiting) | None, length_ms, style, still } => {
                    self.after = Some(Arrange::ToBeats { songs: None, length_ms, style, still });
                    self.needs_music = true;
                }
                other => self.actions.push(other),
            }
        }
    }
}

/// Most that one message may ask for.
const MOST: usize = 16;
/// Longest clause in items; nobody says one thing in more words.
const LONGEST: usize = 60;

/// Finds what a message says about the arrangement.
pub fn find(text: &Marked<'_>, about: &Context) -> Found {
    let items = items(text, &about.files);
    let mut found = Found::default();
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut take = |items: &[Item]| {
        let first = items.first().and_then(|item| text.token(item.at.start));
        let last = items.last().and_then(|item| text.token(item.at.end.saturating_sub(1)));
        if let (Some(first), Some(last)) = (first, last) {
            cuts.push(first.start..last.end);
        }
    };
    let mut at = 0;
    while at < items.len() && found.actions.len() < MOST {
        match clause(&items, at, about) {
            Some((action, end)) => {
                take(items.get(at..end).unwrap_or_default());
                found.actions.push(action);
                at = next(&items, end);
            }
            None => at = next(&items, at),
        }
    }
    // What is laid on beats needs music first: that of the message, or some.
    let has_music = about.has_music() || found.actions.iter().any(|action| matches!(action, Arrange::Songs { .. }));
    let lies = |action: &Arrange| matches!(action, Arrange::ToBeats { .. });
    let needs = |action: &Arrange| matches!(action, Arrange::ToBeats { songs: None, .. }) && !has_music;
    if let Some(place) = found.actions.iter().position(needs) {
        found.after = Some(found.actions.remove(place));
        found.needs_music = true;
    } else if !found.actions.iter().any(lies) && about.pictures > 1 {
        let (after, words) = song::beside_music(&items);
        words.iter().for_each(|item| take(std::slice::from_ref(item)));
        // "MV" says nothing to whoever reads what the music shall be.
        let short = |item: &&Item| item.is(Word::MusicVideo) && text.is_word(item.at.start, "mv") && after.is_some();
        for item in items.iter().filter(short) {
            take(std::slice::from_ref(item));
            found.needs_music = true;
        }
        found.after = after;
    }
    found.rest = (!cuts.is_empty()).then(|| blanked(text.message, &cuts));
    found
}

/// The songs of the user's own that some words name, where any were brought or a file is named.
pub fn songs_named(text: &Marked<'_>, about: &Context) -> Option<Songs> {
    let songs = song::songs(&items(text, &about.files), about)?;
    (about.songs() > 0 || matches!(songs, Songs::Named(_))).then_some(songs)
}

/// The longest clause from an item on that is understood, and where it ends.
fn clause(items: &[Item], at: usize, about: &Context) -> Option<(Arrange, usize)> {
    let known = |item: &&Item| !matches!(item.meaning, Meaning::Other | Meaning::Stop);
    let reach = items.get(at..)?.iter().take(LONGEST).take_while(known).count();
    let ends = (at + 1..=at + reach).rev().filter(|end| is_edge(items, *end));
    for end in ends {
        let words = items.get(at..end)?;
        if let Some(action) = song::read(words, about) {
            return Some((action, end));
        }
    }
    None
}

/// Whether a clause may end before an item: at a stop, a comma, a joining word, or the end.
fn is_edge(items: &[Item], at: usize) -> bool {
    items.get(at).is_none_or(|item| matches!(item.meaning, Meaning::Stop | Meaning::Pause) || item.is(Word::Then))
}

/// The first item of the next clause.
fn next(items: &[Item], at: usize) -> usize {
    (at..items.len()).find(|at| is_edge(items, *at)).map_or(items.len(), |edge| edge + 1)
}
