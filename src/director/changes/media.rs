//! Sentences about media that came or went, and about the canvas.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::change::{BOOKKEEPING, Change, Weight, changed_keys};
use super::say;
use crate::director::timeline::{medium_name, shown, tenths};
use bedtrack_wire::state::{Medium, State};

/// Uploaded and made media of two states. One that came onto the timeline at the same time has been told with it.
pub fn media(before: &State, after: &State, placed: &HashSet<String>, changes: &mut Vec<Change>) {
    lists(&before.video_infos, &after.video_infos, true, placed, changes);
    lists(&before.generated_media, &after.generated_media, false, placed, changes);
}

fn lists(before: &[Medium], after: &[Medium], uploaded: bool, placed: &HashSet<String>, changes: &mut Vec<Change>) {
    let mut old: HashMap<Option<&str>, VecDeque<&Medium>> = HashMap::new();
    before.iter().for_each(|medium| old.entry(key(medium)).or_default().push_back(medium));
    let mut tell = |medium: &Medium, verb: &str, weight: Weight| {
        let mut sentence = format!("{} {verb}: {}", noun(medium), medium_name(medium, uploaded));
        if let Some(ms) = medium.duration_ms().filter(|ms| *ms > 0 && verb != "removed") {
            sentence.push_str(&format!(", {}s", tenths(ms)));
        }
        changes.push(Change { weight, sentence });
    };
    // Several media may share a key, such as the same clip uploaded twice: each is paired once.
    for medium in after {
        match old.get_mut(&key(medium)).and_then(VecDeque::pop_front) {
            None if placed.contains(&medium_name(medium, uploaded)) => {}
            None => tell(medium, if uploaded { "uploaded" } else { "made" }, Weight::Media),
            Some(was) if !is_same(was, medium) => tell(medium, "updated", Weight::Detail),
            Some(_) => {}
        }
    }
    // What is left has gone; in the order it had.
    for medium in before {
        if let Some(left) = old.get_mut(&key(medium))
            && let Some(at) = left.iter().position(|one| std::ptr::eq(*one, medium))
        {
            left.remove(at);
            tell(medium, "removed", Weight::Media);
        }
    }
}

/// Whether nothing about a medium changed but bookkeeping.
fn is_same(was: &Medium, is: &Medium) -> bool {
    let but_rest = |medium: &Medium| Medium { rest: Map::new(), m: Map::new(), ..medium.clone() };
    let told = |was: &Map<String, Value>, is: &Map<String, Value>| {
        changed_keys(was, is).all(|key| BOOKKEEPING.contains(&key) && key != "id")
    };
    was == is || but_rest(was) == but_rest(is) && told(&was.rest, &is.rest) && told(&was.m, &is.m)
}

/// What makes a medium the same one in two states.
fn key(medium: &Medium) -> Option<&str> {
    medium.id.as_deref().or(medium.url.as_deref()).or(medium.name.as_deref())
}

fn noun(medium: &Medium) -> &'static str {
    match medium.kind.as_deref() {
        Some("video") => "Clip",
        Some("music") => "Track",
        Some("audio") => "Audio file",
        Some("image") => "Picture",
        Some("midi") => "MIDI file",
        Some("beats") => "Beat grid",
        Some("stems") => "Stems",
        _ => "Medium",
    }
}

/// The canvas of two states: its size in one sentence, then its other values.
pub fn canvas(before: &Value, after: &Value, changes: &mut Vec<Change>) {
    let none = Map::new();
    let (was, is) = (before.as_object().unwrap_or(&none), after.as_object().unwrap_or(&none));
    let mut told: Vec<&str> = BOOKKEEPING.to_vec();
    let size = |canvas: &Map<String, Value>| {
        [("width", "height"), ("w", "h")]
            .into_iter()
            .find_map(|(w, h)| Some(format!("{}x{}", canvas.get(w)?.as_f64()?, canvas.get(h)?.as_f64()?)))
    };
    if let Some(new) = size(is) {
        told.extend(["width", "height", "w", "h"]);
        match size(was) {
            Some(old) if old != new => push(changes, format!("Canvas: {old} → {new}")),
            Some(_) => {}
            None => push(changes, format!("Canvas set: {new}")),
        }
    }
    for key in changed_keys(was, is).filter(|key| !told.contains(key)) {
        let name = shown(key, 40).replace('_', " ");
        match (say::scalar(was.get(key)), say::scalar(is.get(key))) {
            (Some(old), Some(new)) if old != new => push(changes, format!("Canvas {name}: {old} → {new}")),
            _ => push(changes, format!("Canvas {name} changed")),
        }
    }
}

fn push(changes: &mut Vec<Change>, sentence: String) {
    changes.push(Change { weight: Weight::Canvas, sentence });
}
