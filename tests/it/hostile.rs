//! Files that must not be believed: cut short, damaged, of another type than their name, bombs, lists that name other
//! files, references, links, and odd but honest ones. Each is refused with a clear word or gives a right result.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bedtrack_film::{Clip, Film, FilmError, FilmFormat, FilmPlan, MediaKind, Quality, Watch};
use bedtrack_wire::look::Aspect;

use crate::harness::media;

/// What has to become of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Must {
    /// Refused, with this word in the message.
    Refuse(&'static str),
    /// Taken, and a film comes out.
    Take,
    /// Either, and in order both ways.
    Either,
}
use Must::{Either, Refuse, Take};

struct Corpus {
    folder: tempfile::TempDir,
    cases: Vec<(String, Must)>,
}

impl Corpus {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&mut self, name: impl Into<String>, bytes: &[u8], must: Must) {
        let name = name.into();
        std::fs::write(self.path(&name), bytes).unwrap();
        self.cases.push((name, must));
    }

    fn make(&mut self, name: &str, arguments: &[&str], must: Must) -> Vec<u8> {
        media::ffmpeg(arguments, &self.path(name));
        self.cases.push((name.to_owned(), must));
        std::fs::read(self.path(name)).unwrap()
    }
}

const PICTURE: [&str; 4] = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=1"];
const TONE: [&str; 4] = ["-f", "lavfi", "-i", "sine=f=440:r=48000:d=1"];

/// Honest files, one of each type.
fn seeds(corpus: &mut Corpus) -> Vec<(String, Vec<u8>)> {
    let film = |codec: &[&'static str]| [&PICTURE[..], &TONE[..], codec, &["-pix_fmt", "yuv420p"]].concat();
    let mut made = Vec::new();
    for (name, arguments) in [
        ("a.mp4", film(&["-c:v", "libx264", "-c:a", "aac"])),
        ("fast.mp4", film(&["-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart"])),
        ("fragments.mp4", film(&["-c:v", "libx264", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"])),
        ("a.mov", film(&["-c:v", "libx264", "-c:a", "pcm_s16le"])),
        ("a.mkv", film(&["-c:v", "libx264", "-c:a", "libopus"])),
        ("a.webm", film(&["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"])),
        ("a.avi", film(&["-c:v", "mpeg4", "-c:a", "libmp3lame"])),
        ("a.mp3", TONE.to_vec()),
        ("a.wav", TONE.to_vec()),
        ("a.m4a", [&TONE[..], &["-c:a", "aac"]].concat()),
        ("a.flac", TONE.to_vec()),
        ("a.ogg", [&TONE[..], &["-c:a", "libvorbis"]].concat()),
        ("a.jpg", [&PICTURE[..], &["-frames:v", "1", "-update", "1"]].concat()),
        ("a.png", [&PICTURE[..], &["-frames:v", "1", "-update", "1"]].concat()),
        ("a.gif", [&PICTURE[..], &["-r", "5"]].concat()),
        ("a.webp", [&PICTURE[..], &["-frames:v", "1", "-update", "1", "-c:v", "libwebp"]].concat()),
    ] {
        made.push((name.to_owned(), corpus.make(name, &arguments, Take)));
    }
    made
}

/// The same noise in every run.
fn noise(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed * 2 + 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

fn damaged(corpus: &mut Corpus, seeds: &[(String, Vec<u8>)]) {
    for (nth, (name, bytes)) in seeds.iter().enumerate() {
        corpus.add(format!("third-{name}"), &bytes[..bytes.len() / 3], Either);
        corpus.add(format!("head-{name}"), &bytes[..bytes.len().min(40)], Either);
        let (mut broken, mut next) = (bytes.clone(), noise(nth as u64 + 1));
        for _ in 0..bytes.len() / 60 {
            let at = 32 + (next() as usize) % (bytes.len() - 32);
            broken[at] ^= (next() as u8) | 1;
        }
        corpus.add(format!("noise-{name}"), &broken, Either);
        let half = bytes.len() / 2;
        let zeros = [&bytes[..half], &vec![0; bytes.len() - half]].concat();
        corpus.add(format!("zeros-{name}"), &zeros, Either);
    }
    corpus.add("cut.mp4", &seeds[0].1[..seeds[0].1.len() / 2], Refuse("index is missing"));
    // The name lies, the bytes do not.
    for (name, from) in [("film.jpg", 0), ("photo.mp4", 13), ("song.png", 7), ("clip.wav", 4)] {
        corpus.add(name, &seeds[from].1, Take);
    }
    // Two files in one: the first one counts.
    corpus.add("glued.png", &[&seeds[13].1[..], &seeds[0].1].concat(), Take);
}

/// Lists, manifests and scripts that name the secret.
fn lists(corpus: &mut Corpus) {
    for (name, text, word) in [
        ("hls.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.mp4\n#EXT-X-ENDLIST\n", "HLS"),
        ("hls-url.mp4", "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n", "HLS"),
        ("bom.mp4", "\u{feff}#EXTM3U\n#EXTINF:9,\nsecret.mp4\n", "HLS"),
        ("dash.mp4", "<?xml version='1.0'?><MPD><Period><BaseURL>secret.mp4</BaseURL></Period></MPD>", "DASH"),
        ("smooth.mov", "<?xml version='1.0'?><SmoothStreamingMedia></SmoothStreamingMedia>", "Smooth"),
        ("concat.mkv", "ffconcat version 1.0\nfile secret.mp4\n", "concat"),
        ("concat.avi", "file 'secret.mp4'\n", "concat"),
        ("pls.mp3", "[playlist]\nFile1=secret.mp4\n", "PLS"),
        ("asx.wav", "<asx version='3.0'><entry><ref href='secret.mp4'/></entry></asx>", "XML"),
        ("drawing.png", "<svg xmlns='http://www.w3.org/2000/svg'><image href='secret.mp4'/></svg>", "SVG"),
        (
            "entity.png",
            "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><svg>&e;</svg>",
            "SVG",
        ),
        ("sdp.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n", "text"),
        ("meta.mp4", ";FFMETADATA1\ntitle=x\n", "text"),
        ("page.webm", "<!DOCTYPE html><html><video src='secret.mp4'></html>", "web page"),
        ("json.mp4", "{\"url\": \"file:secret.mp4\"}", "JSON"),
        ("script.gif", "#!/bin/sh\ncat secret.mp4\n", "text"),
    ] {
        corpus.add(name, text.as_bytes(), Refuse(word));
    }
}

/// A PNG of a size that it does not have the pixels for.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut crc = !0_u32;
    for byte in &header {
        crc ^= u32::from(*byte);
        (0..8).for_each(|_| crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 });
    }
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0d", &header[..], &(!crc).to_be_bytes(), b"\0\0\0\0IDAT"].concat()
}

fn wav(channels: u16, rate: u32, bits: u16, claims: u32) -> Vec<u8> {
    let frame = channels.wrapping_mul(bits / 8);
    let mut bytes = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0".to_vec();
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend(rate.wrapping_mul(u32::from(frame)).to_le_bytes());
    bytes.extend(frame.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(claims.to_le_bytes());
    bytes.extend([1; 4000]);
    bytes
}

fn bombs(corpus: &mut Corpus, seeds: &[(String, Vec<u8>)]) {
    corpus.add("huge.png", &png(30_000, 30_000), Refuse("huge.png"));
    corpus.add("wide.png", &png(2_000_000_000, 1), Refuse("wide.png"));
    corpus.add("none.png", &png(0, 0), Refuse("none.png"));
    corpus.add("huge.gif", b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\0;", Refuse("huge.gif"));
    corpus.add("noframes.gif", b"GIF89a\x01\0\x01\0\0\0\0;", Refuse("noframes.gif"));
    // 64 million pixels out of some kilobytes.
    let flat = ["-f", "lavfi", "-i", "color=black:s=8000x8000", "-frames:v", "1", "-update", "1", "-pred", "none"];
    corpus.make("flat.png", &flat, Either);
    corpus.make(
        "large.png",
        &["-f", "lavfi", "-i", "color=red:s=9000x9000", "-frames:v", "1", "-update", "1"],
        Refuse("too large"),
    );
    corpus.add("channels.wav", &wav(65_535, 48_000, 16, 4_000), Either);
    corpus.add("norate.wav", &wav(2, 0, 16, 4_000), Either);
    corpus.add("rate.wav", &wav(2, u32::MAX, 16, 4_000), Either);
    corpus.add("claims.wav", &wav(2, 48_000, 16, u32::MAX), Either);
    // Its data are said to be elsewhere: the flag of the reference says "not in this file".
    let mut outside = seeds[3].1.clone();
    let at = outside.windows(8).position(|window| window == b"dref\0\0\0\0").unwrap();
    let entry = outside[at..].windows(4).position(|window| window == b"url " || window == b"alis").unwrap() + at;
    outside[entry + 7] = 0;
    corpus.add("outside.mov", &outside, Either);
    // A header that promises ten years.
    let mut long = seeds[1].1.clone();
    let at = long.windows(4).position(|window| window == b"mvhd").unwrap();
    long[at + 20..at + 24].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
    corpus.add("long.mp4", &long, Either);
    // Boxes in boxes in boxes, and one that never ends.
    let nested: Vec<u8> = (0..2000_u32).flat_map(|n| [&(16_000 - 8 * n).to_be_bytes()[..], b"moov"].concat()).collect();
    corpus.add("nested.mp4", &[b"\0\0\0\x10ftypisom\0\0\0\0", &nested[..]].concat(), Refuse("nested.mp4"));
    corpus.add(
        "endless.mp4",
        b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff",
        Refuse("endless.mp4"),
    );
    corpus.add("loop.mp4", b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0moov\0\0\0\0trak", Refuse("loop.mp4"));
    corpus.add(
        "unknown.mkv",
        b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff\x42\x82\x88matroska",
        Refuse("unknown.mkv"),
    );
    corpus.add("zip.mp4", b"PK\x03\x04\x14\0\0\0\x08\0", Refuse("zip.mp4"));
    corpus.add("empty.mp4", b"", Refuse("0 bytes"));
    corpus.add("nothing.mp4", &[0; 70_000], Refuse("nothing.mp4"));
    corpus.add("-i.mp4", b"hello", Refuse("text"));
}

/// Honest, and unusual.
fn oddities(corpus: &mut Corpus) {
    let picture = |source: &'static str| vec!["-f", "lavfi", "-i", source];
    let plain = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let full = ["-c:v", "libx264", "-pix_fmt", "yuv444p"];
    let tiny = [&picture("testsrc2=s=2x2:r=30:d=1")[..], &plain].concat();
    corpus.make("tiny.mp4", &tiny, Either);
    corpus.make("odd.mkv", &[&picture("testsrc2=s=33x17:r=30:d=1")[..], &full].concat(), Take);
    corpus.make("slow.mp4", &[&picture("testsrc2=s=64x64:r=1:d=3")[..], &plain].concat(), Take);
    corpus.make("quick.mp4", &[&picture("testsrc2=s=64x64:r=240:d=1")[..], &plain].concat(), Take);
    corpus.make("prime.mp4", &[&picture("testsrc2=s=64x64:r=1001/97:d=2")[..], &plain].concat(), Take);
    corpus.make("one.mp4", &[&picture("testsrc2=s=64x64:r=30:d=1")[..], &plain, &["-frames:v", "1"]].concat(), Take);
    corpus.make("strip.png", &[&picture("color=red:s=3000x2")[..], &["-frames:v", "1", "-update", "1"]].concat(), Take);
    let eight = "sine=r=192000:d=1,aformat=channel_layouts=7.1";
    corpus.make("eight.wav", &["-f", "lavfi", "-i", eight], Take);
    corpus.make("low.wav", &["-f", "lavfi", "-i", "sine=r=8000:d=1", "-c:a", "pcm_u8"], Take);
}

#[cfg(unix)]
fn places(corpus: &mut Corpus) {
    use std::os::unix::fs::symlink;
    std::fs::create_dir(corpus.path("folder.mp4")).unwrap();
    symlink("secret.mp4", corpus.path("link.mp4")).unwrap();
    symlink("/dev/zero", corpus.path("zero.mp4")).unwrap();
    symlink("loop2.mp4", corpus.path("loop2.mp4")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(corpus.path("pipe.mp4")).status().unwrap().success());
    drop(std::os::unix::net::UnixListener::bind(corpus.path("socket.mp4")).unwrap());
    let named = [
        ("folder.mp4", "a folder"),
        ("link.mp4", "a link"),
        ("zero.mp4", "a link"),
        ("loop2.mp4", "a link"),
        ("pipe.mp4", "a named pipe"),
        ("socket.mp4", "a socket"),
        ("missing.mp4", "no such file"),
    ];
    corpus.cases.extend(named.map(|(name, word)| (name.to_owned(), Refuse(word))));
}

#[cfg(not(unix))]
fn places(_: &mut Corpus) {}

/// A second of film out of a medium, small.
fn film_of(path: &Path, kind: MediaKind, duration_ms: u64) -> FilmPlan {
    let length = duration_ms.clamp(200, 1_000);
    FilmPlan {
        clips: vec![Clip::new(path.to_owned(), kind, 0, length, 0)],
        titles: Vec::new(),
        sound: None,
        cover: None,
        duration_ms: length,
        aspect: Aspect::Square,
        format: FilmFormat::Mp4,
        quality: Quality::Draft,
    }
}

#[tokio::test]
async fn every_bad_file_is_refused_in_clear_words_and_every_odd_one_gives_a_film() {
    let mut corpus = Corpus { folder: tempfile::tempdir().unwrap(), cases: Vec::new() };
    let secret = media::clip(corpus.folder.path(), "secret.mp4", 1, true);
    let seeds = seeds(&mut corpus);
    damaged(&mut corpus, &seeds);
    lists(&mut corpus);
    bombs(&mut corpus, &seeds);
    oddities(&mut corpus);
    places(&mut corpus);
    assert!(corpus.cases.len() >= 60 + seeds.len(), "{}", corpus.cases.len());
    let before = std::fs::read(&secret).unwrap();
    let room = Film::locate(None);
    let mut wrong = Vec::new();
    for (name, must) in &corpus.cases {
        let path = corpus.path(name);
        // Not a measurement: only what hangs reaches it.
        let probed = tokio::time::timeout(Duration::from_secs(240), room.probe(&path)).await.expect(name);
        let info = match (probed, must) {
            (Ok(info), Take | Either) => info,
            (Err(fault), Refuse(word)) if fault.is_bad_input() && fault.to_string().contains(word) => {
                check_words(&fault, name, &corpus);
                continue;
            }
            (Err(fault), Either) if fault.is_bad_input() => {
                check_words(&fault, name, &corpus);
                continue;
            }
            (probed, must) => {
                wrong.push(format!("{name}: {must:?}, and {probed:?}"));
                continue;
            }
        };
        // Honest media have tests of their own; here it is the damaged and the odd ones that become films.
        let is_honest = seeds.iter().any(|(seed, _)| seed == name);
        if is_honest || !matches!(info.kind, MediaKind::Video | MediaKind::Image) {
            continue;
        }
        let (work, out) = (tempfile::tempdir().unwrap(), corpus.path(&format!("out of {name}.film")));
        let rendering =
            room.render(&film_of(&path, info.kind, info.duration_ms), work.path(), &out, &Watch::default()).await;
        match rendering {
            Ok(rendered) => assert!(rendered.bytes > 0 && out.exists(), "{name}"),
            Err(_) if *must == Either => assert!(!out.exists(), "{name}: half a film"),
            Err(fault) => wrong.push(format!("{name}: {must:?}, and no film: {fault}")),
        }
        assert_eq!(work.path().read_dir().unwrap().count(), 0, "{name} left something behind");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(std::fs::read(&secret).unwrap() == before, "the secret is as it was");
    let left = corpus.folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// A message names the file and no folder, and is short.
fn check_words(fault: &FilmError, name: &str, corpus: &Corpus) {
    let said = fault.to_string();
    assert!(said.contains(name), "{name}: {said}");
    assert!(!said.contains(&*corpus.folder.path().to_string_lossy()) && said.len() < 900, "{name}: {said}");
}
