//! The walls of the house that the compiler cannot see: the rooms within the root package, circles of imports between
//! files, the length of files, and what the crates may stand on.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use imports::Imports;

/// A crate of the workspace, and the crates of the workspace it may use.
const CRATES: &[(&str, &[&str])] = &[
    ("bedtrack-wire", &[]),
    ("bedtrack-language", &[]),
    ("bedtrack-mp4", &[]),
    ("bedtrack-compose", &[]),
    ("bedtrack-timeline", &["bedtrack-wire"]),
    ("bedtrack-store", &["bedtrack-wire"]),
    ("bedtrack-sound", &["bedtrack-compose", "bedtrack-mp4"]),
    ("bedtrack-film", &["bedtrack-mp4", "bedtrack-sound", "bedtrack-wire"]),
    ("bedtrack-agent", &["bedtrack-compose", "bedtrack-language", "bedtrack-timeline", "bedtrack-wire"]),
];

/// A room of the root package, and the rooms it may use. `start`, `cli` and `main` know every room.
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
const KNOW_ALL: &[&str] = &["cli", "start"];

/// Most lines of a file, its tests left out.
const LONGEST: usize = 400;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

static IMPORTS: LazyLock<Imports> = LazyLock::new(|| {
    let mut roots = vec![("bedtrack".to_owned(), "src".into())];
    roots.extend(CRATES.iter().map(|(name, _)| {
        let folder = name.strip_prefix("bedtrack-").unwrap();
        (name.replace('-', "_"), Path::new("crates").join(folder).join("src"))
    }));
    Imports::of(workspace(), &roots)
});

/// The room of a module of the root package.
fn room_of(path: &[String]) -> Option<&'static str> {
    let path = path.strip_prefix(["bedtrack".to_owned()].as_slice())?.join("::");
    ROOMS.iter().map(|(room, _)| *room).find(|room| path == *room || path.starts_with(&format!("{room}::")))
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_crate_uses_the_crates_of_the_table() {
    let metadata = cargo(&["metadata", "--format-version", "1", "--locked", "--no-deps"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let mut found = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let uses: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|used| used.starts_with("bedtrack"))
            .collect();
        if !matches!(name, "bedtrack" | "bedtrack-demo") {
            found.insert(name, uses);
        }
    }
    let table = CRATES.iter().map(|(name, uses)| (*name, uses.iter().copied().collect())).collect();
    assert_eq!(found, table, "left: as the manifests say, right: as the table says");
}

#[test]
fn the_agent_stands_on_neither_tokio_nor_axum() {
    let tree = cargo(&["tree", "--locked", "--package", "bedtrack-agent", "--edges", "normal", "--prefix", "none"]);
    let heavy: Vec<&str> =
        tree.lines().filter(|line| line.starts_with("tokio ") || line.starts_with("axum ")).collect();
    assert!(heavy.is_empty(), "{heavy:?}");
}

#[test]
fn each_room_uses_only_the_rooms_it_may() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut broken = Vec::new();
    for (from, taken) in IMPORTS.arrows() {
        let from = &IMPORTS.modules[from];
        let Some(room) = room_of(&from.path) else { continue };
        for (to, names) in taken {
            let to = &IMPORTS.modules[to];
            let upward = to.path[0] == "bedtrack" && KNOW_ALL.contains(&to.path.get(1).map_or("", String::as_str));
            let beyond = room_of(&to.path).is_some_and(|other| other != room && !allowed[room].contains(&other));
            if upward || beyond {
                broken.push(format!("{} takes {names:?} from {}", from.file.display(), to.file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_room_of_the_root_package_has_its_line_in_the_table() {
    let outside: BTreeSet<&str> = IMPORTS
        .modules
        .iter()
        .filter(|module| module.path[0] == "bedtrack" && room_of(&module.path).is_none())
        .filter_map(|module| module.path.get(1).map(String::as_str))
        .collect();
    let known: BTreeSet<&str> = KNOW_ALL.iter().copied().chain(["studio"]).collect();
    assert_eq!(outside, known, "a new room needs its line in the table above");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let arrows = IMPORTS.arrows();
    let file = |at: usize| IMPORTS.modules[at].file.display();
    let mut told = Vec::new();
    for circle in IMPORTS.circles() {
        told.push(format!("a circle of {} files", circle.len()));
        for (from, to) in circle.iter().flat_map(|from| circle.iter().map(move |to| (*from, *to))) {
            if let Some(names) = arrows.get(&from).and_then(|taken| taken.get(&to)) {
                told.push(format!("  {} takes {names:?} from {}", file(from), file(to)));
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = IMPORTS
        .modules
        .iter()
        .filter(|module| module.lines > LONGEST)
        .map(|module| format!("{} has {} lines", module.file.display(), module.lines))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn the_flows_in_the_architecture_name_files_that_exist_each_once() {
    let page = std::fs::read_to_string(workspace().join("docs/architecture.md")).unwrap();
    let mut wrong = Vec::new();
    let flows: Vec<&str> = page.split("\n## ").skip(1).filter(|flow| flow.contains("\n1. ")).collect();
    assert_eq!(flows.len(), 4, "four flows are written down");
    for flow in flows {
        let mut seen = BTreeSet::new();
        for file in flow.split('`').filter(|word| word.ends_with(".rs")) {
            if !workspace().join(file).is_file() {
                wrong.push(format!("{file} does not exist"));
            }
            if !seen.insert(file) {
                wrong.push(format!("{file} is opened twice"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paths_are_followed_through_nested_lists_parents_and_re_exports() {
    let folder = tempfile::tempdir().unwrap();
    for (file, source) in [
        ("lib.rs", "pub mod a;\nmod b;\npub use a::deep::Deep;\n"),
        ("a/mod.rs", "pub mod deep;\nmod wide;\npub use wide::Wide;\n"),
        (
            "a/deep.rs",
            "use crate::{a::{self, Wide}, b::{Below, more::*}};\npub struct Deep;\n#[cfg(test)]\nmod tests { use crate::no; }\n",
        ),
        ("a/wide.rs", "pub struct Wide;\nfn f() { super::super::b::g(); assert!(crate::Deep::new()); }\n"),
        ("b.rs", "pub mod more;\npub struct Below;\npub fn g() {}\n"),
        ("b/more.rs", "pub struct More;\n"),
    ] {
        let path = folder.path().join("src").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, source).unwrap();
    }
    let found = Imports::of(folder.path(), &[("bedtrack_x".to_owned(), "src".into())]);
    let file = |at: &usize| found.modules[*at].file.strip_prefix("src").unwrap().to_str().unwrap();
    let arrows: Vec<(&str, &str)> = found
        .arrows()
        .iter()
        .flat_map(|(from, to)| to.keys().map(|to| (file(from), file(to))).collect::<Vec<_>>())
        .collect();
    let expected = [
        ("a/deep.rs", "a/mod.rs"),
        ("a/deep.rs", "a/wide.rs"),
        ("a/deep.rs", "b.rs"),
        ("a/wide.rs", "a/deep.rs"),
        ("a/wide.rs", "b.rs"),
    ];
    assert_eq!(arrows.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    assert_eq!(found.circles().len(), 1);
    assert_eq!(found.modules.iter().find(|module| module.path.ends_with(&["deep".to_owned()])).unwrap().lines, 2);
}

/// The director may not use the composer, so the bound stands on both sides of the wire.
#[test]
fn the_length_that_a_call_may_ask_for_is_the_length_that_is_composed() {
    let (least, most) = bedtrack_wire::limits::DURATION_SECONDS;
    assert_eq!(least..=most, bedtrack_compose::limits::LENGTH_SECONDS);
}
