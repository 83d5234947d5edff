//! The dependency policy of `deny.toml`, checked without a further tool: every locked package has a welcome licence, and none is banned.

use std::collections::BTreeSet;
use std::process::Command;

use crate::harness::generated;

#[derive(serde::Deserialize)]
struct Policy {
    licenses: Licenses,
    bans: Bans,
}

#[derive(serde::Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(serde::Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// Whether a licence expression can be met with welcome licences alone. `/` is an older way to write OR.
fn is_welcome(expression: &str, allow: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, allow);
    met && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allow: &[String]) -> bool {
    let mut met = both(words, at, allow);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allow);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allow: &[String]) -> bool {
    let mut met = one(words, at, allow);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allow);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allow: &[String]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = either(words, at, allow);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allow.contains(&licence)
}

/// Every locked package as cargo lists it.
fn packages() -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages: Vec<serde_json::Value> = serde_json::from_value(metadata["packages"].take()).unwrap();
    assert!(packages.len() > 50, "only {} packages were listed", packages.len());
    packages
}

#[test]
fn every_dependency_has_a_welcome_licence_and_none_is_banned() {
    let policy: Policy = toml::from_str(include_str!("../../deny.toml")).unwrap();
    let mut broken = Vec::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_welcome(licence, &policy.licenses.allow) {
            broken.push(format!("{name}: {licence} is not welcome"));
        }
        if let Some(ban) = policy.bans.deny.iter().find(|ban| ban.name == name) {
            broken.push(format!("{name} is banned: {}", ban.reason));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_list_of_third_party_packages_is_up_to_date() {
    let mut lines = BTreeSet::new();
    for package in packages().iter().filter(|package| package["source"].is_string()) {
        let word = |key: &str| package[key].as_str().unwrap_or("-").to_owned();
        lines.insert(format!("| {} | {} | {} |\n", word("name"), word("license"), word("repository")));
    }
    let head = "# Third-party packages\n\n\
        Every package that `Cargo.lock` names, tests and other systems' included. Licence texts are in the packages \
        themselves; samples and fonts have theirs beside them in the `assets` folders of `crates/sound` and `crates/film`; \
        the table of Chinese characters, after Unicode's data, has its own beside it in `crates/language`.\n\n\
        | Package | Licence | Source |\n| --- | --- | --- |\n";
    generated::check_file("THIRD-PARTY.md", &(head.to_owned() + &lines.into_iter().collect::<String>()));
}

#[test]
fn licence_expressions_are_read_with_their_brackets() {
    let allow = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for welcome in ["MIT OR GPL-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception", "X/MIT"]
    {
        assert!(is_welcome(welcome, &allow), "{welcome}");
    }
    for unwelcome in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT", "none", ""] {
        assert!(!is_welcome(unwelcome, &allow), "{unwelcome}");
    }
}
