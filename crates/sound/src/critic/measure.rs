//! What is told from what was heard: tempo, key, energy, variety, silence.

use super::ear::{BANDS, Ear, HOPS};
use bedtrack_compose::Score;
use bedtrack_compose::key::{Key, Mode};

/// Steps that a bar is divided into where bars are compared.
const STEPS: usize = 16;
/// Bars after which a piece may come round again.
const ROUNDS: [usize; 4] = [1, 2, 4, 8];
/// Below this a moment is silence, dB.
const SILENCE: f64 = -60.0;
/// How long the end may have died away before the piece is over, seconds.
const DYING: f64 = 2.5;

/// How much louder each moment is than the one before, over the bands; strokes stand out.
fn onsets(ear: &Ear) -> Vec<f32> {
    let level = |power: f32| 10.0 * (power + 1e-7).log10();
    let rise = |pair: &[[f32; BANDS]]| match pair {
        [before, now] => before.iter().zip(now).map(|(a, b)| (level(*b) - level(*a)).clamp(0.0, 20.0)).sum(),
        _ => 0.0,
    };
    ear.hops.windows(2).map(rise).collect()
}

/// Beats a minute within 12% of `wanted` at which strokes come round best, and how much better than at others (1: not at
/// all). `None` where strokes are too few to say.
pub fn tempo(ear: &Ear, wanted: f64) -> Option<(f64, f64)> {
    let onsets = onsets(ear);
    let mean = onsets.iter().sum::<f32>() / onsets.len().max(1) as f32;
    let strokes: Vec<f32> = onsets.iter().map(|onset| onset - mean).collect();
    // The last moments ring out; a minute is enough to tell.
    let strokes = strokes.get(..strokes.len().min(6000))?;
    let beat = 60.0 / wanted * HOPS;
    if strokes.len() < (beat * 16.0) as usize || mean < 0.05 {
        return None;
    }
    let alike = |lag: usize| -> f64 {
        let (early, late) = (strokes.iter(), strokes.iter().skip(lag));
        let sum: f32 = early.zip(late).map(|(a, b)| a * b).sum();
        f64::from(sum) / (strokes.len() - lag).max(1) as f64
    };
    let longest = ((beat * 8.0 * 1.13) as usize + 2).min(strokes.len() / 2);
    let likeness: Vec<f64> = (0..=longest).map(alike).collect();
    let at = |lag: f64| {
        let (whole, part) = (lag as usize, lag.fract());
        let value = |lag: usize| likeness.get(lag).copied().unwrap_or(0.0);
        value(whole) * (1.0 - part) + value(whole + 1) * part
    };
    let strength = |stretch: f64| (1..=8).map(|beats| at(f64::from(beats) * beat * stretch)).sum::<f64>();
    let tried: Vec<(f64, f64)> =
        (0..=96).map(|step| 0.88 + 0.0025 * f64::from(step)).map(|stretch| (stretch, strength(stretch))).collect();
    let (stretch, best) = tried.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let average = tried.iter().map(|(_, strength)| strength.max(0.0)).sum::<f64>() / tried.len() as f64;
    (best > 0.0).then(|| (wanted / stretch, best / average.max(1e-9)))
}

/// The major key whose seven notes `key` draws from.
fn collection(key: Key) -> usize {
    let below = match key.mode {
        Mode::Major => 0,
        Mode::Dorian => 2,
        Mode::Phrygian => 4,
        Mode::Lydian => 5,
        Mode::Mixolydian => 7,
        Mode::Minor => 9,
    };
    (usize::from(key.tonic) + 12 - below) % 12
}

/// How many of the twelve collections of seven notes hold more of what was heard than that of `key` does; a collection a
/// fifth away differs by one note. `None` where no pitch was heard.
pub fn key_rank(ear: &Ear, key: Key) -> Option<usize> {
    const SCALE: [usize; 7] = [0, 2, 4, 5, 7, 9, 11];
    let share = |root: usize| -> f32 { SCALE.iter().filter_map(|step| ear.chroma.get((root + step) % 12)).sum() };
    let own = share(collection(key));
    (own > 0.0).then(|| (0..12).filter(|root| share(*root) > own).count())
}

/// How well the sections' loudness follows their energy, -1 to 1, each by its length; `None` where the score asks for
/// much the same throughout.
pub fn follows_energy(ear: &Ear, score: &Score) -> Option<f64> {
    let points: Vec<(f64, f64, f64)> = score
        .sections
        .iter()
        .filter_map(|section| {
            Some((section.energy, ear.level(section.start, section.end)?, section.end - section.start))
        })
        .collect();
    let highest = points.iter().map(|point| point.0).fold(f64::MIN, f64::max);
    let lowest = points.iter().map(|point| point.0).fold(f64::MAX, f64::min);
    if points.len() < 3 || highest - lowest < 0.2 {
        return None;
    }
    let weight: f64 = points.iter().map(|point| point.2).sum();
    let mean = |value: fn(&(f64, f64, f64)) -> f64| points.iter().map(|p| value(p) * p.2).sum::<f64>() / weight;
    let (energy, level) = (mean(|p| p.0), mean(|p| p.1));
    let (mut product, mut energies, mut levels) = (0.0, 0.0, 0.0);
    for (e, l, w) in &points {
        product += w * (e - energy) * (l - level);
        energies += w * (e - energy).powi(2);
        levels += w * (l - level).powi(2);
    }
    Some(product / (energies * levels).sqrt().max(1e-9))
}

/// Mean difference in dB between a bar and the one that is most like it by rule (one, two, four or eight bars on), over
/// steps and bands. A loop without change is near 0. `None` for fewer than twelve bars.
pub fn variety(ear: &Ear, score: &Score) -> Option<f64> {
    let bars: Vec<[[f32; BANDS]; STEPS]> = score.bars.windows(2).map(|bar| profile(ear, bar)).collect();
    if bars.len() < 12 {
        return None;
    }
    let apart = |round: usize| -> f64 {
        let pairs = bars.iter().zip(bars.iter().skip(round));
        let all: Vec<f32> = pairs
            .map(|(a, b)| {
                let both = a.as_flattened().iter().zip(b.as_flattened());
                both.map(|(a, b)| (a - b).abs()).sum::<f32>() / (STEPS * BANDS) as f32
            })
            .collect();
        f64::from(all.iter().sum::<f32>()) / all.len().max(1) as f64
    };
    ROUNDS.into_iter().filter(|round| round * 2 <= bars.len()).map(apart).min_by(f64::total_cmp)
}

/// Levels of a bar in dB, by step and band.
fn profile(ear: &Ear, bar: &[f64]) -> [[f32; BANDS]; STEPS] {
    let (from, to) = (bar.first().copied().unwrap_or(0.0), bar.last().copied().unwrap_or(0.0));
    std::array::from_fn(|step| {
        let at = |step: usize| ((from + (to - from) * step as f64 / STEPS as f64) * HOPS).round().max(0.0) as usize;
        let hops = ear.hops.get(at(step)..at(step + 1)).unwrap_or_default();
        std::array::from_fn(|band| {
            let power: f32 = hops.iter().filter_map(|hop| hop.get(band)).sum();
            10.0 * (power / hops.len().max(1) as f32 + 1e-7).log10()
        })
    })
}

/// The longest silence in seconds while the score has notes that should sound. What dies away after the last stroke is no
/// silence of the piece as long as it is short.
pub fn unwritten_silence(ear: &Ear, score: &Score) -> f64 {
    let mut written = vec![false; ear.hops.len()];
    for note in score.parts.iter().flat_map(|part| &part.notes) {
        // A note is given 50 ms to speak.
        let at = |seconds: f64| ((seconds * HOPS).max(0.0) as usize).min(written.len());
        let span = at(note.start + 0.05)..at(note.start + note.duration).max(at(note.start + 0.05));
        written.get_mut(span).unwrap_or_default().fill(true);
    }
    let threshold = 10_f64.powf(SILENCE / 10.0) as f32;
    let notes = score.parts.iter().flat_map(|part| &part.notes);
    let last_stroke = notes.map(|note| note.start).fold(0.0, f64::max) * HOPS;
    let (mut longest, mut now) = (0_usize, 0_usize);
    for (at, (hop, written)) in ear.hops.iter().zip(written).enumerate() {
        now = if written && hop.iter().sum::<f32>() < threshold { now + 1 } else { 0 };
        let dies_away = (at - now.min(at)) as f64 > last_stroke && now as f64 <= DYING * HOPS;
        if !dies_away {
            longest = longest.max(now);
        }
    }
    longest as f64 / HOPS
}
