//! The boxes at the top of a file, walked in its stream: only their headers are read, and what is in one where it is
//! asked for. The bounds of all reading are here.

use std::io::{Read, Seek, SeekFrom};

use crate::Mp4Error;
use crate::boxes::Header;

/// Boxes at the top of a file; more are no film.
const MOST_BOXES: usize = 100_000;
/// The largest box that is read whole, in bytes: the index of four hours at 60 frames a second needs 40 MB.
const LARGEST_READ: u64 = 64 << 20;

/// Where in its file a box lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxSpan {
    pub kind: [u8; 4],
    /// Where its header begins, and what is in it.
    pub at: u64,
    pub body_at: u64,
    /// The byte after it; a file that breaks off ends before that.
    pub end: u64,
}

/// A walk over the boxes at the top of a stream.
#[derive(Debug)]
pub struct Scan<'s, S> {
    stream: &'s mut S,
    size: u64,
    at: u64,
    left: usize,
}

impl<'s, S: Read + Seek> Scan<'s, S> {
    /// A walk from the start of a stream.
    pub fn new(stream: &'s mut S) -> Result<Self, Mp4Error> {
        let size = stream.seek(SeekFrom::End(0))?;
        Ok(Self { stream, size, at: 0, left: MOST_BOXES })
    }

    /// Bytes of the stream.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next box; none after the last that begins in the stream, or after more than any film has.
    ///
    /// # Errors
    /// [`Mp4Error::Broken`] where something is there that is no box.
    pub fn next_box(&mut self) -> Result<Option<BoxSpan>, Mp4Error> {
        if self.left == 0 || self.at >= self.size {
            return Ok(None);
        }
        self.left -= 1;
        self.stream.seek(SeekFrom::Start(self.at))?;
        let mut head = Vec::with_capacity(Header::LONGEST);
        self.stream.by_ref().take(Header::LONGEST as u64).read_to_end(&mut head)?;
        let Some(header) = Header::read(&head)? else { return Ok(None) };
        let at = self.at;
        self.at = header.size.map_or(self.size, |size| at.saturating_add(size));
        Ok(Some(BoxSpan { kind: header.kind, at, body_at: at + header.length, end: self.at }))
    }

    /// Whether the boxes seen so far fill the stream, to the byte.
    pub fn is_at_end(&self) -> bool {
        self.at == self.size
    }

    /// What is in a box, or as much of it as is there.
    ///
    /// # Errors
    /// [`Mp4Error::Unusual`] where it is larger than any index is.
    pub fn read(&mut self, found: &BoxSpan) -> Result<Vec<u8>, Mp4Error> {
        let length = found.end.min(self.size).saturating_sub(found.body_at);
        if length > LARGEST_READ {
            return Err(Mp4Error::Unusual("its index is very large"));
        }
        self.stream.seek(SeekFrom::Start(found.body_at))?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        self.stream.by_ref().take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    /// The boxes of a stream, and whether they fill it.
    fn walked(bytes: &[u8]) -> Result<(Vec<[u8; 4]>, bool), Mp4Error> {
        let mut stream = Cursor::new(bytes);
        let mut scan = Scan::new(&mut stream)?;
        let mut kinds = Vec::new();
        while let Some(found) = scan.next_box()? {
            kinds.push(found.kind);
        }
        Ok((kinds, scan.is_at_end()))
    }

    #[test]
    fn a_stream_is_walked_to_its_end() {
        let whole = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01wide\0\0\0\0\0\0\0\x10\0\0\0\x0cmdatABCD";
        let kinds = vec![*b"ftyp", *b"wide", *b"mdat"];
        assert_eq!(walked(whole).unwrap(), (kinds.clone(), true));
        // A size that is left open lasts to the end.
        assert_eq!(walked(b"\0\0\0\0mdatABCD").unwrap(), (vec![*b"mdat"], true));
        // The last box is told whole or not; less than a header is no box.
        assert_eq!(walked(&whole[..whole.len() - 2]).unwrap(), (kinds, false));
        assert_eq!(walked(&whole[..18]).unwrap(), (vec![*b"ftyp"], false));
        assert_eq!(walked(b"").unwrap(), (vec![], true));
    }

    #[test]
    fn hostile_sizes_end_the_walk() {
        assert!(walked(b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x03mdat").is_err());
        let huge = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff";
        assert_eq!(walked(huge).unwrap(), (vec![*b"ftyp", *b"mdat"], false));
        let (kinds, whole) = walked(&b"\0\0\0\x08free".repeat(MOST_BOXES + 1)).unwrap();
        assert_eq!((kinds.len(), whole), (MOST_BOXES, false));
    }

    #[test]
    fn a_box_that_is_too_large_to_be_an_index_is_not_read() {
        struct Zeros(u64);
        impl Read for Zeros {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                out.fill(0);
                Ok(out.len())
            }
        }
        impl Seek for Zeros {
            fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
                Ok(match to {
                    SeekFrom::Start(at) => at,
                    _ => self.0,
                })
            }
        }
        let mut stream = Zeros(u64::MAX);
        let mut scan = Scan::new(&mut stream).unwrap();
        let index = |length| BoxSpan { kind: *b"moov", at: 0, body_at: 8, end: 8 + length };
        assert!(matches!(scan.read(&index(LARGEST_READ + 1)), Err(Mp4Error::Unusual(_))));
        assert_eq!(scan.read(&index(1_000)).unwrap().len(), 1_000);
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes: Vec<u8>) {
            let _ = walked(&bytes);
        }
    }
}
