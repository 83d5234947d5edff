//! The edit list of an MP4 or M4A file: which part of the decoded frames is the sound. Encoders put a lead-in before it and
//! fill the last unit up, and only this list says how much.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::studio::sound::SoundError;

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

/// The edit of the first sound track of the file at `path`; none where it is no MP4, or says nothing.
pub fn read(path: &Path) -> Result<Option<Edit>, SoundError> {
    let mut file = File::open(path)?;
    let end = file.metadata()?.len();
    let mut at = 0;
    let mut first = true;
    while at + 8 <= end {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0_u8; 16];
        let count = read_some(&mut file, &mut head)?;
        let [a, b, c, d, name @ .., _, _, _, _, _, _, _, _] = head;
        if first && &name != b"ftyp" {
            return Ok(None);
        }
        first = false;
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
    let media_scale = scale(child(child(track, b"mdia")?, b"mdhd")?)?;
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
    let frames = u128::from(length) * u128::from(media_scale) / u128::from(movie_scale.max(1));
    // A coarse movie clock cannot give the last frame; then the length is as good as none.
    let frames = (movie_scale >= media_scale && length > 0).then(|| u64::try_from(frames).ok()).flatten();
    Some(Edit { skip: u64::try_from(start).ok()?, frames })
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
