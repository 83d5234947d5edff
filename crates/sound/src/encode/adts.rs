//! AAC as a bare stream: each unit behind a header of its own (ISO/IEC 14496-3, 1.A.2). Such a stream cannot say where its
//! sound begins and ends, so it starts with the encoder's run-up.

use std::io::Write;

use super::aac::Units;
use crate::{Frame, SoundError};

/// Bytes of a header.
const HEADER: u32 = 7;

/// Writes an ADTS file.
pub struct AdtsWriter<W: Write> {
    output: W,
    units: Units,
}

impl<W: Write> AdtsWriter<W> {
    /// A stereo stream of about `bits_per_second` in `output`.
    pub fn new(output: W, bits_per_second: u32) -> Result<Self, SoundError> {
        Ok(Self { output, units: Units::new(bits_per_second)? })
    }

    /// Appends `frames`.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        self.units.push(frames)?;
        self.write()
    }

    /// Writes what the encoder still holds.
    pub fn finish(mut self) -> Result<(), SoundError> {
        self.units.finish()?;
        self.write()?;
        Ok(self.output.flush()?)
    }

    fn write(&mut self) -> Result<(), SoundError> {
        let mut bytes = self.units.bytes.as_slice();
        for size in &self.units.sizes {
            let Some((unit, rest)) = bytes.split_at_checked(*size as usize) else { break };
            self.output.write_all(&header(*size)?)?;
            self.output.write_all(unit)?;
            bytes = rest;
        }
        Ok(())
    }
}

/// The header of a unit of `size` bytes: MPEG-4, no checksum, LC, 48 kHz (index 3), two channels, a free bit rate.
fn header(size: u32) -> Result<[u8; HEADER as usize], SoundError> {
    let length = size + HEADER;
    if length >= 1 << 13 {
        return Err(SoundError::encode("AAC", "a unit is too long"));
    }
    let [high, middle, low] = [length >> 11, length >> 3, length << 5].map(|bits| bits as u8);
    Ok([0xff, 0xf1, 0x4c, 0x80 | high, middle, low | 0x1f, 0xfc])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_holds_the_length_of_header_and_unit() {
        let [a, b, _, d, e, f, _] = header(1000).unwrap();
        assert_eq!((a, b & 0xf6), (0xff, 0xf0));
        assert_eq!((u32::from(d & 3) << 11) | (u32::from(e) << 3) | (u32::from(f) >> 5), 1007);
        assert!(header(9000).is_err());
    }
}
