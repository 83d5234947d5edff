//! Level over time: a straight attack, exponential decay and release, as analogue circuits shape them.

use crate::studio::sound::RATE;
use crate::studio::sound::bank::voices::Envelope;

/// A level that moves.
#[derive(Debug, Clone)]
pub struct Level {
    value: f32,
    target: f32,
    rate: f32,
    step: f32,
    attacking: bool,
    released: bool,
    shape: Envelope,
}

/// The share of the way that an exponential goes each frame to come within 5% in `seconds`.
pub fn rate(seconds: f32) -> f32 {
    1.0 - (-3.0 / (seconds.max(0.001) * RATE as f32)).exp()
}

impl Level {
    /// A level at rest that starts to rise.
    pub fn new(shape: Envelope) -> Self {
        Self {
            value: 0.0,
            target: shape.sustain,
            rate: rate(shape.decay),
            step: 1.0 / (shape.attack.max(0.0015) * RATE as f32),
            attacking: true,
            released: false,
            shape,
        }
    }

    /// Lets go.
    pub fn release(&mut self) {
        if !self.released {
            self.released = true;
            self.attacking = false;
            self.target = 0.0;
            self.rate = rate(self.shape.release);
        }
    }

    /// The next value.
    #[inline]
    pub fn next(&mut self) -> f32 {
        if self.attacking {
            self.value += self.step;
            if self.value >= 1.0 {
                self.value = 1.0;
                self.attacking = false;
            }
        } else {
            self.value += (self.target - self.value) * self.rate;
        }
        self.value
    }

    /// Whether it has died away (-86 dB).
    pub fn is_over(&self) -> bool {
        !self.attacking && self.target <= 0.0 && self.value < 5e-5
    }
}
