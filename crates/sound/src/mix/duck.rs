//! Ducking under the kick. The score says when the kick falls, so nothing has to be detected.

use crate::RATE;

/// Seconds to go down, and the share of a beat that it stays down.
const DOWN: f64 = 0.004;
const HOLD: f64 = 0.12;

/// How far the music bows, over time.
#[derive(Debug, Clone)]
pub struct Duck {
    kicks: Vec<f64>,
    next: usize,
    beat: f64,
}

impl Duck {
    /// Bows at every one of `kicks` (seconds, in order), back up within a `beat`.
    pub fn new(kicks: Vec<f64>, beat: f64) -> Self {
        Self { kicks, next: 0, beat: beat.clamp(0.2, 1.5) }
    }

    /// Depths, 0 to 1, for the block that starts at `seconds`.
    pub fn depths(&mut self, seconds: f64, out: &mut [f32]) {
        for (number, depth) in out.iter_mut().enumerate() {
            let now = seconds + number as f64 / f64::from(RATE);
            while self.kicks.get(self.next).is_some_and(|kick| kick - DOWN <= now) {
                self.next += 1;
            }
            let Some(&kick) = self.next.checked_sub(1).and_then(|last| self.kicks.get(last)) else {
                *depth = 0.0;
                continue;
            };
            *depth = shape(now - kick, self.beat);
        }
    }
}

/// Down just before the kick, held, and up again along a cosine.
fn shape(since: f64, beat: f64) -> f32 {
    let (hold, up) = (HOLD * beat, 0.62 * beat);
    let depth = if since < 0.0 {
        1.0 + since / DOWN
    } else if since < hold {
        1.0
    } else if since < hold + up {
        0.5 + 0.5 * (std::f64::consts::PI * (since - hold) / up).cos()
    } else {
        0.0
    };
    depth as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_music_is_down_on_the_kick_and_up_before_the_next_beat() {
        assert_eq!(shape(0.0, 0.5), 1.0);
        assert!(shape(-DOWN, 0.5).abs() < 1e-6);
        assert!(shape(0.45, 0.5) < 0.05);
    }
}
