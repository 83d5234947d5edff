//! Telling frames when they are shown. AVI knows only the order of decoding, so the H.264 in it, where frames are
//! reordered, cannot be copied into MP4 as it is. The decoder knows the order of showing: it is written into an
//! intermediate MP4 as a `ctts` box (ISO/IEC 14496-12, 8.6.1.3), and the picture's bits stay what they are.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use tempfile::TempPath;

use super::FilmError;
use super::call::Call;
use super::probe::{Inspected, inspect, run_blocking};
use super::publish::scratch;
use super::tools::Tools;
use super::watch::Watch;

/// The picture of `clip` alone, in MP4, every frame with its time of showing.
pub(super) async fn restamp(
    tools: &Tools,
    clip: &Path,
    seen: &Inspected,
    work: &Path,
    watch: &Watch,
) -> Result<(TempPath, Inspected), FilmError> {
    let decoded = positions(tools, clip, seen, "packet=pos", watch).await?;
    let shown = positions(tools, clip, seen, "frame=pkt_pos", watch).await?;
    let order =
        order(&decoded, &shown).ok_or_else(|| FilmError::BadResult("its frames have no clear order".to_owned()))?;
    let made = scratch(work, "mp4")?;
    let index = seen.info.video.as_ref().map_or(0, |video| video.index);
    Call::ffmpeg("taking the picture out", seen.info.duration_ms)
        .input(clip, seen.demuxer(), &[])
        .sealed(clip, seen.seal.as_ref())
        .set("-map", format!("0:{index}"))
        .sets([("-c", "copy"), ("-bsf:v", "setts=pts=DTS"), ("-map_metadata", "-1")])
        .into_file(&made, "mp4")
        .run(tools, watch)
        .await?;
    let path = made.to_path_buf();
    run_blocking(move || {
        let film = std::fs::read(&path).map_err(|fault| FilmError::reading(&path, &fault))?;
        let film = stamped(film, &order)
            .ok_or_else(|| FilmError::BadResult("its frames cannot be given their times".to_owned()))?;
        std::fs::write(&path, film).map_err(|fault| FilmError::writing(&path, &fault))
    })
    .await?;
    let stamped = inspect(tools, &made, watch).await?;
    Ok((made, stamped))
}

/// Where in the file each packet or frame of the picture comes from.
async fn positions(
    tools: &Tools,
    clip: &Path,
    seen: &Inspected,
    entries: &str,
    watch: &Watch,
) -> Result<Vec<u64>, FilmError> {
    let index = seen.info.video.as_ref().map_or(0, |video| video.index);
    let (mut found, mut open) = (Vec::new(), Vec::new());
    Call::ffprobe("reading the order of the frames", clip, seen.demuxer(), seen.info.duration_ms)
        .set("-select_streams", index.to_string())
        .sets([("-show_entries", entries), ("-of", "csv=p=0")])
        .drive(tools, watch, &mut |bytes| {
            for byte in bytes {
                if byte.is_ascii_digit() && open.len() < 20 {
                    open.push(*byte);
                } else if *byte == b'\n' {
                    found.extend(std::str::from_utf8(&open).ok().and_then(|digits| digits.parse::<u64>().ok()));
                    open.clear();
                }
            }
            ControlFlow::Continue(())
        })
        .await?;
    Ok(found)
}

/// For each packet in the order of decoding, which frame it is in the order of showing.
fn order(decoded: &[u64], shown: &[u64]) -> Option<Vec<u32>> {
    let place: BTreeMap<u64, u32> = shown.iter().copied().zip(0..).collect();
    let order: Vec<u32> = decoded.iter().map(|position| place.get(position).copied()).collect::<Option<_>>()?;
    (place.len() == decoded.len() && shown.len() == decoded.len()).then_some(order)
}

/// A box: where it starts, where its content starts, where it ends.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    start: usize,
    content: usize,
    end: usize,
}

/// Finds a box in a stretch of bytes.
fn find(film: &[u8], within: (usize, usize), name: &[u8; 4]) -> Option<Bounds> {
    let mut at = within.0;
    while at + 8 <= within.1 {
        let short = u32_at(film, at)?;
        let (size, header) = match short {
            0 => (within.1 - at, 8),
            1 => {
                (usize::try_from(u64::from(u32_at(film, at + 8)?) << 32 | u64::from(u32_at(film, at + 12)?)).ok()?, 16)
            }
            size => (size as usize, 8),
        };
        let end = at.checked_add(size).filter(|end| size >= header && *end <= within.1)?;
        if film.get(at + 4..at + 8)? == name {
            return Some(Bounds { start: at, content: at + header, end });
        }
        at = end;
    }
    None
}

fn u32_at(film: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(film.get(at..at + 4)?.try_into().ok()?))
}

fn put_u32(film: &mut [u8], at: usize, value: u32) -> Option<()> {
    film.get_mut(at..at + 4)?.copy_from_slice(&value.to_be_bytes());
    Some(())
}

/// Writes the order of showing into a film of one track whose index comes last and whose frames last equally long.
fn stamped(mut film: Vec<u8>, order: &[u32]) -> Option<Vec<u8>> {
    let within = |bounds: Bounds| (bounds.content, bounds.end);
    let moov = find(&film, (0, film.len()), b"moov").filter(|moov| moov.end == film.len())?;
    let trak = find(&film, within(moov), b"trak")?;
    let mdia = find(&film, within(trak), b"mdia")?;
    let minf = find(&film, within(mdia), b"minf")?;
    let stbl = find(&film, within(minf), b"stbl")?;
    let stts = find(&film, within(stbl), b"stts")?;
    if find(&film, within(stbl), b"ctts").is_some() {
        return None;
    }
    let (first, length) = (u32_at(&film, stts.content + 8)?, u32_at(&film, stts.content + 12)?);
    // The last frame may be shorter: where AVI counts fields, its length is that of one field.
    let rest = match u32_at(&film, stts.content + 4)? {
        1 => 0,
        2 => u32_at(&film, stts.content + 16).filter(|rest| *rest == 1)?,
        _ => return None,
    };
    if (first.checked_add(rest)?) as usize != order.len() {
        return None;
    }
    // No frame may be shown before it is decoded: all are shown this many frames later.
    let late = order.iter().zip(0_u32..).map(|(shown, decoded)| decoded.saturating_sub(*shown)).max()?;
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (shown, decoded) in order.iter().zip(0_u32..) {
        let offset = (shown + late - decoded).checked_mul(length)?;
        match runs.last_mut() {
            Some((count, same)) if *same == offset => *count += 1,
            _ => runs.push((1, offset)),
        }
    }
    // The edit list begins at the first frame shown.
    let elst = find(&film, within(find(&film, within(trak), b"edts")?), b"elst")?;
    let is_plain = film.get(elst.content) == Some(&0) && u32_at(&film, elst.content + 4)? == 1;
    let media_time = u32_at(&film, elst.content + 12).filter(|_| is_plain)?;
    put_u32(&mut film, elst.content + 12, media_time.checked_add(late.checked_mul(length)?)?)?;

    let size = 16 + 8 * runs.len();
    let mut ctts = Vec::with_capacity(size);
    ctts.extend(u32::try_from(size).ok()?.to_be_bytes());
    ctts.extend(b"ctts\0\0\0\0");
    ctts.extend(u32::try_from(runs.len()).ok()?.to_be_bytes());
    runs.iter().for_each(|(count, offset)| ctts.extend([count.to_be_bytes(), offset.to_be_bytes()].concat()));
    for bounds in [moov, trak, mdia, minf, stbl] {
        let grown = u32_at(&film, bounds.start)?.checked_add(u32::try_from(size).ok()?)?;
        put_u32(&mut film, bounds.start, grown)?;
    }
    film.splice(stbl.end..stbl.end, ctts);
    Some(film)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_order_of_showing_is_found_by_position() {
        assert_eq!(order(&[10, 20, 30, 40], &[10, 30, 40, 20]), Some(vec![0, 3, 1, 2]));
        assert_eq!(order(&[10, 20], &[10]), None);
        assert_eq!(order(&[10, 10], &[10, 10]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_taken_and_never_crash(bytes: Vec<u8>, order: Vec<u32>) {
            let _ = stamped(bytes, &order);
        }
    }
}
