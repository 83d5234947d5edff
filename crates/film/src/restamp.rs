//! Telling frames when they are shown. AVI knows only the order of decoding, so the H.264 in it, where frames are
//! reordered, cannot be copied into MP4 as it is. The decoder knows the order of showing: it is written into an
//! intermediate MP4, and the picture's bits stay what they are.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use bedtrack_mp4::{Mp4Error, set_order};
use tempfile::TempPath;

use super::FilmError;
use super::blocking::run_blocking;
use super::call::Call;
use super::inspected::Inspected;
use super::probe::inspect;
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
        let film = File::options().read(true).write(true).open(&path);
        let mut film = film.map_err(|fault| FilmError::reading(&path, &fault))?;
        set_order(&mut film, &order).map_err(|fault| match fault {
            Mp4Error::File(fault) => FilmError::writing(&path, &fault),
            unfit => FilmError::BadResult(unfit.to_string()),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_showing_is_found_by_position() {
        assert_eq!(order(&[10, 20, 30, 40], &[10, 30, 40, 20]), Some(vec![0, 3, 1, 2]));
        assert_eq!(order(&[10, 20], &[10]), None);
        assert_eq!(order(&[10, 10], &[10, 10]), None);
    }
}
