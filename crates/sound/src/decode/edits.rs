//! The edit list of an MP4 or M4A file: which part of the decoded frames is the sound. Encoders put a lead-in before it and
//! fill the last unit up, and only this list says how much.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::SoundError;

/// The part that is heard, in frames of the track's own rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// Frames before it.
    pub skip: u64,
    /// Its length, where the list gives one.
    pub frames: Option<u64>,
}

/// Indexes larger than this are left alone.
const LARGEST: u64 = 64 << 20;
/// Boxes at the top of a file; one with more is left alone.
const MOST_AT_TOP: usize = 100_000;

/// The edit of the first sound track of the file at `path`; none where it is no MP4, or says nothing.
pub fn read(path: &Path) -> Result<Option<Edit>, SoundError> {
    let mut file = File::open(path)?;
    let end = file.metadata()?.len();
    let mut at = 0_u64;
    for number in 0..MOST_AT_TOP {
        if at.saturating_add(8) > end {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0_u8; 16];
        let count = read_some(&mut file, &mut head)?;
        let [a, b, c, d, name @ .., _, _, _, _, _, _, _, _] = head;
        if number == 0 && &name != b"ftyp" {
            return Ok(None);
        }
        let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, end - at),
            1 if count == 16 => (16, head.last_chunk::<8>().map_or(0, |size| u64::from_be_bytes(*size))),
            size => (8, u64::from(size)),
        };
        if size < header {
            return Ok(None);
        }
        if &name == b"moov" {
            let length = (size - header).min(end - at - header);
            if length > LARGEST {
                return Ok(None);
            }
            file.seek(SeekFrom::Start(at + header))?;
            let mut bytes = Vec::new();
            file.take(length).read_to_end(&mut bytes)?;
            return Ok(find(&bytes));
        }
        at = at.saturating_add(size);
    }
    Ok(None)
}

fn read_some(file: &mut File, out: &mut [u8]) -> Result<usize, SoundError> {
    let mut filled = 0;
    while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn find(index: &[u8]) -> Option<Edit> {
    let movie_scale = scale(child(index, b"mvhd")?)?;
    let track = children(index)
        .filter(|(name, _)| name == b"trak")
        .map(|(_, body)| body)
        .find(|track| kind(track) == Some(*b"soun"))?;
    let media = child(child(track, b"mdia")?, b"mdhd")?;
    let media_scale = scale(media)?;
    let list = child(child(track, b"edts")?, b"elst")?;
    let wide = list.first() == Some(&1);
    let count = word(list, 4)?;
    // An empty edit first says that the track starts late: that is the timeline's business, not the sound's.
    let entries = (0..count.min(16) as usize).map_while(|entry| {
        if wide {
            let at = 8 + entry * 20;
            Some((long(list, at)?, long(list, at + 8)? as i64))
        } else {
            let at = 8 + entry * 12;
            Some((u64::from(word(list, at)?), i64::from(word(list, at + 4)? as i32)))
        }
    });
    let (length, start) = entries.into_iter().find(|(_, start)| *start >= 0)?;
    let skip = u64::try_from(start).ok()?;
    let frames = u128::from(length) * u128::from(media_scale) / u128::from(movie_scale.max(1));
    // A movie clock coarser than the track's cannot name the last frame. Then the track's own length is nearer.
    let frames = if movie_scale >= media_scale {
        u64::try_from(frames).ok().filter(|frames| *frames > 0)
    } else {
        duration(media).and_then(|duration| duration.checked_sub(skip)).filter(|frames| *frames > 0)
    };
    Some(Edit { skip, frames })
}

/// Length of a media header, in its ticks.
fn duration(header: &[u8]) -> Option<u64> {
    if header.first() == Some(&1) { long(header, 24) } else { word(header, 16).map(u64::from) }
}

fn kind(track: &[u8]) -> Option<[u8; 4]> {
    child(child(track, b"mdia")?, b"hdlr")?.get(8..12)?.try_into().ok()
}

/// Ticks a second of a movie or media header.
fn scale(header: &[u8]) -> Option<u32> {
    word(header, if header.first() == Some(&1) { 20 } else { 12 })
}

fn child<'a>(body: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    children(body).find(|(found, _)| found == name).map(|(_, body)| body)
}

fn children(mut body: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = word(body, 0)? as usize;
        let name = body.get(4..8)?.try_into().ok()?;
        let content = body.get(8..size)?;
        body = body.get(size..)?;
        Some((name, content))
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, &body].concat()
    }

    /// A file whose index lies behind that many empty boxes.
    fn behind(boxes: usize) -> tempfile::NamedTempFile {
        let header = [&[0; 12][..], &48_000_u32.to_be_bytes(), &5_000_u32.to_be_bytes()].concat();
        let handler = boxed(b"hdlr", &[&[0; 8], b"soun"]);
        let media = boxed(b"mdia", &[&boxed(b"mdhd", &[&header]), &handler]);
        let words = [0_u32, 1, 4_000, 1_024, 1 << 16].map(u32::to_be_bytes).concat();
        let edits = boxed(b"edts", &[&boxed(b"elst", &[&words])]);
        let index = boxed(b"moov", &[&boxed(b"mvhd", &[&header]), &boxed(b"trak", &[&media, &edits])]);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&boxed(b"ftyp", &[b"M4A "])).unwrap();
        file.write_all(&boxed(b"free", &[]).repeat(boxes)).unwrap();
        file.write_all(&index).unwrap();
        file
    }

    #[test]
    fn a_file_of_nothing_but_boxes_is_left_alone() {
        let edit = Edit { skip: 1_024, frames: Some(4_000) };
        assert_eq!(read(behind(2).path()).unwrap(), Some(edit));
        assert_eq!(read(behind(MOST_AT_TOP).path()).unwrap(), None);
    }
}
