//! Telling frames when they are shown: a film whose frames are known in the order of decoding alone gets the order of
//! showing as a `ctts` box (ISO/IEC 14496-12, 8.6.1.3). Only its index is read and written; its media stay where they are.

use std::io::{Read, Seek, SeekFrom, Write};

use mp4_atom::{Ctts, CttsEntry, Elst, Stts};

use crate::boxes::{descendant, encoded, replaced, wrap};
use crate::{Index, Mp4Error};

const STBL: [&[u8; 4]; 4] = [b"trak", b"mdia", b"minf", b"stbl"];
const ELST: [&[u8; 4]; 3] = [b"trak", b"edts", b"elst"];
const ODD: Mp4Error = Mp4Error::Unusual("its frames cannot be given their times");

/// Writes the order of showing into a film of one track whose index comes last and whose frames last equally long:
/// `order` says of each frame, as they are decoded, which one it is as they are shown.
///
/// # Errors
/// [`Mp4Error::Unusual`] where the film is of another kind, or has other frames; it is untouched then.
pub fn set_order<S: Read + Write + Seek>(film: &mut S, order: &[u32]) -> Result<(), Mp4Error> {
    let index = Index::read(film)?;
    if !index.is_last {
        return Err(ODD);
    }
    let index_at = index.at;
    let index = wrap(b"moov", &[&ordered(&index.bytes, order)?])?;
    film.seek(SeekFrom::Start(index_at))?;
    film.write_all(&index)?;
    Ok(film.flush()?)
}

/// An index with an order of showing.
fn ordered(index: &[u8], order: &[u32]) -> Result<Vec<u8>, Mp4Error> {
    let (stbl, elst) = (descendant(index, &STBL).ok_or(ODD)?, descendant(index, &ELST).ok_or(ODD)?);
    let table = |kind| descendant(stbl.body, &[kind]);
    if table(b"ctts").is_some() {
        return Err(ODD);
    }
    let lengths: Stts = table(b"stts").ok_or(ODD)?.read()?;
    let (frames, length) = match lengths.entries.as_slice() {
        [all] => (Some(all.sample_count), all.sample_delta),
        // The last frame may be shorter: where AVI counts fields, its length is that of one field.
        [all, last] if last.sample_count == 1 => (all.sample_count.checked_add(1), all.sample_delta),
        _ => return Err(ODD),
    };
    if frames.map(|frames| frames as usize) != Some(order.len()) {
        return Err(ODD);
    }
    // No frame may be shown before it is decoded: all are shown this many frames later.
    let numbered = || order.iter().copied().zip(0_u32..);
    let late = numbered().map(|(shown, decoded)| decoded.saturating_sub(shown)).max().ok_or(ODD)?;
    let mut offsets: Vec<CttsEntry> = Vec::new();
    for (shown, decoded) in numbered() {
        let frames = u64::from(shown) + u64::from(late) - u64::from(decoded);
        let offset = frames.checked_mul(length.into()).and_then(|ticks| u32::try_from(ticks).ok()).ok_or(ODD)?;
        match offsets.last_mut() {
            Some(run) if run.sample_offset == i64::from(offset) => run.sample_count += 1,
            _ => offsets.push(CttsEntry { sample_count: 1, sample_offset: offset.into() }),
        }
    }
    // The edit list begins at the first frame shown.
    let mut edits: Elst = elst.read()?;
    let [edit] = edits.entries.as_mut_slice() else { return Err(ODD) };
    let later = u64::from(late) * u64::from(length);
    edit.media_time = Some(edit.media_time.and_then(|time| time.checked_add(later)).ok_or(ODD)?);

    let index = replaced(index, &ELST, &encoded(&edits)?)?;
    let offsets = encoded(&Ctts { entries: offsets })?;
    replaced(&index, &STBL, &wrap(b"stbl", &[stbl.body, &offsets])?)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use mp4_atom::{ElstEntry, SttsEntry};
    use proptest::prelude::*;

    use super::*;

    /// A film of four frames of 512 ticks.
    fn film(last: &[u8]) -> Vec<u8> {
        let boxed = |kind, parts: &[&[u8]]| wrap(kind, parts).unwrap();
        let stts = encoded(&Stts { entries: vec![SttsEntry { sample_count: 4, sample_delta: 512 }] }).unwrap();
        let stbl = boxed(b"stbl", &[&boxed(b"stsd", &[b"abcd"]), &stts]);
        let mdia = boxed(b"mdia", &[&boxed(b"minf", &[&stbl])]);
        let edit = ElstEntry { segment_duration: 4, media_time: Some(0), media_rate: 1.into() };
        let edts = boxed(b"edts", &[&encoded(&Elst { entries: vec![edit] }).unwrap()]);
        let index = boxed(b"moov", &[&boxed(b"trak", &[&edts, &mdia]), &boxed(b"udta", &[b"x"])]);
        [&boxed(b"ftyp", &[b"isom"]), &boxed(b"mdat", &[b"frames"]), index.as_slice(), last].concat()
    }

    #[test]
    fn frames_get_the_order_of_showing() {
        let before = film(b"");
        let mut stream = Cursor::new(before.clone());
        set_order(&mut stream, &[0, 3, 1, 2]).unwrap();
        let index = Index::read(&mut stream).unwrap();
        let offsets: Ctts =
            descendant(&index.bytes, &STBL).and_then(|stbl| descendant(stbl.body, &[b"ctts"])).unwrap().read().unwrap();
        let runs: Vec<_> = offsets.entries.iter().map(|run| (run.sample_count, run.sample_offset)).collect();
        assert_eq!(runs, [(1, 512), (1, 3 * 512), (2, 0)]);
        let edits: Elst = descendant(&index.bytes, &ELST).unwrap().read().unwrap();
        assert_eq!(edits.entries[0].media_time, Some(512));
        // Everything before the index is as it was.
        assert_eq!(stream.get_ref()[..26], before[..26]);
    }

    #[test]
    fn a_film_of_another_kind_stays_as_it_is() {
        let more_behind = film(b"\0\0\0\x08free");
        for (film, order) in
            [(film(b""), vec![0, 1, 2]), (film(b""), vec![u32::MAX, 1, 2, 3]), (more_behind, vec![0, 1, 2, 3])]
        {
            let mut stream = Cursor::new(film.clone());
            assert!(set_order(&mut stream, &order).is_err());
            assert_eq!(*stream.get_ref(), film);
        }
        let mut twice = Cursor::new(film(b""));
        set_order(&mut twice, &[0, 1, 2, 3]).unwrap();
        assert!(set_order(&mut twice, &[0, 1, 2, 3]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_taken_and_never_crash(bytes: Vec<u8>, order: Vec<u32>) {
            let _ = set_order(&mut Cursor::new(bytes.clone()), &order);
            let _ = ordered(&bytes, &order);
        }
    }
}
