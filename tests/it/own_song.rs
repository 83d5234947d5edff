//! Songs that people bring, as an agent lays them: under a clip, one after another, and with pictures on their beats.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::harness::media;
use crate::harness::stdio::{Bedtrack, Home};

/// The reply to a request, and the timeline after it.
fn asked(server: &mut Bedtrack, request: &str) -> (String, String) {
    let reply = server.done("generate_music", &json!({"request": request}))["reply"].as_str().unwrap().to_owned();
    let state = server.done("state", &json!({}));
    (reply, state["timeline"]["summary"].as_str().unwrap().to_owned())
}

fn exported(server: &mut Bedtrack) -> PathBuf {
    let made = server.done("export", &json!({"format": "mp4", "quality": "draft"}));
    PathBuf::from(made["media"][0]["path"].as_str().unwrap())
}

/// A song of clicks at 120 beats a minute, the first of each bar with a thump.
fn clicks(folder: &Path, name: &str, seconds: u32) -> PathBuf {
    let path = folder.join(name);
    let clicks = "0.5*sin(2*PI*1800*t)*exp(-80*mod(t\\,0.5))+0.5*sin(2*PI*70*t)*exp(-12*mod(t\\,2))";
    media::ffmpeg(&["-f", "lavfi", "-i", &format!("aevalsrc={clicks}:s=44100:d={seconds}")], &path);
    path
}

/// A photo of one grey.
fn photo(folder: &Path, nth: u32) -> PathBuf {
    let path = folder.join(format!("photo-{nth}.png"));
    let level = 20 + 30 * nth;
    let colour = format!("color=0x{level:02x}{level:02x}{level:02x}:s=320x180");
    media::ffmpeg(&["-f", "lavfi", "-i", &colour, "-frames:v", "1", "-update", "1"], &path);
    path
}

#[test]
fn photos_are_cut_to_the_beats_of_an_uploaded_song_and_end_with_it() {
    let home = Home::new();
    let mut files: Vec<PathBuf> = (0..6).map(|nth| photo(home.folder(), nth)).collect();
    files.push(clicks(home.folder(), "my-tune.mp3", 20));
    let mut server = home.initialized();
    server.done("upload", &json!({"files": files}));
    let request = "make a music video from my photos with this song, hard cuts, no camera moves";
    let (reply, line) = asked(&mut server, request);
    assert!(reply.contains("6 pictures") && reply.contains("\"my tune\"") && reply.contains("120 BPM"), "{reply}");
    let told = reply.split_once(" cuts fall on beats").unwrap().0.rsplit_once(": ").unwrap().1;
    let (on, of) = told.split_once(" of ").unwrap();
    assert_eq!(on, of, "all cuts fall on beats: {reply}");
    assert!(line.contains("photo 0 +") && line.contains("BGM: my tune (0-20s, 100%)"), "{line}");
    let out = exported(&mut server);
    let (length, song) = (media::seconds(&out), media::seconds(&home.folder().join("my-tune.mp3")));
    assert!((length - song).abs() < 0.08, "{length} s of {song} s");
    let seen = media::brightness(&out);
    let jumps: Vec<f64> =
        (1..seen.len()).filter(|at| (seen[*at] - seen[*at - 1]).abs() > 8.0).map(|at| at as f64 / 30.0).collect();
    assert!(jumps.len() >= 5, "{jumps:?}");
    let off = jumps.iter().filter(|at| (**at / 0.5 - (**at / 0.5).round()).abs() * 0.5 > 0.045).count();
    assert_eq!(off, 0, "{jumps:?}");
}

#[test]
fn a_shorter_wish_cuts_the_song_with_a_fade_and_undo_brings_all_back() {
    let home = Home::new();
    let mut files: Vec<PathBuf> = (0..3).map(|nth| photo(home.folder(), nth)).collect();
    files.push(media::clip(home.folder(), "walk.mp4", 5, true));
    files.push(clicks(home.folder(), "tune.wav", 20));
    let mut server = home.initialized();
    server.done("upload", &json!({"files": files}));
    let before = server.done("state", &json!({}))["timeline"]["summary"].clone();
    let (reply, line) = asked(&mut server, "用我的歌和素材做一个MV，10秒，叠化");
    assert!(reply.contains("4个画面") && reply.contains("淡出") && reply.contains("120 BPM"), "{reply}");
    assert!(line.contains("(0-10s)") && line.ends_with("BGM: tune (0-10s, 100%)"), "{line}");
    assert!((media::seconds(&exported(&mut server)) - 10.0).abs() < 0.05);
    assert_eq!(asked(&mut server, "undo").1, before.as_str().unwrap());
}

#[test]
fn a_song_lies_under_a_clip_at_the_usual_level_and_the_picture_stays_untouched() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "harbour.mp4", 6, true);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": [clip]}));
    let (reply, _) = asked(&mut server, "put my song under the video");
    assert!(reply.contains("no song of yours"), "{reply}");
    let songs = [clicks(home.folder(), "first-one.mp3", 4), clicks(home.folder(), "second.m4a", 8)];
    server.done("upload", &json!({"files": songs}));
    let (reply, line) = asked(&mut server, "use first-one.mp3 as the music");
    assert!(reply.contains("\"first one\"") && reply.contains("35%") && reply.contains("ends at 4"), "{reply}");
    assert!(line.contains("BGM: first one (0-4"), "{line}");
    let (reply, line) = asked(&mut server, "play first-one.mp3 and then second.m4a");
    assert!(reply.contains("one after the other") && reply.contains("fades out"), "{reply}");
    assert!(line.ends_with("BGM: first one +1 more (0-6s, 35%)"), "{line}");
    let (_, line) = asked(&mut server, "music at 50%");
    assert!(line.ends_with("50%)"), "{line}");
    let (reply, _) = asked(&mut server, "use third.mp3 as the music");
    assert!(reply.contains("\"third.mp3\"") && reply.contains("\"second.m4a\""), "{reply}");
    let out = exported(&mut server);
    assert_eq!(media::picture_hash(&out), media::picture_hash(&clip));
    let (lufs, peak) = media::loudness(&out);
    assert!((lufs + 14.0).abs() <= 0.5 && peak <= -0.9, "{lufs} LUFS, {peak} dBTP");
}

#[test]
fn without_a_steady_beat_the_cuts_are_even_and_that_is_said() {
    let home = Home::new();
    let mut files: Vec<PathBuf> = (0..4).map(|nth| photo(home.folder(), nth)).collect();
    let drone = home.folder().join("drone.wav");
    media::ffmpeg(&["-f", "lavfi", "-i", "sine=f=110:d=12,volume=0.5"], &drone);
    files.push(drone);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": files}));
    let (reply, line) = asked(&mut server, "cut my photos to the beat");
    assert!(reply.contains("no steady beat") && reply.contains("evenly"), "{reply}");
    assert!(line.contains("(0-12s)"), "{line}");
}

#[test]
fn clips_and_photos_without_a_song_follow_the_music_that_is_made() {
    let home = Home::new();
    let mut files: Vec<PathBuf> = (0..3).map(|nth| photo(home.folder(), nth)).collect();
    files.push(media::clip(home.folder(), "walk.mp4", 8, true));
    let mut server = home.initialized();
    server.done("upload", &json!({"files": files}));
    let (reply, line) = asked(&mut server, "make a music video, upbeat pop, 12 seconds");
    assert!(
        reply.contains("4 pictures") && reply.contains("fall on beats") && reply.contains("own sound is off"),
        "{reply}"
    );
    assert!(line.contains("(0-12s)") && line.ends_with("100%)"), "{line}");
}
