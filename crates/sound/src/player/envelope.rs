//! Level over time: a straight attack, exponential decay and release, as analogue circuits shape them.

use crate::RATE;
use crate::bank::voices::Envelope;
use crate::dsp::wave::ROW;

/// A level that moves.
#[derive(Debug, Clone)]
pub struct Level {
    value: f32,
    target: f32,
    /// What is left of the way to the target after each frame of a row.
    left: [f32; ROW],
    step: f32,
    attacking: bool,
    released: bool,
    shape: Envelope,
}

/// The share of the way that an exponential goes each frame to come within 5% in `seconds`.
pub fn rate(seconds: f32) -> f32 {
    1.0 - (-3.0 / (seconds.max(0.001) * RATE as f32)).exp()
}

/// The powers by which a way is shortened that is gone within `seconds`.
fn left(seconds: f32) -> [f32; ROW] {
    let keep = 1.0 - rate(seconds);
    let mut left = 1.0;
    std::array::from_fn(|_| {
        left *= keep;
        left
    })
}

impl Level {
    /// A level at rest that starts to rise.
    pub fn new(shape: Envelope) -> Self {
        Self {
            value: 0.0,
            target: shape.sustain,
            left: left(shape.decay),
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
            self.left = left(self.shape.release);
        }
    }

    /// The next value.
    #[inline]
    pub fn next(&mut self) -> f32 {
        let mut one = [0.0];
        self.fill(&mut one);
        let [value] = one;
        value
    }

    /// Writes the next values.
    #[inline]
    pub fn fill(&mut self, out: &mut [f32]) {
        let mut rest = out.iter_mut();
        if self.attacking {
            for slot in rest.by_ref() {
                self.value += self.step;
                if self.value >= 1.0 {
                    self.value = 1.0;
                    self.attacking = false;
                }
                *slot = self.value;
                if !self.attacking {
                    break;
                }
            }
        }
        for row in rest.into_slice().chunks_mut(ROW) {
            let above = self.value - self.target;
            for (slot, left) in row.iter_mut().zip(&self.left) {
                *slot = self.target + above * left;
            }
            self.value = row.last().copied().unwrap_or(self.value);
        }
    }

    /// Whether it has died away (-74 dB).
    pub fn is_over(&self) -> bool {
        !self.attacking && self.target <= 0.0 && self.value < 2e-4
    }
}
