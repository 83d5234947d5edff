//! Stills and MIDI files, read in Rust: no child process sees them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::iter::Take;
use std::path::Path;

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageReader};

use super::FilmError;
use super::error::name_of;
use super::limits::LIMITS;
use super::magic::Format;
use super::media::{MediaInfo, MediaKind, VideoInfo};
use super::open;
use super::watch::Watch;

/// Frames of an animation that are looked at.
const MOST_FRAMES: usize = 2_000;
/// Bytes of a MIDI file that are read.
const MOST_MIDI: u64 = 16 << 20;

/// What a still or a MIDI file is. Decodes a still whole, so that a damaged one is found out here.
pub(super) fn describe(path: &Path, file: File, format: Format, watch: &Watch) -> Result<MediaInfo, FilmError> {
    if format == Format::Midi {
        return midi(path, file);
    }
    let mut video =
        VideoInfo { codec: format.name().to_owned(), frames: 1, pixel_aspect: (1, 1), ..VideoInfo::default() };
    let (picture, turn) = decode(path, file, format)?;
    (video.width, video.height) = (picture.width(), picture.height());
    video.rotation = match turn {
        Orientation::Rotate90 | Orientation::Rotate90FlipH => 90,
        Orientation::Rotate180 | Orientation::FlipVertical => 180,
        Orientation::Rotate270 | Orientation::Rotate270FlipH => 270,
        Orientation::NoTransforms | Orientation::FlipHorizontal => 0,
    };
    video.pix_fmt = if picture.color().has_alpha() { "rgba" } else { "rgb24" }.to_owned();
    drop(picture);
    let (frames, duration_ms) = animation(path, format, watch)?;
    if frames > 1 {
        video.frames = frames;
        video.fps = frames as f64 * 1000.0 / duration_ms.max(1) as f64;
    }
    Ok(MediaInfo {
        kind: MediaKind::Image,
        container: format.name().to_owned(),
        duration_ms: if frames > 1 { duration_ms } else { 0 },
        video: Some(video),
        audio: None,
        has_sound: false,
    })
}

/// The first picture of a still, turned the way it is to be seen.
pub(super) fn upright(path: &Path) -> Result<DynamicImage, FilmError> {
    let (file, format) = open::recognise(path)?;
    let (mut picture, turn) = decode(path, file, format)?;
    picture.apply_orientation(turn);
    Ok(picture)
}

fn decode(path: &Path, file: File, format: Format) -> Result<(DynamicImage, Orientation), FilmError> {
    let broken = |fault: image::ImageError| damaged(path, format, &fault);
    let Some(still) = format.still() else { return Err(FilmError::NoStreams(name_of(path))) };
    let mut reader = ImageReader::with_format(BufReader::new(file), still);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let limit = LIMITS.image_pixels;
    if u64::from(width) * u64::from(height) > limit {
        let (width, height) = (width.into(), height.into());
        return Err(FilmError::TooManyPixels { name: name_of(path), width, height, limit: limit / 1_000_000 });
    }
    // Four bytes for each of the pixels: one of 16 bits a channel may have half as many.
    if decoder.total_bytes() > limit * 4 {
        let detail = "it needs too much memory".to_owned();
        return Err(FilmError::Damaged { name: name_of(path), container: format.name(), detail });
    }
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(broken)?, turn))
}

/// What a decoder may use.
fn limits() -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(LIMITS.image_pixels * 5);
    limits
}

/// The frames of an animation that are looked at; none for a still.
fn frames(path: &Path, format: Format) -> Result<Option<Take<Frames<'static>>>, FilmError> {
    let broken = |fault: image::ImageError| damaged(path, format, &fault);
    let (size, frames) = match format {
        Format::Gif => {
            let mut decoder = GifDecoder::new(reader(path)?).map_err(broken)?;
            decoder.set_limits(limits()).map_err(broken)?;
            (decoder.dimensions(), decoder.into_frames())
        }
        Format::Webp => {
            let mut decoder = WebPDecoder::new(reader(path)?).map_err(broken)?;
            decoder.set_limits(limits()).map_err(broken)?;
            if !decoder.has_animation() {
                return Ok(None);
            }
            (decoder.dimensions(), decoder.into_frames())
        }
        _ => return Ok(None),
    };
    Ok(Some(frames.take(most_frames(size))))
}

/// Frames of that many pixels that are looked at: at least one.
fn most_frames((width, height): (u32, u32)) -> usize {
    let pixels = (u64::from(width) * u64::from(height)).max(1);
    usize::try_from(LIMITS.animation_pixels / pixels).unwrap_or(MOST_FRAMES).clamp(1, MOST_FRAMES)
}

/// Hands over the pictures of an animation, each whole and with its ms, once through, until `take` has enough of them;
/// tells whether it took them all.
pub(super) fn animate(path: &Path, take: &mut dyn FnMut(DynamicImage, u64) -> bool) -> Result<bool, FilmError> {
    let format = open::recognise(path)?.1;
    let broken = |fault: image::ImageError| damaged(path, format, &fault);
    let Some(frames) = frames(path, format)? else { return Ok(false) };
    let mut any = false;
    for frame in frames {
        let frame = frame.map_err(broken)?;
        let (over, under) = frame.delay().numer_denom_ms();
        any = true;
        if !take(DynamicImage::ImageRgba8(frame.into_buffer()), u64::from(over) / u64::from(under.max(1))) {
            return Ok(false);
        }
    }
    if any { Ok(true) } else { Err(FilmError::NoStreams(name_of(path))) }
}

/// Frames and length in ms; one frame for a still.
fn animation(path: &Path, format: Format, watch: &Watch) -> Result<(u64, u64), FilmError> {
    let Some(frames) = frames(path, format)? else { return Ok((1, 0)) };
    let (mut count, mut length) = (0_u64, 0_u64);
    for frame in frames {
        watch.check()?;
        let (over, under) = frame.map_err(|fault| damaged(path, format, &fault))?.delay().numer_denom_ms();
        count += 1;
        length += u64::from(over) / u64::from(under.max(1));
    }
    Ok((count, length))
}

fn reader(path: &Path) -> Result<impl BufRead + Seek + use<>, FilmError> {
    Ok(BufReader::new(open::open(path)?.0))
}

fn damaged(path: &Path, format: Format, fault: &image::ImageError) -> FilmError {
    let detail = match fault {
        image::ImageError::Limits(_) => "it needs too much memory".to_owned(),
        image::ImageError::IoError(fault) if fault.kind() == std::io::ErrorKind::UnexpectedEof => {
            "its end is missing".into()
        }
        fault => fault.to_string(),
    };
    FilmError::Damaged { name: name_of(path), container: format.name(), detail }
}

/// A MIDI file's length: the longest track's ticks, through the tempo changes (500,000 µs a quarter until the first).
fn midi(path: &Path, file: File) -> Result<MediaInfo, FilmError> {
    let broken = |detail: String| FilmError::Damaged { name: name_of(path), container: "mid", detail };
    let mut bytes = Vec::new();
    file.take(MOST_MIDI).read_to_end(&mut bytes).map_err(|fault| FilmError::reading(path, &fault))?;
    // "RMID" wraps the same bytes in a RIFF chunk of 20 bytes of header.
    let bytes = if bytes.starts_with(b"RIFF") { bytes.get(20..).unwrap_or_default() } else { &bytes };
    let song = midly::Smf::parse(bytes).map_err(|fault| broken(fault.to_string()))?;
    let mut tempos = Vec::new();
    let mut end = 0_u64;
    for track in &song.tracks {
        let mut at = 0_u64;
        for event in track {
            at += u64::from(event.delta.as_int());
            if let midly::TrackEventKind::Meta(midly::MetaMessage::Tempo(tempo)) = event.kind {
                tempos.push((at, u64::from(tempo.as_int())));
            }
        }
        end = end.max(at);
    }
    if song.tracks.is_empty() || end == 0 {
        return Err(FilmError::NoStreams(name_of(path)));
    }
    tempos.sort_unstable();
    let micros = match song.header.timing {
        midly::Timing::Metrical(ticks) => {
            let ticks = u64::from(ticks.as_int()).max(1);
            let (mut at, mut tempo, mut sum) = (0_u64, 500_000_u64, 0_u64);
            for (next, change) in tempos.into_iter().chain([(end, 0)]) {
                sum = sum.saturating_add(next.saturating_sub(at).saturating_mul(tempo) / ticks);
                (at, tempo) = (next, change);
            }
            sum
        }
        midly::Timing::Timecode(fps, subframes) => {
            (end as f64 * 1e6 / f64::from(fps.as_f32()) / f64::from(subframes.max(1))) as u64
        }
    };
    if micros > LIMITS.media_seconds * 1_000_000 {
        let (seconds, limit) = (micros / 1_000_000, LIMITS.media_seconds);
        return Err(FilmError::AbsurdDuration { name: name_of(path), seconds, limit });
    }
    Ok(MediaInfo {
        kind: MediaKind::Midi,
        container: "mid".to_owned(),
        duration_ms: micros / 1000,
        video: None,
        audio: None,
        has_sound: true,
    })
}

#[cfg(test)]
mod tests {
    use image::codecs::gif::GifEncoder;
    use image::{Frame, RgbaImage};

    use super::*;

    fn gif(frames: usize) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix(".gif").tempfile().unwrap();
        let mut encoder = GifEncoder::new(file.reopen().unwrap());
        encoder.encode_frames((0..frames).map(|_| Frame::new(RgbaImage::new(4, 4)))).unwrap();
        file
    }

    #[test]
    fn an_animation_is_looked_at_until_the_work_is_given_up() {
        let file = gif(3);
        let look = |watch: &Watch| {
            let (opened, format) = open::recognise(file.path()).unwrap();
            describe(file.path(), opened, format, watch)
        };
        assert_eq!(look(&Watch::default()).unwrap().video.unwrap().frames, 3);
        let given_up = Watch::default();
        given_up.token().cancel();
        assert!(matches!(look(&given_up), Err(FilmError::Cancelled)));
    }

    #[test]
    fn the_larger_its_frames_are_the_fewer_of_an_animation_are_looked_at() {
        assert_eq!(most_frames((480, 270)), 2_000);
        assert_eq!(most_frames((3840, 2160)), 241);
        assert_eq!(most_frames((8192, 8192)), 29);
        assert_eq!(most_frames((u32::MAX, u32::MAX)), 1);
        assert_eq!(most_frames((0, 0)), 2_000);
    }
}
