//! The film room against the real ffmpeg: media of a few seconds, made here, through probing, copying, re-encoding and
//! encoding, and a corpus of files that must not be believed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bedtrack_film::{
    Clip, Cover, Film, FilmError, FilmFormat, FilmPlan, MediaInfo, MediaKind, Quality, Rendered, SoundFormat,
    TitleCard, TitleLook, Watch,
};
use bedtrack_wire::look::Aspect;
use bedtrack_wire::title::{Position, Style};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const PICTURE: &str = "testsrc2=s=320x180:r=30:d=3";
const TONE: &str = "sine=f=440:r=48000:d=3,volume=4";
const X264: [&str; 6] = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"];

/// A folder with media, and the room.
struct Set {
    folder: TempDir,
    film: Film,
}

impl Set {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), film: Film::locate(None) }
    }

    fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.folder.path().join(name.as_ref())
    }

    /// Runs ffmpeg and returns its standard output.
    fn ffmpeg(&self, args: &[&str]) -> Vec<u8> {
        let done = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
            .args(args)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    /// A clip with picture and sound.
    fn clip(&self, name: &str, more: &[&str]) -> PathBuf {
        let mut args = vec!["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", TONE];
        args.extend(X264);
        args.extend(["-c:a", "aac"]);
        args.extend(more);
        let target = format!("file:{name}");
        args.push(&target);
        self.ffmpeg(&args);
        self.path(name)
    }

    /// A programme of pink noise and a beat, at about -14 LUFS and under -1 dBTP.
    fn programme(&self, seconds: f32) -> PathBuf {
        let noise = format!("anoisesrc=c=pink:r=48000:d={seconds}:seed=7:a=0.22");
        let beat = format!(
            "aevalsrc='0.9*sin(2*PI*(60+120*exp(-30*mod(t,0.5)))*mod(t,0.5))*exp(-12*mod(t,0.5))\
             +1.5*(random(0)*2-1)*lt(mod(t+0.25,0.5),0.01)':s=48000:d={seconds}"
        );
        let mix = "amix=inputs=2:normalize=0,aresample=192000,alimiter=limit=0.87:level=0,aresample=48000,pan=stereo|c0=c0|c1=c0";
        let sources = ["-f", "lavfi", "-i", &noise, "-f", "lavfi", "-i", &beat, "-filter_complex", mix];
        self.ffmpeg(&[&sources[..], &["-c:a", "pcm_s24le", "programme.wav"]].concat());
        self.path("programme.wav")
    }

    async fn probe(&self, name: impl AsRef<OsStr>) -> Result<MediaInfo, FilmError> {
        self.film.probe(&self.path(name)).await
    }

    async fn render(&self, plan: &FilmPlan, out: &str) -> Result<(Rendered, PathBuf), FilmError> {
        let work = tempfile::tempdir_in(self.folder.path()).unwrap();
        let out = self.path(out);
        let rendered = self.film.render(plan, work.path(), &out, &Watch::default()).await?;
        let left: Vec<_> = work.path().read_dir().unwrap().collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        Ok((rendered, out))
    }

    /// Start and end of a stream's packets in ms, and their count.
    fn span(&self, path: &Path, stream: &str) -> (f64, f64, usize) {
        let table = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,duration_time,flags"])
            .args(["-of", "csv=p=0"])
            .arg(path)
            .output()
            .unwrap();
        let mut rows: Vec<(f64, f64)> = Vec::new();
        for line in String::from_utf8(table.stdout).unwrap().lines() {
            let cells: Vec<&str> = line.split(',').collect();
            // Side data of a packet follows in a line of its own.
            if cells.len() > 2 && !cells[2].contains('D') {
                rows.push((cells[0].parse().unwrap(), cells[1].parse().unwrap_or(0.0)));
            }
        }
        let start = rows.iter().map(|row| row.0).fold(f64::MAX, f64::min);
        let end = rows.iter().map(|row| row.0 + row.1).fold(0.0, f64::max);
        (start * 1000.0, end * 1000.0, rows.len())
    }

    /// A hash of the coded picture, or of the shown frames with their times.
    fn hash(&self, path: &Path, decoded: bool) -> String {
        let url = format!("file:{}", path.display());
        let how: &[&str] = if decoded { &["-vsync", "passthrough"] } else { &["-c", "copy"] };
        let mut args = vec!["-noautorotate", "-i", &url, "-map", "0:v:0"];
        args.extend(how);
        args.extend(["-f", "hash", "-"]);
        String::from_utf8(self.ffmpeg(&args)).unwrap()
    }
}

fn plan(clip: &Path, info: &MediaInfo, sound: Option<PathBuf>) -> FilmPlan {
    FilmPlan {
        clips: vec![Clip::new(clip.to_owned(), info.kind, 0, info.duration_ms, 0)],
        titles: Vec::new(),
        sound,
        cover: None,
        duration_ms: info.duration_ms,
        aspect: Aspect::Source,
        format: FilmFormat::Mp4,
        quality: Quality::Standard,
    }
}

#[tokio::test]
async fn an_untouched_h264_picture_is_copied_bit_for_bit_out_of_any_container() {
    let set = Set::new();
    let programme = set.programme(3.0);
    let cases: [(&str, &[&str]); 8] = [
        ("plain.mp4", &[]),
        ("quicktime.mov", &[]),
        ("matroska.mkv", &[]),
        ("no b frames.avi", &["-bf", "0", "-c:a", "libmp3lame"]),
        ("b frames.avi", &["-bf", "3", "-c:a", "libmp3lame"]),
        ("silent.mp4", &["-an"]),
        ("sixty.mp4", &["-vf", "fps=60"]),
        ("longer sound.mp4", &["-af", "apad=pad_dur=1.5"]),
    ];
    for (name, more) in cases {
        let clip = set.clip(name, more);
        let info = set.probe(name).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        // Where its sound has a run-up, AVI begins with an empty frame.
        let length = info.duration_ms as f64;
        assert!(info.kind == MediaKind::Video && (length - 3000.0).abs() < 34.0, "{name}: {length}");
        let out = format!("{name}.out.mp4");
        let (rendered, out) = set
            .render(&plan(&clip, &info, Some(programme.clone())), &out)
            .await
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(rendered.picture_copied && rendered.notes.is_empty(), "{name}: {rendered:?}");
        assert_eq!(set.hash(&clip, true), set.hash(&out, true), "{name}");
        if !name.ends_with("avi") {
            assert_eq!(set.hash(&clip, false), set.hash(&out, false), "{name}");
        }
        let (picture, sound) = (set.span(&out, "v:0"), set.span(&out, "a:0"));
        assert!((picture.0 - sound.0).abs() < 1.0, "{name}: {picture:?} {sound:?}");
        assert!(
            (picture.1 - sound.1).abs() < 22.0 && (picture.1 - length).abs() < 2.0,
            "{name}: {picture:?} {sound:?}"
        );
        let lufs = rendered.lufs.unwrap();
        assert!((lufs + 14.0).abs() < 0.8 && rendered.true_peak_db.unwrap() <= -0.9, "{name}: {rendered:?}");
    }
}

#[tokio::test]
async fn a_turned_phone_clip_keeps_its_turn() {
    let set = Set::new();
    set.clip("flat.mp4", &[]);
    set.ffmpeg(&["-i", "flat.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=90", "turned.mov"]);
    let info = set.probe("turned.mov").await.unwrap();
    let video = info.video.clone().unwrap();
    assert_eq!((video.rotation, video.shown()), (270, (180, 320)));
    let sound = set.programme(3.0);
    let (rendered, out) = set.render(&plan(&set.path("turned.mov"), &info, Some(sound)), "out.mp4").await.unwrap();
    assert!(rendered.picture_copied);
    assert_eq!(set.film.probe(&out).await.unwrap().video.unwrap().rotation, 270);
}

#[tokio::test]
async fn a_variable_frame_rate_and_a_late_start_keep_their_timing() {
    let set = Set::new();
    set.clip("vfr.mp4", &["-vf", "select='lt(n,30)+not(mod(n,3))'", "-vsync", "vfr"]);
    // The picture starts 0.4 s after the sound.
    set.ffmpeg(&[
        "-i",
        "vfr.mp4",
        "-itsoffset",
        "0.4",
        "-i",
        "vfr.mp4",
        "-map",
        "1:v",
        "-map",
        "0:a",
        "-c",
        "copy",
        "late.mkv",
    ]);
    let sound = set.programme(3.0);
    for name in ["vfr.mp4", "late.mkv"] {
        let info = set.probe(name).await.unwrap();
        let (rendered, out) =
            set.render(&plan(&set.path(name), &info, Some(sound.clone())), &format!("{name}.mp4")).await.unwrap();
        assert!(rendered.picture_copied, "{name}");
        let (before, after) = (set.span(&set.path(name), "v:0"), set.span(&out, "v:0"));
        assert!(after.0.abs() < 1.0 && (after.1 - (before.1 - before.0)).abs() < 34.0, "{name}: {before:?} {after:?}");
        assert_eq!(before.2, after.2);
    }
}

#[tokio::test]
async fn odd_names_are_only_names() {
    let set = Set::new();
    let clip = set.clip("plain.mp4", &["-t", "1"]);
    for name in [
        "-i evil.mp4",
        "it's 100% [a];b,c:d=e.mp4",
        "new\nline.mp4",
        "视频 测试 🎬.mp4",
        "frame%03d.mp4",
        "http:x.mp4",
        "a\"b\\c.mp4",
    ] {
        std::fs::copy(&clip, set.path(name)).unwrap();
        let info = set.probe(name).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let (rendered, _) = set.render(&plan(&set.path(name), &info, None), &format!("{name}.out.mp4")).await.unwrap();
        assert!(rendered.picture_copied, "{name}");
    }
}

#[tokio::test]
async fn sound_is_decoded_to_the_exact_frame_from_the_pictures_start() {
    let set = Set::new();
    // A click of 10 ms each second, from 0.5 s on.
    let click = "aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t+0.5,1),0.01)':s=44100:d=3";
    set.ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        PICTURE,
        "-f",
        "lavfi",
        "-i",
        click,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
        "click.mp4",
    ]);
    set.ffmpeg(&["-i", "click.mp4", "-c:a", "libmp3lame", "-vn", "click.mp3"]);
    set.ffmpeg(&[
        "-i",
        "click.mp4",
        "-itsoffset",
        "1",
        "-i",
        "click.mp4",
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c",
        "copy",
        "late.mp4",
    ]);
    set.ffmpeg(&[
        "-itsoffset",
        "0.3",
        "-i",
        "click.mp4",
        "-i",
        "click.mp4",
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c",
        "copy",
        "early.mkv",
    ]);
    for (name, in_ms, length_ms, first_ms) in [
        ("click.mp4", 0, 3000, 500.0),
        ("click.mp4", 1250, 1000, 250.0),
        ("click.mp3", 1250, 1000, 250.0),
        ("late.mp4", 0, 3000, 1500.0),
        ("early.mkv", 0, 2000, 200.0),
        ("click.mp4", 2000, 5000, 500.0),
    ] {
        let raw = set.path("out.raw");
        let frames = set.film.decode_sound(&set.path(name), in_ms, length_ms, &raw, &Watch::default()).await.unwrap();
        let bytes = std::fs::read(&raw).unwrap();
        assert_eq!((frames, bytes.len() as u64), (length_ms * 48, length_ms * 48 * 8), "{name}");
        let left = bytes.chunks_exact(8).map(|frame| f32::from_le_bytes(frame[..4].try_into().unwrap()));
        let first = left.enumerate().find(|(_, sample)| sample.abs() > 0.3).unwrap().0 as f64 / 48.0;
        assert!((first - first_ms).abs() < 3.0, "{name} from {in_ms}: the click is at {first} ms, not {first_ms}");
    }
}

#[tokio::test]
async fn a_mono_sound_keeps_its_level_on_both_sides() {
    let set = Set::new();
    set.ffmpeg(&["-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*440*t)':s=48000:d=1", "mono.wav"]);
    let raw = set.path("out.raw");
    set.film.decode_sound(&set.path("mono.wav"), 0, 1000, &raw, &Watch::default()).await.unwrap();
    let bytes = std::fs::read(&raw).unwrap();
    let peak =
        bytes.chunks_exact(4).map(|sample| f32::from_le_bytes(sample.try_into().unwrap()).abs()).fold(0.0, f32::max);
    assert!((peak - 0.5).abs() < 0.01, "{peak}");
}

#[tokio::test]
async fn encoded_sound_is_exactly_as_long_and_stays_in_bounds() {
    let set = Set::new();
    let wav = set.programme(2.5);
    for (format, name) in [
        (SoundFormat::Mp3, "a.mp3"),
        (SoundFormat::M4a, "a.m4a"),
        (SoundFormat::Aac, "a.aac"),
        (SoundFormat::Flac, "a.flac"),
        (SoundFormat::Wav, "a.wav"),
    ] {
        let out = set.path(name);
        let made = set.film.encode_audio(&wav, format, Quality::Standard, &out, &Watch::default()).await.unwrap();
        assert!((made.lufs.unwrap() + 14.0).abs() < 0.8 && made.true_peak_db.unwrap() < -0.9, "{name}: {made:?}");
        let raw = set.ffmpeg(&["-i", name, "-f", "f32le", "-ac", "2", "-ar", "48000", "-"]);
        let frames = raw.len() / 8;
        // ffmpeg's own decoder gives out the padding of the last AAC frame; the header of an M4A has the true length.
        let slack = match format {
            SoundFormat::Aac => 3072,
            SoundFormat::M4a => 1024,
            _ => 0,
        };
        if format == SoundFormat::M4a {
            assert!((set.span(&out, "a:0").1 - 2500.0).abs() < 0.1, "{:?}", set.span(&out, "a:0"));
        }
        assert!((120_000..=120_000 + slack).contains(&frames), "{name}: {frames}");
        let again = set.film.encode_audio(&wav, format, Quality::Standard, &out, &Watch::default()).await;
        assert!(matches!(again, Err(FilmError::OutputExists(_))), "{again:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_named() {
    let set = Set::new();
    let clip = set.clip("good.mp4", &[]);
    let bytes = std::fs::read(&clip).unwrap();
    std::fs::write(set.path("secret.txt"), "the secret").unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(set.path(name), bytes).unwrap();
    write("empty.mp4", b"");
    write("text.mp4", b"hello, this is text");
    write("page.mp4", b"<!DOCTYPE html><html><body>404</body></html>");
    write("list.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:good.mp4\n#EXT-X-ENDLIST\n");
    write("dash.mp4", b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><Period/></MPD>");
    write("script.mkv", b"ffconcat version 1.0\nfile good.mp4\n");
    write("script2.mkv", b"file 'good.mp4'\n");
    write("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='secret.txt'/></svg>");
    write("pdf.mp4", b"%PDF-1.7 ...");
    write("cut.mp4", &bytes[..bytes.len() / 2]);
    write("zeros.mp4", &[0; 5000]);
    write("header.mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2");
    write("junk.mp3", b"\xff\xfb\x90\x64\0\0\0\0");
    write("tag.mp3", b"ID3\x04\0\0\0\0\0\x02xxnothing here");
    set.ffmpeg(&["-i", "good.mp4", "-c", "copy", "-movflags", "+faststart", "fast.mp4"]);
    let fast = std::fs::read(set.path("fast.mp4")).unwrap();
    write("cut late.mp4", &fast[..fast.len() * 2 / 3]);
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0".to_vec();
    bomb.extend([0x6f, 0x53, 0xd5, 0x5e, 0, 0, 0, 0]);
    write("bomb.png", &bomb);
    std::fs::create_dir(set.path("folder.mp4")).unwrap();
    let mut cases = vec![
        ("nowhere.mp4", "no such file"),
        ("empty.mp4", "empty"),
        ("text.mp4", "a text file"),
        ("page.mp4", "a web page"),
        ("list.mp4", "HLS"),
        ("dash.mp4", "DASH"),
        ("script.mkv", "concat script"),
        ("script2.mkv", "concat script"),
        ("drawing.png", "SVG"),
        ("pdf.mp4", "PDF"),
        ("cut.mp4", "index is missing"),
        ("cut late.mp4", "end is missing"),
        ("zeros.mp4", "no type"),
        ("header.mp4", "damaged"),
        ("junk.mp3", "damaged"),
        ("tag.mp3", "tag without"),
        ("bomb.png", "bomb.png"),
        ("folder.mp4", "a folder"),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("secret.txt", set.path("link.mp4")).unwrap();
        assert!(Command::new("mkfifo").arg(set.path("pipe.mp4")).status().unwrap().success());
        cases.extend([("link.mp4", "link to secret.txt"), ("pipe.mp4", "a named pipe")]);
    }
    for (name, word) in cases {
        let fault = set.probe(name).await.expect_err(name);
        let said = fault.to_string();
        assert!(fault.is_bad_input() && said.contains(word) && said.contains(name), "{name}: {said}");
        assert!(!said.contains(&*set.folder.path().to_string_lossy()), "{said}");
    }
}

#[tokio::test]
async fn accepted_types_are_known_by_content_alone() {
    let set = Set::new();
    set.clip("clip.mp4", &[]);
    let make = |args: &[&str]| set.ffmpeg(args);
    make(&[
        "-i",
        "clip.mp4",
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-c:a",
        "libopus",
        "-f",
        "webm",
        "a.mp4",
    ]);
    make(&["-i", "clip.mp4", "-c:v", "mpeg4", "-c:a", "libmp3lame", "-f", "avi", "b.mp4"]);
    make(&["-i", "clip.mp4", "-vn", "-f", "wav", "c.mp4"]);
    make(&["-i", "clip.mp4", "-frames:v", "1", "-f", "image2", "-c:v", "png", "-update", "1", "d.mp4"]);
    make(&["-i", "clip.mp4", "-frames:v", "1", "-f", "image2", "-c:v", "mjpeg", "-update", "1", "cover.jpg"]);
    make(&[
        "-i",
        "clip.mp4",
        "-i",
        "cover.jpg",
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-c:v",
        "copy",
        "-c:a",
        "libmp3lame",
        "-f",
        "mp3",
        "-id3v2_version",
        "3",
        "-disposition:v",
        "attached_pic",
        "e.mp4",
    ]);
    make(&["-i", "clip.mp4", "-t", "1", "-vf", "fps=10", "-f", "gif", "f.mp4"]);
    make(&["-i", "clip.mp4", "-vn", "-c:a", "aac", "-f", "adts", "g.mp4"]);
    make(&[
        "-f",
        "lavfi",
        "-i",
        PICTURE,
        "-f",
        "lavfi",
        "-i",
        "anullsrc=r=48000:cl=stereo",
        "-t",
        "2",
        "-c:v",
        "libx264",
        "-c:a",
        "aac",
        "quiet.mp4",
    ]);
    std::fs::write(
        set.path("h.mp4"),
        b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0d\0\x90\x3c\x40\x60\x80\x3c\x40\0\xff\x2f\0\0",
    )
    .unwrap();
    for (name, kind, container, ms, has_sound) in [
        ("a.mp4", MediaKind::Video, "webm", 3000, true),
        ("b.mp4", MediaKind::Video, "avi", 3000, true),
        ("c.mp4", MediaKind::Audio, "wav", 3000, true),
        ("d.mp4", MediaKind::Image, "png", 0, false),
        ("e.mp4", MediaKind::Audio, "mp3", 3000, true),
        ("f.mp4", MediaKind::Image, "gif", 1000, false),
        ("g.mp4", MediaKind::Audio, "aac", 3000, true),
        ("h.mp4", MediaKind::Midi, "mid", 500, true),
        ("quiet.mp4", MediaKind::Video, "mp4", 2000, false),
    ] {
        let info = set.probe(name).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(
            (info.kind, info.container.as_str(), info.has_sound),
            (kind, container, has_sound),
            "{name}: {info:?}"
        );
        assert!(info.duration_ms.abs_diff(ms) <= 60, "{name}: {info:?}");
    }
}

#[tokio::test]
async fn a_cancelled_render_ends_at_once_and_leaves_nothing() {
    let set = Set::new();
    let clip = set.clip("clip.mp4", &[]);
    let info = set.probe("clip.mp4").await.unwrap();
    let sound = set.programme(3.0);
    let before = set.folder.path().read_dir().unwrap().count();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    // The first progress report cancels, whatever stage it comes from.
    let watch = Watch::new(cancel).reporting(move |_| stop.cancel());
    let plan = plan(&clip, &info, Some(sound));
    let ended = set.film.render(&plan, set.folder.path(), &set.path("out.mp4"), &watch).await;
    assert!(matches!(ended, Err(FilmError::Cancelled)), "{ended:?}");
    assert_eq!(set.folder.path().read_dir().unwrap().count(), before);
}

#[tokio::test]
async fn without_ffmpeg_the_answer_is_how_to_install_it() {
    let set = Set::new();
    let clip = set.clip("clip.mp4", &[]);
    let none = Film::locate(Some(Path::new("/nowhere/ffmpeg")));
    let status = none.status().await;
    assert!(!status.is_usable() && !status.install_hint.is_empty());
    let sound = set.programme(3.0);
    let fault = none
        .encode_audio(&sound, SoundFormat::Mp3, Quality::Draft, &set.path("x.mp3"), &Watch::default())
        .await
        .unwrap_err();
    assert!(matches!(fault, FilmError::ToolMissing { .. }), "{fault}");
    drop(clip);
    assert!(set.film.status().await.is_usable());
}

fn clip(path: PathBuf, kind: MediaKind, in_ms: u64, duration_ms: u64, start_ms: u64) -> Clip {
    Clip::new(path, kind, in_ms, duration_ms, start_ms)
}

fn film(clips: Vec<Clip>, duration_ms: u64, format: FilmFormat) -> FilmPlan {
    FilmPlan {
        clips,
        titles: Vec::new(),
        sound: None,
        cover: None,
        duration_ms,
        aspect: Aspect::Source,
        format,
        quality: Quality::Draft,
    }
}

fn title(text: &str, start_ms: i64, duration_ms: u64) -> TitleCard {
    TitleCard {
        text: text.to_owned(),
        start_ms,
        duration_ms,
        position: Position::Center,
        style: Style::Title,
        look: TitleLook::default(),
    }
}

/// Frames as luma, scaled down to 32x18 each.
fn lumas(set: &Set, path: &Path) -> Vec<Vec<u8>> {
    let url = format!("file:{}", path.display());
    let raw =
        set.ffmpeg(&["-i", &url, "-vf", "scale=32:18,format=gray", "-vsync", "passthrough", "-f", "rawvideo", "-"]);
    raw.chunks_exact(32 * 18).map(<[u8]>::to_vec).collect()
}

fn far(a: &[u8], b: &[u8]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[tokio::test]
async fn a_trim_is_exact_to_the_frame_and_says_why_it_re_encodes() {
    let set = Set::new();
    let source = set.clip("source.mp4", &[]);
    let sound = set.programme(3.0);
    let mut plan = film(vec![clip(source.clone(), MediaKind::Video, 1000, 1500, 0)], 1500, FilmFormat::Mp4);
    plan.sound = Some(sound);
    let (rendered, out) = set.render(&plan, "out.mp4").await.unwrap();
    assert!(!rendered.picture_copied && rendered.notes[0].contains("trimmed"), "{rendered:?}");
    let (picture, sound) = (set.span(&out, "v:0"), set.span(&out, "a:0"));
    assert!(
        (picture.1 - 1500.0).abs() < 1.0 && picture.2 == 45 && (sound.1 - 1500.0).abs() < 22.0,
        "{picture:?} {sound:?}"
    );
    let (before, after) = (lumas(&set, &source), lumas(&set, &out));
    for (at, frame) in after.iter().enumerate() {
        let nearest = (0..90).min_by(|a, b| far(&before[*a], frame).total_cmp(&far(&before[*b], frame))).unwrap();
        assert_eq!(nearest, at + 30, "frame {at}");
    }
    let info = set.film.probe(&out).await.unwrap().video.unwrap();
    assert_eq!(
        (info.codec.as_str(), info.pix_fmt.as_str(), info.matrix.as_str(), info.transfer.as_str()),
        ("h264", "yuv420p", "bt709", "bt709")
    );
}

#[tokio::test]
async fn clips_stills_and_gaps_follow_one_another_in_any_shape() {
    let set = Set::new();
    let wide = set.clip("wide.mp4", &[]);
    set.ffmpeg(&["-f", "lavfi", "-i", "color=red:s=201x301", "-frames:v", "1", "-update", "1", "still.png"]);
    let clips =
        vec![clip(set.path("still.png"), MediaKind::Image, 0, 1000, 0), clip(wide, MediaKind::Video, 500, 1000, 1500)];
    for (aspect, size) in [
        (Aspect::Wide, (427, 240)),
        (Aspect::Tall, (240, 426)),
        (Aspect::Square, (240, 240)),
        (Aspect::Portrait, (240, 300)),
    ] {
        let plan = FilmPlan { aspect, ..film(clips.clone(), 3000, FilmFormat::Mp4) };
        let (rendered, out) = set.render(&plan, &format!("{size:?}.mp4")).await.unwrap();
        assert!(rendered.notes[0].contains("joined"), "{rendered:?}");
        let video = set.film.probe(&out).await.unwrap().video.unwrap();
        assert!(video.width.abs_diff(size.0) <= 2 && video.height.abs_diff(size.1) <= 2, "{aspect:?}: {video:?}");
        assert!(video.width % 2 == 0 && video.height % 2 == 0 && video.pixel_aspect == (1, 1) && video.frames == 90);
        let frames = lumas(&set, &out);
        let light = |at: usize| frames[at].iter().map(|level| u32::from(*level)).sum::<u32>() / 576;
        // The still, black, the clip, black.
        assert!(light(10) > 40 && light(37) < 20 && light(60) > 50 && light(85) < 20, "{aspect:?}");
        assert!(far(&frames[2], &frames[28]) < 2.0, "a still stands still");
    }
}

#[tokio::test]
async fn a_title_is_seen_while_it_lasts_and_its_words_are_never_a_command() {
    let set = Set::new();
    set.ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=0x405060:s=640x360:r=30:d=3",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "grey.mp4",
    ]);
    std::fs::write(set.path("secret.txt"), "secret").unwrap();
    let words = ["Urban Dreams", "城市之梦", "%{eif:1:d} ':x=0,movie=secret.txt[a]; 100%\\", "ש Go"];
    for (at, text) in words.iter().enumerate() {
        let mut plan = film(vec![clip(set.path("grey.mp4"), MediaKind::Video, 0, 3000, 0)], 3000, FilmFormat::Mp4);
        plan.titles = vec![title(text, 1000, 1000)];
        let (rendered, out) = set.render(&plan, &format!("{at}.mp4")).await.unwrap();
        assert!(rendered.notes[0].contains("titles"), "{rendered:?}");
        assert_eq!(rendered.notes.iter().any(|note| note.contains('ש')), text.contains('ש'));
        let frames = lumas(&set, &out);
        let changed: Vec<usize> = (0..frames.len()).filter(|at| far(&frames[0], &frames[*at]) > 0.12).collect();
        let (first, last) = (*changed.first().unwrap(), *changed.last().unwrap());
        assert!((30..=40).contains(&first) && (50..=60).contains(&last), "{text}: {first} to {last}");
        assert_eq!(frames.len(), 90);
    }
}

#[tokio::test]
async fn unusual_pictures_become_plain_ones() {
    let set = Set::new();
    let source = |size: &str| format!("testsrc2=s={size}:r=25:d=2");
    let make = |name: &str, size: &str, how: &[&str]| {
        let source = source(size);
        set.ffmpeg(&[&["-f", "lavfi", "-i", &source][..], how, &[name]].concat());
    };
    make("odd444.mp4", "319x179", &["-c:v", "libx264", "-vf", "format=yuv444p,scale=319:179", "-pix_fmt", "yuv444p"]);
    make("ten bit.mp4", "320x180", &["-c:v", "libx264", "-pix_fmt", "yuv420p10le"]);
    make(
        "hlg.mp4",
        "320x180",
        &[
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p10le",
            "-color_primaries",
            "bt2020",
            "-color_trc",
            "arib-std-b67",
            "-colorspace",
            "bt2020nc",
        ],
    );
    make("mpeg4.avi", "320x180", &["-c:v", "mpeg4"]);
    make("vp9.webm", "320x180", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]);
    make("wide pixels.mp4", "360x288", &["-c:v", "mpeg4", "-vf", "setsar=16/11"]);
    for (name, size, word) in [
        ("odd444.mp4", (320, 180), "yuv444p"),
        ("ten bit.mp4", (320, 180), "yuv420p10le"),
        ("hlg.mp4", (320, 180), "yuv420p10le"),
        ("mpeg4.avi", (320, 180), "mpeg4"),
        ("vp9.webm", (320, 180), "vp9"),
        ("wide pixels.mp4", (524, 288), "mpeg4"),
    ] {
        let info = set.probe(name).await.unwrap();
        let (rendered, out) = set.render(&plan(&set.path(name), &info, None), &format!("{name}.mp4")).await.unwrap();
        assert!(rendered.notes[0].contains(word), "{name}: {rendered:?}");
        assert_eq!(rendered.notes.iter().any(|note| note.contains("HDR")), name == "hlg.mp4", "{rendered:?}");
        let video = set.film.probe(&out).await.unwrap().video.unwrap();
        assert_eq!((video.shown(), video.pix_fmt.as_str(), video.frames), (size, "yuv420p", 50), "{name}");
        assert_eq!(
            (video.matrix.as_str(), video.transfer.as_str(), video.pixel_aspect),
            ("bt709", "bt709", (1, 1)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_film_without_a_picture_gets_a_moving_cover() {
    let set = Set::new();
    let mut plan = film(Vec::new(), 2000, FilmFormat::Mp4);
    assert!(matches!(set.render(&plan, "none.mp4").await, Err(FilmError::BadPlan(_))));
    plan.cover = Some(Cover { title: "Night drive 夜车".to_owned() });
    plan.sound = Some(set.programme(2.0));
    let (rendered, out) = set.render(&plan, "out.mp4").await.unwrap();
    assert!(rendered.notes.iter().any(|note| note.contains("cover")), "{rendered:?}");
    let video = set.film.probe(&out).await.unwrap().video.unwrap();
    assert_eq!((video.shown(), video.frames), ((1920, 1080), 60));
    let frames = lumas(&set, &out);
    assert!(far(&frames[10], &frames[40]) > 0.1, "the waveform moves");
}

#[tokio::test]
async fn other_formats_come_out_as_asked() {
    let set = Set::new();
    let source = set.clip("source.mp4", &[]);
    let sound = set.programme(3.0);
    let plan = |format| {
        let mut plan = film(vec![clip(source.clone(), MediaKind::Video, 0, 3000, 0)], 3000, format);
        plan.sound = Some(sound.clone());
        plan
    };
    let (mov, out) = set.render(&plan(FilmFormat::Mov), "a.mov").await.unwrap();
    assert!(mov.picture_copied && set.film.probe(&out).await.unwrap().container == "mov");
    let (webm, out) = set.render(&plan(FilmFormat::Webm), "a.webm").await.unwrap();
    let info = set.film.probe(&out).await.unwrap();
    assert!(webm.notes[0].contains("WebM") && info.container == "webm" && info.audio.unwrap().codec == "opus");
    let (gif, out) = set.render(&plan(FilmFormat::Gif), "a.gif").await.unwrap();
    let info = set.film.probe(&out).await.unwrap();
    assert!(
        gif.notes.iter().any(|note| note.contains("no sound")) && info.duration_ms.abs_diff(3000) < 100,
        "{info:?}"
    );
    for (format, name) in [(FilmFormat::Jpg, "a.jpg"), (FilmFormat::Png, "a.png")] {
        let (_, out) = set.render(&plan(format), name).await.unwrap();
        let (poster, frames) = (lumas(&set, &out), lumas(&set, &source));
        let nearest =
            (0..90).min_by(|a, b| far(&frames[*a], &poster[0]).total_cmp(&far(&frames[*b], &poster[0]))).unwrap();
        assert_eq!(nearest, 30, "{name} is one third in");
    }
}
