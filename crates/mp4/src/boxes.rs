//! Boxes in memory (ISO/IEC 14496-12, 4.2), walked by hand so that what is odd or not known (user data, makers' notes) is
//! passed over; `mp4-atom` reads and writes what is in the known ones.

use mp4_atom::{Decode, Encode};

use crate::Mp4Error;

/// What stands before a box's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub kind: [u8; 4],
    /// Bytes of the header itself.
    pub length: u64,
    /// Bytes of header and content; none: up to the end of what it lies in.
    pub size: Option<u64>,
}

impl Header {
    /// The longest that a header can be.
    pub const LONGEST: usize = 16;

    /// Reads a header; none where there are too few bytes for one.
    ///
    /// # Errors
    /// [`Mp4Error::Broken`] where a box says that it is smaller than its header.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, Mp4Error> {
        let Some((size, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
        let Some((kind, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let (length, size) = match u32::from_be_bytes(*size) {
            0 => (8, None),
            1 => match rest.first_chunk::<8>() {
                Some(size) => (16, Some(u64::from_be_bytes(*size))),
                None => return Ok(None),
            },
            size => (8, Some(size.into())),
        };
        if size.is_some_and(|size| size < length) {
            return Err(Mp4Error::Broken("its data makes no sense"));
        }
        Ok(Some(Self { kind: *kind, length, size }))
    }
}

/// One box within its parent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mp4Box<'a> {
    pub kind: [u8; 4],
    /// Where in its parent it begins.
    pub at: usize,
    /// What is in it.
    pub body: &'a [u8],
    /// Header and body.
    pub whole: &'a [u8],
}

impl Mp4Box<'_> {
    /// Its fields, as `mp4-atom` knows them.
    pub fn read<T: Decode>(&self) -> Result<T, Mp4Error> {
        T::decode(&mut &*self.whole).map_err(|_| Mp4Error::Unusual("a box of its index cannot be read"))
    }
}

/// The boxes in `bytes`, up to the first that does not fit: QuickTime ends lists with a few zeros.
pub(crate) fn boxes(bytes: &[u8]) -> impl Iterator<Item = Mp4Box<'_>> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let (at, rest) = (next, bytes.get(next..)?);
        let header = Header::read(rest).ok()??;
        let size = header.size.map_or(Some(rest.len()), |size| usize::try_from(size).ok())?;
        let whole = rest.get(..size)?;
        let body = whole.get(usize::try_from(header.length).ok()?..)?;
        next = at + size;
        Some(Mp4Box { kind: header.kind, at, body, whole })
    })
}

/// The first box of a kind.
pub(crate) fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<Mp4Box<'a>> {
    boxes(bytes).find(|found| found.kind == *kind)
}

/// The box at the end of a path of kinds.
pub(crate) fn descendant<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<Mp4Box<'a>> {
    let (last, before) = path.split_last()?;
    let parent = before.iter().try_fold(bytes, |bytes, kind| Some(child(bytes, kind)?.body))?;
    child(parent, last)
}

/// A box of a kind around what the parts hold.
pub(crate) fn wrap(kind: &[u8; 4], parts: &[&[u8]]) -> Result<Vec<u8>, Mp4Error> {
    let size = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut out = Vec::with_capacity(size);
    out.extend(u32::try_from(size).map_err(|_| Mp4Error::TOO_LARGE)?.to_be_bytes());
    out.extend(kind);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    Ok(out)
}

/// A known box as bytes.
pub(crate) fn encoded(known: &impl Encode) -> Result<Vec<u8>, Mp4Error> {
    let mut out = Vec::new();
    known.encode(&mut out).map_err(|_| Mp4Error::TOO_LARGE)?;
    Ok(out)
}

/// `bytes` with another box in the place of the first at the end of a path; the boxes around it grow with it.
///
/// # Errors
/// [`Mp4Error::Unusual`] where there is none.
pub(crate) fn replaced(bytes: &[u8], path: &[&[u8; 4]], by: &[u8]) -> Result<Vec<u8>, Mp4Error> {
    let (kind, deeper) = path.split_first().ok_or(Mp4Error::NO_TABLE)?;
    let old = child(bytes, kind).ok_or(Mp4Error::NO_TABLE)?;
    let (before, after) = (bytes.get(..old.at), bytes.get(old.at + old.whole.len()..));
    let new = match deeper {
        [] => by.to_owned(),
        deeper => wrap(kind, &[&replaced(old.body, deeper, by)?])?,
    };
    Ok([before.unwrap_or_default(), &new, after.unwrap_or_default()].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn boxes_are_found_by_their_path_and_zeros_end_a_list() {
        let inner = wrap(b"mdhd", &[b"abc"]).unwrap();
        let trak = wrap(b"trak", &[&wrap(b"mdia", &[&inner]).unwrap(), &[0; 4]]).unwrap();
        assert_eq!(descendant(&trak, &[b"trak", b"mdia", b"mdhd"]).map(|found| found.body), Some(b"abc".as_slice()));
        assert_eq!(boxes(child(&trak, b"trak").unwrap().body).count(), 1);
        assert!(descendant(&trak, &[b"trak", b"edts", b"elst"]).is_none());
    }

    #[test]
    fn sizes_of_64_bits_and_sizes_left_open_are_read_and_those_below_a_header_are_not() {
        let wide = [b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x12ab".as_slice(), b"\0\0\0\0freexyz"].concat();
        let found: Vec<_> = boxes(&wide).map(|found| (found.kind, found.at, found.body)).collect();
        assert_eq!(found, [(*b"mdat", 0, b"ab".as_slice()), (*b"free", 18, b"xyz")]);
        for small in [&b"\0\0\0\x07mdat"[..], b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f"] {
            assert!(matches!(Header::read(small), Err(Mp4Error::Broken(_))));
            assert_eq!(boxes(small).count(), 0);
        }
        assert_eq!(boxes(b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff").count(), 0);
    }

    #[test]
    fn a_box_is_replaced_and_those_around_it_grow() {
        let one =
            |inner: &[u8]| wrap(b"trak", &[b"\0\0\0\x08free", &wrap(b"mdia", &[inner]).unwrap(), b"tail"]).unwrap();
        let (old, new) = (wrap(b"elst", &[b"a"]).unwrap(), wrap(b"elst", &[b"longer"]).unwrap());
        assert_eq!(replaced(&one(&old), &[b"trak", b"mdia", b"elst"], &new).unwrap(), one(&new));
        assert!(replaced(&one(&old), &[b"trak", b"edts"], &new).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes: Vec<u8>) {
            prop_assert!(boxes(&bytes).map(|found| found.whole.len()).sum::<usize>() <= bytes.len());
        }
    }
}
