//! The whole path as an agent walks it, on the embedded studio: upload, music, timeline, export.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::media;
use crate::harness::stdio::{Bedtrack, Home};

/// The one file of an answer; its path also stands in the plain text.
fn exported(server: &mut Bedtrack, arguments: &Value) -> PathBuf {
    let result = server.finish("export", arguments);
    assert!(!result.is_error, "export {arguments}: {}", result.text);
    let path = result.structured["media"][0]["path"].as_str().unwrap().to_owned();
    assert!(result.text.contains(&path), "{}", result.text);
    let path = PathBuf::from(path);
    assert!(path.is_absolute());
    path
}

#[test]
fn a_clip_is_scored_and_exported_with_its_picture_untouched() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "city-timelapse.mp4", 4, true);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": [clip]}));
    let music = server.done("generate_music", &json!({"request": "score this clip with lo-fi", "seed": 7}));
    assert_eq!(music["action"], "message");
    assert!(!music["reply"].as_str().unwrap().is_empty());
    let made = music["media"].as_array().unwrap().iter().find(|medium| medium["kind"] == "music").unwrap();
    assert_eq!((made["seconds"].as_f64(), made["seed"].as_u64()), (Some(4.0), Some(7)));
    let state = server.done("state", &json!({}));
    assert_eq!(
        state["timeline"]["summary"],
        "Timeline (2 tracks): 1. Video: city timelapse (0-4s) 2. BGM: Lo-fi (0-4s, 35%)"
    );
    let out = exported(&mut server, &json!({"format": "mp4"}));
    assert_eq!(media::picture_hash(&out), media::picture_hash(&clip));
    let (lufs, peak) = media::loudness(&out);
    assert!((lufs + 14.0).abs() <= 0.5 && peak <= -0.9, "{lufs} LUFS, {peak} dBTP");
    let probed = media::probe(&out);
    let streams = probed["streams"].as_array().unwrap();
    let length = |kind: &str| -> f64 {
        let stream = streams.iter().find(|stream| stream["codec_type"] == kind).unwrap();
        stream["duration"].as_str().unwrap().parse().unwrap()
    };
    assert!((length("video") - length("audio")).abs() <= 1.0 / 30.0, "{} {}", length("video"), length("audio"));
    let second = exported(&mut server, &json!({}));
    assert_ne!(second, out, "nothing is overwritten unasked");
    assert!(server.close().status.success());
}

#[cfg(unix)]
#[test]
fn clips_of_any_name_come_in_and_go_out() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "plain.mp4", 1, true);
    let names = ["new\nline.mp4", "a\"b\\c.mp4", "-i evil.mp4", "frame%03d.mp4", "视频 测试 🎬.mp4"];
    let mut server = home.initialized();
    for name in names {
        let odd = home.folder().join(name);
        std::fs::copy(&clip, &odd).unwrap();
        let session = server.done("upload", &json!({"files": [odd], "session": "new"}))["session"].clone();
        let out = exported(&mut server, &json!({"format": "mp4", "session": session}));
        assert_eq!(media::picture_hash(&out), media::picture_hash(&clip), "{name}");
    }
}

#[test]
fn music_alone_is_done_in_one_call_and_exports_in_every_sound_format() {
    let home = Home::new();
    let mut server = home.initialized();
    let answer = server.call_tool("generate_music", &json!({"request": "calm solo piano, 20 seconds"}));
    assert_eq!(answer.structured["status"], "done", "{}", answer.text);
    let piece = &answer.structured["media"][0];
    assert_eq!((piece["kind"].as_str(), piece["seconds"].as_f64()), (Some("music"), Some(20.0)));
    for key in ["bpm", "key", "lufs", "seed", "licence"] {
        assert!(!piece[key].is_null(), "{key} of {piece}");
    }
    for format in ["wav", "mp3", "m4a", "flac"] {
        let out = exported(&mut server, &json!({"format": format}));
        assert_eq!(out.extension().unwrap(), format);
        assert!((media::seconds(&out) - 20.0).abs() < 0.05, "{format}: {}", media::seconds(&out));
        let (lufs, peak) = media::loudness(&out);
        assert!((lufs + 14.0).abs() <= 0.5 && peak <= -0.9, "{format}: {lufs} LUFS, {peak} dBTP");
    }
    let cover = exported(&mut server, &json!({"format": "mp4"}));
    assert!((media::seconds(&cover) - 20.0).abs() < 0.1);
}

#[test]
fn edits_change_what_they_name_and_undo_takes_them_back() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "beach.mp4", 6, false);
    let mut server = home.initialized();
    let line = |server: &mut Bedtrack, request: &str| {
        let arguments = json!({"request": request});
        server.done("generate_music", &arguments);
        server.done("state", &json!({}))["timeline"]["summary"].as_str().unwrap().to_owned()
    };
    server.done("upload", &json!({"files": [clip]}));
    line(&mut server, "upbeat house music, seed 3");
    assert_eq!(
        line(&mut server, "music at 20%"),
        "Timeline (2 tracks): 1. Video: beach (0-6s) 2. BGM: House (0-6s, 20%)"
    );
    let titled = line(&mut server, "add a title \"Golden Hour\" for 2 seconds");
    assert!(titled.ends_with("3. Title: \"Golden Hour\" (0-2s)"), "{titled}");
    let trimmed = line(&mut server, "trim the clip to the first 4 seconds");
    assert!(trimmed.contains("Video: beach (0-4s)"), "{trimmed}");
    assert_eq!(line(&mut server, "undo"), titled);
    assert!(!line(&mut server, "remove the music").contains("BGM"));
}

#[test]
fn chinese_requests_are_answered_in_chinese() {
    let mut server = Home::new().initialized();
    let answer = server.done("generate_music", &json!({"request": "来一段轻松的钢琴音乐，10秒"}));
    let reply = answer["reply"].as_str().unwrap();
    assert!(reply.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{reply}");
    assert_eq!(answer["media"][0]["seconds"], 10.0);
}

#[test]
fn what_was_made_is_there_after_a_kill() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "walk.mp4", 3, false);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": [clip]}));
    server.done("generate_music", &json!({"request": "warm acoustic guitar"}));
    let before = server.done("state", &json!({}));
    server.kill();
    let mut server = home.initialized();
    let after = server.done("state", &json!({}));
    assert_eq!((&after["session"], &after["timeline"]), (&before["session"], &before["timeline"]));
    let out = exported(&mut server, &json!({"session": after["session"]}));
    assert_eq!(media::picture_hash(&out), media::picture_hash(&clip));
}

#[test]
fn work_that_was_accepted_goes_on_after_a_kill() {
    let home = Home::new();
    let mut server = home.initialized();
    let ask = json!({"request": "calm ambient, 10 minutes", "wait_seconds": 0});
    let begun = server.call_tool("generate_music", &ask);
    assert_eq!(begun.structured["status"], "running", "{}", begun.text);
    server.kill();
    let mut server = home.initialized();
    let outcome = server.wait_for(begun);
    assert_eq!(outcome.structured["status"], "done", "{}", outcome.text);
    let state = server.done("state", &json!({"session": outcome.structured["session"]}));
    let summary = state["timeline"]["summary"].as_str().unwrap();
    assert!(summary.contains("(0-600s"), "{summary}");
    let pieces = state["media"].as_array().unwrap().iter().filter(|medium| medium["kind"] == "music").count();
    assert_eq!(pieces, 1, "made once: {state}");
}

/// Each bad input with the code it gets; the server must live on and lose nothing.
#[test]
fn bad_input_is_a_clear_error_and_loses_nothing() {
    let home = Home::new();
    let folder = home.folder();
    let at = |name: &str| folder.join(name);
    std::fs::write(at("empty.mp4"), b"").unwrap();
    std::fs::write(at("text.mp4"), b"this is no film\n").unwrap();
    std::fs::File::create(at("huge.mp4")).unwrap().set_len(600 << 20).unwrap();
    let clip = media::clip(folder, "good.mp4", 3, false);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": [clip]}));
    let upload = |path: &Path| ("upload", json!({"files": [path]}));
    let cases = [
        (upload(&at("nowhere.mp4")), vec!["not_found", "file_unreadable"]),
        (upload(folder), vec!["unsupported_file", "file_unreadable"]),
        (upload(&at("empty.mp4")), vec!["unsupported_file", "file_unreadable"]),
        (upload(&at("text.mp4")), vec!["unsupported_file"]),
        (upload(&at("huge.mp4")), vec!["file_too_large"]),
        (("state", json!({"session": "s-of-nobody"})), vec!["not_found", "session_lost"]),
        (("generate_music", json!({"request": "calm", "session": "s-of-nobody"})), vec!["not_found", "session_lost"]),
        (("export", json!({"format": "exe"})), vec!["invalid_input"]),
        (("export", json!({"output": "/proc/nowhere/x.mp4"})), vec!["output_unwritable"]),
        (("generate_music", json!({"request": "  "})), vec!["invalid_input"]),
        (("generate_music", json!({"request": "calm ".repeat(20_000)})), vec!["invalid_input"]),
        (("generate_music", json!({"request": "calm", "duration_seconds": -5})), vec!["invalid_input"]),
        (("generate_music", json!({"request": "calm", "duration_seconds": 1e9})), vec!["invalid_input"]),
        (("generate_music", json!({"request": "calm", "tempo_bpm": 9000})), vec!["invalid_input"]),
        (("generate_music", json!({})), vec!["invalid_input"]),
        (("upload", json!({"files": []})), vec!["invalid_input"]),
        (("upload", json!({"files": ["http://127.0.0.1:1/x.mp4"]})), vec!["url_refused"]),
    ];
    for ((tool, arguments), codes) in cases {
        let result = server.call_tool(tool, &arguments);
        let shown: String = arguments.to_string().chars().take(120).collect();
        assert!(result.is_error, "{tool} {shown}: {}", result.text);
        assert!(codes.contains(&result.code()), "{tool} {shown}: {} ({})", result.code(), result.text);
        assert!(result.text.len() > 30, "{tool} {shown} says too little: {}", result.text);
        let next = result.structured["next"].as_array();
        assert!(next.is_some_and(|steps| !steps.is_empty()), "{tool} {shown} has no next step: {}", result.text);
    }
    let state = server.done("state", &json!({}));
    assert_eq!(state["timeline"]["summary"], "Timeline (1 track): 1. Video: good (0-3s)");
    assert!(server.close().status.success());
}

#[test]
fn a_link_is_refused_naming_what_it_points_to() {
    let home = Home::new();
    let clip = media::clip(home.folder(), "real.mp4", 3, false);
    let link = home.folder().join("link.mp4");
    std::os::unix::fs::symlink(&clip, &link).unwrap();
    let mut server = home.initialized();
    let result = server.call_tool("upload", &json!({"files": [link]}));
    assert_eq!(result.code(), "path_refused", "{}", result.text);
    assert!(result.text.contains(clip.to_str().unwrap()), "{}", result.text);
}

#[test]
fn a_repeated_request_id_gives_the_first_answer_again() {
    let mut server = Home::new().initialized();
    let ask = json!({"request": "calm piano, 5 seconds", "request_id": "once"});
    let first = server.done("generate_music", &ask);
    let again = server.done("generate_music", &ask);
    assert_eq!((&first["turn"], &first["media"]), (&again["turn"], &again["media"]));
    let other = server.call_tool("generate_music", &json!({"request": "loud metal", "request_id": "once"}));
    assert_eq!(other.code(), "request_id_reused", "{}", other.text);
}

#[test]
fn photos_become_a_music_video_on_the_beats_of_the_music_that_is_made() {
    let home = Home::new();
    let photos: Vec<PathBuf> = (0..5).map(|nth| photo(home.folder(), nth)).collect();
    let mut server = home.initialized();
    server.done("upload", &json!({"files": photos}));
    // Calm music gets crossfades, which are seen in their middle.
    for request in ["make a music video, calm pop, 16 seconds", "make a music video, upbeat pop, 12 seconds"] {
        let made = server.done("generate_music", &json!({"request": request, "seed": 5}));
        let reply = made["reply"].as_str().unwrap();
        assert!(reply.contains("cuts fall on beats") && !reply.contains(" of your "), "{reply}");
    }
    let out = exported(&mut server, &json!({"format": "mp4", "quality": "draft"}));
    assert!((media::seconds(&out) - 12.0).abs() < 0.05, "{}", media::seconds(&out));
    // The sums of all frames: a cut is a jump, a move of the camera is not.
    let seen = media::brightness(&out);
    let changes = seen.windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 2.0).count();
    assert!(changes >= 4, "the photos change: {changes}");
    assert!(server.close().status.success());
}

/// A photo of one grey.
fn photo(folder: &Path, nth: u32) -> PathBuf {
    let path = folder.join(format!("photo-{nth}.jpg"));
    let level = 30 + 50 * nth;
    let colour = format!("color=0x{level:02x}{level:02x}{level:02x}:s=320x240");
    media::ffmpeg(&["-f", "lavfi", "-i", &colour, "-frames:v", "1", "-update", "1"], &path);
    path
}
