//! What music under a clip costs: CPU seconds of this process and its children, beside ffmpeg driven by hand, in one run.
//!
//!     cargo bench --bench music_under_clip [-- CLIP]
//!
//! Without a clip it makes one of 60 s, 1080p30, H.264 and AAC. Needs ffmpeg and Linux's `/proc`.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use bedtrack_film::{Clip, Film, FilmFormat, FilmPlan, Quality, Watch};
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::programme::{self, Track};
use bedtrack_sound::{RATE, RawFile, decode};
use bedtrack_wire::look::Aspect;

/// CPU seconds of this process and of its children that have ended.
fn cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').context("no name in /proc/self/stat")?.1.split_whitespace();
    let ticks: u64 = fields.skip(11).take(4).map_while(|field| field.parse::<u64>().ok()).sum();
    // The kernel counts in hundredths, whatever it runs on.
    Ok(ticks as f64 / 100.0)
}

fn ffmpeg(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]).args(arguments).stdin(Stdio::null());
    ensure!(command.status()?.success(), "{command:?} failed");
    Ok(())
}

/// The usual clip and a song of its length.
fn media(folder: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let (clip, song) = (folder.join("clip.mp4"), folder.join("song.wav"));
    let beat = "0.5*sin(2*PI*(50+90*exp(-30*mod(t,0.5)))*mod(t,0.5))*exp(-9*mod(t,0.5))";
    let song_source = format!("aevalsrc='{beat}+0.1*sin(2*PI*220*t)|{beat}+0.1*sin(2*PI*221*t)':s=48000:d=60");
    ffmpeg(&["-f", "lavfi", "-i", &song_source, "-c:a", "pcm_s24le", &song.to_string_lossy()])?;
    let (picture, voice) = ("testsrc2=s=1920x1080:r=30:d=60", "sine=f=220:r=48000:d=60,tremolo=f=4:d=0.9");
    let inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", voice, "-ac", "2"];
    let coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", "-g", "60"];
    ffmpeg(&[&inputs[..], &coding, &["-c:a", "aac", "-b:a", "128k", &clip.to_string_lossy()]].concat())?;
    Ok((clip, song))
}

/// What a render of the studio does: both sounds mixed, set to -14 LUFS, and laid under the copied picture.
async fn ours(film: &Film, clip: &Path, song: &Path, folder: &Path) -> anyhow::Result<()> {
    let info = film.probe(clip).await?;
    let watch = Watch::default();
    let (raw, wav, out) = (folder.join("own.raw"), folder.join("programme.wav"), folder.join("ours.mp4"));
    let frames = film.decode_sound(clip, 0, info.duration_ms, &raw, &watch).await?;
    let track = |source, gain| Track {
        source,
        start_frame: 0,
        frames,
        gain,
        fade_in_frames: u64::from(RATE) / 2,
        fade_out_frames: u64::from(RATE),
        duck: None,
    };
    let mut mixed =
        programme::mix(vec![track(Box::new(RawFile::open(&raw)?), 1.0), track(decode::open(song)?, 0.35)], frames);
    let mut writer = WavWriter::new(BufWriter::new(File::create(&wav)?), 24)?;
    let mut spool = tempfile::tempfile_in(folder)?;
    programme::set_loudness(&mut mixed, &mut spool, -14.0, &mut |frames| writer.push(frames), &mut |_| true)?;
    writer.finish()?;
    let duration_ms = info.duration_ms;
    let plan = FilmPlan {
        clips: vec![Clip::new(clip.to_owned(), info.kind, 0, duration_ms, 0)],
        titles: Vec::new(),
        sound: Some(wav),
        cover: None,
        duration_ms,
        aspect: Aspect::Source,
        format: FilmFormat::Mp4,
        quality: Quality::Standard,
    };
    let made = film.render(&plan, folder, &out, &watch).await?;
    ensure!(made.picture_copied, "the picture was re-encoded");
    std::fs::remove_file(&out)?;
    Ok(())
}

/// The same by hand. One pass without loudness; with it, one more pass to measure.
fn by_hand(clip: &Path, song: &Path, folder: &Path, with_loudness: bool) -> anyhow::Result<()> {
    let (clip, song, out) = (clip.to_string_lossy(), song.to_string_lossy(), folder.join("hand.mp4"));
    let mix =
        "[1:a]volume=0.35,afade=t=in:d=0.5,afade=t=out:st=59:d=1[m];[0:a][m]amix=inputs=2:normalize=0:duration=first";
    let inputs = ["-i", &*clip, "-i", &*song, "-filter_complex"];
    let out = out.to_string_lossy();
    if with_loudness {
        let measure = format!("{mix},loudnorm=I=-14:TP=-1:print_format=json[a]");
        ffmpeg(&[&inputs[..], &[&measure, "-map", "[a]", "-f", "null", "-"]].concat())?;
    }
    let last = if with_loudness { ",loudnorm=I=-14:TP=-1[a]" } else { "[a]" };
    let coding = ["-map", "0:v", "-map", "[a]", "-c:v", "copy", "-c:a", "aac", "-b:a", "256k", "-ar", "48000"];
    ffmpeg(&[&inputs[..], &[&format!("{mix}{last}")], &coding, &["-movflags", "+faststart", &*out]].concat())
}

/// From a terminal: upload, a new piece, export.
fn whole_path(clip: &Path, folder: &Path) -> anyhow::Result<()> {
    let out = folder.join("scored.mp4");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bedtrack"));
    command.args(["compose", "score this clip with lo-fi, seed 7", "--in"]).arg(clip).arg("--out").arg(&out);
    command.env("BEDTRACK_HOME", folder.join("home")).env("BEDTRACK_OUTPUT", folder.join("output"));
    command.env("BEDTRACK_BACKEND", "local").stderr(Stdio::null()).stdout(Stdio::null());
    ensure!(command.status()?.success(), "{command:?} failed");
    Ok(std::fs::remove_file(&out)?)
}

fn measured(what: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (before, begun) = (cpu()?, Instant::now());
    work()?;
    let (used, took) = (cpu()? - before, begun.elapsed().as_secs_f64());
    report(&format!("{what:<52} {used:6.2} CPU s {took:7.2} s\n"));
    Ok(used)
}

fn report(line: &str) {
    use std::io::Write as _;
    // A closed pipe only means that nobody reads on.
    let _ = std::io::stdout().write_all(line.as_bytes());
}

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let (made, song) = media(folder.path())?;
    let clip = given.map_or(made, PathBuf::from);
    let runtime = tokio::runtime::Runtime::new()?;
    let (with, without) = (Film::locate(None), Film::locate(Some(Path::new("/nowhere/ffmpeg"))));
    let at = folder.path();
    let ours_with =
        measured("mixed, -14 LUFS, checked; ffmpeg at hand", || runtime.block_on(ours(&with, &clip, &song, at)))?;
    let ours_alone =
        measured("the same where there is no ffmpeg", || runtime.block_on(ours(&without, &clip, &song, at)))?;
    let plain = measured("ffmpeg by hand, loudness left as it is", || by_hand(&clip, &song, at, false))?;
    let loud = measured("ffmpeg by hand, loudness set in two passes", || by_hand(&clip, &song, at, true))?;
    measured("upload, composing and export of one clip", || whole_path(&clip, at))?;
    report(&format!("ours to ffmpeg by hand: {:.2} and {:.2} of it; ", ours_with / plain, ours_with / loud));
    report(&format!("without ffmpeg {:.2} and {:.2}\n", ours_alone / plain, ours_alone / loud));
    Ok(())
}
