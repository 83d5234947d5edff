//! `bedtrack compose`: the tools' path from a terminal.

use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use crate::harness::media;
use crate::harness::stdio::Home;

fn compose(home: &Home, arguments: &[&str]) -> Output {
    let mut all = vec!["compose"];
    all.extend(arguments);
    home.command(&all).output().unwrap()
}

/// The path on the last line of stdout.
fn written(output: &Output) -> PathBuf {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let path = PathBuf::from(stdout.lines().last().unwrap());
    assert!(path.is_absolute() && path.is_file(), "{stdout}");
    path
}

#[test]
fn the_same_request_and_seed_give_the_same_samples() {
    let home = Home::new();
    let make = |out: &str, seed: &str| {
        let output = compose(&home, &["mellow hip-hop", "--seconds", "7.5", "--seed", seed, "--out", out]);
        std::fs::read(written(&output)).unwrap()
    };
    let (first, again, other) = (make("a.wav", "11"), make("b.wav", "11"), make("c.wav", "12"));
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert_eq!(media::seconds(&home.folder().join("a.wav")), 7.5);
}

#[test]
fn extras_come_with_midi_beats_stems_and_a_licence_to_paste() {
    let home = Home::new();
    let path = written(&compose(&home, &["corporate, bright", "--seconds", "8", "--out", "x.wav", "--extras"]));
    let beside = |ending: &str| path.with_extension(ending);
    assert!(std::fs::read(beside("mid")).unwrap().starts_with(b"MThd"));
    let beats: Value = serde_json::from_slice(&std::fs::read(beside("beats.json")).unwrap()).unwrap();
    assert!(beats["bpm"].as_f64().is_some() && beats["beats"].as_array().unwrap().len() > 4);
    let note: Value = serde_json::from_slice(&std::fs::read(beside("provenance.json")).unwrap()).unwrap();
    assert!(note["licence"].as_str().unwrap().to_lowercase().contains("royalty-free"));
    let stems: Vec<PathBuf> = std::fs::read_dir(beside("stems")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(stems.len() >= 3, "{stems:?}");
    assert!(stems.iter().all(|stem| media::seconds(stem) == 8.0));
}

#[test]
fn what_is_in_the_way_of_the_extras_is_told_before_anything_is_made() {
    let home = Home::new();
    for taken in ["study.mid", "study.wav", "study.stems"] {
        std::fs::write(home.folder().join(taken), b"mine").unwrap();
        let refused = compose(&home, &["calm piano", "--seconds", "5", "--out", "study.mp3", "--extras"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains(&format!("{taken} exists already")), "{told}");
        assert!(!told.contains("I made") && !home.folder().join("study.mp3").exists(), "{told}");
        std::fs::remove_file(home.folder().join(taken)).unwrap();
    }
}

#[test]
fn extras_stay_within_the_roots_and_a_result_is_named_even_where_they_fail() {
    let home = Home::new();
    let root = home.folder().join("root");
    std::fs::create_dir(&root).unwrap();
    let home = home.with("BEDTRACK_ROOTS", &root.display().to_string());
    let arguments = ["calm piano", "--seconds", "5", "--out", "root/x.wav", "--extras"];
    let path = written(&compose(&home, &arguments));
    assert!(path.with_extension("mid").is_file() && path.with_extension("stems").is_dir());
    let hidden = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    assert!(!std::fs::read_dir(&root).unwrap().any(|entry| hidden(entry.unwrap())), "nothing is left over");
    // Without --out the name is known only at the end: here somebody has put a folder in the place of the stems.
    let plain = ["calm piano", "--seconds", "5", "--seed", "3"];
    let first = written(&compose(&home, &plain));
    std::fs::create_dir(first.with_extension("stems")).unwrap();
    std::fs::remove_file(&first).unwrap();
    let failed = compose(&home, &[&plain[..], &["--extras"]].concat());
    assert!(!failed.status.success());
    assert_eq!(String::from_utf8(failed.stdout).unwrap().trim_end(), first.display().to_string());
    assert!(first.is_file());
}

#[test]
fn an_export_that_the_request_itself_asks_for_does_not_keep_the_named_file_from_being_written() {
    let home = Home::new();
    let output = compose(&home, &["calm piano, 5 seconds, then export as wav", "--out", "here.wav"]);
    assert_eq!(written(&output), home.folder().canonicalize().unwrap().join("here.wav"));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("--out=here.wav"), "{told}");
}

#[test]
fn a_clip_is_scored_from_the_terminal() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "in.mp4", 3, true);
    let path = written(&compose(&home, &["score this clip", "--in", "in.mp4", "--out", "scored.mp4"]));
    assert_eq!(media::picture_hash(&path), media::picture_hash(&clip));
}

#[test]
fn an_existing_file_is_not_overwritten_and_a_bad_wish_is_an_error() {
    let home = Home::new();
    std::fs::write(home.folder().join("kept.wav"), b"mine").unwrap();
    let refused = compose(&home, &["calm piano", "--seconds", "5", "--out", "kept.wav"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("kept.wav exists already") && told.contains("--out"), "{told}");
    // Nothing was composed in vain.
    assert!(!told.contains("I made"), "{told}");
    for arguments in [
        vec!["calm piano", "--seconds", "-5", "--out", "new.wav"],
        vec!["calm piano", "--out", "no-ending"],
        vec!["calm piano", "--in", "nowhere.mp4"],
    ] {
        let output = compose(&home, &arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stderr.len() > 20, "{arguments:?} says nothing");
    }
    assert_eq!(std::fs::read(home.folder().join("kept.wav")).unwrap(), b"mine");
}
