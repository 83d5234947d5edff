//! A change as it is collected, and what of two values counts as one.

use bedtrack_wire::draft::Object;
use serde_json::Value;

/// One change with what decides its place among others.
#[derive(Debug)]
pub struct Change {
    pub weight: Weight,
    pub sentence: String,
}

/// How telling a change is, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Presence,
    Content,
    Timing,
    Canvas,
    Sound,
    Media,
    Detail,
}

/// Keys that a backend writes anew with every save; a change of these alone is no edit.
pub const BOOKKEEPING: [&str; 12] = [
    "id",
    "bedtrack_id",
    "bedtrack_ids",
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
pub fn same_beyond_bookkeeping(a: &Value, b: &Value) -> bool {
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

/// Keys whose values differ, in the order of the new object, then of the old one.
pub fn changed_keys<'a>(was: &'a Object, is: &'a Object) -> impl Iterator<Item = &'a str> {
    let changed = is.iter().filter(|(key, value)| was.get(*key) != Some(*value)).map(|(key, _)| key.as_str());
    changed.chain(was.keys().filter(|key| !is.contains_key(*key)).map(String::as_str))
}
