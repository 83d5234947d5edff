//! Compression that listens to a sum and turns one gain for all of it. It has no absolute threshold: what sticks out of
//! the last seconds is drawn in, so quiet pieces are glued like loud ones.

use crate::{Frame, RATE};

/// Frames between two looks at the level.
const STEP: usize = 32;

/// A compressor.
#[derive(Debug, Clone)]
pub struct Glue {
    /// Share of what sticks out that is taken away.
    slope: f32,
    attack: f32,
    release: f32,
    average: f32,
    fast: f32,
    slow: f32,
    reduction_db: f32,
    gain: f32,
}

fn coefficient(seconds: f32) -> f32 {
    1.0 - (-(STEP as f32) / (seconds * RATE as f32)).exp()
}

impl Glue {
    /// A compressor of strength `amount` (0 to 1), with times in seconds.
    pub fn new(amount: f32, attack: f32, release: f32) -> Self {
        Self {
            slope: 0.75 * amount.clamp(0.0, 1.0),
            attack: coefficient(attack),
            release: coefficient(release),
            average: coefficient(2.5),
            fast: 0.0,
            slow: 0.0,
            reduction_db: 0.0,
            gain: 1.0,
        }
    }

    /// The gains for each frame of `sum`.
    pub fn gains(&mut self, sum: &[Frame], out: &mut [f32]) {
        if self.slope <= 0.0 {
            out.fill(1.0);
            return;
        }
        let look = coefficient(0.008);
        for (piece, gains) in sum.chunks(STEP).zip(out.chunks_mut(STEP)) {
            let power = piece.iter().map(|frame| frame[0] * frame[0] + frame[1] * frame[1]).sum::<f32>() / STEP as f32;
            self.fast += (power - self.fast) * look;
            // The average follows music, not rests.
            if power > self.slow * 0.01 {
                let pace = if self.slow < 1e-9 { 0.2 } else { self.average };
                self.slow += (power - self.slow) * pace;
            }
            let over = 10.0 * ((self.fast + 1e-9) / (self.slow + 1e-9)).log10() - 1.5;
            // A soft knee of 6 dB.
            let over = if over <= -3.0 {
                0.0
            } else if over < 3.0 {
                (over + 3.0).powi(2) / 12.0
            } else {
                over
            };
            let wanted = over * self.slope;
            let pace = if wanted > self.reduction_db { self.attack } else { self.release };
            self.reduction_db += (wanted - self.reduction_db) * pace;
            let target = crate::dsp::db(-self.reduction_db);
            let step = (target - self.gain) / gains.len().max(1) as f32;
            for gain in gains {
                self.gain += step;
                *gain = self.gain;
            }
        }
    }
}
