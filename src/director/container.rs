//! Whether a file that came over the wire is what was asked for, and whole: its first bytes, and where the container
//! tells its own length, that nothing of it is missing. Nothing is decoded.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bedtrack_mp4::{Mp4Error, Opening, Scan, opening};

/// More elements at the top level than any file has.
const MAX_ELEMENTS: usize = 1_000_000;
/// How far from a file's end its closing mark may lie; a zip's may be followed by a comment of 64 KiB.
const TAIL: u64 = 66_000;

/// Checks a file.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn check(path: &Path, told: Option<u64>, format: &str) -> Result<(), String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    if bytes == 0 {
        return Err("the file is empty".into());
    }
    if let Some(told) = told.filter(|told| *told != bytes) {
        return Err(format!("the file has {bytes} bytes instead of {told}"));
    }
    let head = part(&mut file, 0, 16).map_err(|error| error.to_string())?;
    if !begins_as(format, &head) {
        return Err(format!("the file is no {format}"));
    }
    match is_whole(&mut file, bytes, format) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("the {format} is cut short")),
        // The walk ran past the end.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(format!("the {format} is cut short")),
        Err(error) => Err(error.to_string()),
    }
}

/// The first bytes of each container: MP4 and QuickTime, EBML, RIFF, and the formats' own signatures.
fn begins_as(format: &str, head: &[u8]) -> bool {
    let at = |from: usize, bytes: &[u8]| head.get(from..from + bytes.len()) == Some(bytes);
    match format {
        "mp4" | "m4a" => matches!(opening(head), Some(Opening::Brand(_))),
        "mov" => opening(head).is_some(),
        "webm" => at(0, b"\x1a\x45\xdf\xa3"),
        "gif" => at(0, b"GIF8"),
        "jpg" => at(0, b"\xff\xd8\xff"),
        "png" => at(0, b"\x89PNG\r\n\x1a\n"),
        "wav" => (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE"),
        "mp3" => at(0, b"ID3") || matches!(head, [0xff, second, ..] if second & 0xe6 != 0xe0 && second & 0xe0 == 0xe0),
        "aac" => at(0, b"ID3") || matches!(head, [0xff, second, ..] if second & 0xf6 == 0xf0),
        "flac" => at(0, b"fLaC"),
        "stems" | "project" => at(0, b"PK\x03\x04"),
        _ => true,
    }
}

/// Whether nothing is missing, as far as the container tells: mp3, aac and flac do not.
fn is_whole(file: &mut File, bytes: u64, format: &str) -> io::Result<bool> {
    match format {
        "mp4" | "m4a" | "mov" => boxes_fit(file),
        "webm" => elements_fit(file, bytes),
        "wav" => riff_fits(file, bytes),
        "png" => Ok(tail(file, bytes)?.windows(8).any(|part| part == b"IEND\xae\x42\x60\x82")),
        "jpg" => Ok(tail(file, bytes)?.windows(2).any(|part| part == b"\xff\xd9")),
        "gif" => Ok(tail(file, bytes)?.contains(&0x3b)),
        "stems" | "project" => Ok(tail(file, bytes)?.windows(4).any(|part| part == b"PK\x05\x06")),
        _ => Ok(true),
    }
}

/// Whether the boxes of an MP4 or QuickTime file follow one another up to its end.
fn boxes_fit(file: &mut File) -> io::Result<bool> {
    let walk = |file| {
        let mut scan = Scan::new(file)?;
        while scan.next_box()?.is_some() {}
        Ok(scan.is_at_end())
    };
    match walk(file) {
        Ok(fit) => Ok(fit),
        Err(Mp4Error::File(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

/// RFC 8794: an id and a size of variable length before each element; a size of ones alone is unknown.
fn elements_fit(file: &mut File, bytes: u64) -> io::Result<bool> {
    let mut at = 0;
    for _ in 0..MAX_ELEMENTS {
        if at == bytes {
            return Ok(true);
        }
        let id = variable(file, at)?;
        let size = variable(file, at + id.length)?;
        if size.value.is_none() {
            return Ok(true);
        }
        let next = size.value.and_then(|value| (at + id.length + size.length).checked_add(value));
        match next.filter(|next| *next <= bytes) {
            Some(next) => at = next,
            None => return Ok(false),
        }
    }
    Ok(false)
}

struct Variable {
    /// None: unknown.
    value: Option<u64>,
    length: u64,
}

fn variable(file: &mut File, at: u64) -> io::Result<Variable> {
    let first = number(file, at, 1)?;
    // The leading zeros of the first byte tell how many bytes follow.
    let length = u64::from((first as u8).leading_zeros()) + 1;
    if length > 8 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let ones = (1_u64 << (7 * length)) - 1;
    let value = number(file, at, length)? & ones;
    Ok(Variable { value: (value != ones).then_some(value), length })
}

/// The size in a RIFF header leaves out the eight bytes before it; RF64 and streams put ones there.
fn riff_fits(file: &mut File, bytes: u64) -> io::Result<bool> {
    let size = u64::from((number(file, 4, 4)? as u32).swap_bytes());
    Ok(size == u64::from(u32::MAX) || size + 8 <= bytes)
}

/// A big-endian number of up to eight bytes.
fn number(file: &mut File, at: u64, length: u64) -> io::Result<u64> {
    let read = part(file, at, length)?;
    if read.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(read.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

fn tail(file: &mut File, bytes: u64) -> io::Result<Vec<u8>> {
    part(file, bytes.saturating_sub(TAIL), TAIL)
}

fn part(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(length).read_to_end(&mut read)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (format, head) in [
            ("mp4", &b"\0\0\0\x20ftypisom"[..]),
            ("mov", b"\0\0\0\x08wide\0\0\0\0mdat"),
            ("wav", b"RIFF\0\0\0\0WAVEfmt "),
            ("mp3", b"\xff\xfb\x90\x64"),
            ("mp3", b"ID3\x04"),
            ("aac", b"\xff\xf1\x50\x80"),
            ("stems", b"PK\x03\x04"),
        ] {
            assert!(begins_as(format, head), "{format}");
            assert!(!begins_as(format, b"<html><body>nothing"), "{format}");
            assert!(!begins_as(format, b""), "{format}");
        }
        assert!(!begins_as("aac", b"\xff\xfb\x90\x64"));
        assert!(!begins_as("mp3", b"\xff\xf1\x50\x80"));
    }

    #[test]
    fn a_file_that_breaks_off_is_told_by_its_container() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let whole: [(&str, Vec<u8>); 8] = [
            ("mp4", [&b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x0cmdatABCD"[..]].concat()),
            ("mov", b"\0\0\0\x08wide\0\0\0\x01mdat\0\0\0\0\0\0\0\x14ABCD".to_vec()),
            ("webm", b"\x1a\x45\xdf\xa3\x81A\x18\x53\x80\x67\x84ABCD".to_vec()),
            ("wav", b"RIFF\x08\0\0\0WAVEABCD".to_vec()),
            ("png", b"\x89PNG\r\n\x1a\nABCD\0\0\0\0IEND\xae\x42\x60\x82".to_vec()),
            ("jpg", b"\xff\xd8\xff\xe0ABCD\xff\xd9".to_vec()),
            ("gif", b"GIF89aABCD\x3b".to_vec()),
            ("stems", b"PK\x03\x04ABCDPK\x05\x06".to_vec()),
        ];
        for (format, bytes) in whole {
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(check(&path, None, format), Ok(()), "{format}");
            assert_eq!(check(&path, Some(bytes.len() as u64), format), Ok(()), "{format}");
            assert!(check(&path, Some(1), format).unwrap_err().contains("instead of 1"), "{format}");
            std::fs::write(&path, &bytes[..bytes.len() - 2]).unwrap();
            assert!(check(&path, None, format).unwrap_err().contains("cut short"), "{format}");
        }
    }

    #[test]
    fn sizes_that_are_left_open_are_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for (format, bytes) in [
            ("mp4", &b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdatABCD"[..]),
            ("webm", b"\x1a\x45\xdf\xa3\x81A\x18\x53\x80\x67\xffABCD"),
            ("wav", b"RIFF\xff\xff\xff\xffWAVEABCD"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(check(&path, None, format), Ok(()), "{format}");
        }
    }

    #[test]
    fn hostile_sizes_end_the_walk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for bytes in [
            &b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x03mdat"[..],
            b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0\x10ftypisom\0\0\0\0\0\0",
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert!(check(&path, None, "mp4").is_err());
        }
        std::fs::write(&path, b"\x1a\x45\xdf\xa3\x00\x00").unwrap();
        assert!(check(&path, None, "webm").is_err());
    }
}
