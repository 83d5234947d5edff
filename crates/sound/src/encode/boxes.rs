//! The boxes of an M4A file (ISO/IEC 14496-12 and -14) for one AAC track in one run of access units.

use crate::RATE;

/// Frames in an access unit.
pub const UNIT: u32 = 1024;

/// What the index says of the track.
pub struct Movie<'a> {
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

/// The box that opens the file.
pub fn file_type() -> Vec<u8> {
    parcel(b"ftyp", &[b"M4A ".as_slice(), &0_u32.to_be_bytes(), b"M4A mp42isom"])
}

/// The index. Its edit list plays exactly the frames that were put in: what the encoder needed before and after them is
/// skipped.
pub fn movie(movie: &Movie<'_>) -> Vec<u8> {
    let long = u32::to_be_bytes;
    let zero = long(0);
    let matrix: Vec<u8> = [0x1_0000_u32, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].map(u32::to_be_bytes).concat();
    let units = movie.sizes.len() as u32;
    let total: u64 = movie.sizes.iter().map(|size| u64::from(*size)).sum();
    // The last unit counts as far as there is sound in it: players that do not read the edit list stop there too.
    let span = movie.priming + movie.frames;
    let last = span.saturating_sub(units.saturating_sub(1) * UNIT).min(UNIT);
    let bit_rate = (total * 8 * u64::from(RATE) / (u64::from(units.max(1)) * u64::from(UNIT))) as u32;

    let header = parcel(
        b"mvhd",
        &[
            &zero,
            &zero,
            &zero,
            &long(RATE),
            &long(movie.frames),
            &long(0x1_0000),
            &[1, 0],
            &[0; 10],
            &matrix,
            &[0; 24],
            &long(2),
        ],
    );
    // Flags 3: the track is enabled and part of the presentation.
    let track_header = parcel(
        b"tkhd",
        &[&long(3), &zero, &zero, &long(1), &zero, &long(movie.frames), &[0; 12], &[1, 0, 0, 0], &matrix, &[0; 8]],
    );
    let edit = parcel(b"elst", &[&zero, &long(1), &long(movie.frames), &long(movie.priming), &[0, 1, 0, 0]]);
    // 0x55C4: no language.
    let media_header = parcel(b"mdhd", &[&zero, &zero, &zero, &long(RATE), &long(span), &[0x55, 0xC4, 0, 0]]);
    let handler = parcel(b"hdlr", &[&zero, &zero, b"soun", &[0; 12], b"\0"]);
    let reference = parcel(b"dref", &[&zero, &long(1), &parcel(b"url ", &[&long(1)])]);
    let sizes: Vec<u8> = movie.sizes.iter().flat_map(|size| size.to_be_bytes()).collect();
    let table = parcel(
        b"stbl",
        &[
            &parcel(b"stsd", &[&zero, &long(1), &entry(movie.config, bit_rate)]),
            &parcel(b"stts", &[&zero, &long(2), &long(units.saturating_sub(1)), &long(UNIT), &long(1), &long(last)]),
            &parcel(b"stsc", &[&zero, &long(1), &long(1), &long(units), &long(1)]),
            &parcel(b"stsz", &[&zero, &zero, &long(units), &sizes]),
            &parcel(b"stco", &[&zero, &long(1), &long(movie.media_at)]),
        ],
    );
    let sound = parcel(b"smhd", &[&zero, &zero]);
    let information = parcel(b"minf", &[&sound, &parcel(b"dinf", &[&reference]), &table]);
    let media = parcel(b"mdia", &[&media_header, &handler, &information]);
    let track = parcel(b"trak", &[&track_header, &parcel(b"edts", &[&edit]), &media]);
    parcel(b"moov", &[&header, &track])
}

/// A sample entry with the elementary stream's descriptors (ISO/IEC 14496-1, 7.2.6).
fn entry(config: &[u8], bit_rate: u32) -> Vec<u8> {
    let rate = bit_rate.to_be_bytes();
    let specific = descriptor(5, &[config]);
    // 0x40: AAC; 0x15: an audio stream.
    let decoder = descriptor(4, &[&[0x40, 0x15, 0, 0, 0], &rate, &rate, &specific]);
    let stream = descriptor(3, &[&[0, 1, 0], &decoder, &descriptor(6, &[&[2]])]);
    let fields: [&[u8]; 5] = [&[0; 6], &[0, 1], &[0; 8], &[0, 2, 0, 16, 0, 0, 0, 0], &(RATE << 16).to_be_bytes()];
    parcel(b"mp4a", &[&fields.concat(), &parcel(b"esds", &[&[0; 4], &stream])])
}

fn descriptor(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    // All are far below 128 bytes, so the length is one byte.
    [&[tag, body.len() as u8], body.as_slice()].concat()
}

fn parcel(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 8);
    out.extend_from_slice(&((length + 8) as u32).to_be_bytes());
    out.extend_from_slice(name);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}
