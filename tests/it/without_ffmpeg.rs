//! The commonest job without ffmpeg: H.264 in MP4 and QuickTime under music. The media are made by ffmpeg and the results
//! measured with it; the room under test is told that there is none.

use std::path::{Path, PathBuf};

use bedtrack_film::{
    Clip, Film, FilmError, FilmFormat, FilmPlan, MediaInfo, MediaKind, Quality, Rendered, SoundFormat, Watch,
};
use bedtrack_wire::look::Aspect;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::media;
use crate::harness::stdio::Home;

/// The room as it is where there is no ffmpeg.
fn bare() -> Film {
    Film::locate(Some(Path::new("/nowhere/ffmpeg")))
}

const PICTURE: &str = "testsrc2=s=320x180:r=30:d=3";
const TONE: &str = "sine=f=440:r=48000:d=3,volume=4";
const BT709: [&str; 8] =
    ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];

fn clip(folder: &TempDir, name: &str, more: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let mut arguments = vec!["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", TONE];
    arguments.extend(["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]);
    arguments.extend(more);
    media::ffmpeg(&arguments, &path);
    path
}

/// A programme of noise bursts at about -14 LUFS, three seconds long.
fn programme(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("programme.wav");
    let noise = "anoisesrc=c=pink:r=48000:d=3:seed=7:a=0.45,alimiter=limit=0.7:level=0,pan=stereo|c0=c0|c1=c0";
    media::ffmpeg(&["-f", "lavfi", "-i", noise, "-c:a", "pcm_s24le"], &path);
    path
}

fn plan(clip: &Path, info: &MediaInfo, sound: Option<PathBuf>, format: FilmFormat) -> FilmPlan {
    let (path, kind, duration_ms) = (clip.to_owned(), info.kind, info.duration_ms);
    FilmPlan {
        clips: vec![Clip::new(path, kind, 0, duration_ms, 0)],
        titles: Vec::new(),
        sound,
        cover: None,
        duration_ms,
        aspect: Aspect::Source,
        format,
        quality: Quality::Standard,
    }
}

async fn render(folder: &TempDir, plan: &FilmPlan, out: &str) -> Result<(Rendered, PathBuf), FilmError> {
    let work = tempfile::tempdir_in(folder.path()).unwrap();
    let out = folder.path().join(out);
    let rendered = bare().render(plan, work.path(), &out, &Watch::default()).await?;
    assert_eq!(work.path().read_dir().unwrap().count(), 0, "something was left behind");
    Ok((rendered, out))
}

/// Times (start, length, in µs) and flags of a stream's packets, those that an edit list hides left out.
fn packets(path: &Path, stream: &str) -> Vec<(i64, i64, String)> {
    let table = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,duration_time,flags"])
        .args(["-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    let micros = |cell: &str| (cell.parse::<f64>().unwrap_or(0.0) * 1e6).round() as i64;
    let text = String::from_utf8(table.stdout).unwrap();
    let rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>()).filter(|cells| cells.len() > 2);
    let rows = rows.filter(|cells| !cells[2].contains('D'));
    rows.map(|cells| (micros(cells[0]), micros(cells[1]), cells[2].to_owned())).collect()
}

/// The order of the boxes at the top of a file.
fn top(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let (mut at, mut names) = (0, Vec::new());
    while at + 8 <= bytes.len() {
        names.push(String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned());
        at += (u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize).max(8);
    }
    names
}

/// The clips that the tier takes, each odd in its own way.
fn usual(folder: &TempDir) -> Vec<PathBuf> {
    let cases: [(&str, &[&str]); 12] = [
        ("plain.mp4", &[]),
        ("fast.mp4", &["-movflags", "+faststart"]),
        ("quicktime.mov", &BT709),
        ("silent.mp4", &["-an"]),
        ("no b frames.mp4", &["-bf", "0"]),
        ("many b frames.mp4", &["-bf", "5", "-x264-params", "b-pyramid=strict"]),
        ("early offsets.mp4", &["-movflags", "+negative_cts_offsets"]),
        ("ntsc.mp4", &["-r", "30000/1001"]),
        ("vfr.mp4", &["-vf", "select='lt(n,30)+not(mod(n,3))'", "-vsync", "vfr"]),
        ("full range.mp4", &["-vf", "scale=out_range=pc", "-color_range", "pc", "-pix_fmt", "yuvj420p"]),
        ("anamorphic.mp4", &["-vf", "scale=360:288,setsar=16/11"]),
        ("baseline odd.mp4", &["-profile:v", "baseline", "-vf", "scale=318:178"]),
    ];
    cases.into_iter().map(|(name, more)| clip(folder, name, more)).collect()
}

#[tokio::test]
async fn the_index_alone_tells_what_ffprobe_tells() {
    let folder = tempfile::tempdir().unwrap();
    let mut clips = usual(&folder);
    clips.push(clip(&folder, "quiet.mp4", &["-af", "volume=0"]));
    clips.push(clip(&folder, "mono.mp4", &["-ac", "1", "-ar", "44100"]));
    clips.push(clip(&folder, "sound alone.m4a", &["-vn"]));
    let turned = folder.path().join("turned.mov");
    media::ffmpeg(&["-i", clips[0].to_str().unwrap(), "-c", "copy", "-metadata:s:v:0", "rotate=90"], &turned);
    clips.push(turned);
    for clip in clips {
        let with = Film::locate(None).probe(&clip).await.unwrap();
        let without = bare().probe(&clip).await.unwrap_or_else(|fault| panic!("{}: {fault}", clip.display()));
        let plain = |info: &MediaInfo| {
            let mut info = info.clone();
            if let Some(video) = &mut info.video {
                video.fps = (video.fps * 1000.0).round() / 1000.0;
                (video.length_us, video.frame_rate) = (0, (0, 0));
            }
            info.duration_ms = 0;
            info
        };
        // The edit list counts in ms.
        assert!(with.duration_ms.abs_diff(without.duration_ms) <= 1, "{}: {with:?} {without:?}", clip.display());
        assert_eq!(plain(&with), plain(&without), "{}", clip.display());
    }
}

#[tokio::test]
async fn a_picture_gets_its_music_and_stays_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let sound = programme(&folder);
    for clip in usual(&folder) {
        let name = clip.file_name().unwrap().to_str().unwrap().to_owned();
        let info = bare().probe(&clip).await.unwrap();
        for (format, ending) in [(FilmFormat::Mp4, "mp4"), (FilmFormat::Mov, "mov")] {
            let plan = plan(&clip, &info, Some(sound.clone()), format);
            let out = format!("{name}.out.{ending}");
            let (rendered, out) =
                render(&folder, &plan, &out).await.unwrap_or_else(|fault| panic!("{name} to {ending}: {fault}"));
            assert!(rendered.picture_copied && rendered.notes.is_empty(), "{name}: {rendered:?}");
            assert_eq!(media::picture_hash(&clip), media::picture_hash(&out), "{name}");
            let (before, after) = (packets(&clip, "v:0"), packets(&out, "v:0"));
            let start = before.iter().map(|packet| packet.0).min().unwrap();
            assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(&after) {
                let moved = (before.0 - start).abs_diff(after.0).max(before.1.abs_diff(after.1));
                assert!(moved <= 1 && before.2 == after.2, "{name}: {before:?} {after:?}");
            }
            let heard = packets(&out, "a:0");
            let (first, last) = (&heard[0], heard.last().unwrap());
            let end = after.iter().map(|packet| packet.0 + packet.1).max().unwrap();
            assert!(first.0.abs() <= 1 && (last.0 + last.1).abs_diff(end) <= 1000, "{name}: {first:?} {last:?} {end}");
            assert_eq!(top(&out), ["ftyp", "moov", "mdat"]);
            let (lufs, peak) = media::loudness(&out);
            let (said, said_peak) = (rendered.lufs.unwrap(), rendered.true_peak_db.unwrap());
            assert!((lufs - said).abs() < 0.2 && (peak - said_peak).abs() < 0.3 && peak <= -0.9, "{lufs} {peak}");
            let with = Film::locate(None).probe(&out).await.unwrap();
            assert_eq!((with.container.as_str(), with.has_sound), (ending, true), "{name}");
            let (before, after) = (info.video.clone().unwrap(), with.video.unwrap());
            assert_eq!(
                (before.shown(), before.transfer, before.matrix, before.pixel_aspect, before.pix_fmt),
                (after.shown(), after.transfer, after.matrix, after.pixel_aspect, after.pix_fmt),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_turn_and_a_late_start_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let plain = clip(&folder, "plain.mp4", &[]);
    let plain = plain.to_str().unwrap();
    let (turned, late) = (folder.path().join("turned.mov"), folder.path().join("late.mp4"));
    media::ffmpeg(&["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90"], &turned);
    let shift = ["-i", plain, "-itsoffset", "0.4", "-i", plain, "-map", "1:v", "-map", "0:a", "-c", "copy"];
    media::ffmpeg(&shift, &late);
    for (clip, rotation) in [(turned, 270), (late, 0)] {
        let info = bare().probe(&clip).await.unwrap();
        assert_eq!(info.video.as_ref().unwrap().rotation, rotation);
        let name = format!("{rotation}.mp4");
        let (rendered, out) = render(&folder, &plan(&clip, &info, None, FilmFormat::Mp4), &name).await.unwrap();
        assert!(rendered.picture_copied);
        let made = Film::locate(None).probe(&out).await.unwrap().video.unwrap();
        assert_eq!((made.rotation, made.start_us, made.frames), (rotation, 0, 90));
    }
}

#[tokio::test]
async fn a_clips_own_sound_is_read_from_the_pictures_start() {
    let folder = tempfile::tempdir().unwrap();
    let click = folder.path().join("click.mp4");
    // A click of 10 ms each second, from 0.5 s on.
    let sound = "aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t+0.5,1),0.01)':s=44100:d=3";
    let inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", sound];
    media::ffmpeg(&[&inputs[..], &["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]].concat(), &click);
    let from = click.to_str().unwrap();
    let (late, early) = (folder.path().join("late.mp4"), folder.path().join("early.mp4"));
    let shift = |seconds, picture, sound, out: &Path| {
        let inputs = ["-i", from, "-itsoffset", seconds, "-i", from, "-map", picture, "-map", sound, "-c", "copy"];
        media::ffmpeg(&inputs, out);
    };
    shift("1", "0:v", "1:a", &late);
    shift("0.3", "1:v", "0:a", &early);
    for (clip, in_ms, length_ms, first_ms) in [
        (&click, 0, 3000, 500.0),
        (&click, 1250, 1000, 250.0),
        (&click, 2000, 5000, 500.0),
        (&late, 0, 3000, 1500.0),
        (&early, 0, 2000, 200.0),
    ] {
        let raw = folder.path().join("out.raw");
        let frames = bare().decode_sound(clip, in_ms, length_ms, &raw, &Watch::default()).await.unwrap();
        let bytes = std::fs::read(&raw).unwrap();
        assert_eq!((frames, bytes.len() as u64), (length_ms * 48, length_ms * 48 * 8));
        let left = bytes.chunks_exact(8).map(|frame| f32::from_le_bytes(frame[..4].try_into().unwrap()));
        let first = left.enumerate().find(|(_, sample)| sample.abs() > 0.3).unwrap().0 as f64 / 48.0;
        assert!((first - first_ms).abs() < 3.0, "{} from {in_ms}: {first}, not {first_ms}", clip.display());
    }
}

#[tokio::test]
async fn what_is_unusual_steps_aside_and_what_is_broken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let plain = clip(&folder, "plain.mp4", &["-movflags", "+faststart"]);
    clip(&folder, "fragments.mp4", &["-movflags", "+frag_keyframe+empty_moov"]);
    clip(&folder, "mpeg4.mp4", &["-c:v", "mpeg4"]);
    clip(&folder, "mp3.mp4", &["-c:a", "libmp3lame"]);
    clip(&folder, "two sounds.mp4", &["-map", "0:v", "-map", "1:a", "-map", "1:a"]);
    clip(&folder, "five one.mp4", &["-ac", "6"]);
    clip(&folder, "pcm.mov", &["-c:a", "pcm_s16le"]);
    clip(&folder, "matroska.mkv", &[]);
    for name in ["fragments.mp4", "mpeg4.mp4", "mp3.mp4", "two sounds.mp4", "five one.mp4", "pcm.mov", "matroska.mkv"] {
        let fault = bare().probe(&at(name)).await.expect_err(name);
        assert!(matches!(fault, FilmError::ToolMissing { .. }), "{name}: {fault}");
    }
    let bytes = std::fs::read(&plain).unwrap();
    std::fs::write(at("cut.mp4"), &bytes[..bytes.len() * 2 / 3]).unwrap();
    std::fs::write(at("headless.mp4"), b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2").unwrap();
    for (name, said) in [("cut.mp4", "end is missing"), ("headless.mp4", "index is missing")] {
        let fault = bare().probe(&at(name)).await.expect_err(name);
        assert!(fault.is_bad_input() && fault.to_string().contains(said), "{name}: {fault}");
    }
    // With ffmpeg the same clips are worked on.
    let info = Film::locate(None).probe(&at("fragments.mp4")).await.unwrap();
    let work = tempfile::tempdir_in(folder.path()).unwrap();
    let plan = plan(&at("fragments.mp4"), &info, None, FilmFormat::Mp4);
    let made = Film::locate(None).render(&plan, work.path(), &at("whole.mp4"), &Watch::default()).await.unwrap();
    assert!(made.picture_copied);
}

#[tokio::test]
async fn songs_are_known_and_programmes_encoded() {
    let folder = tempfile::tempdir().unwrap();
    let sound = programme(&folder);
    let from = sound.to_str().unwrap();
    for (name, codec) in [("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame"), ("a.flac", "flac"), ("a.m4a", "aac")] {
        let path = folder.path().join(name);
        media::ffmpeg(&["-i", from, "-c:a", codec], &path);
        let info = bare().probe(&path).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(info.kind == MediaKind::Audio && info.has_sound && info.duration_ms.abs_diff(3000) <= 1, "{info:?}");
    }
    for format in [SoundFormat::M4a, SoundFormat::Aac, SoundFormat::Flac, SoundFormat::Wav] {
        let out = folder.path().join(format!("out.{format:?}"));
        let made = bare().encode_audio(&sound, format, Quality::Standard, &out, &Watch::default()).await.unwrap();
        let (lufs, peak) = media::loudness(&out);
        assert!((lufs - made.lufs.unwrap()).abs() < 0.2 && peak <= -0.9, "{format:?}: {lufs} {peak} {made:?}");
        assert_eq!(made.duration_ms, 3000, "{format:?}");
    }
}

#[test]
fn a_clip_is_scored_from_end_to_end_without_ffmpeg() {
    let home = Home::new();
    // The setting names a file that is no program, so that the usual folders are not searched either.
    let nothing = home.folder().join("no-ffmpeg");
    std::fs::write(&nothing, "").unwrap();
    let home = home.with("BEDTRACK_FFMPEG", nothing.to_str().unwrap()).with("PATH", "");
    // A data folder whose name means something in a URL.
    let odd = home.folder().join("a b#c?d%20e");
    let home = home.with("BEDTRACK_HOME", odd.to_str().unwrap());
    let clip = media::clip(home.folder(), "city-timelapse.mp4", 4, true);
    let mut server = home.initialized();
    server.done("upload", &json!({"files": [clip]}));
    server.done("generate_music", &json!({"request": "score this clip with lo-fi", "seed": 7}));
    for format in ["mp4", "mov"] {
        let made = server.done("export", &json!({"format": format}));
        let out = PathBuf::from(made["media"][0]["path"].as_str().unwrap());
        assert_eq!(media::picture_hash(&out), media::picture_hash(&clip));
        let (lufs, peak) = media::loudness(&out);
        assert!((lufs + 14.0).abs() <= 0.5 && peak <= -0.9, "{format}: {lufs} LUFS, {peak} dBTP");
    }
    assert!(odd.join("bedtrack.sqlite3").is_file() && odd.join("blobs").is_dir());
    let project = server.done("export", &json!({"format": "project"}));
    let archive = std::fs::File::open(project["media"][0]["path"].as_str().unwrap()).unwrap();
    let archive = zip::ZipArchive::new(archive).unwrap();
    let names: Vec<_> = archive.file_names().map(Result::unwrap).collect();
    assert!(
        names.iter().any(|name| name == "project.json") && names.iter().any(|name| name == "waveform.png"),
        "{names:?}"
    );
    let refused = server.finish("export", &json!({"format": "webm"}));
    assert!(refused.is_error && refused.text.contains("ffmpeg"), "{}", refused.text);
}
