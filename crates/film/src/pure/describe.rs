//! What a file is, in the words of a probe, out of its index alone.

use bedtrack_mp4::Track;

use super::movie::{Movie, Picture};
use crate::ffprobe::Packets;
use crate::inspected::Inspected;
use crate::magic::Format;
use crate::media::{AudioInfo, MediaInfo, MediaKind, VideoInfo};

/// Describes a movie as `probe` would.
pub(super) fn describe(movie: &Movie, format: Format) -> Inspected {
    let picture = movie.picture.as_ref();
    let packets = picture.map(|picture| shown(&picture.track)).unwrap_or_default();
    let video = picture.map(|picture| video(picture, &packets));
    let sound_us = movie.sound.as_ref().map(span);
    let alone_us = sound_us.map_or(0, |(start, end)| u64::try_from(end - start).unwrap_or(0));
    let length_us = video.as_ref().map_or(alone_us, |video| video.length_us);
    let starts = video.as_ref().map(|video| video.start_us).into_iter().chain(sound_us.map(|(start, _)| start));
    let reorders =
        picture.is_some_and(|picture| picture.track.samples.iter().any(|sample| sample.shown != sample.decoded));
    Inspected {
        format,
        info: MediaInfo {
            kind: if video.is_some() { MediaKind::Video } else { MediaKind::Audio },
            container: match (format, &video) {
                (Format::Mp4, None) => Format::M4a.name(),
                (Format::M4a, Some(_)) => Format::Mp4.name(),
                (format, _) => format.name(),
            }
            .to_owned(),
            duration_ms: (length_us + 500) / 1000,
            audio: movie.sound.as_ref().map(|sound| audio(sound, movie.channels)),
            has_sound: movie.sound.is_some(),
            video,
        },
        picture: packets,
        sound_us,
        reorders,
        seal: None,
        clock_us: starts.min().unwrap_or(0),
    }
}

/// When the played part of a track starts and ends, in µs.
pub(super) fn span(track: &Track) -> (i64, i64) {
    let edit = track.edit;
    let on_clock = |tick: i64| edit.late_us.saturating_add(track.micros(tick.saturating_sub(edit.from)));
    (on_clock(track.first().max(edit.from)), on_clock(track.end()))
}

/// When each frame is shown, hidden ones left out.
fn shown(track: &Track) -> Packets {
    let edit = track.edit;
    let on_clock = |tick: i64| edit.late_us.saturating_add(track.micros(tick.saturating_sub(edit.from)));
    let shown = track.samples.iter().map(|sample| sample.shown).filter(|tick| track.plays(*tick));
    Packets::shown(shown.map(on_clock).collect(), on_clock(track.end()), track.hidden())
}

fn video(picture: &Picture, packets: &Packets) -> VideoInfo {
    let (track, coding) = (&picture.track, &picture.coding);
    let ticks: u64 = track.samples.iter().map(|sample| u64::from(sample.length)).sum();
    let frame_rate = fraction(u64::from(track.scale).saturating_mul(track.samples.len() as u64), ticks);
    VideoInfo {
        codec: "h264".to_owned(),
        width: coding.width,
        height: coding.height,
        fps: f64::from(frame_rate.0) / f64::from(frame_rate.1.max(1)),
        rotation: track.rotation(),
        frames: packets.starts.len() as u64,
        pix_fmt: coding.pix_fmt.clone(),
        pixel_aspect: coding.pixel_aspect,
        frame_rate,
        transfer: coding.transfer.to_owned(),
        matrix: coding.matrix.to_owned(),
        index: track.number,
        start_us: packets.start_us(),
        length_us: packets.length_us(),
    }
}

fn audio(track: &Track, channels: Option<u32>) -> AudioInfo {
    // AAC's own clock is its rate.
    let codec = if channels.is_some() { "aac" } else { "other" }.to_owned();
    AudioInfo { codec, rate: track.scale, channels: channels.unwrap_or(0), index: track.number }
}

/// A fraction in lowest terms, in as many bits as there are.
fn fraction(over: u64, under: u64) -> (u32, u32) {
    let (mut a, mut b) = (over, under);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let (mut over, mut under) = (over / a.max(1), under / a.max(1));
    while over > u64::from(u32::MAX) || under > u64::from(u32::MAX) {
        (over, under) = (over / 2, under / 2);
    }
    (over as u32, under as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_in_lowest_terms() {
        assert_eq!(fraction(90_000 * 300, 300 * 3003), (30_000, 1001));
        assert_eq!(fraction(1, 0), (1, 0));
        assert_eq!(fraction(u64::MAX, 2).1, 0);
    }
}
