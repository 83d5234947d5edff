//! AAC-LC units out of frames, through `syom`; what they are packed in is the writers' business.

use syom::{EncodeOptions, Encoder};

use crate::{Frame, RATE, SoundError};

/// The encoder, and the units that it gave last.
pub struct Units {
    encoder: Encoder,
    planes: [Vec<f32>; 2],
    /// The units' bytes, one after the other.
    pub bytes: Vec<u8>,
    /// Size of each unit in bytes.
    pub sizes: Vec<u32>,
}

impl Units {
    /// A stereo encoder at about `bits_per_second`; 256,000 is transparent for music.
    pub fn new(bits_per_second: u32) -> Result<Self, SoundError> {
        let options = EncodeOptions::raw().with_bitrate_bps(bits_per_second.clamp(64_000, 400_000)).with_ath(true);
        let encoder = Encoder::new(RATE, 2, &options).map_err(error)?;
        Ok(Self { encoder, planes: Default::default(), bytes: Vec::new(), sizes: Vec::new() })
    }

    /// Takes `frames`; the units that they complete are in `bytes` and `sizes` until the next call.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        let [left, right] = &mut self.planes;
        left.clear();
        right.clear();
        for frame in frames {
            let [l, r] = frame.map(|value| if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 });
            left.push(l);
            right.push(r);
        }
        let Self { bytes, sizes, .. } = self;
        bytes.clear();
        sizes.clear();
        if frames.is_empty() {
            return Ok(());
        }
        self.encoder
            .feed(&[left, right], |unit| {
                bytes.extend_from_slice(unit.payload);
                sizes.push(unit.payload.len() as u32);
                Ok(())
            })
            .map_err(error)?;
        Ok(())
    }

    /// Completes the last units. Returns how many frames a decoder gives out before the first that was put in.
    pub fn finish(&mut self) -> Result<u64, SoundError> {
        let Self { bytes, sizes, encoder, .. } = self;
        bytes.clear();
        sizes.clear();
        let info = encoder
            .finish(|unit| {
                bytes.extend_from_slice(unit.payload);
                sizes.push(unit.payload.len() as u32);
                Ok(())
            })
            .map_err(error)?;
        Ok(info.priming)
    }

    /// The decoder's configuration (ISO/IEC 14496-3, 1.6.2.1).
    pub fn config(&self) -> &[u8] {
        self.encoder.asc()
    }
}

fn error(error: syom::AacError) -> SoundError {
    SoundError::encode("AAC", error)
}
