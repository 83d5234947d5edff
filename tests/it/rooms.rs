//! The walls of the house: which room may use which. Reads the sources, so that a new import cannot slip through.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A room, and the rooms it may use. `start` and `cli` are the only ones outside the table: they know every room.
const ROOMS: &[(&str, &[&str])] = &[
    ("address", &[]),
    ("config", &[]),
    ("skills", &[]),
    ("nemovideo", &["address", "skills"]),
    ("director", &["address", "nemovideo", "skills"]),
    ("mcp", &["director", "skills"]),
    ("studio::jobs", &[]),
    ("studio::http", &["address", "studio::jobs"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The room of a module path such as `studio::agent::read`.
fn room_of(path: &str) -> Option<&'static str> {
    ROOMS.iter().map(|(room, _)| *room).find(|room| path == *room || path.starts_with(&format!("{room}::")))
}

/// Every `crate::…` path in a source, comments left out; `{a, b}` lists are taken apart one level deep.
fn crate_paths(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let mut paths = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let head: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
        let listed = rest.get(head.len()..).and_then(|tail| tail.strip_prefix('{'));
        match listed.and_then(|tail| tail.split('}').next()) {
            Some(list) => paths.extend(list.split(',').map(|item| format!("{head}{}", item.trim()))),
            None => {
                paths.insert(head);
            }
        }
    }
    paths
}

fn uses() -> BTreeMap<&'static str, BTreeSet<(&'static str, PathBuf)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut uses: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for file in files {
        let below = file.strip_prefix(&root).unwrap().with_extension("");
        let module = below.to_string_lossy().replace(['/', '\\'], "::");
        let Some(room) = room_of(&module) else { continue };
        for path in crate_paths(&std::fs::read_to_string(&file).unwrap()) {
            if let Some(other) = room_of(&path).filter(|other| *other != room) {
                uses.entry(room).or_default().insert((other, below.clone()));
            }
        }
    }
    uses
}

#[test]
fn each_room_uses_only_the_rooms_it_may() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut broken = Vec::new();
    for (room, used) in uses() {
        for (other, file) in used {
            if !allowed[room].contains(&other) {
                broken.push(format!("{} uses {other}, which {room} may not", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_table_of_rooms_has_no_cycle() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < ROOMS.len() {
        let next: Vec<&str> = allowed
            .iter()
            .filter(|(room, uses)| !settled.contains(*room) && uses.iter().all(|used| settled.contains(used)))
            .map(|(room, _)| *room)
            .collect();
        assert!(!next.is_empty(), "the rooms beyond {settled:?} use each other in a circle");
        settled.extend(next);
    }
}

#[test]
fn only_start_and_the_table_know_every_room() {
    let lib = include_str!("../../src/lib.rs");
    let outside: BTreeSet<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|module| !ROOMS.iter().any(|(room, _)| room.split("::").next() == Some(module)))
        .collect();
    assert_eq!(outside, BTreeSet::from(["cli", "start"]), "a new room needs its line in the table above");
}

#[test]
fn lists_of_imports_are_taken_apart() {
    let found = crate_paths("use crate::{wire, store::blobs};\nlet x = crate::studio::agent::read(); // crate::mcp");
    let expected = ["wire", "store::blobs", "studio::agent::read"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(expected));
}
