//! The parts of a message: pieces that belong together make one action.

use std::ops::Range;

use super::super::piece::{Intent, Piece};
use super::super::tempo::TempoWish;
use super::super::wishes::{Wishes, add_one};

/// Pieces that make one action.
#[derive(Debug, Clone)]
pub struct Part {
    pub at: Range<usize>,
    pub intent: Intent,
    pub wishes: Wishes,
}

/// Joins what belongs to one action.
pub fn join(pieces: Vec<Piece>, has_music: bool, is_number: impl Fn(usize) -> bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for piece in pieces {
        let Piece { at, intent, wishes, opens } = piece;
        let musical = |intent: Intent| matches!(intent, Intent::Make | Intent::Wish | Intent::Replace | Intent::Again);
        // The numbers of a list stand alone and mean nothing.
        if intent == Intent::Nothing && wishes == Wishes::default() && at.len() == 1 && is_number(at.start) {
            continue;
        }
        if let Some(last) = parts.last_mut() {
            let refines = last.intent == Intent::Wish && intent == Intent::Wish;
            let adds = matches!(last.intent, Intent::Make | Intent::Replace | Intent::Again)
                && matches!(intent, Intent::Wish | Intent::Make | Intent::Again);
            let becomes = last.intent == Intent::Wish && matches!(intent, Intent::Make | Intent::Again) && !has_music;
            // A title's "3 seconds, at the top" and a wish's "about cats" go with what they stand behind.
            let details = !opens
                && matches!(last.intent, Intent::Title | Intent::Trim)
                && (intent == Intent::Nothing
                    || wishes.is_only_length() && !matches!(intent, Intent::Title | Intent::Trim));
            let context = intent == Intent::Nothing && musical(last.intent) && !opens;
            if details || context && wishes.unused.is_empty() || refines || adds || becomes {
                last.at.end = at.end;
                last.wishes.merge(wishes);
                if becomes {
                    last.intent = Intent::Make;
                }
                continue;
            }
        }
        parts.push(Part { at, intent, wishes });
    }
    // "It's for my wedding. Make something soft." — what stands before belongs to it too.
    let uses: Vec<usize> =
        parts.iter().filter(|part| part.intent == Intent::Nothing).flat_map(|part| part.wishes.uses.clone()).collect();
    if let Some(made) = parts.iter_mut().find(|part| musical_new(part.intent)) {
        uses.into_iter().for_each(|index| add_one(&mut made.wishes.uses, index));
    }
    parts
}

/// Whether an intent makes or changes music.
pub fn musical_new(intent: Intent) -> bool {
    matches!(intent, Intent::Make | Intent::Replace | Intent::Again | Intent::Wish)
}

/// All wishes of a message as one.
pub fn gather(parts: Vec<Part>) -> Wishes {
    let mut wishes = Wishes::default();
    parts.into_iter().for_each(|part| wishes.merge(part.wishes));
    wishes
}

/// Whether wishes only compare with music that has to be there: "slower", "without drums", "another take".
pub fn is_comparison(wishes: &Wishes) -> bool {
    let compares = !wishes.more_moods.is_empty()
        || !wishes.less_moods.is_empty()
        || wishes.energy_steps != 0
        || wishes.tempos.iter().any(|tempo| matches!(tempo, TempoWish::By(_) | TempoWish::Times(_)))
        || !wishes.without.is_empty()
        || wishes.length_times.is_some()
        || !wishes.score.is_empty();
    let describes = wishes.names_a_style()
        || wishes.score.describe()
        || !wishes.genres_by_the_way.is_empty()
        || !wishes.moods.is_empty()
        || !wishes.instruments.is_empty()
        || !wishes.keys.is_empty()
        || !wishes.uses.is_empty()
        || !wishes.energies.is_empty()
        || !wishes.impossible.is_empty()
        || wishes.tempos.iter().any(|tempo| !matches!(tempo, TempoWish::By(_) | TempoWish::Times(_)))
        || !wishes.lengths_ms.is_empty();
    compares && !describes
}
