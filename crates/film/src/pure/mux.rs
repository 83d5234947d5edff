//! Writing a film: the index first, then the media in stretches of half a second, picture and sound in turn, so that it
//! plays while it loads (ISO/IEC 14496-12, 8.1 to 8.8; QuickTime where it differs).

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use mp4_atom::{
    Co64, Dinf, Dref, DrefEntry, Elst, ElstEntry, FourCC, Ftyp, Hdlr, Matrix, Mdhd, Mvhd, Smhd, Stco, Stsc, StscEntry,
    Tkhd, Url, Vmhd,
};

use super::Unfit;
use super::boxes::{bytes, parts, wrap};
use super::track::Track;
use crate::watch::Watch;

/// Ticks a second of a film's own clock: that of its sound, so that its end is exact.
pub(super) const CLOCK: u32 = bedtrack_sound::RATE;

/// What kind of file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Mp4,
    QuickTime,
}

/// A track on its way into a film.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub kind: Kind,
    pub track: &'a Track,
    /// Its sample entry in the new file.
    pub entry: Vec<u8>,
    /// The file that it comes from.
    pub source: &'a Path,
    /// The part that is played, in ticks of the track's clock.
    pub from: i64,
    pub to: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Picture,
    Sound,
}

/// Samples of one lane that lie together.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    lane: usize,
    first: usize,
    count: usize,
    bytes: u64,
}

/// Writes a film of `lanes` to `out`.
pub(super) fn write(out: &Path, shape: Shape, lanes: &[Lane<'_>], watch: &Watch) -> Result<(), Unfit> {
    let chunks = chunks(lanes);
    let media: u64 = chunks.iter().map(|chunk| chunk.bytes).sum();
    let opening = opening(shape, lanes)?;
    // Offsets have a width of their own each; with it the length of the index is known before the offsets are.
    let is_far = media > u64::from(u32::MAX) - (64 << 20);
    let length = index(shape, lanes, &chunks, 0, is_far)?.len() as u64;
    let header = if is_far { 16 } else { 8 };
    let media_at = opening.len() as u64 + length + header;
    let index = index(shape, lanes, &chunks, media_at, is_far)?;

    let mut film = BufWriter::with_capacity(1 << 20, File::create(out)?);
    film.write_all(&opening)?;
    film.write_all(&index)?;
    if is_far {
        film.write_all(b"\0\0\0\x01mdat")?;
        film.write_all(&(media + header).to_be_bytes())?;
    } else {
        film.write_all(&((media + header) as u32).to_be_bytes())?;
        film.write_all(b"mdat")?;
    }
    let mut sources = lanes.iter().map(|lane| File::open(lane.source)).collect::<Result<Vec<_>, _>>()?;
    let mut done = 0_u64;
    for chunk in &chunks {
        watch.check()?;
        let (Some(source), Some(lane)) = (sources.get_mut(chunk.lane), lanes.get(chunk.lane)) else { continue };
        for (at, size) in runs(lane, chunk) {
            source.seek(SeekFrom::Start(at))?;
            if std::io::copy(&mut std::io::Read::take(&mut *source, size), &mut film)? != size {
                return Err(Unfit::Broken("its end is missing; copy or export it again"));
            }
        }
        done += chunk.bytes;
        watch.at(done as f32 / media.max(1) as f32);
    }
    film.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_data()?;
    Ok(())
}

/// The media in the order in which they are written: half a second of each lane in turn.
fn chunks(lanes: &[Lane<'_>]) -> Vec<Chunk> {
    let half_second = |lane: &Lane<'_>, at: usize| {
        let decoded = lane.track.samples.get(at)?.decoded;
        Some(decoded.saturating_mul(2) / i64::from(lane.track.scale.max(1)))
    };
    let mut next = vec![0_usize; lanes.len()];
    let mut chunks = Vec::new();
    loop {
        let now = lanes.iter().zip(&next).filter_map(|(lane, at)| half_second(lane, *at)).min();
        let Some(now) = now else { return chunks };
        for (number, (lane, at)) in lanes.iter().zip(&mut next).enumerate() {
            let first = *at;
            let mut bytes = 0;
            while let Some(sample) = lane.track.samples.get(*at).filter(|_| half_second(lane, *at) == Some(now)) {
                bytes += u64::from(sample.size);
                *at += 1;
            }
            if *at > first {
                chunks.push(Chunk { lane: number, first, count: *at - first, bytes });
            }
        }
    }
}

/// The stretches of the source that hold a chunk.
fn runs(lane: &Lane<'_>, chunk: &Chunk) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for sample in lane.track.samples.iter().skip(chunk.first).take(chunk.count) {
        match runs.last_mut() {
            Some((at, size)) if *at + *size == sample.at => *size += u64::from(sample.size),
            _ => runs.push((sample.at, sample.size.into())),
        }
    }
    runs
}

fn opening(shape: Shape, lanes: &[Lane<'_>]) -> Result<Vec<u8>, Unfit> {
    let brands: &[&[u8; 4]] = match shape {
        Shape::QuickTime => &[b"qt  "],
        // Times of showing before those of decoding came with the fourth version.
        Shape::Mp4 if lanes.iter().any(shows_early) => &[b"isom", b"iso4", b"avc1", b"mp41", b"mp42"],
        Shape::Mp4 => &[b"isom", b"iso2", b"avc1", b"mp41", b"mp42"],
    };
    let brands: Vec<FourCC> = brands.iter().map(|brand| FourCC::new(brand)).collect();
    let major_brand = brands.first().copied().unwrap_or(FourCC::new(b"isom"));
    bytes(&Ftyp { major_brand, minor_version: 512, compatible_brands: brands })
}

fn shows_early(lane: &Lane<'_>) -> bool {
    lane.track.samples.iter().any(|sample| sample.shown < sample.decoded)
}

/// The index of a film whose media begin at `media_at`.
fn index(shape: Shape, lanes: &[Lane<'_>], chunks: &[Chunk], media_at: u64, is_far: bool) -> Result<Vec<u8>, Unfit> {
    let header = Mvhd {
        timescale: CLOCK,
        duration: lanes.iter().map(length).max().unwrap_or(0),
        rate: 1.into(),
        volume: 1.into(),
        next_track_id: u32::try_from(lanes.len() + 1).unwrap_or(u32::MAX),
        ..Mvhd::default()
    };
    let mut made = vec![bytes(&header)?];
    for (number, lane) in lanes.iter().enumerate() {
        made.push(track(shape, number, lane, chunks, media_at, is_far)?);
    }
    wrap(b"moov", &made.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Ticks of the film's clock that a lane is played for; the last one counts even where it is not full.
fn length(lane: &Lane<'_>) -> u64 {
    let ticks = u128::try_from(lane.to.saturating_sub(lane.from)).unwrap_or(0);
    u64::try_from((ticks * u128::from(CLOCK)).div_ceil(u128::from(lane.track.scale.max(1)))).unwrap_or(u64::MAX)
}

fn track(
    shape: Shape,
    number: usize,
    lane: &Lane<'_>,
    chunks: &[Chunk],
    media_at: u64,
    is_far: bool,
) -> Result<Vec<u8>, Unfit> {
    let is_picture = lane.kind == Kind::Picture;
    let source = &lane.track.header;
    let header = Tkhd {
        track_id: u32::try_from(number + 1).unwrap_or(u32::MAX),
        duration: length(lane),
        enabled: true,
        in_movie: true,
        volume: if is_picture { 0 } else { 1 }.into(),
        matrix: if is_picture { source.matrix.clone() } else { Matrix::default() },
        width: source.width,
        height: source.height,
        ..Tkhd::default()
    };
    let played =
        ElstEntry { segment_duration: length(lane), media_time: u64::try_from(lane.from).ok(), media_rate: 1.into() };
    if played.media_time.is_none() {
        return Err(Unfit::Unusual("its picture begins before its own clock"));
    }
    let edits = wrap(b"edts", &[&bytes(&Elst { entries: vec![played] })?])?;
    let ticks = lane.track.samples.iter().map(|sample| u64::from(sample.length)).sum();
    let clock = Mdhd { timescale: lane.track.scale, duration: ticks, language: "und".to_owned(), ..Mdhd::default() };
    let (handler, name) = if is_picture { (b"vide", "VideoHandler") } else { (b"soun", "SoundHandler") };
    let facts = if is_picture { bytes(&Vmhd::default())? } else { bytes(&Smhd::default())? };
    let here = Dinf { dref: Dref { entries: vec![DrefEntry::Url(Url::default())] } };
    let table = table(number, lane, chunks, media_at, is_far)?;
    let information = match shape {
        Shape::Mp4 => wrap(b"minf", &[&facts, &bytes(&here)?, &table])?,
        Shape::QuickTime => {
            let data = quicktime_handler(b"dhlr", b"url ", "DataHandler")?;
            wrap(b"minf", &[&facts, &data, &bytes(&here)?, &table])?
        }
    };
    let handler = match shape {
        Shape::Mp4 => bytes(&Hdlr { handler: FourCC::new(handler), name: name.to_owned() })?,
        Shape::QuickTime => quicktime_handler(b"mhlr", handler, name)?,
    };
    let media = wrap(b"mdia", &[&bytes(&clock)?, &handler, &information])?;
    wrap(b"trak", &[&bytes(&header)?, &edits, &media])
}

/// QuickTime names the handler's own type too, and counts the letters of its name (QTFF, "Handler Reference Atoms").
fn quicktime_handler(of: &[u8; 4], kind: &[u8; 4], name: &str) -> Result<Vec<u8>, Unfit> {
    wrap(b"hdlr", &[&[0; 4], of, kind, &[0; 12], &[name.len() as u8], name.as_bytes()])
}

fn table(number: usize, lane: &Lane<'_>, chunks: &[Chunk], media_at: u64, is_far: bool) -> Result<Vec<u8>, Unfit> {
    let (mut at, mut offsets, mut runs) = (media_at, Vec::new(), Vec::<StscEntry>::new());
    for chunk in chunks {
        if chunk.lane == number {
            let samples_per_chunk = u32::try_from(chunk.count).map_err(|_| Unfit::TOO_LARGE)?;
            offsets.push(at);
            let first_chunk = u32::try_from(offsets.len()).map_err(|_| Unfit::TOO_LARGE)?;
            if runs.last().is_none_or(|run| run.samples_per_chunk != samples_per_chunk) {
                runs.push(StscEntry { first_chunk, samples_per_chunk, sample_description_index: 1 });
            }
        }
        at += chunk.bytes;
    }
    let offsets = if is_far {
        bytes(&Co64 { entries: offsets })?
    } else {
        let near: Result<Vec<u32>, _> = offsets.into_iter().map(u32::try_from).collect();
        bytes(&Stco { entries: near.map_err(|_| Unfit::TOO_LARGE)? })?
    };
    let entry = wrap(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &lane.entry])?;
    let runs = bytes(&Stsc { entries: runs })?;
    let mut made: Vec<&[u8]> = vec![&entry];
    made.extend(lane.track.tables.iter().map(Vec::as_slice));
    made.extend([runs.as_slice(), &offsets]);
    wrap(b"stbl", &made)
}

/// The sample entry of an AAC track of ours for a film: QuickTime wants the decoder's configuration in a `wave` box
/// (QTFF, "Sound Sample Descriptions", version 1).
pub(super) fn sound_entry(entry: &[u8], shape: Shape) -> Result<Vec<u8>, Unfit> {
    const FIELDS: usize = 8 + 28;
    if shape == Shape::Mp4 {
        return Ok(entry.to_owned());
    }
    let odd = || Unfit::Unusual("its sound is not plain AAC");
    let config = parts(entry.get(FIELDS..).unwrap_or_default()).find(|part| part.kind == *b"esds").ok_or_else(odd)?;
    let rate = entry.get(32..FIELDS).ok_or_else(odd)?;
    let wave = wrap(
        b"wave",
        &[&wrap(b"frma", &[b"mp4a"])?, &wrap(b"mp4a", &[&[0; 4]])?, config.whole, &[0, 0, 0, 8, 0, 0, 0, 0]],
    )?;
    // Reference 1; version 1; two channels of 16 bits; compression -2: variable; 1024 frames a packet, 2 bytes a sample.
    let head: [u8; 24] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0xff, 0xfe, 0, 0];
    wrap(b"mp4a", &[&head, rate, &[0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], &wave])
}
