//! A sound file of one AAC track in one run of access units: what opens it, and the index that comes behind the units
//! (ISO/IEC 14496-12 and -14). Headers are of version 0: the oldest players read them.

use crate::boxes::wrap;
use crate::{Mp4Error, aac};

/// Frames in an access unit.
const UNIT: u32 = 1024;

/// The box that opens the file.
///
/// # Errors
/// None in practice: its size is fixed.
pub fn m4a_opening() -> Result<Vec<u8>, Mp4Error> {
    wrap(b"ftyp", &[b"M4A ".as_slice(), &0_u32.to_be_bytes(), b"M4A mp42isom"])
}

/// What the index says of the track.
#[derive(Debug)]
pub struct M4aIndex<'a> {
    /// Frames a second.
    pub rate: u32,
    /// The decoder's configuration.
    pub config: &'a [u8],
    /// Size of each access unit in bytes.
    pub sizes: &'a [u32],
    /// Where the first unit lies in the file.
    pub media_at: u32,
    /// Frames to skip before the sound starts.
    pub priming: u32,
    /// Frames of sound.
    pub frames: u32,
}

impl M4aIndex<'_> {
    /// The index as a box. Its edit list plays exactly the frames that were put in: what the encoder needed before and
    /// after them is skipped.
    ///
    /// # Errors
    /// [`Mp4Error::Unusual`] where it is too long for its fields.
    pub fn to_box(&self) -> Result<Vec<u8>, Mp4Error> {
        let long = u32::to_be_bytes;
        let zero = long(0);
        let matrix = [0x1_0000_u32, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].map(u32::to_be_bytes).concat();
        let frames = long(self.frames);
        let units = u32::try_from(self.sizes.len()).map_err(|_| Mp4Error::TOO_LARGE)?;
        let total: u64 = self.sizes.iter().map(|size| u64::from(*size)).sum();
        // The last unit counts as far as there is sound in it: players that do not read the edit list stop there too.
        let span = self.priming.checked_add(self.frames).ok_or(Mp4Error::TOO_LARGE)?;
        let full = units.saturating_sub(1);
        let last = span.saturating_sub(full.saturating_mul(UNIT)).min(UNIT);
        let bit_rate = (total * 8 * u64::from(self.rate) / (u64::from(units.max(1)) * u64::from(UNIT))) as u32;

        let clock = [&zero, &zero, &zero, &long(self.rate)].map(|field| field.as_slice()).concat();
        let rest = [&[1, 0], [0; 10].as_slice(), &matrix, &[0; 24], &long(2)].concat();
        let header = wrap(b"mvhd", &[&clock, &frames, &long(0x1_0000), &rest])?;
        // Flags 3: the track is enabled and part of the presentation.
        let start = [long(3), zero, zero, long(1), zero].concat();
        let track_header = wrap(b"tkhd", &[&start, &frames, &[0; 12], &[1, 0, 0, 0], &matrix, &[0; 8]])?;
        let edit = wrap(b"elst", &[&zero, &long(1), &frames, &long(self.priming), &[0, 1, 0, 0]])?;
        // 0x55C4: no language.
        let media_header = wrap(b"mdhd", &[&clock, &long(span), &[0x55, 0xC4, 0, 0]])?;
        let handler = wrap(b"hdlr", &[&zero, &zero, b"soun", &[0; 12], b"\0"])?;
        let reference = wrap(b"dref", &[&zero, &long(1), &wrap(b"url ", &[&long(1)])?])?;
        let sizes: Vec<u8> = self.sizes.iter().flat_map(|size| size.to_be_bytes()).collect();
        let entry = aac::entry(self.config, self.rate, bit_rate)?;
        let table = wrap(
            b"stbl",
            &[
                &wrap(b"stsd", &[&zero, &long(1), &entry])?,
                &wrap(b"stts", &[&zero, &long(2), &long(full), &long(UNIT), &long(1), &long(last)])?,
                &wrap(b"stsc", &[&zero, &long(1), &long(1), &long(units), &long(1)])?,
                &wrap(b"stsz", &[&zero, &zero, &long(units), &sizes])?,
                &wrap(b"stco", &[&zero, &long(1), &long(self.media_at)])?,
            ],
        )?;
        let sound = wrap(b"smhd", &[&zero, &zero])?;
        let information = wrap(b"minf", &[&sound, &wrap(b"dinf", &[&reference])?, &table])?;
        let media = wrap(b"mdia", &[&media_header, &handler, &information])?;
        let track = wrap(b"trak", &[&track_header, &wrap(b"edts", &[&edit])?, &media])?;
        wrap(b"moov", &[&header, &track])
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{Heard, Index, heard};

    #[test]
    fn what_is_written_is_read() {
        let mut file = m4a_opening().unwrap();
        let media_at = file.len() as u32 + 8;
        file.extend(wrap(b"mdat", &[b"unitone"]).unwrap());
        // 48 kHz, two channels, AAC-LC.
        let index =
            M4aIndex { rate: 48_000, config: &[0x11, 0x90], sizes: &[4, 3], media_at, priming: 1024, frames: 900 };
        file.extend(index.to_box().unwrap());
        let mut file = Cursor::new(file);
        assert_eq!(heard(&mut file).unwrap(), Some(Heard { skip: 1024, frames: Some(900) }));
        let track = Index::read(&mut file).unwrap().track(b"soun").unwrap().unwrap();
        assert_eq!(track.plain_aac_channels(), Some(2));
        let units: Vec<_> = track.samples.iter().map(|unit| (unit.at, unit.size, unit.length)).collect();
        assert_eq!(units, [(media_at.into(), 4, 1024), (u64::from(media_at) + 4, 3, 900)]);
    }
}
