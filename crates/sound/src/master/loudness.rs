//! The readings of the first pass, and the gain that follows from them. Loudness is that of ITU-R BS.1770-4: K-weighted
//! power in blocks of 400 ms every 100 ms, gated at -70 LUFS and at 10 LU below what is left.

use super::limiter::{AHEAD, RELEASE};
use super::peak::TruePeak;
use crate::dsp::db;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::{Frame, RATE};

/// Frames for each reading; 150 readings are 100 ms.
const HOP: usize = 32;
const TENTH: usize = RATE as usize / 10 / HOP;

/// One reading in 32 frames.
pub struct Readings {
    detector: TruePeak,
    weighting: [Biquad; 2],
    weighted: Vec<Frame>,
    peaks: Vec<f32>,
    powers: Vec<f32>,
    count: usize,
    peak: f32,
    power: f32,
}

impl Readings {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self {
            detector: TruePeak::new(),
            weighting: weighting(),
            weighted: Vec::new(),
            peaks: Vec::new(),
            powers: Vec::new(),
            count: 0,
            peak: 0.0,
            power: 0.0,
        }
    }

    /// Reads `frames`.
    pub fn push(&mut self, frames: &[Frame]) {
        self.weighted.clear();
        self.weighted.extend_from_slice(frames);
        Biquad::chain(&mut self.weighting, &mut self.weighted);
        let peaks = self.detector.process(frames, 0.0);
        for ([left, right], peak) in self.weighted.iter().zip(peaks) {
            self.peak = self.peak.max(*peak);
            self.power += left * left + right * right;
            self.count += 1;
            if self.count == HOP {
                self.peaks.push(self.peak);
                self.powers.push(self.power);
                (self.count, self.peak, self.power) = (0, 0.0, 0.0);
            }
        }
    }

    /// Reads what is left of the last hop.
    pub fn close(&mut self) {
        if self.count > 0 {
            self.peaks.push(self.peak);
            self.powers.push(self.power);
            self.count = 0;
        }
    }

    /// The factor with which the limiter gives `lufs`: the limiter is played through on the readings, and the gain
    /// corrected by what is missing, until it fits.
    pub fn gain_for(&self, lufs: f64, ceiling_db: f32, (lowest, highest): (f64, f64)) -> f32 {
        let Some(plain) = self.loudness(1.0, f32::INFINITY) else { return 1.0 };
        let mut gain_db = (lufs - plain).clamp(lowest, highest);
        for _ in 0..12 {
            let Some(now) = self.loudness(db(gain_db as f32), db(ceiling_db)) else { break };
            let missing = lufs - now;
            gain_db = (gain_db + 1.15 * missing).clamp(lowest, highest);
            if missing.abs() < 0.01 {
                break;
            }
        }
        db(gain_db as f32)
    }

    /// The integrated loudness behind `gain` and a limiter at `ceiling`; none of silence.
    fn loudness(&self, gain: f32, ceiling: f32) -> Option<f64> {
        let ahead = AHEAD.div_ceil(HOP);
        let back = 1.0 - (-(HOP as f32) / (RELEASE * RATE as f32)).exp();
        let mut held = 1.0_f32;
        let mut tenths = Vec::with_capacity(self.powers.len() / TENTH + 1);
        let (mut sum, mut count) = (0.0_f64, 0);
        let mut before = 1.0_f32;
        for (number, power) in self.powers.iter().enumerate() {
            let soon = self.peaks.get(number..(number + ahead).min(self.peaks.len())).unwrap_or_default();
            let peak = soon.iter().fold(0.0_f32, |highest, peak| highest.max(*peak));
            let wanted = (ceiling / (peak * gain).max(1e-9)).min(1.0);
            held = if wanted < held { wanted } else { held + (wanted - held) * back };
            let mean = 0.5 * (held + before);
            before = held;
            sum += f64::from(power * mean * mean);
            count += 1;
            if count == TENTH {
                tenths.push(sum);
                (sum, count) = (0.0, 0);
            }
        }
        let factor = f64::from(gain) * f64::from(gain) / (4.0 * (TENTH * HOP) as f64);
        let blocks: Vec<f64> = tenths.windows(4).map(|four| four.iter().sum::<f64>() * factor).collect();
        if blocks.is_empty() {
            // Shorter than a block: its plain power.
            let total: f64 = self.powers.iter().map(|power| f64::from(*power)).sum();
            let mean = total * f64::from(gain) * f64::from(gain) / (self.powers.len().max(1) * HOP) as f64;
            return (mean > 1e-10).then(|| level(mean));
        }
        let gated = |threshold: f64| {
            let (sum, count) = blocks
                .iter()
                .filter(|power| **power > threshold)
                .fold((0.0, 0_usize), |(sum, count), power| (sum + power, count + 1));
            (count > 0).then(|| sum / count as f64)
        };
        let absolute = gated(10_f64.powf((-70.0 + 0.691) / 10.0))?;
        gated(absolute / 10.0).map(level)
    }
}

fn level(power: f64) -> f64 {
    -0.691 + 10.0 * power.log10()
}

/// K-weighting at 48 kHz, coefficients from BS.1770-4, tables 1 and 2.
fn weighting() -> [Biquad; 2] {
    let shelf = (
        [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        [1.0, -1.690_659_293_182_41, 0.732_480_774_215_85],
    );
    let pass = ([1.0, -2.0, 1.0], [1.0, -1.990_047_454_833_98, 0.990_072_250_366_21]);
    [shelf, pass].map(|(b, a)| Biquad::new(Coefficients::new(b, a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_tone_on_one_side_reads_minus_three() {
        // The standard's own check: 997 Hz at 0 dBFS in one channel is -3.01 LUFS.
        let mut readings = Readings::new();
        let frames: Vec<Frame> = (0..RATE * 3)
            .map(|at| [(std::f32::consts::TAU * 997.0 * (at % 48_000) as f32 / 48_000.0).sin(), 0.0])
            .collect();
        readings.push(&frames);
        readings.close();
        let lufs = readings.loudness(1.0, f32::INFINITY).expect("not silent");
        assert!((lufs + 3.01).abs() < 0.05, "{lufs}");
    }

    #[test]
    fn silence_gets_no_gain() {
        let mut readings = Readings::new();
        readings.push(&vec![[0.0; 2]; 96_000]);
        assert_eq!(readings.gain_for(-14.0, -1.0, (-60.0, 40.0)), 1.0);
    }
}
