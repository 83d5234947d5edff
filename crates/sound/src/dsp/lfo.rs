//! Slow oscillation that knows the time: the same moment of a piece always gives the same value, and where a piece is
//! a loop the cycle closes with it.

use std::f64::consts::TAU;

/// A slow sine.
#[derive(Debug, Clone, Copy)]
pub struct Lfo {
    hz: f64,
    phase: f64,
}

impl Lfo {
    /// A sine of about `hz`, starting at `phase` (0 to 1). Within a loop of `period` seconds it makes a whole number of
    /// turns.
    pub fn new(hz: f64, phase: f64, period: Option<f64>) -> Self {
        let hz = match period {
            Some(period) => (hz * period).round().max(1.0) / period,
            None => hz,
        };
        Self { hz, phase }
    }

    /// Its value at `seconds`, -1 to 1.
    pub fn at(&self, seconds: f64) -> f32 {
        (TAU * (self.hz * seconds + self.phase).rem_euclid(1.0)).sin() as f32
    }
}
