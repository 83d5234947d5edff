//! Media for tests, made by the real ffmpeg, and what ffmpeg finds in a file.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Runs ffmpeg with these arguments and the output last.
pub fn ffmpeg(arguments: &[&str], out: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]).args(arguments).arg(out);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A clip of so many seconds, with a tone as its sound or silent.
pub fn clip(folder: &Path, name: &str, seconds: u32, sound: bool) -> PathBuf {
    let path = folder.join(name);
    let picture = format!("testsrc2=s=320x180:r=30:d={seconds}");
    let tone = format!("sine=f=440:d={seconds},volume=0.2,aformat=channel_layouts=stereo");
    let mut arguments = vec!["-f", "lavfi", "-i", &picture];
    if sound {
        arguments.extend(["-f", "lavfi", "-i", &tone, "-c:a", "aac"]);
    }
    arguments.extend(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]);
    ffmpeg(&arguments, &path);
    path
}

/// What ffprobe says of a file.
pub fn probe(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_streams", "-show_format", "-of", "json"])
        .arg(path)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Seconds of a file, as its container says.
pub fn seconds(path: &Path) -> f64 {
    probe(path)["format"]["duration"].as_str().unwrap().parse().unwrap()
}

/// A hash over the packets of the picture: equal for two files only where it was copied bit for bit.
pub fn picture_hash(path: &Path) -> String {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-map", "0:v", "-c", "copy", "-f", "streamhash", "-"])
        .output()
        .unwrap();
    let hash = String::from_utf8(output.stdout).unwrap();
    assert!(hash.contains("SHA256="), "no picture in {}", path.display());
    hash
}

/// Integrated loudness (LUFS) and true peak (dBTP) of a whole file, as ffmpeg's own meter hears it.
pub fn loudness(path: &Path) -> (f64, f64) {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(path)
        .args(["-vn", "-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = log.rsplit_once("Summary:").unwrap_or_else(|| panic!("no summary: {log}")).1.to_owned();
    let number = |key: &str| -> f64 {
        let line = summary.lines().find(|line| line.trim_start().starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (number("I:"), number("Peak:"))
}

/// RMS in dB of what lies below a frequency in Hz, over some seconds of a file.
pub fn level_below(path: &Path, hertz: u32, from: f64, to: f64) -> f64 {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(path)
        .args(["-vn", "-af", &format!("atrim={from}:{to},lowpass=f={hertz},volumedetect"), "-f", "null", "-"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let mean = log.rsplit_once("mean_volume:").unwrap_or_else(|| panic!("no volume: {log}")).1;
    mean.split_whitespace().next().unwrap().parse().unwrap()
}

/// How bright each frame is on average, 0 to 255.
pub fn brightness(path: &Path) -> Vec<f64> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-vf", "scale=16:16:flags=area,format=gray", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    output
        .stdout
        .chunks_exact(256)
        .map(|frame| frame.iter().map(|level| f64::from(*level)).sum::<f64>() / 256.0)
        .collect()
}
