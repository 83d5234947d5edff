//! A track as its index describes it: how it is coded, how it is turned, which part of it is played, and where each of
//! its samples lies (ISO/IEC 14496-12, 8.3 to 8.7).

use mp4_atom::{Co64, Ctts, Elst, Mdhd, Stco, Stsc, Stsz, StszSamples, Stts, Tkhd};

use crate::boxes::{Mp4Box, boxes, child, descendant};
use crate::{Mp4Error, aac};

/// Samples beyond which a track is no clip of ours: 4 h at 240 frames a second.
const MOST: usize = 4 * 3600 * 240;

/// A track.
#[derive(Debug, Clone)]
pub struct Track {
    /// Its place among the tracks of the file.
    pub number: usize,
    pub(crate) header: Tkhd,
    /// Ticks a second of its own clock.
    pub scale: u32,
    /// Its sample entry, header included.
    pub entry: Vec<u8>,
    /// The boxes that tell of its samples in their order, and nothing of where they lie, as they are in the file.
    pub tables: Vec<Vec<u8>>,
    pub samples: Vec<Sample>,
    pub edit: EditList,
}

/// One coded picture, or one unit of sound. Times are ticks of the track's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Where in the file it lies.
    pub at: u64,
    pub size: u32,
    pub decoded: i64,
    pub shown: i64,
    pub length: u32,
}

/// Which part of a track is played, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EditList {
    /// How late the track comes, in µs.
    pub late_us: i64,
    /// The first tick that is played.
    pub from: i64,
    /// The first tick that is not played any more, where the list says so.
    pub to: Option<i64>,
    /// How far off that may be, as it is told on the file's own, coarser clock.
    pub slack: i64,
}

impl Track {
    /// Reads a track; `movie_scale` are the ticks a second of the file's own clock.
    pub(crate) fn read(number: usize, trak: &[u8], movie_scale: u32, file_size: u64) -> Result<Self, Mp4Error> {
        let need = |path: &[&[u8; 4]]| descendant(trak, path).ok_or(Mp4Error::NO_TABLE);
        let header: Tkhd = need(&[b"tkhd"])?.read()?;
        let clock: Mdhd = need(&[b"mdia", b"mdhd"])?.read()?;
        if clock.timescale == 0 || movie_scale == 0 {
            return Err(Mp4Error::Unusual("it has no clock"));
        }
        // Samples in other files are never looked for.
        let places = need(&[b"mdia", b"minf", b"dinf", b"dref"])?;
        let places: Vec<_> = boxes(places.body.get(8..).unwrap_or_default()).map(|place| place.body).collect();
        // One place, with the flag that says "this file" (8.7.2.3).
        if !matches!(places.as_slice(), [[0, 0, 0, 1, ..]]) {
            return Err(Mp4Error::Unusual("its media lie in another file"));
        }
        let table = need(&[b"mdia", b"minf", b"stbl"])?.body;
        let entry = single_entry(table)?;
        let tables = boxes(table)
            .filter(|found| matches!(&found.kind, b"stts" | b"ctts" | b"cslg" | b"stss" | b"stps" | b"sdtp" | b"stsz"));
        Ok(Self {
            number,
            scale: clock.timescale,
            entry: entry.whole.to_owned(),
            tables: tables.map(|found| found.whole.to_owned()).collect(),
            samples: samples(table, file_size)?,
            edit: edit(trak, movie_scale, clock.timescale)?,
            header,
        })
    }

    /// What kind of track a `trak` box holds: `vide`, `soun`, …
    pub(crate) fn kind(trak: &[u8]) -> Option<[u8; 4]> {
        descendant(trak, &[b"mdia", b"hdlr"])?.body.get(8..12)?.try_into().ok()
    }

    /// The name of its coding: `avc1`, `mp4a`, …
    pub fn coding(&self) -> [u8; 4] {
        self.entry.get(4..8).and_then(|kind| kind.try_into().ok()).unwrap_or_default()
    }

    /// The channels of a sound in plain AAC-LC, mono or stereo; none for anything else.
    pub fn plain_aac_channels(&self) -> Option<u32> {
        (self.coding() == *b"mp4a").then(|| aac::plain_channels(&self.entry)).flatten()
    }

    /// Quarter turns clockwise that it is shown with, in degrees (ISO/IEC 14496-12, 6.2.2).
    pub fn rotation(&self) -> u16 {
        let matrix = &self.header.matrix;
        let quarters = (f64::from(matrix.b).atan2(f64::from(matrix.a)) / std::f64::consts::FRAC_PI_2).round();
        [0, 90, 180, 270].get(quarters.rem_euclid(4.0) as usize).copied().unwrap_or(0)
    }

    /// Whether it is shown as another: turned, mirrored and scaled alike.
    pub fn is_shown_as(&self, other: &Self) -> bool {
        self.header.matrix == other.header.matrix
    }

    /// Ticks as µs, rounded.
    pub fn micros(&self, ticks: i64) -> i64 {
        rescale(ticks, 1_000_000, self.scale)
    }

    /// The first tick at which something is shown.
    pub fn first(&self) -> i64 {
        self.samples.iter().map(|sample| sample.shown).min().unwrap_or(0)
    }

    /// The tick after the last that is shown. The list of edits decides where it is clearly earlier: the lengths of samples
    /// are those between decodings, and say little where frames are reordered at a variable rate.
    pub fn end(&self) -> i64 {
        let ends = self.samples.iter().map(|sample| sample.shown.saturating_add(sample.length.into()));
        let end = ends.max().unwrap_or(0);
        self.edit.to.filter(|to| to.saturating_add(self.edit.slack) < end).unwrap_or(end)
    }

    /// Whether a tick is played.
    pub fn plays(&self, tick: i64) -> bool {
        tick >= self.edit.from && self.edit.to.is_none_or(|to| tick < to.saturating_add(self.edit.slack))
    }

    /// Samples that the edit list keeps from being shown.
    pub fn hidden(&self) -> usize {
        self.samples.iter().filter(|sample| !self.plays(sample.shown)).count()
    }
}

/// `value` of a clock of `from` ticks a second on one of `to`, rounded to the nearest.
pub fn rescale(value: i64, to: u32, from: u32) -> i64 {
    let (to, from) = (i128::from(to), i128::from(from.max(1)));
    let scaled = (i128::from(value) * to * 2 + from).div_euclid(from * 2);
    i64::try_from(scaled).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

fn single_entry(table: &[u8]) -> Result<Mp4Box<'_>, Mp4Error> {
    let list = child(table, b"stsd").ok_or(Mp4Error::NO_TABLE)?;
    let count = list.body.get(4..8).and_then(|count| count.try_into().ok()).map(u32::from_be_bytes);
    match (count, list.body.get(8..).and_then(|entries| boxes(entries).next())) {
        (Some(1), Some(entry)) => Ok(entry),
        _ => Err(Mp4Error::Unusual("its coding changes on the way")),
    }
}

fn edit(trak: &[u8], movie_scale: u32, scale: u32) -> Result<EditList, Mp4Error> {
    let Some(list) = descendant(trak, &[b"edts", b"elst"]) else { return Ok(EditList::default()) };
    let list: Elst = list.read()?;
    let mut edit = EditList::default();
    let mut entries = list.entries.iter().peekable();
    while let Some(empty) = entries.next_if(|entry| entry.media_time.is_none()) {
        let late = i64::try_from(empty.segment_duration).unwrap_or(i64::MAX);
        edit.late_us = edit.late_us.saturating_add(rescale(late, 1_000_000, movie_scale));
    }
    let Some(played) = entries.next() else { return Ok(edit) };
    if entries.next().is_some() || (played.media_rate.integer(), played.media_rate.decimal()) != (1, 0) {
        return Err(Mp4Error::Unusual("its edit list has several parts"));
    }
    edit.from = played.media_time.and_then(|time| i64::try_from(time).ok()).unwrap_or(0);
    if played.segment_duration > 0 {
        let length = i64::try_from(played.segment_duration).unwrap_or(i64::MAX);
        edit.to = Some(edit.from.saturating_add(rescale(length, scale, movie_scale)));
        edit.slack = i64::from(scale / movie_scale) + 1;
    }
    Ok(edit)
}

/// Where each sample lies and when it is decoded and shown.
fn samples(table: &[u8], file_size: u64) -> Result<Vec<Sample>, Mp4Error> {
    const TORN: Mp4Error = Mp4Error::Unusual("the tables of its index contradict each other");
    let need = |kind| child(table, kind).ok_or(Mp4Error::NO_TABLE);
    let sizes: Stsz = need(b"stsz")?.read()?;
    let count = match &sizes.samples {
        StszSamples::Identical { count, .. } => *count as usize,
        StszSamples::Different { sizes } => sizes.len(),
    };
    if count > MOST {
        return Err(Mp4Error::Unusual("it has too many samples"));
    }
    let size = |at: usize| match &sizes.samples {
        StszSamples::Identical { size, .. } => Some(*size),
        StszSamples::Different { sizes } => sizes.get(at).copied(),
    };
    let lengths: Stts = need(b"stts")?.read()?;
    let mut lengths =
        lengths.entries.iter().flat_map(|run| std::iter::repeat_n(run.sample_delta, run.sample_count as usize));
    let offsets = child(table, b"ctts").map(|found| found.read::<Ctts>()).transpose()?.unwrap_or_default();
    let has_offsets = !offsets.entries.is_empty();
    let mut offsets =
        offsets.entries.iter().flat_map(|run| std::iter::repeat_n(run.sample_offset, run.sample_count as usize));
    let chunks = match (child(table, b"stco"), child(table, b"co64")) {
        (Some(near), None) => near.read::<Stco>()?.entries.into_iter().map(u64::from).collect(),
        (None, Some(far)) => far.read::<Co64>()?.entries,
        _ => return Err(Mp4Error::NO_TABLE),
    };
    let runs = need(b"stsc")?.read::<Stsc>()?.entries;
    if runs.iter().any(|run| run.sample_description_index != 1) || runs.first().is_some_and(|run| run.first_chunk != 1)
    {
        return Err(Mp4Error::Unusual("its coding changes on the way"));
    }
    let (mut found, mut clock, mut run) = (Vec::with_capacity(count.min(1 << 16)), 0_i64, 0);
    for (number, mut at) in (1_u32..).zip(chunks) {
        while runs.get(run + 1).is_some_and(|next| next.first_chunk <= number) {
            run += 1;
        }
        let in_chunk = runs.get(run).ok_or(TORN)?.samples_per_chunk;
        for _ in 0..in_chunk {
            let Some(size) = size(found.len()).filter(|_| found.len() < count) else { break };
            let length = lengths.next().ok_or(TORN)?;
            let offset = if has_offsets { offsets.next().ok_or(TORN)? } else { 0 };
            found.push(Sample { at, size, decoded: clock, shown: clock.saturating_add(offset), length });
            at = at.saturating_add(size.into());
            if at > file_size {
                return Err(Mp4Error::CUT_OFF);
            }
            clock = clock.saturating_add(length.into());
        }
    }
    if found.len() != count || lengths.next().is_some() || offsets.next().is_some() {
        return Err(TORN);
    }
    Ok(found)
}
