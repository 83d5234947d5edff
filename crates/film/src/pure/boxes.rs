//! Boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2), walked by hand so that what is odd or not ours (user data,
//! makers' notes) is passed over; `mp4-atom` reads and writes what is in the known ones.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use mp4_atom::{Buf as _, Decode, DecodeMaybe as _, Encode, Header};

use super::Unfit;

/// The largest index that is read, in bytes: four hours at 60 frames a second need 40 MB.
const LARGEST_INDEX: u64 = 128 << 20;
/// Boxes at the top of a file; more are no film.
const MOST_AT_TOP: usize = 100_000;

/// One box within its parent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub kind: [u8; 4],
    /// What is in it.
    pub body: &'a [u8],
    /// Header and body.
    pub whole: &'a [u8],
}

impl Part<'_> {
    /// Its fields, as `mp4-atom` knows them.
    pub fn read<T: Decode>(&self) -> Result<T, Unfit> {
        T::decode(&mut &*self.whole).map_err(|_| Unfit::Unusual("a box of its index cannot be read"))
    }
}

/// The boxes in `bytes`, up to the first that does not fit: QuickTime ends lists with a few zeros.
pub(super) fn parts(mut bytes: &[u8]) -> impl Iterator<Item = Part<'_>> {
    std::iter::from_fn(move || {
        let mut rest = bytes;
        let header = Header::decode_maybe(&mut rest).ok()??;
        let head = bytes.len() - rest.remaining();
        let size = header.size.unwrap_or(rest.len());
        let whole = bytes.get(..head.checked_add(size)?)?;
        let part = Part { kind: <[u8; 4]>::from(header.kind), body: whole.get(head..)?, whole };
        bytes = bytes.get(whole.len()..)?;
        Some(part)
    })
}

/// The first box of a kind.
pub(super) fn part<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<Part<'a>> {
    parts(bytes).find(|part| part.kind == *kind)
}

/// The box at the end of a path of kinds.
pub(super) fn within<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<Part<'a>> {
    let (last, before) = path.split_last()?;
    let parent = before.iter().try_fold(bytes, |bytes, kind| Some(part(bytes, kind)?.body))?;
    part(parent, last)
}

/// A box of a kind around what the parts hold.
pub(super) fn wrap(kind: &[u8; 4], parts: &[&[u8]]) -> Result<Vec<u8>, Unfit> {
    let size: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(size + 8);
    let header = Header { kind: mp4_atom::FourCC::new(kind), size: Some(size) };
    header.encode(&mut out).map_err(|_| Unfit::TOO_LARGE)?;
    parts.iter().for_each(|part| out.extend_from_slice(part));
    Ok(out)
}

/// A known box as bytes.
pub(super) fn bytes(atom: &impl Encode) -> Result<Vec<u8>, Unfit> {
    let mut out = Vec::new();
    atom.encode(&mut out).map_err(|_| Unfit::TOO_LARGE)?;
    Ok(out)
}

/// The top of a file.
#[derive(Debug)]
pub(super) struct Top {
    /// What is in its index (`moov`).
    pub index: Vec<u8>,
    /// Whether the index lies before the media.
    pub is_fast: bool,
    /// Bytes of the file.
    pub size: u64,
}

/// Reads the top of a file: where its boxes are, and the index whole.
pub(super) fn top(file: &mut File) -> Result<Top, Unfit> {
    let size = file.metadata()?.len();
    let (mut at, mut index, mut media_at) = (0_u64, None, None);
    for _ in 0..MOST_AT_TOP {
        if at.saturating_add(8) > size {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = Vec::with_capacity(16);
        file.by_ref().take(16).read_to_end(&mut head)?;
        let mut rest = head.as_slice();
        let Some(header) = Header::decode_maybe(&mut rest).map_err(|_| Unfit::Broken("its data makes no sense"))?
        else {
            break;
        };
        let body_at = at + (head.len() - rest.len()) as u64;
        let length = header.size.map_or(size - body_at.min(size), |length| length as u64);
        let end = body_at.saturating_add(length);
        match &<[u8; 4]>::from(header.kind) {
            b"moov" if end > size => return Err(Unfit::Broken("its end is missing; copy or export it again")),
            b"moov" if length > LARGEST_INDEX => return Err(Unfit::Unusual("its index is very large")),
            b"moov" if index.is_some() => return Err(Unfit::Unusual("it has two indexes")),
            b"moov" => {
                file.seek(SeekFrom::Start(body_at))?;
                let mut bytes = Vec::new();
                file.by_ref().take(length).read_to_end(&mut bytes)?;
                index = Some((at, bytes));
            }
            b"moof" | b"sidx" => return Err(Unfit::Unusual("it comes in fragments")),
            b"mdat" => media_at = media_at.or(Some(at)),
            _ => {}
        }
        at = end;
    }
    let Some((index_at, index)) = index else {
        return Err(Unfit::Broken("its index is missing, as when a recording or a copy was cut off"));
    };
    Ok(Top { index, is_fast: media_at.is_none_or(|media_at| index_at < media_at), size })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn boxes_are_found_by_their_path_and_zeros_end_a_list() {
        let inner = wrap(b"mdhd", &[b"abc"]).unwrap();
        let trak = wrap(b"trak", &[&wrap(b"mdia", &[&inner]).unwrap(), &[0; 4]]).unwrap();
        assert_eq!(within(&trak, &[b"trak", b"mdia", b"mdhd"]).map(|part| part.body), Some(b"abc".as_slice()));
        assert_eq!(parts(part(&trak, b"trak").unwrap().body).count(), 1);
        assert!(within(&trak, &[b"trak", b"edts", b"elst"]).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes: Vec<u8>) {
            prop_assert!(parts(&bytes).map(|part| part.whole.len()).sum::<usize>() <= bytes.len());
        }
    }
}
