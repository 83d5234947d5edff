use super::*;
use crate::studio::sound::{Frame, RATE, Samples};

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

#[test]
fn our_own_music_is_followed_where_its_score_says() {
    let brief = serde_json::json!({"genre": "house", "duration_seconds": 24.0, "seed": 11});
    let score = crate::studio::compose::compose(&serde_json::from_value(brief).unwrap()).unwrap().score;
    let mut song = Vec::new();
    let mut keep = |block: &crate::studio::sound::StemBlock, count: usize| {
        song.extend_from_slice(&block.mix[..count]);
        Ok(())
    };
    crate::studio::sound::play(&score, crate::studio::sound::Bank::built_in(), &mut keep, &mut |_| true).unwrap();
    let found = track(&mut Samples::new(song)).unwrap();
    assert!(f_measure(&found.beats, &score.beats) > 0.9, "{:.1} instead of {:.1}", found.bpm, score.bpm);
}
