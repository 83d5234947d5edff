//! Finding out what a file is and whether it can be used: first by its bytes, then by asking ffprobe with the one
//! demuxer that fits, then by decoding a first frame and listening for a first sound.

use std::ops::ControlFlow;
use std::path::Path;

use super::FilmError;
use super::blocking::run_blocking;
use super::call::Call;
use super::error::name_of;
use super::ffprobe::{Answer, PACKET_ENTRIES, Packets, Stream, Table, micros};
use super::inspected::Inspected;
use super::limits::LIMITS;
use super::magic::Format;
use super::media::{AudioInfo, MediaInfo, MediaKind, VideoInfo};
use super::open::Seal;
use super::tools::Tools;
use super::watch::Watch;
use super::{open, pure, stills};

/// A sample beyond this (of 32,768) is heard: -66 dBFS.
const HEARD: u16 = 16;

/// What the time limit of reading all packets of a file is reckoned from: a disk gives 1 GB in that time.
const SCAN_MS: u64 = 2_000;

/// The whole check, for a file that comes in.
pub(super) async fn probe(tools: &Tools, path: &Path, watch: &Watch) -> Result<MediaInfo, FilmError> {
    let mut seen = inspect(tools, path, watch).await?;
    if seen.format.demuxer().is_none() {
        return Ok(seen.info);
    }
    if tools.need_both().is_err() {
        if seen.info.has_sound {
            seen.info.has_sound = pure::sound::is_heard(path, seen.format, watch).await?;
        }
        return Ok(seen.info);
    }
    let damaged = |fault| explain(path, seen.format, fault);
    if let Some(video) = &seen.info.video {
        Call::ffmpeg("decoding the first frame", 0)
            .input(path, seen.demuxer(), &[])
            .sealed(path, seen.seal.as_ref())
            .lean(u64::from(video.width) * u64::from(video.height))
            .set("-map", format!("0:{}", video.index))
            .set("-frames:v", "1")
            .into_nowhere()
            .run(tools, watch)
            .await
            .map_err(damaged)?;
    }
    if let Some(audio) = &seen.info.audio {
        seen.info.has_sound = is_heard(tools, path, &seen, audio.index, watch).await.map_err(damaged)?;
    }
    Ok(seen.info)
}

/// Streams and packets, without decoding.
pub(super) async fn inspect(tools: &Tools, path: &Path, watch: &Watch) -> Result<Inspected, FilmError> {
    let owned = path.to_owned();
    let (file, format) = run_blocking(move || open::recognise(&owned)).await?;
    let seal = Seal::of(&file);
    let Some(demuxer) = format.demuxer() else {
        let (owned, watch) = (path.to_owned(), watch.clone());
        let info = run_blocking(move || stills::describe(&owned, file, format, &watch)).await?;
        return Ok(Inspected {
            format,
            info,
            picture: Packets::default(),
            sound_us: None,
            reorders: false,
            seal,
            clock_us: 0,
        });
    };
    if let Err(missing) = tools.need_both() {
        drop(file);
        let looked = pure::inspect(path, format).await;
        return looked
            .map(|seen| Inspected { seal, ..seen })
            .map_err(|unfit| unfit.without_ffmpeg(path, format, missing));
    }
    let damaged = |fault| explain(path, format, fault);
    drop(file);
    let answer = Call::ffprobe("reading the file", path, demuxer, 0)
        .sealed(path, seal.as_ref())
        .sets([("-show_entries", "stream:format:stream_disposition:stream_side_data=rotation"), ("-of", "json")])
        .output_of(tools, watch)
        .await
        .map_err(damaged)?;
    let answer: Answer = serde_json::from_slice(&answer).map_err(|_| FilmError::Damaged {
        name: name_of(path),
        container: format.name(),
        detail: "unreadable".into(),
    })?;
    check_header(path, &answer)?;

    let mut table = Table::default();
    let said = Call::ffprobe("reading the file", path, demuxer, SCAN_MS)
        .sealed(path, seal.as_ref())
        .sets([("-show_entries", PACKET_ENTRIES), ("-of", "csv=p=0")])
        .drive(tools, watch, &mut |bytes| {
            table.feed(bytes);
            ControlFlow::Continue(())
        })
        .await
        .map_err(damaged)?;
    if said.contains("partial file") || said.contains("File ended prematurely") {
        let detail = "its end is missing; copy or export it again".to_owned();
        return Err(FilmError::Damaged { name: name_of(path), container: format.name(), detail });
    }
    assemble(path, (format, seal), &answer, table)
}

fn check_header(path: &Path, answer: &Answer) -> Result<(), FilmError> {
    let limit = LIMITS.video_pixels;
    for stream in answer.streams.iter().filter(|stream| stream.codec_type == "video") {
        if stream.width.saturating_mul(stream.height) > limit {
            let (width, height) = (stream.width, stream.height);
            return Err(FilmError::TooManyPixels { name: name_of(path), width, height, limit: limit / 1_000_000 });
        }
    }
    Ok(())
}

fn assemble(
    path: &Path,
    (format, seal): (Format, Option<Seal>),
    answer: &Answer,
    mut table: Table,
) -> Result<Inspected, FilmError> {
    let packets = |stream: &&Stream| table.streams.get(&stream.index).is_some_and(|packets| !packets.starts.is_empty());
    let (picture, sound) = (answer.picture().filter(packets), answer.sound().filter(packets));
    let header_us = micros(&answer.format.duration);
    let sounds = sound.and_then(|stream| table.streams.get(&stream.index)).cloned();
    let sound_us = sounds.as_ref().map_or(0, Packets::length_us);
    let mut pictures = picture.and_then(|stream| table.streams.remove(&stream.index)).unwrap_or_default();
    pictures.even_out();
    if picture.is_none() && sound.is_none() {
        let none = if answer.streams.is_empty() || table.streams.is_empty() { None } else { Some(()) };
        return Err(match (none, answer.picture().or(answer.sound())) {
            (_, None) | (Some(()), _) => FilmError::NoStreams(name_of(path)),
            (None, Some(_)) => FilmError::Damaged {
                name: name_of(path),
                container: format.name(),
                detail: "its index is there and its pictures and sounds are not".into(),
            },
        });
    }
    // Sound alone: packets include padding, which a truthful header leaves out.
    let alone_us = match header_us.and_then(|header| u64::try_from(header).ok()) {
        Some(header) if header.abs_diff(sound_us) < 100_000 => header,
        _ => sound_us,
    };
    let video = picture.map(|stream| video_info(stream, &pictures));
    let length_us = video.as_ref().map_or(alone_us, |video| video.length_us);
    if length_us > LIMITS.media_seconds * 1_000_000 {
        let (seconds, limit) = (length_us / 1_000_000, LIMITS.media_seconds);
        return Err(FilmError::AbsurdDuration { name: name_of(path), seconds, limit });
    }
    let info = MediaInfo {
        kind: if video.is_some() { MediaKind::Video } else { MediaKind::Audio },
        container: match (format, &video) {
            (Format::Mp4, None) => Format::M4a.name(),
            (Format::M4a, Some(_)) => Format::Mp4.name(),
            (format, _) => format.name(),
        }
        .to_owned(),
        duration_ms: (length_us + 500) / 1000,
        video,
        audio: sound.map(|stream| AudioInfo {
            codec: stream.codec_name.clone(),
            rate: stream.sample_rate.parse().unwrap_or(0),
            channels: stream.channels,
            index: stream.index,
        }),
        has_sound: sound.is_some(),
    };
    Ok(Inspected {
        format,
        info,
        picture: pictures,
        sound_us: sounds.map(|packets| (packets.start_us(), packets.end_us)),
        reorders: picture.is_some_and(|stream| stream.has_b_frames > 0),
        seal,
        clock_us: micros(&answer.format.start_time).unwrap_or(0),
    })
}

fn video_info(stream: &Stream, packets: &Packets) -> VideoInfo {
    let frame_rate = match packets.cadence_us() {
        Some(gap) => ((1e9 / gap).round() as u32, 1000),
        None => stream.frame_rate().unwrap_or((0, 1)),
    };
    VideoInfo {
        codec: stream.codec_name.clone(),
        // Checked against the limit on pixels before, so both fit.
        width: u32::try_from(stream.width).unwrap_or(0),
        height: u32::try_from(stream.height).unwrap_or(0),
        fps: f64::from(frame_rate.0) / f64::from(frame_rate.1.max(1)),
        rotation: stream.rotation(),
        frames: packets.starts.len() as u64,
        pix_fmt: stream.pix_fmt.clone(),
        pixel_aspect: stream.pixel_aspect(),
        frame_rate,
        transfer: stream.color_transfer.clone(),
        matrix: stream.color_space.clone(),
        index: stream.index,
        start_us: packets.start_us(),
        length_us: packets.length_us(),
    }
}

/// Decodes sound until something is heard; a clip that speaks is known after its first packets.
async fn is_heard(
    tools: &Tools,
    path: &Path,
    seen: &Inspected,
    index: usize,
    watch: &Watch,
) -> Result<bool, FilmError> {
    let (mut heard, mut any, mut half) = (false, false, None);
    Call::ffmpeg("listening to the sound", seen.info.duration_ms)
        .input(path, seen.demuxer(), &[])
        .sealed(path, seen.seal.as_ref())
        .lean(0)
        .set("-map", format!("0:{index}"))
        .sets([("-ac", "1"), ("-ar", "16000")])
        .into_pipe("s16le")
        .drive(tools, watch, &mut |bytes| {
            any = true;
            let mut bytes = half.take().into_iter().chain(bytes.iter().copied());
            while let Some(low) = bytes.next() {
                let Some(high) = bytes.next() else {
                    half = Some(low);
                    break;
                };
                heard |= i16::from_le_bytes([low, high]).unsigned_abs() > HEARD;
            }
            if heard { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
    if any {
        return Ok(heard);
    }
    Err(FilmError::Damaged {
        name: name_of(path),
        container: seen.format.name(),
        detail: "no sound can be decoded".into(),
    })
}

/// A failed ffprobe or decoder means a damaged file; everything else stays what it is.
fn explain(path: &Path, format: Format, fault: FilmError) -> FilmError {
    let FilmError::ToolFailed { stderr, code, command, .. } = &fault else { return fault };
    tracing::debug!(%command, %code, %stderr, "a file could not be read");
    let known = [
        ("moov atom not found", "its index is missing, as when a recording or a copy was cut off"),
        ("Invalid data found", "its data makes no sense"),
        ("partial file", "its end is missing"),
        ("Picture size", "its picture is too large"),
        ("Decoder (codec", "no decoder for it"),
    ];
    let detail = known.iter().find(|(said, _)| stderr.contains(said)).map_or_else(
        || {
            if code.starts_with("signal") {
                "its decoder crashed".to_owned()
            } else {
                "it cannot be decoded".to_owned()
            }
        },
        |(_, detail)| (*detail).to_owned(),
    );
    FilmError::Damaged { name: name_of(path), container: format.name(), detail }
}
