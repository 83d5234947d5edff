//! What tells speech from music and noise, for each tenth of a second, within the band of a telephone: syllables come four
//! a second (Scheirer and Slaney, "Construction and evaluation of a robust multifeature speech/music discriminator",
//! 1997), the pitch glides where notes stand, and partials move.

use std::collections::VecDeque;
use std::sync::LazyLock;

use super::super::spectra::Spectra;
use crate::{PcmSource, RATE, SoundError};

/// Samples between moments, and of the window around each.
const HOP: usize = 480;
const WINDOW: usize = 2048;
/// Moments a second.
const MOMENTS: f32 = RATE as f32 / HOP as f32;
/// Moments between two descriptions, and moments that each takes in.
pub const STRIDE: usize = 10;
const SPAN: usize = 120;
/// Bands between the edges of a telephone line, which is all that may be counted on.
const BANDS: usize = 12;
const RANGE_HZ: (f32, f32) = (300.0, 3_400.0);
/// Pitches that voices have, in Hz, and steps in an octave.
const PITCHES: (f32, f32) = (75.0, 420.0);
const PITCH_STEPS: f32 = 36.0;
/// Things that are told.
pub const TRAITS: usize = 18;

/// One moment.
#[derive(Debug, Clone, Copy, Default)]
struct Moment {
    /// Level of the bands, in nepers.
    bands: [f32; BANDS],
    /// Level of all of them, in nepers.
    level: f32,
    /// Pitch in octaves, and how clearly it is one: 0 to 1.
    pitch: f32,
    clear: f32,
    /// How alike the fine spectrum is to that of 40 ms ago, 0 to 1.
    alike: f32,
    /// Evenness of the spectrum, 0 (one tone) to 1 (noise).
    flat: f32,
}

/// A window of 1.2 s around each tenth of a second.
#[derive(Debug, Clone, Copy)]
pub struct SpeechWindow {
    /// What is told.
    pub traits: [f32; TRAITS],
    /// Level in the middle, in nepers.
    pub level: f32,
}

struct Listener {
    bins: std::ops::Range<usize>,
    bands: Vec<usize>,
    /// For each pitch, the bins of its partials and those halfway between.
    combs: Vec<(f32, Vec<(usize, usize)>)>,
    past: VecDeque<Vec<f32>>,
}

impl Listener {
    fn new() -> Self {
        let hz = RATE as f32 / WINDOW as f32;
        let bins = (RANGE_HZ.0 / hz) as usize..(RANGE_HZ.1 / hz) as usize + 1;
        let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
        let (from, to) = (mel(RANGE_HZ.0), mel(RANGE_HZ.1));
        let band = |bin: usize| ((mel(bin as f32 * hz) - from) / (to - from) * BANDS as f32).max(0.0) as usize;
        let bands = bins.clone().map(|bin| band(bin).min(BANDS - 1)).collect();
        let count = (PITCH_STEPS * (PITCHES.1 / PITCHES.0).log2()) as usize;
        let combs = (0..count)
            .map(|step| {
                let octave = step as f32 / PITCH_STEPS;
                let pitch = PITCHES.0 * 2_f32.powf(octave);
                let teeth = (1..40)
                    .map(|number| number as f32 * pitch)
                    .filter(|at| *at > 280.0 && *at < 2_500.0)
                    .map(|at| ((at / hz).round() as usize, ((at - 0.5 * pitch) / hz).round() as usize))
                    .collect();
                (octave, teeth)
            })
            .collect();
        Self { bins, bands, combs, past: VecDeque::new() }
    }

    fn moment(&mut self, magnitudes: &[f32]) -> Moment {
        let part = magnitudes.get(self.bins.clone()).unwrap_or_default();
        let mut moment = Moment::default();
        let (mut sum, mut logs) = (1e-12_f32, 0.0_f32);
        for (magnitude, band) in part.iter().zip(&self.bands) {
            let power = magnitude * magnitude;
            if let Some(level) = moment.bands.get_mut(*band) {
                *level += power;
            }
            sum += power;
            logs += (power + 1e-12).ln();
        }
        moment.bands.iter_mut().for_each(|level| *level = 0.5 * (*level + 1e-10).ln());
        moment.level = 0.5 * (sum + 1e-10).ln();
        let count = part.len().max(1) as f32;
        moment.flat = ((logs / count).exp() / (sum / count)).clamp(0.0, 1.0);
        // Roots weigh partials alike, whether loud or soft.
        let roots: Vec<f32> = magnitudes.iter().take(self.bins.end).map(|magnitude| magnitude.sqrt()).collect();
        let one = |bin: usize| roots.get(bin).copied().unwrap_or(0.0);
        let mut best = (0.0_f32, 0.0_f32);
        for (octave, teeth) in &self.combs {
            let (mut on, mut off) = (0.0, 1e-6);
            for (tooth, gap) in teeth {
                on += one(*tooth);
                off += one(*gap);
            }
            let clear = (on - off) / (on + off);
            if clear > best.0 {
                best = (clear, *octave);
            }
        }
        (moment.clear, moment.pitch) = best;
        let fine: Vec<f32> = roots.get(self.bins.clone()).unwrap_or_default().to_vec();
        if self.past.len() == 4
            && let Some(before) = self.past.pop_front()
        {
            moment.alike = alike(&before, &fine);
        }
        self.past.push_back(fine);
        moment
    }
}

fn alike(one: &[f32], other: &[f32]) -> f32 {
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    let (a, b) = (mean(one), mean(other));
    let (mut product, mut left, mut right) = (0.0, 1e-12, 1e-12);
    for (x, y) in one.iter().zip(other) {
        product += (x - a) * (y - b);
        left += (x - a) * (x - a);
        right += (y - b) * (y - b);
    }
    product / (left * right).sqrt()
}

/// Listens to all of a source.
pub fn listen(source: &mut dyn PcmSource) -> Result<Vec<SpeechWindow>, SoundError> {
    let (mut spectra, mut listener) = (Spectra::new(WINDOW, HOP), Listener::new());
    let mut moments: VecDeque<Moment> = std::iter::repeat_n(silence(), SPAN / 2).collect();
    let (mut stretches, mut count, mut ahead) = (Vec::new(), 0_usize, SPAN / 2);
    loop {
        let next = match spectra.next(source)? {
            Some(magnitudes) => {
                count += 1;
                listener.moment(magnitudes)
            }
            None if ahead == 0 => break,
            None => {
                ahead -= 1;
                silence()
            }
        };
        moments.push_back(next);
        if moments.len() == SPAN {
            stretches.push(describe(moments.make_contiguous()));
            moments.drain(..STRIDE);
        }
    }
    stretches.truncate(count.div_ceil(STRIDE));
    Ok(stretches)
}

fn silence() -> Moment {
    Moment { bands: [0.5 * 1e-10_f32.ln(); BANDS], level: 0.5 * 1e-10_f32.ln(), ..Moment::default() }
}

fn describe(moments: &[Moment]) -> SpeechWindow {
    let levels: Vec<f32> = moments.iter().map(|moment| moment.level).collect();
    // What lies 35 dB below the loudest moment is silence to the ear; its depth says nothing.
    let top = levels.iter().fold(f32::MIN, |most, level| most.max(*level));
    let floor = |level: f32| level.max(top - 4.0);
    let levels: Vec<f32> = levels.into_iter().map(floor).collect();
    let loud: Vec<&Moment> = moments.iter().filter(|moment| moment.level > top - 2.0).collect();
    let (level_mean, level_spread) = mean_and_spread(levels.iter().copied());
    let curves: Vec<Vec<f32>> = (0..BANDS)
        .map(|band| {
            let curve = moments.iter().map(|moment| moment.bands.get(band).copied().unwrap_or(0.0));
            let most = curve.clone().fold(f32::MIN, f32::max);
            curve.map(|level| level.max(most - 4.0).max(top - 7.0)).collect()
        })
        .collect();
    let band_spread = mean(curves.iter().map(|curve| mean_and_spread(curve.iter().copied()).1));
    let four = mean(curves.iter().map(|curve| syllables(curve)));
    let together = mean(curves.iter().map(|curve| alike(curve, &levels)));
    let flux = |pair: &[Moment]| {
        let [one, other] = pair else { return 0.0 };
        one.bands.iter().zip(&other.bands).map(|(a, b)| (a.max(top - 7.0) - b.max(top - 7.0)).abs()).sum::<f32>()
    };
    let (flux_mean, flux_spread) = mean_and_spread(moments.windows(2).map(flux));
    let (alike_mean, alike_spread) = mean_and_spread(loud.iter().map(|moment| moment.alike));
    let (clear_mean, clear_spread) = mean_and_spread(loud.iter().map(|moment| moment.clear));
    let (flat_mean, flat_spread) = mean_and_spread(loud.iter().map(|moment| (moment.flat + 1e-4).ln()));
    let glides = glides(moments, top);
    let soft = levels.iter().filter(|level| **level < level_mean - 0.7).count() as f32 / levels.len().max(1) as f32;
    let middle = moments.get(moments.len() / 2 - STRIDE / 2..moments.len() / 2 + STRIDE / 2).unwrap_or_default();
    SpeechWindow {
        traits: [
            syllables(&levels),
            level_spread,
            soft,
            band_spread,
            four,
            together,
            flux_mean / BANDS as f32,
            flux_spread / BANDS as f32,
            alike_mean,
            alike_spread,
            clear_mean,
            clear_spread,
            flat_mean,
            flat_spread,
            glides.0,
            glides.1,
            glides.2,
            loud.len() as f32 / moments.len().max(1) as f32,
        ],
        level: middle.iter().fold(f32::MIN, |most, moment| most.max(moment.level)),
    }
}

/// Shares of the voiced moments in which the pitch glides, stands and jumps.
fn glides(moments: &[Moment], top: f32) -> (f32, f32, f32) {
    let (mut glides, mut stands, mut jumps, mut voiced) = (0.0_f32, 0.0_f32, 0.0_f32, 1.0_f32);
    for four in moments.windows(4) {
        let [from, .., to] = four else { continue };
        if from.clear.min(to.clear) < 0.25 || from.level.min(to.level) < top - 2.5 {
            continue;
        }
        let steps = ((to.pitch - from.pitch) * PITCH_STEPS).abs();
        voiced += 1.0;
        match steps {
            steps if steps < 0.5 => stands += 1.0,
            steps if steps < 5.5 => glides += 1.0,
            _ => jumps += 1.0,
        }
    }
    (glides / voiced, stands / voiced, jumps / voiced)
}

/// Sine and cosine at the rates of syllables, a second.
static TURNS: LazyLock<Vec<Vec<(f32, f32)>>> = LazyLock::new(|| {
    let turn = |hz: f32| std::f32::consts::TAU * hz / MOMENTS;
    let wave = |hz: f32| (0..SPAN).map(|at| (turn(hz) * at as f32).sin_cos()).collect();
    [2.5, 3.3, 4.2, 5.0, 5.8, 6.7, 7.5].into_iter().map(wave).collect()
});

/// Share of a curve's movement that is as fast as syllables: 2.5 to 7.5 a second.
fn syllables(curve: &[f32]) -> f32 {
    let (middle, spread) = mean_and_spread(curve.iter().copied());
    let mut share = 0.0;
    for wave in TURNS.iter() {
        let (mut re, mut im) = (0.0, 0.0);
        for (value, (sin, cos)) in curve.iter().zip(wave) {
            re += (value - middle) * cos;
            im += (value - middle) * sin;
        }
        share += re * re + im * im;
    }
    let count = curve.len().max(1) as f32;
    2.0 * share / (count * count) / (spread * spread + 0.02)
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    mean_and_spread(values).0
}

fn mean_and_spread(values: impl Iterator<Item = f32>) -> (f32, f32) {
    let (mut count, mut sum, mut squares) = (0.0_f32, 0.0_f32, 0.0_f32);
    for value in values {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    let mean = sum / count.max(1.0);
    (mean, (squares / count.max(1.0) - mean * mean).max(0.0).sqrt())
}
