//! Frames as whole numbers of some bits.

use crate::Frame;
use crate::dsp::noise::Noise;

/// Rounds frames to whole numbers of some bits; below 24 bits with triangular dither of one step, so that fades end in
/// hiss and not in grit.
pub struct Quantizer {
    highest: f32,
    dither: Option<Noise>,
}

impl Quantizer {
    pub fn new(bits: u16) -> Self {
        let highest = (1_u32 << (bits - 1)) as f32;
        Self { highest, dither: (bits < 24).then(|| Noise::new(16)) }
    }

    pub fn round(&mut self, frame: Frame) -> [i32; 2] {
        // Digital silence stays silent.
        let silent = frame == [0.0; 2];
        frame.map(|value| {
            let noise = match &mut self.dither {
                Some(dither) if !silent => 0.5 * (dither.next() + dither.next()),
                _ => 0.0,
            };
            let value = (value * self.highest + noise).clamp(-self.highest, self.highest - 1.0);
            // Casting cuts off what is behind the point, and a NaN becomes 0.
            (value + 0.5_f32.copysign(value)) as i32
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_saturates_and_leaves_silence_alone() {
        let mut sixteen = Quantizer::new(16);
        assert_eq!(sixteen.round([0.0, 0.0]), [0, 0]);
        assert_eq!(sixteen.round([4.0, -4.0]), [32_767, -32_768]);
        assert_eq!(Quantizer::new(24).round([f32::NAN, 0.5]), [0, 1 << 22]);
    }
}
