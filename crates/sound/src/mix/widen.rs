//! Width: short, slowly moving delays that enter the two sides with opposite signs, so that folding to mono takes them out
//! again and nothing else; and the natural sides of a recording, made stronger or weaker.

use crate::dsp::delay::Delay;
use crate::dsp::lfo::Lfo;
use crate::dsp::noise::hash;
use crate::dsp::{BLOCK, flush};
use crate::{Frame, RATE};

/// One part's width.
pub struct Widen {
    /// Level of the doubles.
    double: f32,
    /// Factor of the natural sides.
    sides: f32,
    delay: Delay,
    taps: [(f32, f32, Lfo); 2],
    high_pass: f32,
    low: f32,
}

impl Widen {
    /// Doubling and natural width, both from 0 (little) over 1 (as recorded) upwards; `seed` sets the delays apart from those
    /// of other parts.
    pub fn new(double: f32, sides: f32, seed: u64, period: Option<f64>) -> Self {
        let dice = |salt: u64| (hash(seed ^ salt) >> 40) as f32 / 16_777_216.0;
        let ms = RATE as f32 / 1000.0;
        let first = (8.0 + 4.0 * dice(1)) * ms;
        let second = (14.0 + 6.0 * dice(2)) * ms;
        Self {
            double: (double * 0.75).clamp(0.0, 1.5),
            sides: (0.45 + 0.55 * sides).clamp(0.3, 2.4),
            delay: Delay::new((30.0 * ms) as usize),
            taps: [
                (first, 0.9 * ms, Lfo::new(0.31, f64::from(dice(3)), period)),
                (second, 1.3 * ms, Lfo::new(0.43, f64::from(dice(4)), period)),
            ],
            // One pole at 180 Hz keeps the lows of the doubles out.
            high_pass: 1.0 - (-std::f32::consts::TAU * 180.0 / RATE as f32).exp(),
            low: 0.0,
        }
    }

    /// Widens `block`, which starts at `seconds`.
    pub fn process(&mut self, block: &mut [Frame; BLOCK], seconds: f64) {
        let mut sides = [0.0; BLOCK];
        if self.double > 0.0 {
            self.doubles(block, seconds, &mut sides);
        }
        for (frame, side) in block.iter_mut().zip(&sides) {
            let mid = 0.5 * (frame[0] + frame[1]);
            let side = side + 0.5 * (frame[0] - frame[1]) * self.sides;
            *frame = [mid + side, mid - side];
        }
    }

    fn doubles(&mut self, block: &[Frame; BLOCK], seconds: f64, sides: &mut [f32; BLOCK]) {
        for (mid, frame) in sides.iter_mut().zip(block) {
            *mid = 0.5 * (frame[0] + frame[1]);
        }
        self.delay.write(sides);
        let end = seconds + BLOCK as f64 / f64::from(RATE);
        let [first, second] = self.taps.each_ref().map(|(base, depth, lfo)| {
            let (from, to) = (base + depth * lfo.at(seconds), base + depth * lfo.at(end));
            self.delay.glide::<BLOCK>(from, (to - from) / BLOCK as f32)
        });
        let keep = 1.0 - self.high_pass;
        for ((side, first), second) in sides.iter_mut().zip(&first).zip(&second) {
            let doubled = first - second;
            self.low = keep * self.low + self.high_pass * doubled;
            *side = self.double * 0.5 * (doubled - self.low);
        }
        self.low = flush(self.low);
    }
}
