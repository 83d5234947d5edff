//! Finished frames → files. Every writer streams: `new`, `push` as often as needed, `finish`.

mod aac;
pub mod adts;
mod boxes;
pub mod flac;
pub mod m4a;
pub mod tags;
pub mod wav;

use super::dsp::noise::Noise;
use super::{Frame, SoundError};

pub use adts::AdtsWriter;
pub use flac::FlacWriter;
pub use m4a::M4aWriter;
pub use tags::{Tags, tag};
pub use wav::WavWriter;

/// Rounds frames to whole numbers of some bits; below 24 bits with triangular dither of one step, so that fades end in
/// hiss and not in grit.
struct Quantizer {
    highest: f32,
    dither: Option<Noise>,
}

impl Quantizer {
    fn new(bits: u16) -> Self {
        let highest = (1_u32 << (bits - 1)) as f32;
        Self { highest, dither: (bits < 24).then(|| Noise::new(16)) }
    }

    fn round(&mut self, frame: Frame) -> [i32; 2] {
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

fn failed(format: &'static str, reason: impl ToString) -> SoundError {
    SoundError::Encode { format, reason: reason.to_string() }
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
