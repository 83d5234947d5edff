//! Edits by words on the timeline, as an agent asks for them: the exported file has exactly the frames that the draft
//! says, titles and music go along, and what cannot be done is said and changes nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::harness::media;
use crate::harness::stdio::{Bedtrack, Home};

fn line(server: &mut Bedtrack) -> String {
    server.done("state", &json!({}))["timeline"]["summary"].as_str().unwrap().to_owned()
}

/// The reply to a request, and the timeline after it.
fn asked(server: &mut Bedtrack, request: &str) -> (String, String) {
    let answer = server.done("generate_music", &json!({"request": request}));
    assert_eq!(answer["action"], "message", "{request}");
    (answer["reply"].as_str().unwrap().to_owned(), line(server))
}

fn exported(server: &mut Bedtrack) -> PathBuf {
    let made = server.done("export", &json!({"format": "mp4", "quality": "draft"}));
    PathBuf::from(made["media"][0]["path"].as_str().unwrap())
}

/// A clip of 30 frames a second whose frames carry their numbers as ten black or white columns, with a tone of 440 Hz.
fn numbered(folder: &Path, name: &str, seconds: u32) -> PathBuf {
    numbered_at(folder, name, seconds, "30", "null")
}

/// The same with `rate` frames a second, of which a filter may take some away after they were numbered.
fn numbered_at(folder: &Path, name: &str, seconds: u32, rate: &str, filter: &str) -> PathBuf {
    let path = folder.join(name);
    let bits = "if(mod(floor(N/pow(2\\,floor(X/32)))\\,2)\\,235\\,16)";
    let picture =
        format!("color=black:s=320x180:r={rate}:d={seconds},format=yuv420p,geq=lum='{bits}':cb=128:cr=128,{filter}");
    let tone = format!("sine=f=440:d={seconds},volume=0.2,aformat=channel_layouts=stereo");
    let inputs = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone];
    let coding = ["-c:a", "aac", "-c:v", "libx264", "-preset", "ultrafast", "-g", "45", "-pix_fmt", "yuv420p"];
    let coding = [&coding[..], &["-fps_mode", "vfr"]].concat();
    media::ffmpeg(&[&inputs[..], &coding[..]].concat(), &path);
    path
}

/// The numbers of a film's frames.
fn numbers(path: &Path) -> Vec<u32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-fps_mode", "passthrough", "-vf", "scale=10:1:flags=area,format=gray", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    let number = |frame: &[u8]| frame.iter().enumerate().map(|(bit, level)| u32::from(*level > 127) << bit).sum();
    output.stdout.chunks_exact(10).map(number).collect()
}

/// How often a second the sound of a film crosses zero upwards: the pitch of a lone tone.
fn pitch(path: &Path) -> f64 {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-ss", "0.5", "-t", "2", "-i"])
        .arg(path)
        .args(["-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"])
        .output()
        .unwrap();
    let samples: Vec<i16> = output.stdout.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let crossings = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
    crossings as f64 * 48_000.0 / samples.len() as f64
}

fn frames(path: &Path) -> String {
    let picture = &media::probe(path)["streams"][0];
    picture["nb_frames"].as_str().unwrap().to_owned()
}

fn begun(files: &[PathBuf]) -> (Home, Bedtrack) {
    let home = Home::new();
    let mut server = home.initialized();
    server.done("upload", &json!({"files": files}));
    (home, server)
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_part_is_cut_out_to_the_frame_and_undo_and_redo_go_back_and_forth() {
    let folder = scratch();
    let clip = numbered(folder.path(), "walk.mp4", 10);
    let (_home, mut server) = begun(std::slice::from_ref(&clip));
    let before = line(&mut server);
    let (reply, after) = asked(&mut server, "cut out 0:05 to 0:08");
    assert!(reply.contains("0:05–0:08") && reply.contains("7 s long (before: 10 s)"), "{reply}");
    assert_eq!(after, "Timeline (1 track): 1. Video: walk +1 more (0-7s)");
    let out = exported(&mut server);
    assert_eq!(frames(&out), "210");
    assert_eq!(numbers(&out), (0..150).chain(240..300).collect::<Vec<u32>>());
    assert_eq!(asked(&mut server, "undo").1, before);
    assert_eq!(media::picture_hash(&exported(&mut server)), media::picture_hash(&clip), "as it was, bit for bit");
    assert_eq!(asked(&mut server, "redo").1, after);
    let (reply, again) = asked(&mut server, "删掉第1到2秒");
    assert!(reply.contains("0:01–0:02") && reply.contains("现在长6秒"), "{reply}");
    assert_eq!(again, "Timeline (1 track): 1. Video: walk +2 more (0-6s)");
    let kept = (0..30).chain(60..150).chain(240..300);
    assert_eq!(numbers(&exported(&mut server)), kept.collect::<Vec<u32>>());
}

#[test]
fn cuts_are_exact_to_the_frame_at_every_usual_rate() {
    let folder = scratch();
    for (rate, fps) in [("24", 24.0), ("25", 25.0), ("30000/1001", 30_000.0 / 1001.0), ("50", 50.0), ("60", 60.0)] {
        let clip = numbered_at(folder.path(), &format!("walk{}.mp4", fps as u32), 8, rate, "null");
        let all = numbers(&clip).len() as u32;
        let frame = |seconds: f64| (seconds * fps).round() as u32;
        let (_home, mut server) = begun(std::slice::from_ref(&clip));
        asked(&mut server, "cut out 0:03 to 0:05");
        let out = exported(&mut server);
        assert_eq!(numbers(&out), (0..frame(3.0)).chain(frame(5.0)..all).collect::<Vec<u32>>(), "cut at {rate}");
        let picture = &media::probe(&out)["streams"][0];
        assert_eq!(picture["r_frame_rate"], if rate.contains('/') { rate.to_owned() } else { format!("{rate}/1") });
        // A moment that is no frame's own: the nearest one counts.
        asked(&mut server, "undo");
        asked(&mut server, "cut out 1.3 to 2.71 seconds");
        let kept = (0..frame(1.3)).chain(frame(2.71)..all);
        assert_eq!(numbers(&exported(&mut server)), kept.collect::<Vec<u32>>(), "cut between frames at {rate}");
        asked(&mut server, "undo");
        asked(&mut server, "split at 0:03");
        asked(&mut server, "put the second clip first");
        let turned = (frame(3.0)..all).chain(0..frame(3.0));
        assert_eq!(numbers(&exported(&mut server)), turned.collect::<Vec<u32>>(), "reordered at {rate}");
        asked(&mut server, "undo");
        asked(&mut server, "undo");
        asked(&mut server, "make it twice as fast");
        let out = numbers(&exported(&mut server));
        assert_eq!(out, (0..all).step_by(2).take(out.len()).collect::<Vec<u32>>(), "fast at {rate}");
        assert!(out.len().abs_diff(all as usize / 2) <= 1, "{} of {all} at {rate}", out.len());
    }
}

#[test]
fn a_cut_clip_of_variable_rate_shows_what_a_player_shows_at_each_moment() {
    let folder = scratch();
    // Three of seven frames are missing, the ones at 3 s (90) and at 5 s (150) among them.
    let clip =
        numbered_at(folder.path(), "walk.mp4", 8, "30", "select='not(between(mod(n,7),2,3)+between(mod(n,7),6,6))'");
    let there = numbers(&clip);
    assert!(there.len() < 150 && !there.contains(&90) && !there.contains(&150), "{there:?}");
    // What stands at the time of a frame: itself, or the last one before it.
    let shown = |number: u32| *there.iter().rev().find(|there| **there <= number).unwrap();
    let all = there.last().unwrap() + 1;
    let (_home, mut server) = begun(std::slice::from_ref(&clip));
    asked(&mut server, "cut out 0:03 to 0:05");
    let out = exported(&mut server);
    let kept: Vec<u32> = (0..90).chain(150..all).map(shown).collect();
    assert_eq!(numbers(&out), kept);
    assert_eq!(media::probe(&out)["streams"][0]["r_frame_rate"], "30/1", "an even rate");
}

#[test]
fn a_split_clip_is_reordered_swapped_and_joined_again() {
    let folder = scratch();
    let clip = numbered(folder.path(), "walk.mp4", 6);
    let (_home, mut server) = begun(std::slice::from_ref(&clip));
    let whole = line(&mut server);
    asked(&mut server, "split at 0:02");
    // Nothing was cut away: the pieces play on from each other.
    assert_eq!(numbers(&exported(&mut server)), (0..180).collect::<Vec<u32>>());
    let (reply, _) = asked(&mut server, "put the second clip first");
    assert!(reply.contains("is now clip 1"), "{reply}");
    assert_eq!(numbers(&exported(&mut server)), (60..180).chain(0..60).collect::<Vec<u32>>());
    let (reply, _) = asked(&mut server, "join the clips");
    assert!(reply.contains("nothing to join"), "{reply}");
    asked(&mut server, "swap clips 1 and 2");
    let (reply, after) = asked(&mut server, "合并两段视频");
    assert!(reply.contains("合并"), "{reply}");
    assert_eq!(after, whole);
    assert_eq!(media::picture_hash(&exported(&mut server)), media::picture_hash(&clip), "whole again, bit for bit");
}

#[test]
fn speed_changes_the_frames_and_keeps_the_pitch() {
    let folder = scratch();
    let clip = numbered(folder.path(), "walk.mp4", 6);
    let (_home, mut server) = begun(&[clip]);
    let (reply, after) = asked(&mut server, "make it twice as fast");
    assert!(reply.contains("200%") && reply.contains("3 s long (before: 6 s)"), "{reply}");
    assert!(after.ends_with("walk (0-3s)"), "{after}");
    let out = exported(&mut server);
    assert_eq!(numbers(&out), (0..180).step_by(2).collect::<Vec<u32>>());
    assert!((pitch(&out) - 440.0).abs() < 8.0, "{} Hz", pitch(&out));
    let (reply, after) = asked(&mut server, "slow the clip down to 50%");
    assert!(reply.contains("50%") && reply.contains("before: 200%"), "{reply}");
    assert!(after.ends_with("walk (0-12s)"), "{after}");
    let out = exported(&mut server);
    assert_eq!(numbers(&out), (0..180).flat_map(|n| [n, n]).collect::<Vec<u32>>());
    assert!((pitch(&out) - 440.0).abs() < 8.0, "{} Hz", pitch(&out));
    asked(&mut server, "cut out 0:02 to 0:04");
    let kept = (0..30).chain(60..180).flat_map(|n| [n, n]);
    assert_eq!(numbers(&exported(&mut server)), kept.collect::<Vec<u32>>());
    let (reply, _) = asked(&mut server, "play the clip at 20x speed");
    assert!(reply.contains("25% to 400%"), "{reply}");
}

#[test]
fn sound_of_one_clip_changes_while_the_picture_is_copied() {
    let folder = scratch();
    let clip = numbered(folder.path(), "walk.mp4", 4);
    let (_home, mut server) = begun(std::slice::from_ref(&clip));
    let (reply, _) = asked(&mut server, "set the volume of clip 1 to 50%");
    assert!(reply.contains("50% (before: 100%)"), "{reply}");
    asked(&mut server, "fade out the sound of clip 1 over 2 seconds");
    assert_eq!(media::picture_hash(&exported(&mut server)), media::picture_hash(&clip));
    let (reply, _) = asked(&mut server, "mute clip 1");
    assert!(reply.contains("muted"), "{reply}");
    let out = exported(&mut server);
    assert_eq!(media::picture_hash(&out), media::picture_hash(&clip));
    let streams = media::probe(&out)["streams"].as_array().unwrap().len();
    assert_eq!(streams, 1, "nothing sounds any more");
}

#[test]
fn clips_are_joined_replaced_removed_and_refused_by_name() {
    let folder = scratch();
    let files = [
        numbered(folder.path(), "walk.mp4", 4),
        media::clip(folder.path(), "harbour.mp4", 3, false),
        media::clip(folder.path(), "beach.mp4", 5, false),
    ];
    let (_home, mut server) = begun(&files[..1]);
    let (reply, _) = asked(&mut server, "remove the second clip");
    assert!(reply.contains("no clip 2") && reply.contains("Nothing was changed"), "{reply}");
    server.done("upload", &json!({"files": &files[1..2]}));
    let (reply, after) = asked(&mut server, "join the two clips");
    assert!(reply.contains("\"harbour\"") && reply.contains("7 s long (before: 4 s)"), "{reply}");
    assert_eq!(after, "Timeline (1 track): 1. Video: walk +1 more (0-7s)");
    server.done("upload", &json!({"files": &files[2..]}));
    let (reply, after) = asked(&mut server, "replace the second clip with beach.mp4");
    assert!(reply.contains("\"harbour\"") && reply.contains("is now \"beach\""), "{reply}");
    assert!(after.ends_with("(0-7s)"), "{after}");
    let (reply, _) = asked(&mut server, "replace clip 2 with nowhere.mp4");
    assert!(reply.contains("\"nowhere.mp4\"") && reply.contains("\"beach.mp4\""), "{reply}");
    let (reply, unchanged) = asked(&mut server, "cut out 0:20 to 0:30");
    assert!(reply.contains("beyond the end") && reply.contains("7 s"), "{reply}");
    assert_eq!(unchanged, after);
    let (_, after) = asked(&mut server, "删掉第一段");
    assert_eq!(after, "Timeline (1 track): 1. Video: beach (0-3s)");
    assert_eq!(frames(&exported(&mut server)), "90");
}

#[test]
fn music_and_titles_follow_the_picture() {
    let folder = scratch();
    let clip = numbered(folder.path(), "walk.mp4", 10);
    let (_home, mut server) = begun(&[clip]);
    asked(&mut server, "calm piano, seed 3");
    asked(&mut server, "music at 20%");
    asked(&mut server, "add the title \"The end\" at 0:08 for 2 seconds");
    let (reply, after) = asked(&mut server, "cut out 0:02 to 0:05");
    assert!(reply.contains("fitted it to 7 s") && reply.contains("made for 10 s"), "{reply}");
    assert!(after.contains("(0-7s, 20%)") && after.ends_with("Title: \"The end\" (5-7s)"), "{after}");
    let out = exported(&mut server);
    assert_eq!(frames(&out), "210");
    assert!((media::seconds(&out) - 7.0).abs() < 0.05);
    let (reply, after) = asked(&mut server, "remove the last 5 seconds");
    assert!(reply.contains("before: 7 s") && reply.contains("fades out"), "{reply}");
    assert!(after.contains("(0-2s, 20%)") && !after.contains("Title"), "{after}");
    assert_eq!(frames(&exported(&mut server)), "60");
}

#[test]
fn the_film_takes_another_shape_and_fades() {
    let folder = scratch();
    let white = folder.path().join("white.mp4");
    let picture = ["-f", "lavfi", "-i", "color=white:s=320x180:r=30:d=4", "-c:v", "libx264", "-pix_fmt", "yuv420p"];
    media::ffmpeg(&picture, &white);
    let (_home, mut server) = begun(&[white]);
    let size = |path: &Path| {
        let picture = &media::probe(path)["streams"][0];
        (picture["width"].as_u64().unwrap(), picture["height"].as_u64().unwrap())
    };
    let (reply, _) = asked(&mut server, "make it vertical");
    assert!(reply.contains("9:16") && reply.contains("blurred copy"), "{reply}");
    let (wide, high) = size(&exported(&mut server));
    assert!((wide as f64 / high as f64 - 9.0 / 16.0).abs() < 0.01, "{wide}x{high}");
    let (reply, _) = asked(&mut server, "square, cropped");
    assert!(reply.contains("1:1 (before: 9:16)") && reply.contains("cropped"), "{reply}");
    let (wide, high) = size(&exported(&mut server));
    assert_eq!(wide, high);
    asked(&mut server, "undo");
    let (wide, high) = size(&exported(&mut server));
    assert!(wide < high, "the shape is undone as well: {wide}x{high}");
    asked(&mut server, "back to the original aspect ratio");
    let (reply, _) = asked(&mut server, "fade in from black");
    assert!(reply.contains("fades in over 1 s"), "{reply}");
    asked(&mut server, "fade to black over 2 seconds");
    let seen = media::brightness(&exported(&mut server));
    assert_eq!(seen.len(), 120);
    assert!(seen[0] < 20.0 && seen[15] > 60.0 && seen[15] < 200.0 && seen[40] > 230.0, "{seen:?}");
    assert!(seen[59] > 230.0 && seen[90] > 60.0 && seen[90] < 200.0 && seen[119] < 20.0, "{seen:?}");
}

#[test]
fn one_clip_gives_way_to_the_next_as_asked_and_nothing_gets_longer() {
    let folder = scratch();
    let files = [numbered(folder.path(), "walk.mp4", 3), numbered(folder.path(), "run.mp4", 3)];
    let (_home, mut server) = begun(&files);
    asked(&mut server, "join the two clips");
    let plain = numbers(&exported(&mut server));
    assert_eq!(plain, (0..90).chain(0..90).collect::<Vec<u32>>());
    let (reply, _) = asked(&mut server, "use crossfades between the clips");
    assert!(reply.contains("crossfades"), "{reply}");
    let faded = exported(&mut server);
    assert_eq!(frames(&faded), "180");
    assert_eq!(numbers(&faded)[..85], plain[..85]);
    assert_eq!(numbers(&faded)[110..], plain[110..]);
    asked(&mut server, "去掉转场");
    assert_eq!(numbers(&exported(&mut server)), plain);
}

#[test]
fn a_film_of_many_shots_in_full_hd_is_exported_within_its_memory() {
    let folder = scratch();
    let clip = folder.path().join("large.mp4");
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=4", "-c:v", "libx264", "-preset", "ultrafast"];
    media::ffmpeg(&[&picture[..], &["-pix_fmt", "yuv420p"]].concat(), &clip);
    let (_home, mut server) = begun(&[clip]);
    for half in 1..8 {
        asked(&mut server, &format!("split at {} seconds", f64::from(half) / 2.0));
    }
    asked(&mut server, "reverse the order of the clips");
    let (reply, line) = asked(&mut server, "make it vertical with a blurred background");
    assert!(reply.contains("9:16") && line.contains("large +7 more"), "{reply} {line}");
    assert_eq!(frames(&exported(&mut server)), "120");
}
