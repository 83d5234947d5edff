//! Files of every kind come back with their length and their tone; files of no kind come back as errors.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::decoded::fold;
use super::*;
use crate::Frame;
use crate::encode::{FlacWriter, M4aWriter, WavWriter};

fn read_all(path: &Path) -> Result<Vec<Frame>, SoundError> {
    let mut source = open(path)?;
    let (mut all, mut block) = (Vec::new(), vec![[0.0; 2]; 777]);
    loop {
        match source.read(&mut block)? {
            0 => return Ok(all),
            count => all.extend_from_slice(&block[..count]),
        }
    }
}

fn tone(frames: usize) -> Vec<Frame> {
    let at = |frame: usize| 0.5 * (std::f32::consts::TAU * 440.0 * frame as f32 / RATE as f32).sin();
    (0..frames).map(|frame| [at(frame), -at(frame)]).collect()
}

fn written(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Our own files of an odd number of frames, as bytes.
fn ours(frames: &[Frame]) -> Vec<(&'static str, Vec<u8>)> {
    let (mut wav, mut flac, mut m4a) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    let mut writer = WavWriter::new(&mut wav, 16).expect("wav");
    frames.chunks(1000).for_each(|part| writer.push(part).expect("wav"));
    writer.finish().expect("wav");
    let mut writer = FlacWriter::new(&mut flac, 24).expect("flac");
    frames.chunks(999).for_each(|part| writer.push(part).expect("flac"));
    writer.finish().expect("flac");
    let mut writer = M4aWriter::new(&mut m4a, 192_000).expect("m4a");
    frames.chunks(1001).for_each(|part| writer.push(part).expect("m4a"));
    writer.finish().expect("m4a");
    vec![("a.wav", wav.into_inner()), ("a.flac", flac.into_inner()), ("a.m4a", m4a.into_inner())]
}

#[test]
fn what_we_encode_comes_back_frame_for_frame() {
    let folder = TempDir::new().expect("a folder");
    let frames = tone(30_011);
    for (name, bytes) in ours(&frames) {
        let back = read_all(&written(&folder, name, &bytes)).expect(name);
        assert_eq!(back.len(), frames.len(), "{name}");
        let tolerance = if name.ends_with("m4a") { 0.02 } else { 1e-4 };
        let middle = 2000..28_000;
        let worst = back[middle.clone()]
            .iter()
            .zip(&frames[middle])
            .map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()))
            .fold(0.0_f32, f32::max);
        assert!(worst < tolerance, "{name}: {worst}");
    }
}

#[test]
fn files_of_other_makers_come_back_at_the_house_rate_without_their_gaps() {
    let folder = TempDir::new().expect("a folder");
    let files: [(&str, &[u8], usize); 4] = [
        ("t.mp3", include_bytes!("fixtures/tone.mp3"), 0),
        ("t.ogg", include_bytes!("fixtures/tone.ogg"), 0),
        ("t.m4a", include_bytes!("fixtures/tone.m4a"), 0),
        // A bare AAC stream does not say how much of it is padding.
        ("t.aac", include_bytes!("fixtures/tone.aac"), 4000),
    ];
    for (name, bytes, slack) in files {
        let back = read_all(&written(&folder, name, bytes)).expect(name);
        assert!(back.len().abs_diff(24_000) <= slack, "{name}: {}", back.len());
        // Rising zero crossings of half a second of 440 Hz, less the edges.
        let part = &back[2400..21_600];
        let crossings = part.windows(2).filter(|pair| pair[0][0] <= 0.0 && pair[1][0] > 0.0).count();
        assert!(crossings.abs_diff(176) <= 1, "{name}: {crossings}");
    }
}

#[test]
fn what_is_no_sound_is_an_error_and_what_is_damaged_never_panics() {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in
        [("empty.wav", &b""[..]), ("text.mp3", b"this is not sound at all\n"), ("zero.m4a", &[0; 5000])]
    {
        let path = written(&folder, name, bytes);
        assert!(matches!(open(&path), Err(SoundError::Undecodable { .. })), "{name}");
    }
    assert!(open(folder.path()).is_err());
    assert!(matches!(open(&folder.path().join("nobody.wav")), Err(SoundError::Io(_))));

    let mut files = ours(&tone(9000));
    files.push(("b.mp3", include_bytes!("fixtures/tone.mp3").to_vec()));
    files.push(("b.ogg", include_bytes!("fixtures/tone.ogg").to_vec()));
    let mut dice = crate::dsp::noise::Noise::new(3);
    for (name, whole) in files {
        for round in 0..24 {
            let mut bytes = whole.clone();
            for _ in 0..=round {
                let at = (dice.unit() * bytes.len() as f32) as usize % bytes.len();
                bytes[at] = (dice.unit() * 255.0) as u8;
            }
            if round % 3 == 0 {
                bytes.truncate((dice.unit() * bytes.len() as f32) as usize);
            }
            if let Ok(frames) = read_all(&written(&folder, name, &bytes)) {
                assert!(frames.iter().flatten().all(|value| value.is_finite()), "{name}");
                assert!(frames.len() < 60 * RATE as usize, "{name}");
            }
        }
    }
}

#[test]
fn more_than_two_channels_are_folded() {
    assert_eq!(fold(&[0.5]), [0.5, 0.5]);
    assert_eq!(fold(&[0.5, -0.5]), [0.5, -0.5]);
    // The centre is heard from both sides, the low channel from none.
    let [left, right] = fold(&[0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    assert!((left - 0.354).abs() < 0.001 && left == right);
    let [left, right] = fold(&[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert!(left > 0.3 && right == 0.0);
}
