//! The part of a sound file that is heard. Encoders put a lead-in before it and fill the last unit up, and only the edit
//! list says how much. Its fields are read one by one: a sound plays although the rest of its index is odd.

use std::io::{self, Read, Seek};

use crate::boxes::{boxes, child, descendant};
use crate::scan::Scan;
use crate::{Mp4Error, Track};

/// Entries of the list that are looked at.
const MOST_EDITS: u32 = 16;

/// The part that is heard, in frames of the track's own rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Frames before it.
    pub skip: u64,
    /// Its length, where the list gives one.
    pub frames: Option<u64>,
}

/// The heard part of the first sound track of a file; none where it is no MP4, or says nothing. Fragments behind the index
/// are no hindrance.
///
/// # Errors
/// Only where the file cannot be read.
pub fn heard<S: Read + Seek>(stream: &mut S) -> io::Result<Option<Heard>> {
    match index(stream) {
        Ok(index) => Ok(index.as_deref().and_then(find)),
        Err(Mp4Error::File(fault)) => Err(fault),
        Err(_) => Ok(None),
    }
}

fn index<S: Read + Seek>(stream: &mut S) -> Result<Option<Vec<u8>>, Mp4Error> {
    let mut scan = Scan::new(stream)?;
    while let Some(found) = scan.next_box()? {
        match &found.kind {
            b"moov" => return scan.read(&found).map(Some),
            kind if found.at == 0 && kind != b"ftyp" => break,
            _ => {}
        }
    }
    Ok(None)
}

fn find(index: &[u8]) -> Option<Heard> {
    let movie_scale = scale(child(index, b"mvhd")?.body)?;
    let mut tracks = boxes(index).filter(|found| found.kind == *b"trak").map(|track| track.body);
    let track = tracks.find(|track| Track::kind(track) == Some(*b"soun"))?;
    let media = descendant(track, &[b"mdia", b"mdhd"])?.body;
    let media_scale = scale(media)?;
    let list = descendant(track, &[b"edts", b"elst"])?.body;
    let is_wide = list.first() == Some(&1);
    // An empty edit first says that the track starts late: that is the timeline's business, not the sound's.
    let entries = (0..word(list, 4)?.min(MOST_EDITS) as usize).map_while(|entry| {
        if is_wide {
            let at = 8 + entry * 20;
            Some((long(list, at)?, long(list, at + 8)?.cast_signed()))
        } else {
            let at = 8 + entry * 12;
            Some((word(list, at)?.into(), word(list, at + 4)?.cast_signed().into()))
        }
    });
    let (length, start) = entries.into_iter().find(|(_, start)| *start >= 0)?;
    let skip = u64::try_from(start).ok()?;
    // A movie clock coarser than the track's cannot name the last frame. Then the track's own length is nearer.
    let frames = if movie_scale >= media_scale {
        let frames = u128::from(length) * u128::from(media_scale) / u128::from(movie_scale.max(1));
        u64::try_from(frames).ok()
    } else {
        duration(media).and_then(|duration| duration.checked_sub(skip))
    };
    Some(Heard { skip, frames: frames.filter(|frames| *frames > 0) })
}

/// Length of a media header, in its ticks.
fn duration(header: &[u8]) -> Option<u64> {
    if header.first() == Some(&1) { long(header, 24) } else { word(header, 16).map(u64::from) }
}

/// Ticks a second of a movie or media header.
fn scale(header: &[u8]) -> Option<u32> {
    word(header, if header.first() == Some(&1) { 20 } else { 12 })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::boxes::wrap;

    /// A file whose index lies behind that many empty boxes.
    fn behind(boxes: usize) -> Cursor<Vec<u8>> {
        let boxed = |kind, parts: &[&[u8]]| wrap(kind, parts).unwrap();
        let header = [&[0; 12][..], &48_000_u32.to_be_bytes(), &5_000_u32.to_be_bytes()].concat();
        let handler = boxed(b"hdlr", &[&[0; 8], b"soun"]);
        let media = boxed(b"mdia", &[&boxed(b"mdhd", &[&header]), &handler]);
        let words = [0_u32, 1, 4_000, 1_024, 1 << 16].map(u32::to_be_bytes).concat();
        let edits = boxed(b"edts", &[&boxed(b"elst", &[&words])]);
        let index = boxed(b"moov", &[&boxed(b"mvhd", &[&header]), &boxed(b"trak", &[&media, &edits])]);
        Cursor::new([boxed(b"ftyp", &[b"M4A "]), boxed(b"free", &[]).repeat(boxes), index].concat())
    }

    #[test]
    fn a_file_of_nothing_but_boxes_is_left_alone() {
        let told = Heard { skip: 1_024, frames: Some(4_000) };
        assert_eq!(heard(&mut behind(2)).unwrap(), Some(told));
        assert_eq!(heard(&mut behind(100_000)).unwrap(), None);
    }

    #[test]
    fn another_kind_of_file_says_nothing() {
        assert_eq!(heard(&mut Cursor::new(b"RIFF\0\0\0\0WAVE")).unwrap(), None);
        assert_eq!(heard(&mut Cursor::new(b"\0\0\0\x03ftyp")).unwrap(), None);
    }
}
