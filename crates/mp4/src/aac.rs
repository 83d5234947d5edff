//! Sample entries of AAC (ISO/IEC 14496-14, 5.6): read, written, and turned into QuickTime's.

use mp4_atom::{Decode as _, Mp4a};

use crate::boxes::{boxes, wrap};
use crate::{Mp4Error, Shape};

/// Bytes of a sound's sample entry before its boxes: the box header and the fields (ISO/IEC 14496-12, 12.2.3).
const FIELDS: usize = 8 + 28;

/// The channels of AAC-LC of one or two; none for its relatives, which a plain decoder gets wrong and does not refuse.
pub(crate) fn plain_channels(entry: &[u8]) -> Option<u32> {
    let entry = Mp4a::decode(&mut &*entry).ok()?;
    let coding = entry.esds.es_desc.dec_config;
    let config = coding.dec_specific?;
    // ISO/IEC 14496-3, 1.6: object type 2 is LC. A config that goes on with 0x2B7 says by a flag whether there is SBR;
    // where it does not, SBR may come unannounced at half rates.
    let widened = match config.raw.get(2..) {
        Some([0x56, low, flag, ..]) if low >> 5 == 0b111 => flag & 0x80 != 0,
        _ => config.freq_index > 5,
    };
    let is_plain = matches!(coding.object_type_indication, 0x40 | 0x67)
        && config.profile == 2
        && matches!(config.chan_conf, 1 | 2)
        && config.freq_index <= 12
        && !widened;
    is_plain.then(|| config.chan_conf.into())
}

/// The entry of a stereo track whose decoder is configured by `config`, with the elementary stream's descriptors
/// (ISO/IEC 14496-1, 7.2.6).
pub(crate) fn entry(config: &[u8], rate: u32, bits_per_second: u32) -> Result<Vec<u8>, Mp4Error> {
    let bits = bits_per_second.to_be_bytes();
    let specific = descriptor(5, &[config])?;
    // 0x40: AAC; 0x15: an audio stream.
    let decoder = descriptor(4, &[&[0x40, 0x15, 0, 0, 0], &bits, &bits, &specific])?;
    let stream = descriptor(3, &[&[0, 1, 0], &decoder, &descriptor(6, &[&[2]])?])?;
    // Data reference 1; two channels of 16 bits; the rate in 16.16.
    let (reference, channels) = ([0, 0, 0, 0, 0, 0, 0, 1], [0, 2, 0, 16, 0, 0, 0, 0]);
    let rate = (rate << 16).to_be_bytes();
    wrap(b"mp4a", &[&reference, &[0; 8], &channels, &rate, &wrap(b"esds", &[&[0; 4], &stream])?])
}

fn descriptor(tag: u8, parts: &[&[u8]]) -> Result<Vec<u8>, Mp4Error> {
    let body = parts.concat();
    // The length is one byte of seven bits.
    let length = u8::try_from(body.len()).ok().filter(|length| *length < 128).ok_or(Mp4Error::TOO_LARGE)?;
    Ok([&[tag, length], body.as_slice()].concat())
}

/// The entry of a stereo track for a film: QuickTime wants the decoder's configuration in a `wave` box (QTFF, "Sound
/// Sample Descriptions", version 1).
pub(crate) fn renewed(entry: &[u8], shape: Shape) -> Result<Vec<u8>, Mp4Error> {
    const ODD: Mp4Error = Mp4Error::Unusual("its sound is not plain AAC");
    if shape == Shape::Mp4 {
        return Ok(entry.to_owned());
    }
    let config = boxes(entry.get(FIELDS..).unwrap_or_default()).find(|found| found.kind == *b"esds").ok_or(ODD)?;
    let rate = entry.get(32..FIELDS).ok_or(ODD)?;
    let wave = wrap(
        b"wave",
        &[&wrap(b"frma", &[b"mp4a"])?, &wrap(b"mp4a", &[&[0; 4]])?, config.whole, &[0, 0, 0, 8, 0, 0, 0, 0]],
    )?;
    // Reference 1; version 1; two channels of 16 bits; compression -2: variable; 1024 frames a packet, 2 bytes a sample.
    let head: [u8; 24] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0xff, 0xfe, 0, 0];
    wrap(b"mp4a", &[&head, rate, &[0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], &wave])
}
