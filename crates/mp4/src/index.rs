//! The index of a file (`moov`), read whole: where it lies, its clock, and its tracks.

use std::io::{Read, Seek};

use mp4_atom::Mvhd;

use crate::boxes::{Mp4Box, boxes, child};
use crate::scan::Scan;
use crate::{Mp4Error, Track};

/// A file's index.
#[derive(Debug)]
pub struct Index {
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
    /// Where its header begins.
    pub(crate) at: u64,
    /// Whether nothing comes after it.
    pub(crate) is_last: bool,
    is_fast: bool,
    file_size: u64,
}

impl Index {
    /// Finds and reads the index of a file.
    ///
    /// # Errors
    /// [`Mp4Error::Broken`] where it is not there or not whole; [`Mp4Error::Unusual`] where there are two, or where the
    /// file comes in fragments.
    pub fn read<S: Read + Seek>(stream: &mut S) -> Result<Self, Mp4Error> {
        let mut scan = Scan::new(stream)?;
        let size = scan.size();
        let (mut index, mut media_at) = (None, None);
        while let Some(found) = scan.next_box()? {
            match &found.kind {
                b"moov" if found.end > size => return Err(Mp4Error::CUT_OFF),
                b"moov" if index.is_some() => return Err(Mp4Error::Unusual("it has two indexes")),
                b"moov" => index = Some((found, scan.read(&found)?)),
                b"moof" | b"sidx" => return Err(Mp4Error::Unusual("it comes in fragments")),
                b"mdat" => media_at = media_at.or(Some(found.at)),
                _ => {}
            }
        }
        let Some((found, bytes)) = index else {
            return Err(Mp4Error::Broken("its index is missing, as when a recording or a copy was cut off"));
        };
        if child(&bytes, b"mvex").is_some() {
            return Err(Mp4Error::Unusual("it comes in fragments"));
        }
        Ok(Self {
            bytes,
            at: found.at,
            is_last: found.end == size,
            is_fast: media_at.is_none_or(|media_at| found.at < media_at),
            file_size: size,
        })
    }

    /// Whether it lies before the media, so that the file plays while it loads.
    pub fn is_fast(&self) -> bool {
        self.is_fast
    }

    /// The only track of a kind: `vide`, `soun`, …
    ///
    /// # Errors
    /// [`Mp4Error::Unusual`] where there are several, or where one is not as usual.
    pub fn track(&self, kind: &[u8; 4]) -> Result<Option<Track>, Mp4Error> {
        let clock: Mvhd = child(&self.bytes, b"mvhd").ok_or(Mp4Error::NO_TABLE)?.read()?;
        let tracks = boxes(&self.bytes).filter(|found| found.kind == *b"trak").enumerate();
        let mut found = tracks.filter(|(_, found)| Track::kind(found.body) == Some(*kind));
        let (first, second) = (found.next(), found.next());
        if second.is_some() {
            return Err(Mp4Error::Unusual("it has several pictures or sounds"));
        }
        let read = |(number, found): (_, Mp4Box<'_>)| Track::read(number, found.body, clock.timescale, self.file_size);
        first.map(read).transpose()
    }
}
