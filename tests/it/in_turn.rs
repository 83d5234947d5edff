//! Several pieces of music in turn, as an agent asks for them: ours, the user's own, and silence.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::media;
use crate::harness::stdio::{Bedtrack, Home};

/// The reply to a request, and the segments of the music after it.
fn asked(server: &mut Bedtrack, request: &str) -> (String, Vec<Value>) {
    let reply = server.done("generate_music", &json!({"request": request}))["reply"].as_str().unwrap().to_owned();
    let state = server.done("state", &json!({}));
    let tracks = state["timeline"]["tracks"].as_array().unwrap().clone();
    let music = tracks.iter().find(|track| track["kind"] == "BGM");
    (reply, music.and_then(|track| track["segments"].as_array()).cloned().unwrap_or_default())
}

/// Names and places, in seconds, of some segments.
fn places(segments: &[Value]) -> Vec<(String, f64, f64)> {
    let place = |segment: &Value| {
        let number = |key: &str| segment[key].as_f64().unwrap();
        (segment["name"].as_str().unwrap().to_owned(), number("start"), number("end"))
    };
    segments.iter().map(place).collect()
}

/// Their places alone.
fn times(segments: &[Value]) -> Vec<(f64, f64)> {
    places(segments).iter().map(|(_, from, to)| (*from, *to)).collect()
}

fn with_clip(seconds: u32) -> (Home, Bedtrack, PathBuf) {
    let home = Home::new();
    let clip = media::clip(home.folder(), "walk.mp4", seconds, false);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": [clip]}));
    (home, server, clip)
}

#[test]
fn two_pieces_play_in_turn_under_a_clip_whose_picture_stays_untouched() {
    let (_home, mut server, clip) = with_clip(16);
    let request = "calm piano for the first 6 seconds, then EDM for the rest";
    let (reply, music) = asked(&mut server, request);
    assert!(reply.contains("0:00–0:06: 6 s of") && reply.contains("0:06–0:16: 10 s of"), "{reply}");
    let there = places(&music);
    assert_eq!(times(&music), [(0.0, 6.0), (6.0, 16.0)]);
    assert_ne!(there[0].0, there[1].0);
    let made = server.done("export", &json!({"format": "mp4", "quality": "draft"}));
    let out = PathBuf::from(made["media"][0]["path"].as_str().unwrap());
    assert_eq!(media::picture_hash(&out), media::picture_hash(&clip));
    let (lufs, peak) = media::loudness(&out);
    assert!((lufs + 14.0).abs() <= 0.5 && peak <= -0.9, "{lufs} LUFS, {peak} dBTP");
    let (piano, kick) = (media::level_below(&out, 100, 0.0, 6.0), media::level_below(&out, 100, 7.0, 15.0));
    assert!(kick > piano + 8.0, "below 100 Hz: piano {piano} dB, EDM {kick} dB");
}

#[test]
fn one_of_several_pieces_is_changed_and_the_others_stay() {
    let (_home, mut server, _) = with_clip(12);
    let (_, before) = asked(&mut server, "前4秒用钢琴，后面用摇滚");
    let (reply, after) = asked(&mut server, "replace the second piece with calm jazz");
    assert!(reply.starts_with("0:04–0:12: I replaced the music with 8 s of"), "{reply}");
    assert_eq!(before[0], after[0], "the first piece is as it was");
    assert_eq!(places(&after)[1].1, 4.0);
    assert_ne!(before[1]["name"], after[1]["name"]);
    let (reply, slower) = asked(&mut server, "make it a little slower");
    assert!(reply.contains("0:00–0:04: I changed") && reply.contains("0:04–0:12: I changed"), "{reply}");
    assert_eq!(places(&slower), places(&after));
    assert_eq!(asked(&mut server, "undo").1, after);
    assert_eq!(asked(&mut server, "lo-fi").1.len(), 1, "a new piece takes the place of all");
}

#[test]
fn silence_and_the_users_own_song_have_their_turns() {
    let (home, mut server, _) = with_clip(12);
    let song = home.folder().join("my-tune.wav");
    media::ffmpeg(&["-f", "lavfi", "-i", "sine=f=330:d=20,volume=0.3"], &song);
    server.done("upload", &json!({"files": [song]}));
    let request = "no music for the first 2 seconds, then my song for 4 seconds, then house";
    let (reply, music) = asked(&mut server, request);
    assert!(reply.contains("0:02–0:06: your song \"my tune\"") && reply.contains("0:06–0:12: 6 s of"), "{reply}");
    assert_eq!(times(&music), [(2.0, 6.0), (6.0, 12.0)]);
    let (reply, _) = asked(&mut server, "house for the first 30 seconds, then jazz");
    assert!(reply.contains("after the end of the picture"), "what lies behind the end is named: {reply}");
}

#[test]
fn photos_are_cut_to_the_beats_of_all_pieces_in_turn() {
    let home = Home::new();
    let photo = |nth: u32| {
        let path = home.folder().join(format!("photo-{nth}.png"));
        let colour = format!("color=0x{:02x}4060:s=320x180", 40 * nth);
        media::ffmpeg(&["-f", "lavfi", "-i", &colour, "-frames:v", "1", "-update", "1"], &path);
        path
    };
    let photos: Vec<PathBuf> = (0..5).map(photo).collect();
    let mut server = home.initialized();
    server.done("upload", &json!({"files": photos}));
    let (reply, music) = asked(&mut server, "house for the first 8 seconds, then trap for 8 seconds");
    assert_eq!(times(&music), [(0.0, 8.0), (8.0, 16.0)]);
    let told =
        reply.split_once(" cuts fall on beats").unwrap_or_else(|| panic!("{reply}")).0.rsplit_once(": ").unwrap().1;
    let (on, of) = told.split_once(" of ").unwrap();
    assert_eq!(on, of, "{reply}");
}

#[test]
fn one_piece_alone_takes_its_stretch_and_what_lies_around_it_stays() {
    let (_home, mut server, _) = with_clip(12);
    let (_, before) = asked(&mut server, "calm lo-fi");
    let (reply, after) = asked(&mut server, "rock from 0:04 to 0:08");
    assert!(reply.starts_with("0:04–0:08: 4 s of Rock"), "{reply}");
    let there = places(&after);
    assert_eq!(times(&after), [(0.0, 4.0), (4.0, 8.0), (8.0, 12.0)]);
    assert_eq!((&there[0].0, &there[2].0), (&places(&before)[0].0, &places(&before)[0].0));
    assert_eq!(asked(&mut server, "undo").1, before);
}
