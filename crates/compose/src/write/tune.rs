//! How a tune is heard before it is written down.

use super::sketch::{Passage, Sketch};

/// A note of the tune before it has touch and timing.
#[derive(Debug, Clone, Copy)]
pub struct Sung {
    /// Where it starts, in quarter notes.
    pub at: f64,
    /// How long it is, in quarter notes.
    pub length: f64,
    /// MIDI key.
    pub key: i32,
    /// Whether it is accented.
    pub accent: bool,
    /// Whether its pitch belongs to the chord under it.
    pub home: bool,
    /// The phrase it belongs to.
    pub unit: usize,
}

/// How good a tune is: mostly steps, leaps recovered, few repeated notes, one summit late in the section, an octave or so
/// of compass, chord tones where it rests, and as much silence as the genre wants.
pub fn judge(sketch: &Sketch, sung: &[Sung], passage: &Passage, window: (i32, i32)) -> f64 {
    if sung.len() < 3 {
        return -5.0 + sung.len() as f64;
    }
    let mut score = 0.0;
    let steps: Vec<i32> = sung.windows(2).filter_map(|w| Some(w.last()?.key - w.first()?.key)).collect();
    let count = steps.len() as f64;
    let leaps = &sketch.genre.melody.leaps;
    let small = steps.iter().filter(|s| (1..=2).contains(&s.abs())).count() as f64 / count;
    score -= (small - (0.72 - 0.35 * leaps)).abs() * 6.0;
    let still = steps.iter().filter(|s| **s == 0).count() as f64 / count;
    score -= (still - 0.12).max(0.0) * 8.0;
    let far = steps.iter().filter(|s| s.abs() > 9).count() as f64;
    score -= far * 8.0 / count;
    let wide = steps.iter().filter(|s| s.abs() >= 5).count() as f64 / count;
    score -= (wide - 0.06 - 0.25 * leaps).max(0.0) * 10.0;
    let unrecovered =
        steps.windows(2).filter(|w| matches!(w, [a, b] if a.abs() >= 5 && (b.signum() == a.signum() || b.abs() > 5)));
    score -= unrecovered.count() as f64 * 6.0 / count;
    let (low, high) = sung.iter().fold((127, 0), |(l, h), s| (l.min(s.key), h.max(s.key)));
    let compass = high - low;
    score -= f64::from((7 - compass).max(compass - 15).max(0)) * 0.5;
    score -= if low <= window.0 || high >= window.1 { 0.8 } else { 0.0 };
    let summits: Vec<f64> = sung.iter().filter(|s| s.key == high).map(|s| s.at).collect();
    score -= (summits.len() as f64 - 1.0).min(4.0) * 0.4;
    let (start, end) = sketch.span(passage);
    let where_to = (summits.first().copied().unwrap_or(start) - start) / (end - start).max(0.1);
    score -= (where_to - 0.65).abs();
    let sour = sung.iter().filter(|s| s.length >= 0.75 && !s.home).count() as f64;
    score -= sour * 4.0 / sung.len() as f64;
    let sounding: f64 = sung.iter().map(|s| s.length).sum::<f64>() / (end - start).max(0.1);
    score -= (1.0 - sounding - sketch.genre.melody.rests).abs() * 2.5;
    let lengths: std::collections::BTreeSet<i64> = sung.iter().map(|s| (s.length * 4.0).round() as i64).collect();
    score + (lengths.len().min(4) as f64) * 0.25
}
