//! The check before a film is handed over. An exit code proves nothing: the file is opened anew, all its packets are read,
//! its streams, starts and ends are looked at, its sound has been decoded whole, every key frame of its picture is
//! decoded, and a picture that was copied is compared with the source bit for bit.

use std::path::Path;

use super::FilmError;
use super::call::Call;
use super::inspected::Inspected;
use super::probe::inspect;
use super::tools::Tools;
use super::watch::Watch;

/// How far apart times may come out after a change of time base, in µs: half a tick of 1/10,000 s and rounding.
const TICK_US: u64 = 100;

/// What a film must be.
#[derive(Debug)]
pub(super) struct Expected {
    pub length_us: u64,
    pub frame_us: u64,
    pub with_sound: bool,
}

/// Opens a finished film and checks its streams and times.
pub(super) async fn check(
    tools: &Tools,
    film: &Path,
    expected: &Expected,
    watch: &Watch,
) -> Result<Inspected, FilmError> {
    let bad = |why: String| Err(FilmError::BadResult(why));
    let made = inspect(tools, film, watch).await?;
    let Some(video) = &made.info.video else { return bad("it has no picture".to_owned()) };
    // A frame, and the tick that rounding may cost.
    let frame = expected.frame_us + 1000;
    if video.start_us.unsigned_abs() > frame {
        return bad(format!("its picture starts at {} µs", video.start_us));
    }
    if video.length_us.abs_diff(expected.length_us) > frame {
        return bad(format!("its picture lasts {} µs instead of {}", video.length_us, expected.length_us));
    }
    if made.info.audio.is_some() != expected.with_sound {
        return bad(if expected.with_sound { "its sound is missing" } else { "it has a sound" }.to_owned());
    }
    if let Some((start, end)) = made.sound_us {
        // AAC's last frame may be filled up: 1024 samples are 21.3 ms.
        let slack = frame.max(22_000);
        if start.unsigned_abs() > slack || end.abs_diff(video.start_us.saturating_add_unsigned(video.length_us)) > slack
        {
            return bad(format!("its sound runs from {start} to {end} µs beside {} µs of picture", video.length_us));
        }
    }
    Ok(made)
}

/// Whether a copied picture is the source's: the same packets, bit for bit, at the times of `timed`.
pub(super) async fn same_picture(
    tools: &Tools,
    timed: &Inspected,
    source: (&Path, &Inspected),
    film: (&Path, &Inspected),
    watch: &Watch,
) -> Result<(), FilmError> {
    let times = |seen: &Inspected| {
        let start = seen.picture.start_us();
        seen.picture.starts.iter().map(|at| at - start).collect::<Vec<_>>()
    };
    let (before, after) = (times(timed), times(film.1));
    let moved = before.iter().zip(&after).any(|(before, after)| before.abs_diff(*after) > TICK_US);
    if before.len() != after.len() || moved {
        return Err(FilmError::BadResult("its frames are not at the source's times".to_owned()));
    }
    let mut hashes = Vec::new();
    for form in [Form::Packets, Form::Frames] {
        hashes.clear();
        for (path, seen) in [source, film] {
            hashes.push(hash(tools, path, seen, form, watch).await?);
        }
        if hashes.first() == hashes.last() {
            return decode_keyframes(tools, film, watch).await;
        }
        // Another container may pack the same bits otherwise (start codes or lengths): then the frames decide.
    }
    Err(FilmError::BadResult("its picture is not the source's".to_owned()))
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Packets,
    Frames,
}

async fn hash(tools: &Tools, path: &Path, seen: &Inspected, form: Form, watch: &Watch) -> Result<Vec<u8>, FilmError> {
    let index = seen.info.video.as_ref().map_or(0, |video| video.index);
    let call = Call::ffmpeg("comparing the picture", seen.info.duration_ms)
        .input(path, seen.demuxer(), &[])
        .set("-map", format!("0:{index}"));
    let call = match form {
        Form::Packets => call.set("-c", "copy"),
        Form::Frames => call.set("-vsync", "passthrough").set("-c:v", "rawvideo"),
    };
    call.set("-hash", "md5").into_pipe("hash").output_of(tools, watch).await
}

/// The bits are the source's, so what decodes there decodes here; a look at every key frame proves that the new
/// container finds them. Decoding all again would cost more than all the rest of the work.
pub(super) async fn decode_keyframes(tools: &Tools, film: (&Path, &Inspected), watch: &Watch) -> Result<(), FilmError> {
    // A source's own damage is kept with its bits.
    decode(tools, film.0, film.1, watch).await.map(drop)
}

/// Whether a picture that was encoded here is whole: `frames` frames, one after the other without a gap, the last of
/// which ends where the film does, and every key frame decodes without a complaint. What lies between two of them comes
/// from the encoder that has just made it and said so; to decode that too takes a fifth of the whole work.
pub(super) async fn encoded_whole(
    tools: &Tools,
    film: (&Path, &Inspected),
    expected: &Expected,
    frames: u64,
    watch: &Watch,
) -> Result<(), FilmError> {
    let bad = |why: String| Err(FilmError::BadResult(why));
    let mut starts = film.1.picture.starts.clone();
    starts.sort_unstable();
    if starts.len() as u64 != frames {
        return bad(format!("{} frames instead of {frames}", starts.len()));
    }
    if film.1.picture.corrupt > 0 {
        return bad(format!("{} of its frames are broken", film.1.picture.corrupt));
    }
    // Half a frame is more than any time base is off.
    let is_even = |pair: &[i64]| matches!(pair, [one, next] if (next - one).unsigned_abs().abs_diff(expected.frame_us) <= expected.frame_us / 2);
    if let Some(at) = starts.windows(2).position(|pair| !is_even(pair)) {
        return bad(format!("its frames are not evenly spaced after frame {at}"));
    }
    let said = decode(tools, film.0, film.1, watch).await?;
    if said.trim().is_empty() { Ok(()) } else { bad(format!("its picture does not decode cleanly: {}", said.trim())) }
}

/// Decodes the key frames, and returns what the decoder complains of.
async fn decode(tools: &Tools, film: &Path, seen: &Inspected, watch: &Watch) -> Result<String, FilmError> {
    let index = seen.info.video.as_ref().map_or(0, |video| video.index);
    Call::ffmpeg("checking the picture", seen.info.duration_ms)
        .input(film, seen.demuxer(), &[("-skip_frame", "nokey")])
        .set("-map", format!("0:{index}"))
        .into_nowhere()
        .run(tools, watch)
        .await
}
