//! Sound without ffmpeg: a clip's own, as samples; a programme, as an encoded file; and what an encoded file measures.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::describe;
use super::look::look;
use super::unfit::{Unfit, blocking};
use crate::FilmError;
use crate::blocking::run_blocking;
use crate::error::name_of;
use crate::ffprobe::Packets;
use crate::inspected::Inspected;
use crate::magic::Format;
use crate::measure::{FRAME_BYTES, Heard, Meter, RATE};
use crate::media::{AudioInfo, MediaInfo, MediaKind};
use crate::open::{open, recognise};
use crate::peaks::Dips;
use crate::plan::SoundFormat;
use crate::watch::Watch;
use bedtrack_sound::encode::{AdtsWriter, FlacWriter, M4aWriter, WavWriter};
use bedtrack_sound::{Frame, PcmSource, SoundError, WavFile};

/// Bits a second of our AAC: transparent, and high enough to leave peaks where they are.
const AAC_BITS: u32 = 256_000;
/// Depth of lossless files.
const DEPTH: u16 = 24;
/// Frames worked on at a time.
const BLOCK: usize = 4096;
/// Frames decoded between two looks at whether the work is still wanted.
const PATIENCE: u64 = 1 << 18;
/// A sample beyond this is heard: -66 dBFS.
const HEARD: f32 = 16.0 / 32_768.0;

/// How far into a clip decoding from its start is still cheaper than starting ffmpeg, in ms.
pub(crate) const NEAR_MS: u64 = 120_000;

/// Decodes a stretch of a clip's sound as `film::sound::decode` does: frames counted from the picture's start, silence
/// where there is none.
pub(crate) async fn decode(
    path: &Path,
    in_ms: u64,
    duration_ms: u64,
    out_raw: &Path,
    watch: &Watch,
) -> Result<u64, Unfit> {
    let (path, out, watch) = (path.to_owned(), out_raw.to_owned(), watch.clone());
    blocking(move || {
        let (file, format) = recognise(&path)?;
        if !matches!(format, Format::Mp4 | Format::Mov) {
            return Err(Unfit::Unusual("it is neither MP4 nor QuickTime"));
        }
        let (movie, _) = look(&path, file, format)?;
        movie.check_sound()?;
        let Some(track) = &movie.sound else { return Err(FilmError::NoSound(name_of(&path)).into()) };
        let (start, _) = describe::span(track);
        let zero = movie.picture.as_ref().map_or(start, |picture| describe::span(&picture.track).0);
        let late = (start - zero) * i64::from(RATE) / 1_000_000;
        let first = i64::try_from(in_ms * u64::from(RATE) / 1000).unwrap_or(i64::MAX).saturating_sub(late);
        let frames = duration_ms * u64::from(RATE) / 1000;
        let source = bedtrack_sound::decode::open(&path).map_err(|fault| explain(&path, format, fault))?;
        let written = stretch(source, first, frames, &out, &watch);
        if written.is_err() {
            // Half a file is of use to nobody.
            let _ = std::fs::remove_file(&out);
        }
        written.map(|()| frames).map_err(Unfit::Film)
    })
    .await
}

/// Writes `frames` frames of a source from its frame `first` on, raw; before its start and after its end is silence.
fn stretch(
    mut source: Box<dyn PcmSource>,
    first: i64,
    frames: u64,
    out: &Path,
    watch: &Watch,
) -> Result<(), FilmError> {
    let writing = |fault: std::io::Error| FilmError::writing(out, &fault);
    let mut raw = BufWriter::with_capacity(1 << 18, File::create(out).map_err(writing)?);
    let (silence, mut skip) = (u64::try_from(-first).unwrap_or(0).min(frames), u64::try_from(first).unwrap_or(0));
    let mut left = frames - silence;
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), silence * FRAME_BYTES), &mut raw).map_err(writing)?;
    let (mut block, mut bytes, mut since) = (vec![[0.0_f32; 2]; BLOCK], Vec::with_capacity(BLOCK * 8), 0);
    while left > 0 {
        if since >= PATIENCE {
            watch.check()?;
            since = 0;
        }
        let wanted = usize::try_from(if skip > 0 { skip } else { left }).unwrap_or(BLOCK).min(BLOCK);
        let count = source.read(block.get_mut(..wanted).unwrap_or_default()).map_err(failed)?;
        if count == 0 {
            break;
        }
        since += count as u64;
        if skip > 0 {
            skip -= count as u64;
            continue;
        }
        bytes.clear();
        block.iter().take(count).flatten().for_each(|sample: &f32| bytes.extend_from_slice(&sample.to_le_bytes()));
        raw.write_all(&bytes).map_err(writing)?;
        left -= count as u64;
    }
    let raw = raw.into_inner().map_err(|fault| writing(fault.into_error()))?;
    raw.set_len(frames * FRAME_BYTES).map_err(writing)
}

/// Whether anything can be heard in a file; a clip that speaks is known after its first packets.
pub(crate) async fn is_heard(path: &Path, format: Format, watch: &Watch) -> Result<bool, FilmError> {
    let (path, watch) = (path.to_owned(), watch.clone());
    run_blocking(move || {
        let mut source = bedtrack_sound::decode::open(&path).map_err(|fault| explain(&path, format, fault))?;
        let mut block = vec![[0.0; 2]; BLOCK];
        loop {
            watch.check()?;
            let count = source.read(&mut block).map_err(failed)?;
            if count == 0 {
                return Ok(false);
            }
            if block.iter().take(count).flatten().any(|sample: &f32| sample.abs() > HEARD) {
                return Ok(true);
            }
        }
    })
    .await
}

/// Describes a file of sound alone by decoding it.
pub(super) fn alone(path: &Path, format: Format) -> Result<Inspected, Unfit> {
    if !matches!(format, Format::Wav | Format::Mp3 | Format::Flac | Format::Aac) {
        return Err(Unfit::Unusual("it is neither MP4 nor QuickTime"));
    }
    drop(open(path)?);
    let broken = |fault| explain(path, format, fault);
    let nature = bedtrack_sound::decode::nature(path).map_err(broken)?;
    let frames = count(path, &Watch::default())?;
    let micros = i64::try_from(frames.saturating_mul(1_000_000) / u64::from(RATE)).unwrap_or(i64::MAX);
    Ok(Inspected {
        format,
        info: MediaInfo {
            kind: MediaKind::Audio,
            container: format.name().to_owned(),
            duration_ms: (frames * 1000 + u64::from(RATE) / 2) / u64::from(RATE),
            video: None,
            audio: Some(AudioInfo {
                codec: nature.codec.to_owned(),
                rate: nature.rate,
                channels: nature.channels,
                index: 0,
            }),
            has_sound: true,
        },
        picture: Packets::default(),
        sound_us: Some((0, micros)),
        reorders: false,
        seal: None,
        clock_us: 0,
    })
}

/// Encodes `frames` frames of a programme, padded with silence or cut, turned down where `dips` say so.
pub(crate) fn encode(
    wav: &Path,
    frames: u64,
    format: SoundFormat,
    dips: &Dips,
    out: &Path,
    watch: &Watch,
) -> Result<(), FilmError> {
    let mut source = WavFile::open(wav).map_err(|fault| FilmError::BadPlan(format!("the programme: {fault}")))?;
    let mut writer = Writer::new(format, out).map_err(failed)?;
    let (mut at, mut block) = (0_u64, vec![[0.0; 2]; BLOCK]);
    while at < frames {
        if at.is_multiple_of(PATIENCE) {
            watch.check()?;
            watch.at(at as f32 / frames as f32);
        }
        let wanted = usize::try_from(frames - at).unwrap_or(BLOCK).min(BLOCK);
        let block = block.get_mut(..wanted).unwrap_or_default();
        let mut read = 0;
        while let Some(rest) = block.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match source.read(rest).map_err(failed)? {
                0 => break,
                count => read += count,
            }
        }
        block.iter_mut().skip(read).for_each(|frame| *frame = [0.0; 2]);
        dips.turn_down(at, block);
        writer.push(block).map_err(failed)?;
        at += wanted as u64;
    }
    writer.finish().map_err(failed)
}

/// Decodes a file of ours whole and measures it.
pub(crate) fn hear(path: &Path, watch: &Watch) -> Result<Heard, FilmError> {
    let mut source = bedtrack_sound::decode::open(path).map_err(failed)?;
    let (mut meter, mut block) = (Meter::new()?, vec![[0.0; 2]; BLOCK]);
    loop {
        watch.check()?;
        let count = source.read(&mut block).map_err(failed)?;
        if count == 0 {
            return meter.finish();
        }
        meter.push(block.get(..count).unwrap_or_default().as_flattened())?;
    }
}

/// Frames that a file's sound decodes to.
fn count(path: &Path, watch: &Watch) -> Result<u64, FilmError> {
    let mut source = bedtrack_sound::decode::open(path).map_err(failed)?;
    let (mut frames, mut block) = (0_u64, vec![[0.0; 2]; BLOCK]);
    loop {
        watch.check()?;
        match source.read(&mut block).map_err(failed)? {
            0 => return Ok(frames),
            read => frames += read as u64,
        }
    }
}

/// The loudness of a file's sound, of the first twenty minutes where it is long.
pub(crate) async fn loudness(path: &Path, watch: &Watch) -> Result<Option<f64>, FilmError> {
    const LONGEST: u64 = 20 * 60 * RATE as u64;
    let (path, watch) = (path.to_owned(), watch.clone());
    run_blocking(move || {
        let mut source = match bedtrack_sound::decode::open(&path) {
            Ok(source) => source,
            Err(SoundError::Undecodable { .. }) => return Ok(None),
            Err(fault) => return Err(failed(fault)),
        };
        let (mut meter, mut block, mut frames) = (Meter::new()?, vec![[0.0; 2]; BLOCK], 0);
        while frames < LONGEST {
            watch.check()?;
            let count = source.read(&mut block).map_err(failed)?;
            if count == 0 {
                break;
            }
            meter.push(block.get(..count).unwrap_or_default().as_flattened())?;
            frames += count as u64;
        }
        Ok(meter.finish()?.lufs)
    })
    .await
}

/// The writers of the sound room, as one.
enum Writer {
    Aac(AdtsWriter<BufWriter<File>>),
    Flac(FlacWriter<BufWriter<File>>),
    M4a(M4aWriter<BufWriter<File>>),
    Wav(WavWriter<BufWriter<File>>),
}

impl Writer {
    fn new(format: SoundFormat, out: &Path) -> Result<Self, SoundError> {
        let file = BufWriter::with_capacity(1 << 18, File::create(out)?);
        Ok(match format {
            SoundFormat::Aac => Self::Aac(AdtsWriter::new(file, AAC_BITS)?),
            SoundFormat::Flac => Self::Flac(FlacWriter::new(file, DEPTH)?),
            SoundFormat::M4a => Self::M4a(M4aWriter::new(file, AAC_BITS)?),
            SoundFormat::Wav => Self::Wav(WavWriter::new(file, DEPTH)?),
            SoundFormat::Mp3 => {
                return Err(SoundError::Encode { format: "MP3", reason: "ffmpeg writes these".to_owned() });
            }
        })
    }

    fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        match self {
            Self::Aac(writer) => writer.push(frames),
            Self::Flac(writer) => writer.push(frames),
            Self::M4a(writer) => writer.push(frames),
            Self::Wav(writer) => writer.push(frames),
        }
    }

    fn finish(self) -> Result<(), SoundError> {
        match self {
            Self::Aac(writer) => writer.finish(),
            Self::Flac(writer) => writer.finish(),
            Self::M4a(writer) => writer.finish(),
            Self::Wav(writer) => writer.finish(),
        }
    }
}

/// A file of someone else's that does not decode is damaged.
fn explain(path: &Path, format: Format, fault: SoundError) -> FilmError {
    match fault {
        SoundError::Undecodable { reason, .. } => {
            tracing::debug!(%reason, "a sound could not be decoded");
            let detail = "no sound can be decoded".to_owned();
            FilmError::Damaged { name: name_of(path), container: format.name(), detail }
        }
        fault => failed(fault),
    }
}

fn failed(fault: SoundError) -> FilmError {
    match fault {
        SoundError::Stopped => FilmError::Cancelled,
        SoundError::Io(fault) => FilmError::writing(Path::new("the sound"), &fault),
        fault => FilmError::BadResult(fault.to_string()),
    }
}
