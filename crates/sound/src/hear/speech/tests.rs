use proptest::prelude::*;

use super::*;
use crate::{Frame, RATE, Samples};

/// A voice of a kind: a gliding buzz shaped by two wandering formants, syllables four a second of uneven length, hiss
/// between some of them.
fn voice(seconds: f32) -> Vec<f32> {
    let rate = RATE as f32;
    let mut dice = 7_u32;
    let mut roll = || {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 8) as f32 / (1 << 24) as f32
    };
    let mut out = Vec::new();
    while out.len() < (seconds * rate) as usize {
        let (length, pitch, bend) = (0.14 + 0.12 * roll(), 105.0 + 50.0 * roll(), 40.0 * (roll() - 0.5));
        let (one, two) = (350.0 + 450.0 * roll(), 1_000.0 + 1_200.0 * roll());
        let (one_to, two_to) = (350.0 + 450.0 * roll(), 1_000.0 + 1_200.0 * roll());
        let count = (length * rate) as usize;
        let mut phase = 0.0_f32;
        for at in 0..count {
            let way = at as f32 / count as f32;
            let hz = pitch + bend * way;
            phase += hz / rate;
            let shape = |partial: f32, from: f32, to: f32| {
                let far = (partial * hz - from - (to - from) * way) / 110.0;
                1.0 / (1.0 + far * far)
            };
            let buzz: f32 = (1..24)
                .map(|partial| partial as f32)
                .map(|n| {
                    (std::f32::consts::TAU * phase * n).sin() * (shape(n, one, one_to) + 0.6 * shape(n, two, two_to))
                })
                .sum();
            out.push(0.12 * buzz * (std::f32::consts::PI * way).sin().powf(0.6));
        }
        let hiss = if roll() < 0.4 { 0.05 } else { 0.0 };
        for _ in 0..((0.03 + 0.06 * roll()) * rate) as usize {
            out.push(hiss * (roll() - 0.5));
        }
    }
    out
}

fn tone(seconds: f32) -> Vec<f32> {
    (0..(seconds * RATE as f32) as usize)
        .map(|at| {
            let time = at as f32 / RATE as f32;
            let note = [220.0, 261.6, 329.6, 392.0][(time * 2.0) as usize % 4];
            let fade = (-(time * 2.0).fract() * 1.5).exp();
            (1..6).map(|n| (std::f32::consts::TAU * note * n as f32 * time).sin() / n as f32).sum::<f32>() * 0.15 * fade
        })
        .collect()
}

fn hear(mono: &[f32]) -> Vec<Span> {
    let frames: Vec<Frame> = mono.iter().map(|sample| [*sample; 2]).collect();
    find(&mut Samples::new(frames)).unwrap()
}

fn covered(spans: &[Span], from: u64, to: u64) -> f64 {
    let inside = |span: &Span| span.end_ms.min(to).saturating_sub(span.start_ms.max(from));
    spans.iter().map(inside).sum::<u64>() as f64 / (to - from) as f64
}

#[test]
fn someone_who_speaks_between_silences_is_found_there() {
    let mut sound = vec![0.0; 2 * RATE as usize];
    sound.extend(voice(6.0));
    sound.extend(vec![0.0; 3 * RATE as usize]);
    let spans = hear(&sound);
    assert!(covered(&spans, 2_000, 8_000) > 0.9, "{spans:?}");
    assert!(spans.iter().all(|span| span.start_ms >= 1_700 && span.end_ms <= 8_500), "{spans:?}");
}

#[test]
fn nobody_speaks_in_notes_silence_or_nothing() {
    assert_eq!(hear(&tone(12.0)), []);
    assert_eq!(hear(&vec![0.0; 3 * RATE as usize]), []);
    assert_eq!(hear(&[]), []);
}

#[test]
fn someone_who_speaks_over_notes_is_found() {
    let mut sound = tone(14.0);
    sound.iter_mut().skip(4 * RATE as usize).zip(voice(6.0)).for_each(|(sound, voice)| *sound = 0.4 * *sound + voice);
    let spans = hear(&sound);
    assert!(covered(&spans, 4_000, 10_000) > 0.8, "{spans:?}");
    assert!(covered(&spans, 0, 3_000) + covered(&spans, 11_000, 14_000) < 0.1, "{spans:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn spans_are_in_order_and_within_the_sound(samples in prop::collection::vec(-1.0_f32..1.0, 0..40_000)) {
        let length = samples.len() as u64 * 1000 / u64::from(RATE) + STEP_MS;
        let spans = hear(&samples);
        prop_assert!(spans.iter().all(|span| span.start_ms < span.end_ms && span.end_ms <= length));
        prop_assert!(spans.windows(2).all(|pair| pair[0].end_ms < pair[1].start_ms));
    }
}
