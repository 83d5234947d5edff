use super::*;
use crate::{Frame, RATE, Samples};

/// Adds a struck sound: a decaying tone, or noise at 0 Hz.
fn strike(song: &mut [Frame], at: f64, hz: f32, decay: f32, level: f32) {
    let from = (at * f64::from(RATE)) as usize;
    let mut dice = 0x2545_F491_u32 ^ from as u32;
    for (number, frame) in song.iter_mut().skip(from).take((decay * 5.0 * RATE as f32) as usize).enumerate() {
        let time = number as f32 / RATE as f32;
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        let noise = dice as f32 / u32::MAX as f32 - 0.5;
        let wave = if hz > 0.0 { (std::f32::consts::TAU * hz * time).sin() } else { noise };
        let sound = level * wave * (-time / decay).exp();
        *frame = frame.map(|side| side + sound);
    }
}

/// A band that plays along `beats`: kick and snare, hats on and between the beats, a bass, chords that change with the bar.
/// `off` is where the off-beat lies, `skank` how loud chords fall on it.
fn band(beats: &[f64], off: f64, skank: f32) -> Samples {
    let seconds = beats.last().copied().unwrap_or(0.0) + 1.0;
    let mut song = vec![[0.0; 2]; (seconds * f64::from(RATE)) as usize];
    for (number, pair) in beats.windows(2).enumerate() {
        let (beat, later) = (pair[0], pair[0] + off * (pair[1] - pair[0]));
        let root = [220.0, 174.6, 196.0, 164.8][number / 4 % 4];
        match number % 2 {
            0 => strike(&mut song, beat, 55.0, 0.1, 0.9),
            _ => strike(&mut song, beat, 0.0, 0.05, 0.6),
        }
        strike(&mut song, beat, root / 2.0, 0.2, 0.3);
        for at in [beat, later] {
            strike(&mut song, at, 0.0, 0.012, 0.15);
        }
        for ratio in [1.0, 1.26, 1.5] {
            if skank > 0.0 {
                strike(&mut song, later, root * 2.0 * ratio, 0.06, skank);
            }
            if number % 4 == 0 {
                strike(&mut song, beat, root * ratio, 0.8, 0.12);
            }
        }
    }
    Samples::new(song)
}

/// Beats whose tempo goes from one to another over 40 s.
fn grid(from: f64, to: f64) -> Vec<f64> {
    let mut beats = vec![0.4];
    while let Some(last) = beats.last().copied().filter(|last| *last < 40.0) {
        beats.push(last + 60.0 / (from + (to - from) * last / 40.0));
    }
    beats
}

/// The F-measure with the window of 70 ms that is usual in music information retrieval.
fn f_measure(found: &[f64], known: &[f64]) -> f64 {
    let (mut hits, mut rest) = (0, found.iter().peekable());
    for beat in known {
        while rest.next_if(|at| **at < beat - 0.07).is_some() {}
        hits += usize::from(rest.next_if(|at| **at <= beat + 0.07).is_some());
    }
    2.0 * f64::from(hits as u32) / (found.len() + known.len()) as f64
}

#[test]
fn a_plain_band_is_followed_with_its_bars() {
    let known = grid(112.0, 112.0);
    let found = track(&mut band(&known, 0.5, 0.0)).unwrap();
    assert!((found.bpm - 112.0).abs() < 1.0, "{}", found.bpm);
    assert!(f_measure(&found.beats, &known[..known.len() - 1]) > 0.95);
    let bars: Vec<f64> = known.iter().step_by(4).copied().collect();
    assert_eq!(found.metre, (4, 4));
    assert!(f_measure(&found.downbeats, &bars) > 0.9, "{:?}", found.downbeats);
    assert!((0.3..=1.0).contains(&found.confidence));
}

#[test]
fn neither_swing_nor_a_loud_off_beat_nor_drift_turns_the_beat_around() {
    for (name, known, off, skank) in [
        ("swung", grid(126.0, 126.0), 0.66, 0.05),
        ("off-beat", grid(98.0, 98.0), 0.5, 0.3),
        ("speeding up", grid(96.0, 116.0), 0.5, 0.0),
        ("slowing down", grid(132.0, 118.0), 0.62, 0.1),
    ] {
        let found = track(&mut band(&known, off, skank)).unwrap();
        let f = f_measure(&found.beats, &known[..known.len() - 1]);
        assert!(f > 0.9, "{name}: {f:.2} at {:.1}", found.bpm);
    }
}

#[test]
fn silence_and_nothing_have_no_beats() {
    for frames in [0, 10, 5 * RATE as usize] {
        let found = track(&mut Samples::new(vec![[0.0; 2]; frames])).unwrap();
        assert_eq!((found.beats.len(), found.bpm, found.confidence), (0, 0.0, 0.0));
    }
}

/// A piece of ours, as it is written and as it sounds.
fn ours(genre: &str, seed: u64) -> (bedtrack_compose::Score, Samples) {
    let brief = serde_json::json!({"genre": genre, "duration_seconds": 24.0, "seed": seed});
    let score = bedtrack_compose::compose(&serde_json::from_value(brief).unwrap()).unwrap().score;
    let mut song = Vec::new();
    let mut keep = |block: &crate::StemBlock, count: usize| {
        song.extend_from_slice(&block.mix[..count]);
        Ok(())
    };
    crate::play(&score, crate::Bank::built_in(), &mut keep, &mut |_| true).unwrap();
    (score, Samples::new(song))
}

#[test]
fn our_own_music_is_followed_where_its_score_says() {
    let (score, mut song) = ours("house", 11);
    let found = track(&mut song).unwrap();
    assert!(f_measure(&found.beats, &score.beats) > 0.9, "{:.1} instead of {:.1}", found.bpm, score.bpm);
}

/// A sound as a function of the second.
fn sounding(seconds: u32, at: impl FnMut(f32) -> f32) -> Samples {
    let times = (0..seconds * RATE).map(|frame| frame as f32 / RATE as f32);
    Samples::new(times.map(at).map(|sample| [0.06 * sample; 2]).collect())
}

#[test]
fn what_only_goes_on_sounding_has_no_beat_to_be_sure_of() {
    let tone = |hz: f32, time: f32| (std::f32::consts::TAU * hz * time).sin();
    let mut dice = 1_u32;
    let mut noise = || {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        4.0 * (dice as f32 / u32::MAX as f32 - 0.5)
    };
    let saws = |time: f32| (1..30_u8).map(f32::from).map(|h| (tone(110.0 * h, time) + tone(110.7 * h, time)) / h).sum();
    for (name, mut song) in [
        ("a drone", sounding(12, |time| tone(110.0, time))),
        ("a chord", sounding(20, |time| tone(110.0, time) + tone(165.2, time) + tone(220.7, time))),
        ("a detuned pad", sounding(20, saws)),
        ("a slow swell", sounding(20, |time| tone(220.0, time) * (1.0 + (0.8 * time).sin()))),
        ("a tremolo", sounding(20, |time| tone(220.0, time) * (1.0 + 0.5 * tone(5.0, time)))),
        ("rain", sounding(20, |_| noise())),
    ] {
        let found = track(&mut song).unwrap();
        assert!(found.confidence < 0.3, "{name}: {:.2} at {:.1}", found.confidence, found.bpm);
    }
}

#[test]
fn songs_of_many_kinds_keep_their_confidence() {
    // No metal faster than 160: people, too, tap to that at either of two tempos.
    for (genre, seed) in [("lo-fi", 11), ("cinematic", 11), ("classical", 11), ("piano", 11), ("metal", 13)] {
        let (score, mut song) = ours(genre, seed);
        let found = track(&mut song).unwrap();
        let f = f_measure(&found.beats, &score.beats);
        assert!(f > 0.9 && found.confidence > 0.6, "{genre}: F {f:.2}, confidence {:.2}", found.confidence);
    }
}
