//! The difference of two states in exact sentences, since many edits end without a word from the backend.
//!
//! Segments of both drafts are paired (`pair`), every pair and every leftover is compared (`compare`), and the most
//! telling sentences are kept. All of it is linear in the number of segments, up to sorting.

mod compare;
mod media;
mod pair;
mod piece;
mod say;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::Value;

use super::timeline::Names;
use bedtrack_wire::state::State;

/// More changes than this are counted, not told.
const MOST: usize = 10;

/// One change with what decides its place among others.
#[derive(Debug)]
struct Change {
    weight: Weight,
    sentence: String,
}

/// How telling a change is, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Presence,
    Content,
    Timing,
    Canvas,
    Sound,
    Media,
    Detail,
}

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

/// Keys that a backend writes anew with every save; a change of these alone is no edit.
const BOOKKEEPING: [&str; 10] = [
    "id",
    "version",
    "rev",
    "revision",
    "update_time",
    "updated_at",
    "updatedAt",
    "modified_at",
    "timestamp",
    "last_modified",
];

/// Whether two drafts are equal but for bookkeeping. Looks no deeper than JSON of this kind goes.
fn same_beyond_bookkeeping(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let told = |key: &&String| !BOOKKEEPING.contains(&key.as_str());
            a.keys().filter(told).all(|key| b.contains_key(key))
                && b.iter()
                    .filter(|(key, _)| told(key))
                    .all(|(key, value)| a.get(key).is_some_and(|old| same_beyond_bookkeeping(old, value)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_beyond_bookkeeping(a, b))
        }
        _ => a == b,
    }
}
