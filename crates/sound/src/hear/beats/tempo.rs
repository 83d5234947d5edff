//! The tempo as it goes along: how well each tempo explains the onsets around each moment, and the smoothest way through
//! (a tempogram and a Viterbi path, after Grosche and Müller, "Extracting predominant local pulse information", 2011).

use super::onsets::MOMENTS;

/// Tempos that are looked at, in beats a minute.
pub const TEMPOS: (f64, f64) = (38.0, 250.0);
/// Tempos in an octave.
const STEPS: f64 = 48.0;
/// Where people tap most gladly, in beats a minute, and how far from it in octaves (after van Noorden and Moelants,
/// "Resonance in the perception of musical pulse", 1999).
pub const USUAL: f64 = 112.0;
const WIDTH: f64 = 0.85;
/// Moments of a window, and between two.
const WINDOW: usize = 1000;
const STRIDE: usize = 100;
/// What a change by one step costs, and how many steps a change may take.
const BEND: f32 = 0.018;
const REACH: usize = 3;

/// Length of a beat in moments, a value for each stride of the song.
#[derive(Debug, Clone)]
pub struct Pace {
    periods: Vec<f64>,
}

impl Pace {
    /// The length of a beat around a moment, in moments.
    pub fn at(&self, moment: f64) -> f64 {
        let place = (moment / STRIDE as f64).max(0.0);
        let from = place.floor();
        let one = |number: usize| self.periods.get(number.min(self.periods.len().saturating_sub(1))).copied();
        let (left, right) = (one(from as usize).unwrap_or(50.0), one(from as usize + 1).unwrap_or(50.0));
        left + (right - left) * (place - from)
    }

    /// The same with beats `factor` times as long.
    pub fn times(&self, factor: f64) -> Self {
        Self { periods: self.periods.iter().map(|period| period * factor).collect() }
    }

    /// The middle one of all periods, in moments.
    pub fn usual(&self) -> f64 {
        let mut sorted = self.periods.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(50.0)
    }

    /// Whether all of it can be tapped.
    pub fn can_be_tapped(&self) -> bool {
        let bpm = MOMENTS * 60.0 / self.usual();
        (TEMPOS.0..=TEMPOS.1).contains(&bpm)
    }
}

fn bpm_of(step: usize) -> f64 {
    TEMPOS.0 * 2_f64.powf(step as f64 / STEPS)
}

/// How likely a tempo is before anything is heard, 0 to 1.
pub fn likely(bpm: f64) -> f64 {
    (-0.5 * ((bpm / USUAL).log2() / WIDTH).powi(2)).exp()
}

/// The way of the tempo through a song.
pub fn follow(curve: &[f32]) -> Pace {
    let steps = (STEPS * (TEMPOS.1 / TEMPOS.0).log2()) as usize + 1;
    let windows = curve.len().div_ceil(STRIDE).max(1);
    let mut costs: Vec<f32> = vec![0.0; steps];
    let mut ways: Vec<Vec<usize>> = Vec::with_capacity(windows);
    for window in 0..windows {
        let middle = window * STRIDE;
        let from = middle.saturating_sub(WINDOW / 2).min(curve.len().saturating_sub(WINDOW));
        let part = curve.get(from..(from + WINDOW).min(curve.len())).unwrap_or_default();
        let likelihood = explain(part, steps);
        let mut next = Vec::with_capacity(steps);
        let mut way = Vec::with_capacity(steps);
        for (step, here) in likelihood.iter().enumerate() {
            let reachable = step.saturating_sub(REACH)..(step + REACH + 1).min(steps);
            let best = reachable
                .map(|before| {
                    let bend = BEND * (before.abs_diff(step) as f32).powi(2);
                    (costs.get(before).copied().unwrap_or(0.0) - bend, before)
                })
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .unwrap_or((0.0, step));
            next.push(best.0 + here);
            way.push(best.1);
        }
        costs = next;
        ways.push(way);
    }
    let mut step = costs.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(step, _)| step);
    let mut periods = Vec::with_capacity(windows);
    for way in ways.iter().rev() {
        periods.push(MOMENTS * 60.0 / bpm_of(step));
        step = way.get(step).copied().unwrap_or(step);
    }
    periods.reverse();
    Pace { periods }
}

/// How well each tempo explains a stretch: the likeness of the onsets with themselves one, two, three and four beats
/// later, weighed by how gladly people tap it. The best has one.
fn explain(part: &[f32], steps: usize) -> Vec<f32> {
    let longest = (4.1 * MOMENTS * 60.0 / TEMPOS.0) as usize;
    let likeness = autocorrelation(part, longest.min(part.len()));
    let near = |lag: f64| {
        let (from, share) = (lag.floor() as usize, lag.fract() as f32);
        let one = |at: usize| likeness.get(at).copied().unwrap_or(0.0);
        one(from) * (1.0 - share) + one(from + 1) * share
    };
    let mut all: Vec<f32> = (0..steps)
        .map(|step| {
            let period = MOMENTS * 60.0 / bpm_of(step);
            let sum: f32 =
                [1.0, 2.0, 3.0, 4.0].iter().zip([1.0, 0.8, 0.4, 0.6]).map(|(n, w)| near(period * n) * w).sum();
            sum.max(0.0) * likely(bpm_of(step)) as f32
        })
        .collect();
    let most = all.iter().fold(0.0_f32, |most, value| most.max(*value));
    if most > 1e-9 {
        all.iter_mut().for_each(|value| *value /= most);
    }
    all
}

/// The likeness of a curve with itself `lag` later, in parts of its power, for every lag below `lags`.
fn autocorrelation(part: &[f32], lags: usize) -> Vec<f32> {
    let mean = part.iter().sum::<f32>() / part.len().max(1) as f32;
    let centred: Vec<f32> = part.iter().map(|value| value - mean).collect();
    let power: f32 = centred.iter().map(|value| value * value).sum::<f32>().max(1e-9);
    (0..lags)
        .map(|lag| {
            let later = centred.get(lag..).unwrap_or_default();
            let sum: f32 = centred.iter().zip(later).map(|(now, then)| now * then).sum();
            // Fewer pairs at longer lags must not count against slow tempos.
            sum / power * part.len() as f32 / later.len().max(1) as f32
        })
        .collect()
}
