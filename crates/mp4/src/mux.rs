//! Writing a film: the index first, then the media in stretches of half a second, picture and sound in turn, so that it
//! plays while it loads (ISO/IEC 14496-12, 8.1 to 8.8; QuickTime where it differs).

use std::io::{self, Read, Seek, SeekFrom, Write};

use mp4_atom::{
    Co64, Dinf, Dref, DrefEntry, Elst, ElstEntry, FourCC, Ftyp, Hdlr, Matrix, Mdhd, Mvhd, Smhd, Stco, Stsc, StscEntry,
    Tkhd, Url, Vmhd,
};

use crate::boxes::{encoded, wrap};
use crate::{AvcEntry, Mp4Error, Shape, Track, aac};

/// What a lane holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneKind {
    Picture,
    Sound,
}

/// A track on its way into a film.
#[derive(Debug)]
pub struct Lane<'a> {
    pub kind: LaneKind,
    pub track: &'a Track,
    /// Its sample entry in the new file.
    pub entry: Vec<u8>,
    /// The part that is played, in ticks of the track's clock.
    pub from: i64,
    pub to: i64,
}

impl<'a> Lane<'a> {
    /// The lane of a picture in H.264, all of it.
    ///
    /// # Errors
    /// [`Mp4Error::Unusual`] where its sample entry cannot be carried over.
    pub fn picture(track: &'a Track, is_full_range: bool, shape: Shape) -> Result<Self, Mp4Error> {
        let entry = AvcEntry::renewed(&track.entry, is_full_range, shape)?;
        Ok(Self { kind: LaneKind::Picture, track, entry, from: track.first(), to: track.end() })
    }

    /// The lane of a sound in AAC, `length` ticks of its clock from where its edit list begins.
    ///
    /// # Errors
    /// As [`Lane::picture`].
    pub fn sound(track: &'a Track, length: u64, shape: Shape) -> Result<Self, Mp4Error> {
        let entry = aac::renewed(&track.entry, shape)?;
        let from = track.edit.from;
        Ok(Self { kind: LaneKind::Sound, track, entry, from, to: from.saturating_add_unsigned(length) })
    }
}

/// A film to be written.
#[derive(Debug)]
pub struct Muxer<'a> {
    pub shape: Shape,
    /// Ticks a second of its own clock: that of its sound, so that its end is exact.
    pub clock: u32,
    pub lanes: &'a [Lane<'a>],
}

/// Samples of one lane that lie together.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    lane: usize,
    first: usize,
    count: usize,
    bytes: u64,
}

impl Muxer<'_> {
    /// Writes the film; `sources` are the files that its lanes come from, one each. `told` hears how far it is, from 0 to
    /// 1, and may end the work.
    ///
    /// # Errors
    /// What `told` says, or why the film cannot be written.
    pub fn write<S: Read + Seek, E: From<Mp4Error>>(
        &self,
        out: &mut impl Write,
        sources: &mut [S],
        mut told: impl FnMut(f32) -> Result<(), E>,
    ) -> Result<(), E> {
        let chunks = chunks(self.lanes);
        let media = chunks.iter().map(|chunk| chunk.bytes).sum::<u64>().max(1);
        out.write_all(&self.head(&chunks)?).map_err(Mp4Error::from)?;
        let mut done = 0_u64;
        for chunk in &chunks {
            told(done as f32 / media as f32)?;
            let (Some(source), Some(lane)) = (sources.get_mut(chunk.lane), self.lanes.get(chunk.lane)) else {
                continue;
            };
            for (at, size) in runs(lane, chunk) {
                copy(source, at, size, out)?;
            }
            done += chunk.bytes;
        }
        told(1.0)
    }

    /// Everything before the media.
    fn head(&self, chunks: &[Chunk]) -> Result<Vec<u8>, Mp4Error> {
        let media: u64 = chunks.iter().map(|chunk| chunk.bytes).sum();
        let opening = opening(self.shape, self.lanes)?;
        // Offsets have a width of their own each; with it the length of the index is known before the offsets are.
        let is_far = media > u64::from(u32::MAX) - (64 << 20);
        let length = self.index(chunks, 0, is_far)?.len() as u64;
        let header: u64 = if is_far { 16 } else { 8 };
        let index = self.index(chunks, opening.len() as u64 + length + header, is_far)?;
        let size = media + header;
        let media = if is_far {
            [b"\0\0\0\x01mdat".as_slice(), &size.to_be_bytes()].concat()
        } else {
            [(size as u32).to_be_bytes(), *b"mdat"].concat()
        };
        Ok([opening, index, media].concat())
    }

    /// The index of a film whose media begin at `media_at`.
    fn index(&self, chunks: &[Chunk], media_at: u64, is_far: bool) -> Result<Vec<u8>, Mp4Error> {
        let lengths = self.lanes.iter().map(|lane| self.length(lane));
        let header = Mvhd {
            timescale: self.clock,
            duration: lengths.max().unwrap_or(0),
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: u32::try_from(self.lanes.len() + 1).unwrap_or(u32::MAX),
            ..Mvhd::default()
        };
        let mut made = vec![encoded(&header)?];
        for (number, lane) in self.lanes.iter().enumerate() {
            let table = table(number, lane, chunks, media_at, is_far)?;
            made.push(self.track(number, lane, &table)?);
        }
        wrap(b"moov", &made.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// Ticks of the film's clock that a lane is played for; the last one counts even where it is not full.
    fn length(&self, lane: &Lane<'_>) -> u64 {
        let ticks = u128::try_from(lane.to.saturating_sub(lane.from)).unwrap_or(0);
        let scaled = (ticks * u128::from(self.clock)).div_ceil(u128::from(lane.track.scale.max(1)));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }

    fn track(&self, number: usize, lane: &Lane<'_>, table: &[u8]) -> Result<Vec<u8>, Mp4Error> {
        let is_picture = lane.kind == LaneKind::Picture;
        let (source, length) = (&lane.track.header, self.length(lane));
        let header = Tkhd {
            track_id: u32::try_from(number + 1).unwrap_or(u32::MAX),
            duration: length,
            enabled: true,
            in_movie: true,
            volume: if is_picture { 0 } else { 1 }.into(),
            matrix: if is_picture { source.matrix.clone() } else { Matrix::default() },
            width: source.width,
            height: source.height,
            ..Tkhd::default()
        };
        let from = u64::try_from(lane.from);
        let from = from.map_err(|_| Mp4Error::Unusual("its picture begins before its own clock"))?;
        let played = ElstEntry { segment_duration: length, media_time: Some(from), media_rate: 1.into() };
        let edits = wrap(b"edts", &[&encoded(&Elst { entries: vec![played] })?])?;
        let ticks = lane.track.samples.iter().map(|sample| u64::from(sample.length)).sum();
        let clock =
            Mdhd { timescale: lane.track.scale, duration: ticks, language: "und".to_owned(), ..Mdhd::default() };
        let (kind, name) = if is_picture { (b"vide", "VideoHandler") } else { (b"soun", "SoundHandler") };
        let facts = if is_picture { encoded(&Vmhd::default())? } else { encoded(&Smhd::default())? };
        let here = encoded(&Dinf { dref: Dref { entries: vec![DrefEntry::Url(Url::default())] } })?;
        let (handler, information) = match self.shape {
            Shape::Mp4 => {
                let handler = encoded(&Hdlr { handler: FourCC::new(kind), name: name.to_owned() })?;
                (handler, wrap(b"minf", &[&facts, &here, table])?)
            }
            Shape::QuickTime => {
                let data = quicktime_handler(b"dhlr", b"url ", "DataHandler")?;
                (quicktime_handler(b"mhlr", kind, name)?, wrap(b"minf", &[&facts, &data, &here, table])?)
            }
        };
        let media = wrap(b"mdia", &[&encoded(&clock)?, &handler, &information])?;
        wrap(b"trak", &[&encoded(&header)?, &edits, &media])
    }
}

/// Copies a stretch of a source.
fn copy<S: Read + Seek>(source: &mut S, at: u64, size: u64, out: &mut impl Write) -> Result<(), Mp4Error> {
    source.seek(SeekFrom::Start(at))?;
    if io::copy(&mut Read::take(&mut *source, size), out)? == size { Ok(()) } else { Err(Mp4Error::CUT_OFF) }
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

fn opening(shape: Shape, lanes: &[Lane<'_>]) -> Result<Vec<u8>, Mp4Error> {
    let brands: &[&[u8; 4]] = match shape {
        Shape::QuickTime => &[b"qt  "],
        // Times of showing before those of decoding came with the fourth version.
        Shape::Mp4 if lanes.iter().any(shows_early) => &[b"isom", b"iso4", b"avc1", b"mp41", b"mp42"],
        Shape::Mp4 => &[b"isom", b"iso2", b"avc1", b"mp41", b"mp42"],
    };
    let brands: Vec<FourCC> = brands.iter().map(|brand| FourCC::new(brand)).collect();
    let major_brand = brands.first().copied().unwrap_or(FourCC::new(b"isom"));
    encoded(&Ftyp { major_brand, minor_version: 512, compatible_brands: brands })
}

fn shows_early(lane: &Lane<'_>) -> bool {
    lane.track.samples.iter().any(|sample| sample.shown < sample.decoded)
}

/// QuickTime names the handler's own type too, and counts the letters of its name (QTFF, "Handler Reference Atoms").
fn quicktime_handler(of: &[u8; 4], kind: &[u8; 4], name: &str) -> Result<Vec<u8>, Mp4Error> {
    wrap(b"hdlr", &[&[0; 4], of, kind, &[0; 12], &[name.len() as u8], name.as_bytes()])
}

fn table(number: usize, lane: &Lane<'_>, chunks: &[Chunk], media_at: u64, is_far: bool) -> Result<Vec<u8>, Mp4Error> {
    let (mut at, mut offsets, mut runs) = (media_at, Vec::new(), Vec::<StscEntry>::new());
    for chunk in chunks {
        if chunk.lane == number {
            let samples_per_chunk = u32::try_from(chunk.count).map_err(|_| Mp4Error::TOO_LARGE)?;
            offsets.push(at);
            let first_chunk = u32::try_from(offsets.len()).map_err(|_| Mp4Error::TOO_LARGE)?;
            if runs.last().is_none_or(|run| run.samples_per_chunk != samples_per_chunk) {
                runs.push(StscEntry { first_chunk, samples_per_chunk, sample_description_index: 1 });
            }
        }
        at += chunk.bytes;
    }
    let offsets = if is_far {
        encoded(&Co64 { entries: offsets })?
    } else {
        let near: Result<Vec<u32>, _> = offsets.into_iter().map(u32::try_from).collect();
        encoded(&Stco { entries: near.map_err(|_| Mp4Error::TOO_LARGE)? })?
    };
    let entry = wrap(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &lane.entry])?;
    let runs = encoded(&Stsc { entries: runs })?;
    let mut made: Vec<&[u8]> = vec![&entry];
    made.extend(lane.track.tables.iter().map(Vec::as_slice));
    made.extend([runs.as_slice(), &offsets]);
    wrap(b"stbl", &made)
}
