//! The difference of two states in exact sentences, since many edits end without a word from the backend.
//!
//! Segments of both drafts are paired (`pair`), every pair and every leftover is compared (`compare`), and the most
//! telling sentences are kept. All of it is linear in the number of segments, up to sorting.

mod change;
mod compare;
mod media;
mod pair;
mod piece;
mod say;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use self::change::{Change, Weight, same_beyond_bookkeeping};
use super::timeline::Names;
use bedtrack_wire::state::State;

/// More changes than this are counted, not told.
const MOST: usize = 10;

/// What changed between two states, one sentence each, the most telling first. Empty when nothing did. Of a long list ten are
/// told and the rest is counted.
pub fn between(before: &State, after: &State) -> Vec<String> {
    let mut changes = Vec::new();
    let placed = if before.draft == after.draft { HashSet::new() } else { drafts(before, after, &mut changes) };
    if before.canvas_config != after.canvas_config {
        media::canvas(&before.canvas_config, &after.canvas_config, &mut changes);
    }
    if before.video_infos != after.video_infos || before.generated_media != after.generated_media {
        media::media(before, after, &placed, &mut changes);
    }
    // A stable sort: within a weight the order is the timeline's.
    changes.sort_by_key(|change| change.weight);
    let more = changes.len().saturating_sub(MOST);
    let mut sentences: Vec<String> = changes.into_iter().take(MOST).map(|change| change.sentence).collect();
    if more > 0 {
        sentences.push(format!("and {more} more change{}", if more == 1 { "" } else { "s" }));
    }
    sentences
}

/// Tells the changes of the draft and gives the names of what came onto the timeline.
fn drafts(before: &State, after: &State, changes: &mut Vec<Change>) -> HashSet<String> {
    let (old_names, new_names) = (Names::new(before), Names::new(after));
    let (old_draft, new_draft) = (before.timeline(), after.timeline());
    let old = piece::pieces(&old_draft, &old_names);
    let new = piece::pieces(&new_draft, &new_names);
    let paired = pair::pair(&old, &new);
    let known = changes.len();
    compare::compare(&old, &new, &paired, changes);
    compare::tracks(&old_draft, &new_draft, changes);
    if changes.len() == known && !same_beyond_bookkeeping(&before.draft, &after.draft) {
        changes.push(Change { weight: Weight::Detail, sentence: "Details of the timeline changed".to_owned() });
    }
    paired.added.iter().filter_map(|index| new.get(*index)).map(|piece| piece.label.clone()).collect()
}
