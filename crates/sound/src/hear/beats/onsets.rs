//! What begins when: how much the spectrum grows from moment to moment, all of it and its low end alone, and which pitch
//! classes sound. Growth is measured against the loudest neighbour a moment before, so that vibrato is no onset
//! (Böck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013).

use super::super::spectra::Spectra;
use crate::{PcmSource, RATE, SoundError};

/// Moments a second.
pub const MOMENTS: f64 = 100.0;
/// Samples between moments, and of the window around each.
const HOP: usize = RATE as usize / MOMENTS as usize;
const WINDOW: usize = 2048;
/// Bands of the spectrum, evenly spaced in mel between these frequencies.
const BANDS: usize = 36;
const RANGE_HZ: (f32, f32) = (35.0, 15_000.0);
/// Bands below this are where kick and bass lie.
const LOW_HZ: f32 = 160.0;
/// Bands above this are where cymbals and hats lie.
const BRIGHT_HZ: f32 = 6_000.0;
/// Range in which chords are heard.
const PITCH_HZ: (f32, f32) = (180.0, 2_000.0);
/// Moments that growth is measured over.
const LAG: usize = 2;
/// Longest song that is listened to, in moments: half an hour.
const LONGEST: usize = 180_000;
/// Moments to either side that a level is compared with.
const AROUND: usize = 60;

/// What begins when, a value a moment. The growth curves have a spread of one.
#[derive(Debug, Default)]
pub struct Onsets {
    /// All of the spectrum.
    pub all: Vec<f32>,
    /// Kick and bass.
    pub low: Vec<f32>,
    /// The same by amplitude, so that a kick stands above a bass.
    pub kick: Vec<f32>,
    /// Cymbals and hats.
    pub bright: Vec<f32>,
    /// Strength of the twelve pitch classes.
    pub chroma: Vec<[f32; 12]>,
    /// Loudness of the moment, for telling silence.
    pub level: Vec<f32>,
}

/// Which band or pitch class the bins of a spectrum belong to.
struct Layout {
    bands: Vec<Option<usize>>,
    pitches: Vec<Option<usize>>,
    low: usize,
    bright: usize,
}

impl Layout {
    fn new() -> Self {
        let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
        let (from, to) = (mel(RANGE_HZ.0), mel(RANGE_HZ.1));
        let hz = |bin: usize| bin as f32 * RATE as f32 / WINDOW as f32;
        let band = |at: f32| ((mel(at) - from) / (to - from) * BANDS as f32) as usize;
        let bins = 0..=WINDOW / 2;
        let bands = bins
            .clone()
            .map(|bin| (hz(bin) >= RANGE_HZ.0 && hz(bin) < RANGE_HZ.1).then(|| band(hz(bin)).min(BANDS - 1)))
            .collect();
        let pitches = bins
            .map(|bin| {
                let at = hz(bin);
                let inside = at >= PITCH_HZ.0 && at < PITCH_HZ.1;
                inside.then(|| ((12.0 * (at / 440.0).log2()).round() as i32 + 120).rem_euclid(12) as usize)
            })
            .collect();
        Self { bands, pitches, low: band(LOW_HZ).max(1), bright: band(BRIGHT_HZ) }
    }
}

impl Onsets {
    /// Listens to a song.
    pub fn hear(source: &mut dyn PcmSource) -> Result<Self, SoundError> {
        let layout = Layout::new();
        let mut spectra = Spectra::new(WINDOW, HOP);
        let mut frames: Vec<[f32; BANDS]> = Vec::new();
        let mut heard = Self::default();
        while heard.level.len() < LONGEST {
            let Some(magnitudes) = spectra.next(source)? else { break };
            let (mut bands, mut chroma, mut level) = ([0.0_f32; BANDS], [0.0_f32; 12], 0.0_f32);
            for ((magnitude, band), pitch) in magnitudes.iter().zip(&layout.bands).zip(&layout.pitches) {
                level += magnitude * magnitude;
                if let Some(sum) = band.and_then(|band| bands.get_mut(band)) {
                    *sum += magnitude;
                }
                if let Some(sum) = pitch.and_then(|pitch| chroma.get_mut(pitch)) {
                    *sum += magnitude;
                }
            }
            frames.push(bands);
            heard.chroma.push(chroma);
            heard.level.push(level.sqrt());
        }
        heard.grow(&frames, &layout);
        Ok(heard)
    }

    fn grow(&mut self, frames: &[[f32; BANDS]], layout: &Layout) {
        let sum: f64 = frames.iter().flatten().map(|level| f64::from(*level)).sum();
        let mean = (sum / (frames.len() * BANDS).max(1) as f64).max(1e-9) as f32;
        let depth: Vec<f32> = frames.iter().map(|frame| frame.iter().take(layout.low).sum()).collect();
        let ears = |band: &f32| (1.0 + 10.0 * band / mean).ln();
        let frames: Vec<[f32; BANDS]> = frames.iter().map(|frame| frame.each_ref().map(ears)).collect();
        let silent = [0.0_f32; BANDS];
        for (number, now) in frames.iter().enumerate() {
            let before = number.checked_sub(LAG).and_then(|at| frames.get(at)).unwrap_or(&silent);
            let (mut all, mut below, mut above) = (0.0, 0.0, 0.0);
            for (band, level) in now.iter().enumerate() {
                let loudest = before
                    .get(band.saturating_sub(1)..(band + 2).min(BANDS))
                    .unwrap_or_default()
                    .iter()
                    .fold(0.0_f32, |most, level| most.max(*level));
                let growth = (level - loudest).max(0.0);
                all += growth;
                if band < layout.low {
                    below += growth;
                } else if band >= layout.bright {
                    above += growth;
                }
            }
            self.all.push(all);
            self.low.push(below);
            self.bright.push(above);
            let deep = |at: Option<usize>| at.and_then(|at| depth.get(at)).copied().unwrap_or(0.0);
            self.kick.push((deep(Some(number)) - deep(number.checked_sub(LAG))).max(0.0));
        }
        for curve in [&mut self.all, &mut self.low, &mut self.bright, &mut self.kick] {
            settle(curve);
        }
    }

    /// How much the chord differs between the stretches `before..at` and `at..after`, 0 to 1.
    pub fn chord_change(&self, before: f64, at: f64, after: f64) -> f32 {
        let mean = |from: f64, to: f64| {
            let (from, to) = (from.max(0.0) as usize, to.max(0.0) as usize);
            let stretch = self.chroma.get(from..to.min(self.chroma.len())).unwrap_or_default();
            let mut sum = [0.0_f32; 12];
            for chroma in stretch {
                sum.iter_mut().zip(chroma).for_each(|(sum, level)| *sum += level);
            }
            sum
        };
        // The attack itself is noise; what sounds just after it is the chord.
        let (old, new) = (mean(before, at - 2.0), mean(at + 3.0, after));
        let dot: f32 = old.iter().zip(&new).map(|(a, b)| a * b).sum();
        let norm = |chroma: &[f32; 12]| chroma.iter().map(|level| level * level).sum::<f32>().sqrt();
        let length = norm(&old) * norm(&new);
        if length > 1e-12 { (1.0 - dot / length).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// Takes the level of the surroundings off and brings the spread to one.
fn settle(curve: &mut [f32]) {
    let mut sums = vec![0.0_f64];
    for value in curve.iter() {
        sums.push(sums.last().copied().unwrap_or(0.0) + f64::from(*value));
    }
    let length = curve.len();
    for (number, value) in curve.iter_mut().enumerate() {
        let (from, to) = (number.saturating_sub(AROUND), (number + AROUND + 1).min(length));
        let sum = sums.get(to).copied().unwrap_or(0.0) - sums.get(from).copied().unwrap_or(0.0);
        *value = (*value - (sum / (to - from).max(1) as f64) as f32).max(0.0);
    }
    let power: f64 = curve.iter().map(|value| f64::from(*value).powi(2)).sum();
    let spread = (power / length.max(1) as f64).sqrt() as f32;
    if spread > 1e-6 {
        curve.iter_mut().for_each(|value| *value = (*value / spread).min(6.0));
    }
}
