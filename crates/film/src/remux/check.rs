//! The check of a film that was written here: it is opened anew, its index read, and every sample compared with where it
//! came from.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bedtrack_mp4::{Lane, LaneKind, Sample, Track};

use crate::pure::{Movie, Unfit};
use crate::watch::Watch;

/// Opens a film that was made of `lanes` out of `sources`, one each, and compares the two.
pub(super) fn check(film: &Path, lanes: &[Lane<'_>], sources: &[&Path], watch: &Watch) -> Result<Movie, Unfit> {
    let mut file = File::open(film)?;
    let made = Movie::read(&mut file)?;
    if !made.is_fast {
        return Err(Unfit::Wrong("its index does not come first"));
    }
    if made.sound.is_some() != lanes.iter().any(|lane| lane.kind == LaneKind::Sound) {
        return Err(Unfit::Wrong("its sound is missing"));
    }
    for (lane, source) in lanes.iter().zip(sources) {
        let track = match lane.kind {
            LaneKind::Picture => made.picture.as_ref().map(|picture| &picture.track),
            LaneKind::Sound => made.sound.as_ref(),
        };
        let track = track.ok_or(Unfit::Wrong("a track of it is missing"))?;
        same(lane, track)?;
        same_bytes((film, track), (source, lane.track), watch)?;
    }
    Ok(made)
}

/// Whether a track has its source's coding and its times, and plays the asked part.
fn same(lane: &Lane<'_>, made: &Track) -> Result<(), Unfit> {
    let source = lane.track;
    if made.entry != lane.entry || made.tables != source.tables || made.scale != source.scale {
        return Err(Unfit::Wrong("a track is not described as its source"));
    }
    let times = |sample: &Sample| (sample.size, sample.decoded, sample.shown, sample.length);
    if !made.samples.iter().map(times).eq(source.samples.iter().map(times)) {
        return Err(Unfit::Wrong("its frames are not at the source's times"));
    }
    if lane.kind == LaneKind::Picture && (made.hidden() > 0 || !made.is_shown_as(source)) {
        return Err(Unfit::Wrong("its picture is not shown as the source's"));
    }
    let tick = i64::from(made.scale / crate::measure::RATE + 2);
    let ends = made.edit.to.is_some_and(|to| to.abs_diff(lane.to) <= tick.unsigned_abs());
    if made.edit.late_us != 0 || made.edit.from != lane.from || !ends {
        return Err(Unfit::Wrong("a track of it starts or ends at another time"));
    }
    Ok(())
}

/// Whether the samples of two tracks are the same, byte for byte.
fn same_bytes(made: (&Path, &Track), source: (&Path, &Track), watch: &Watch) -> Result<(), Unfit> {
    let (mut a, mut b) = (Reader::open(made.0)?, Reader::open(source.0)?);
    for (number, (one, other)) in made.1.samples.iter().zip(&source.1.samples).enumerate() {
        if number % 512 == 0 {
            watch.check()?;
        }
        if a.read(one)? != b.read(other)? {
            return Err(Unfit::Wrong("its media are not the source's"));
        }
    }
    Ok(())
}

/// Reads samples, mostly one after another.
struct Reader {
    file: BufReader<File>,
    at: u64,
    bytes: Vec<u8>,
}

impl Reader {
    fn open(path: &Path) -> Result<Self, Unfit> {
        Ok(Self { file: BufReader::with_capacity(1 << 18, File::open(path)?), at: 0, bytes: Vec::new() })
    }

    fn read(&mut self, sample: &Sample) -> Result<&[u8], Unfit> {
        match i64::try_from(i128::from(sample.at) - i128::from(self.at)) {
            Ok(step) => self.file.seek_relative(step)?,
            Err(_) => drop(self.file.seek(SeekFrom::Start(sample.at))?),
        }
        self.bytes.clear();
        (&mut self.file).take(sample.size.into()).read_to_end(&mut self.bytes)?;
        self.at = sample.at + self.bytes.len() as u64;
        if self.bytes.len() as u64 == u64::from(sample.size) {
            Ok(&self.bytes)
        } else {
            Err(Unfit::Wrong("its end is missing"))
        }
    }
}
