//! What holds for every piece: stems add up, loudness and peaks are where they should be, lengths are exact.

use std::io::Cursor;

use super::*;
use bedtrack_compose::Score;
use bedtrack_compose::key::{Key, Mode};
use bedtrack_compose::score::{Ending, MixColour, Note, Part, Section, Stem};

fn part(stem: Stem, instrument: &str, pan: f32, notes: Vec<Note>) -> Part {
    Part { stem, instrument: instrument.into(), gain_db: 0.0, pan, notes, brightness: Vec::new() }
}

fn note(start: f64, duration: f64, key: u8, velocity: u8) -> Note {
    Note { start, duration, key, velocity }
}

/// Eight seconds of a small band at 120 beats a minute, sampled and synthesized.
pub fn score() -> Score {
    let beats: Vec<f64> = (0..16).map(|beat| f64::from(beat) * 0.5).collect();
    let drums = beats[..12]
        .iter()
        .enumerate()
        .flat_map(|(number, at)| {
            let kick = (number % 2 == 0).then(|| note(*at, 0.1, 36, 110));
            let snare = (number % 2 == 1).then(|| note(*at, 0.1, 38, 100));
            let hats = [note(*at, 0.1, 42, 80), note(at + 0.25, 0.1, 42, 60)];
            kick.into_iter().chain(snare).chain(hats)
        })
        .collect();
    let bass = (0..3).map(|bar| note(f64::from(bar) * 2.0, 1.9, 36 + bar as u8, 100)).collect();
    let chords =
        (0..3).flat_map(|bar| [60, 64, 67].map(|key| note(f64::from(bar) * 2.0, 1.8, key + bar as u8, 80))).collect();
    let melody = (0..10).map(|step| note(f64::from(step) * 0.5 + 1.0, 0.4, 72 + step as u8, 90)).collect();
    let mut pad = part(Stem::Harmony, "warm_pad", 0.0, vec![note(0.0, 6.0, 55, 70), note(0.0, 6.0, 62, 70)]);
    pad.brightness = vec![(0.0, 0.2), (4.0, 0.9)];
    Score {
        style: "Test".into(),
        genre: "test".into(),
        bpm: 120.0,
        metre: (4, 4),
        key: Key { tonic: 0, mode: Mode::Major },
        seed: 7,
        duration: 8.0,
        bars: beats.iter().copied().step_by(4).collect(),
        beats,
        sections: vec![Section { name: "a".into(), start: 0.0, end: 8.0, energy: 0.5 }],
        chords: Vec::new(),
        parts: vec![
            part(Stem::Drums, "house_kit", 0.0, drums),
            part(Stem::Bass, "finger_bass", 0.0, bass),
            part(Stem::Harmony, "electric_piano", -0.3, chords),
            pad,
            part(Stem::Melody, "flute", 0.3, melody),
            part(Stem::Texture, "riser", 0.0, vec![note(3.0, 1.0, 60, 80)]),
        ],
        mix: MixColour { sidechain: 0.4, wow: 0.2, vinyl: 0.2, ..MixColour::default() },
        ending: Ending::Ring,
    }
}

fn stems(score: &Score, chunk: usize) -> (Vec<Frame>, Vec<Vec<Frame>>) {
    let mut performance = Performance::new(score, Bank::built_in()).expect("a playable score");
    let mut block = StemBlock::new(chunk);
    let (mut mix, mut stems) = (Vec::new(), vec![Vec::new(); 5]);
    loop {
        let count = performance.next(&mut block);
        if count == 0 {
            return (mix, stems);
        }
        mix.extend_from_slice(&block.mix[..count]);
        for (all, stem) in stems.iter_mut().zip(&block.stems) {
            all.extend_from_slice(&stem[..count]);
        }
    }
}

fn master(score: &Score) -> (Vec<Frame>, Measured) {
    let mut out = Vec::new();
    let mut spool = Cursor::new(Vec::new());
    let measured = render_music(
        score,
        Bank::built_in(),
        &mut spool,
        &mut |frames| {
            out.extend_from_slice(frames);
            Ok(())
        },
        &mut |_| true,
    )
    .expect("a master");
    (out, measured)
}

fn rms_db(frames: &[Frame]) -> f64 {
    let power: f64 = frames.iter().flatten().map(|value| f64::from(value * value)).sum();
    10.0 * (power / (frames.len() * 2) as f64).max(1e-20).log10()
}

#[test]
fn stems_add_up_to_the_mix_and_every_playing_stem_is_heard() {
    let (mix, stems) = stems(&score(), 1000);
    for (at, frame) in mix.iter().enumerate() {
        for side in 0..2 {
            let sum: f32 = stems.iter().map(|stem| stem[at][side]).sum();
            // One step of 24 bits.
            assert!((sum - frame[side]).abs() <= 1.2e-7, "frame {at}");
        }
    }
    for stem in &stems {
        assert!(rms_db(stem) > -60.0);
    }
}

#[test]
fn the_same_score_gives_the_same_samples_whatever_the_block() {
    let mut score = score();
    score.duration = 3.0;
    assert_eq!(stems(&score, 333).0, stems(&score, 4096).0);
}

#[test]
fn the_master_has_its_loudness_its_peak_and_its_silence_at_the_end() {
    let (out, measured) = master(&score());
    assert!((measured.lufs + 14.0).abs() <= 0.2, "{measured:?}");
    assert!(measured.true_peak_db <= -1.0, "{measured:?}");
    assert!(out.iter().flatten().all(|value| value.is_finite() && value.abs() < 0.9));
    let end = rms_db(&out[out.len() - RATE as usize / 20..]);
    assert!(end < -45.0, "{end}");
}

#[test]
fn a_piece_is_as_long_as_asked_to_the_frame() {
    for duration in [3.0, 3.000_02, 4.123_457] {
        let mut score = score();
        score.duration = duration;
        score.parts.truncate(1);
        let (out, measured) = master(&score);
        let wanted = (duration * f64::from(RATE)).round() as usize;
        assert_eq!(out.len(), wanted);
        assert_eq!(measured.frames, wanted as u64);
    }
}

#[test]
fn silence_is_only_where_the_score_rests() {
    let mut score = score();
    score.mix = MixColour { room: 0.0, delay: 0.0, ..MixColour::default() };
    score.parts = vec![part(Stem::Melody, "flute", 0.0, vec![note(2.0, 1.0, 72, 90), note(6.0, 1.0, 72, 90)])];
    let (mix, _) = stems(&score, 4096);
    let second = |at: usize| rms_db(&mix[at * RATE as usize..][..RATE as usize / 2]);
    assert!(second(0) < -150.0 && second(1) < -150.0 && second(5) < -100.0);
    assert!(second(2) > -50.0 && second(6) > -50.0);
}

#[test]
fn a_score_without_notes_is_silence_of_the_right_length() {
    let mut score = score();
    score.parts.clear();
    score.mix.vinyl = 0.0;
    let (out, measured) = master(&score);
    assert_eq!(out.len(), 8 * RATE as usize);
    assert!(out.iter().flatten().all(|value| *value == 0.0));
    assert_eq!(measured.lufs, -70.0);
}

#[test]
fn a_loop_runs_over_its_seam() {
    let mut score = score();
    score.ending = Ending::Loop;
    score.mix.vinyl = 0.0;
    // A pad that is held over the seam: cut, it would start from nothing again.
    score.parts = vec![part(Stem::Harmony, "warm_pad", 0.0, vec![note(1.0, 7.0, 60, 90)])];
    let (mix, _) = stems(&score, 4096);
    let (first, last) = (mix[0], mix[mix.len() - 1]);
    let steps = mix.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0_f32, f32::max);
    assert!((first[0] - last[0]).abs() <= steps * 1.5, "{first:?} {last:?} {steps}");
    assert!(rms_db(&mix[..2000]) > -60.0);
}

#[test]
fn low_notes_are_the_same_on_both_sides_and_mono_keeps_the_level() {
    let (mix, stems) = stems(&score(), 4096);
    let bass = &stems[1];
    let side: Vec<Frame> = bass.iter().map(|frame| [0.5 * (frame[0] - frame[1]); 2]).collect();
    assert!(rms_db(&side) < rms_db(bass) - 15.0);
    let mono: Vec<Frame> = mix.iter().map(|frame| [0.5 * (frame[0] + frame[1]); 2]).collect();
    assert!(rms_db(&mono) > rms_db(&mix) - 3.0);
}

#[test]
fn the_same_stroke_never_sounds_quite_the_same_and_a_soft_one_is_darker() {
    let mut score = score();
    score.mix = MixColour { room: 0.0, delay: 0.0, glue: 0.0, warmth: 0.0, ..MixColour::default() };
    let strokes = [(0.0, 80), (2.0, 80), (4.0, 40), (6.0, 120)];
    let notes = strokes.map(|(start, velocity)| note(start, 1.0, 60, velocity)).to_vec();
    score.parts = vec![part(Stem::Harmony, "nylon_guitar", 0.0, notes)];
    let (mix, _) = stems(&score, 4096);
    let second = |at: usize| &mix[at * RATE as usize..][..RATE as usize];
    assert_ne!(second(0), second(2));
    // The share of the treble: what is left after a difference, against the whole.
    let treble = |frames: &[Frame]| {
        let edges: Vec<Frame> =
            frames.windows(2).map(|pair| [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]]).collect();
        rms_db(&edges) - rms_db(frames)
    };
    assert!(treble(second(4)) < treble(second(6)) - 1.0, "{} {}", treble(second(4)), treble(second(6)));
}

#[test]
fn an_instrument_that_nobody_plays_is_named() {
    let mut score = score();
    score.parts[0].instrument = "theremin".into();
    let error = Performance::new(&score, Bank::built_in()).err().expect("an error");
    assert!(error.to_string().contains("theremin"));
}

#[test]
fn lengths_that_cannot_be_are_refused() {
    for duration in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e9] {
        let mut score = score();
        score.duration = duration;
        assert!(matches!(Performance::new(&score, Bank::built_in()), Err(SoundError::Duration(_))));
    }
}

#[test]
fn a_watcher_can_stop_the_work() {
    let mut spool = Cursor::new(Vec::new());
    let stopped = render_music(&score(), Bank::built_in(), &mut spool, &mut |_| Ok(()), &mut |done| done < 0.3);
    assert!(matches!(stopped, Err(SoundError::Stopped)));
}
