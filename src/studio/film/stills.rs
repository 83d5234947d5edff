//! Stills and MIDI files, read in Rust: no child process sees them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageReader};

use super::FilmError;
use super::error::name_of;
use super::limits::LIMITS;
use super::magic::Format;
use super::media::{MediaInfo, MediaKind, VideoInfo};
use super::open;

/// Frames of an animation that are looked at.
const MOST_FRAMES: usize = 2_000;
/// Bytes of a MIDI file that are read.
const MOST_MIDI: u64 = 16 << 20;

/// What a still or a MIDI file is. Decodes a still whole, so that a damaged one is found out here.
pub(super) fn describe(path: &Path, file: File, format: Format) -> Result<MediaInfo, FilmError> {
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
    let (frames, duration_ms) = animation(path, format)?;
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
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(LIMITS.image_pixels * 5);
    reader.limits(limits);
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

/// Hands over the pictures of an animation, each whole and with its ms, once through, until `take` has enough of them;
/// tells whether it took them all.
pub(super) fn animate(path: &Path, take: &mut dyn FnMut(DynamicImage, u64) -> bool) -> Result<bool, FilmError> {
    let format = open::recognise(path)?.1;
    let broken = |fault: image::ImageError| damaged(path, format, &fault);
    let frames = match format {
        Format::Gif => GifDecoder::new(reader(path)?).map_err(broken)?.into_frames(),
        Format::Webp => WebPDecoder::new(reader(path)?).map_err(broken)?.into_frames(),
        _ => return Ok(false),
    };
    let mut any = false;
    for frame in frames.take(MOST_FRAMES) {
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
fn animation(path: &Path, format: Format) -> Result<(u64, u64), FilmError> {
    let frames = match format {
        Format::Gif => GifDecoder::new(reader(path)?).map_err(|fault| damaged(path, format, &fault))?.into_frames(),
        Format::Webp => {
            let decoder = WebPDecoder::new(reader(path)?).map_err(|fault| damaged(path, format, &fault))?;
            if !decoder.has_animation() {
                return Ok((1, 0));
            }
            decoder.into_frames()
        }
        _ => return Ok((1, 0)),
    };
    let (mut count, mut length) = (0_u64, 0_u64);
    for frame in frames.take(MOST_FRAMES) {
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
