//! Sound in and out: a medium's sound as raw samples, and the finished programme as an encoded file of exactly the
//! asked length whose true peak stays in bounds after encoding.

use std::path::Path;

use bedtrack_wire::look::RECORDED_SPEED;
use tempfile::TempPath;

use super::FilmError;
use super::blocking::run_blocking;
use super::call::{Call, seconds};
use super::error::name_of;
use super::limits::LIMITS;
use super::measure::{FRAME_BYTES, Heard, RATE, listen};
use super::peaks::Dips;
use super::plan::{Quality, SoundFormat};
use super::probe::inspect;
use super::publish::scratch;
use super::pure::{self, Unfit};
use super::tools::Tools;
use super::watch::Watch;

/// True peak that an encoded file must not exceed, in dBTP.
const CEILING_DB: f64 = -1.0;
/// What a meter may differ by.
const METER_DB: f64 = 0.05;
/// How often an encoding is tried, each time with its peaks lowered further, before it is given up.
const ATTEMPTS: usize = 6;
/// How far before the asked start decoding begins, so that the first frames come out of a warm decoder, in µs.
const RUN_UP_US: u64 = 500_000;

/// Decodes `[in_ms, in_ms + duration_ms]` of a medium's sound to a file of raw f32le frames, 48 kHz, stereo, counted
/// from the picture's start where there is one. What the medium does not have is silence. At another speed than 100% the
/// pitch is kept, and `duration_ms` is what is heard.
pub(super) async fn decode(
    tools: &Tools,
    path: &Path,
    speed: u32,
    (in_ms, duration_ms): (u64, u64),
    out_raw: &Path,
    watch: &Watch,
) -> Result<u64, FilmError> {
    if duration_ms > LIMITS.media_seconds * 1000 {
        let (seconds, limit) = (duration_ms / 1000, LIMITS.media_seconds);
        return Err(FilmError::AbsurdDuration { name: name_of(path), seconds, limit });
    }
    let as_recorded = speed == RECORDED_SPEED;
    if as_recorded && (in_ms <= pure::sound::NEAR_MS || tools.need_both().is_err()) {
        match pure::sound::decode(path, in_ms, duration_ms, out_raw, watch).await {
            Ok(frames) => return Ok(frames),
            Err(Unfit::Film(FilmError::Cancelled)) => return Err(FilmError::Cancelled),
            Err(unfit) => tracing::debug!(%unfit, "the sound is left to ffmpeg"),
        }
    }
    let seen = inspect(tools, path, watch).await?;
    let Some(audio) = &seen.info.audio else { return Err(FilmError::NoSound(name_of(path))) };
    let frames = duration_ms * u64::from(RATE) / 1000;
    let from_us = in_ms * 1000 + seen.zero_us();
    // Without an index a jump lands near its aim only; decoding sound from the start is cheap.
    let seek_us = if seen.format.seeks_by_guess() { 0 } else { from_us.saturating_sub(RUN_UP_US) };
    let skip = (from_us - seek_us) * u64::from(RATE) / 1_000_000;
    let seek = seconds(seek_us);
    let before: &[(&str, &str)] = if seek_us > 0 { &[("-ss", &seek)] } else { &[] };
    // A mono sound goes to both sides at its own level; swresample would take 3 dB off.
    let sides = if audio.channels == 1 { "pan=stereo|c0=c0|c1=c0," } else { "" };
    let recorded = frames * u64::from(speed) / u64::from(RECORDED_SPEED);
    let stretch = if as_recorded {
        String::new()
    } else {
        // What the stretching lacks at the end is padded below.
        format!(",asetpts=N/SR/TB,{},atrim=end_sample={frames}", tempo(speed))
    };
    let filter = format!(
        "{sides}aresample={RATE}:async=1:first_pts=0,aformat=sample_fmts=flt:channel_layouts=stereo,\
         atrim=start_sample={skip}:end_sample={}{stretch}",
        skip + recorded
    );
    let limit = frames.saturating_mul(FRAME_BYTES) + (1 << 20);
    let read_ms = duration_ms * u64::from(speed.max(RECORDED_SPEED)) / u64::from(RECORDED_SPEED);
    let made = Call::ffmpeg("reading the sound", read_ms + (from_us - seek_us) / 1000)
        .capped(limit)
        .input(path, seen.demuxer(), before)
        .sealed(path, seen.seal.as_ref())
        .set("-map", format!("0:{}", audio.index))
        .set("-af", filter)
        .into_file(out_raw, "f32le")
        .run(tools, watch)
        .await;
    let out = out_raw.to_owned();
    if let Err(fault) = made {
        // Half a file is of use to nobody.
        let _ = tokio::fs::remove_file(&out).await;
        return Err(fault);
    }
    run_blocking(move || {
        let file =
            std::fs::OpenOptions::new().write(true).open(&out).map_err(|fault| FilmError::writing(&out, &fault))?;
        file.set_len(frames * FRAME_BYTES).map_err(|fault| FilmError::writing(&out, &fault))
    })
    .await?;
    Ok(frames)
}

/// The filters that change the speed and keep the pitch; one alone does it well between a half and twice.
fn tempo(speed: u32) -> String {
    let mut left = f64::from(speed) / f64::from(RECORDED_SPEED);
    let mut stages = Vec::new();
    while !(0.5..=2.0).contains(&left) && stages.len() < 8 {
        let step = if left > 2.0 { 2.0 } else { 0.5 };
        stages.push(step);
        left /= step;
    }
    stages.push(left);
    stages.iter().map(|stage| format!("atempo={stage:.6}")).collect::<Vec<_>>().join(",")
}

/// How a programme is encoded, and into what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// To keep or to listen to.
    File(SoundFormat),
    /// For a WebM film.
    Opus,
}

impl Encoding {
    fn ending(self) -> &'static str {
        match self {
            Self::File(SoundFormat::Mp3) => "mp3",
            Self::File(SoundFormat::M4a) => "m4a",
            Self::File(SoundFormat::Aac) => "aac",
            Self::File(SoundFormat::Flac) => "flac",
            Self::File(SoundFormat::Wav) => "wav",
            Self::Opus => "webm",
        }
    }

    /// The demuxer that reads it back.
    pub fn demuxer(self) -> &'static str {
        match self {
            Self::File(SoundFormat::Mp3) => "mp3",
            Self::File(SoundFormat::M4a) => "mov",
            Self::File(SoundFormat::Aac) => "aac",
            Self::File(SoundFormat::Flac) => "flac",
            Self::File(SoundFormat::Wav) => "wav",
            Self::Opus => "matroska",
        }
    }

    fn is_lossy(self) -> bool {
        !matches!(self, Self::File(SoundFormat::Flac | SoundFormat::Wav))
    }

    /// Frames by which a decoded file may be longer than what went in. A bare AAC stream cannot say where its sound
    /// begins and ends, and keeps the encoder's run-up; in MP4 the header says it, and decoders differ in heeding it.
    fn slack(self) -> u64 {
        match self {
            Self::File(SoundFormat::Aac) => 3 * 1024,
            Self::File(SoundFormat::M4a) => 1024,
            _ => 64,
        }
    }

    /// Blocks of 10 ms around a peak that are turned down with it: a bare AAC stream comes back later by its run-up.
    fn reach(self) -> usize {
        if self == Self::File(SoundFormat::Aac) { 5 } else { 1 }
    }
}

/// A way to encode the programme.
enum Way {
    /// Our own writers.
    Own(SoundFormat),
    /// ffmpeg, with its encoder, its muxer and its flags.
    Ffmpeg(&'static str, &'static str, Vec<(&'static str, String)>),
}

impl Way {
    async fn of(encoding: Encoding, quality: Quality, tools: &Tools) -> Result<Self, FilmError> {
        let numbers = quality.settings()?;
        let (encoder, muxer, flags) = match encoding {
            Encoding::File(SoundFormat::Mp3) => {
                ("libmp3lame", "mp3", vec![("-b:a", numbers.mp3.to_string()), ("-write_xing", "1".into())])
            }
            Encoding::File(format) => return Ok(Self::Own(format)),
            Encoding::Opus => {
                ("libopus", "webm", vec![("-b:a", numbers.opus.to_string()), ("-application", "audio".into())])
            }
        };
        tools.need_encoder(encoder).await?;
        Ok(Self::Ffmpeg(encoder, muxer, flags))
    }
}

/// The programme on its way into a file.
struct Programme<'a> {
    wav: &'a Path,
    frames: u64,
    folder: &'a Path,
}

impl Programme<'_> {
    fn length_ms(&self) -> u64 {
        self.frames * 1000 / u64::from(RATE)
    }

    /// Encodes it into `made`, turned down where `dips` say so, and listens to the result.
    async fn encode(
        &self,
        tools: &Tools,
        (way, demuxer): (&Way, &'static str),
        dips: &Dips,
        made: &Path,
        watch: &Watch,
    ) -> Result<Heard, FilmError> {
        match way {
            Way::Own(format) => {
                let (wav, made, frames, format) = (self.wav.to_owned(), made.to_owned(), self.frames, *format);
                let (dips, watch) = (dips.clone(), watch.clone());
                run_blocking(move || {
                    pure::sound::encode(&wav, frames, format, &dips, &made, &watch.part(0.0..0.6))?;
                    pure::sound::hear(&made, &watch)
                })
                .await
            }
            Way::Ffmpeg(encoder, muxer, flags) => {
                let raw = if dips.is_flat() { None } else { Some(self.turned_down(dips, watch).await?) };
                let call = Call::ffmpeg("encoding the sound", self.length_ms());
                let call = match &raw {
                    None => call.input(self.wav, "wav", &[]),
                    Some(raw) => call.input(raw, "f32le", &[("-ar", "48000"), ("-ac", "2")]),
                };
                call.set("-map", "0:a:0")
                    .set("-af", format!("apad=whole_len={0},atrim=end_sample={0}", self.frames))
                    .sets([("-map_metadata", "-1"), ("-ar", "48000"), ("-ac", "2"), ("-c:a", encoder)])
                    .sets(flags.iter().map(|(flag, value)| (*flag, value.as_str())))
                    .into_file(made, muxer)
                    .run(tools, &watch.part(0.0..0.6))
                    .await?;
                listen(tools, made, demuxer, self.length_ms(), watch).await
            }
        }
    }

    async fn turned_down(&self, dips: &Dips, watch: &Watch) -> Result<TempPath, FilmError> {
        let raw = scratch(self.folder, "f32")?;
        let (dips, from, to, watch) = (dips.clone(), self.wav.to_owned(), raw.to_path_buf(), watch.clone());
        run_blocking(move || dips.apply(&from, &to, &watch)).await?;
        Ok(raw)
    }
}

/// Encodes `frames` frames of the programme (padded with silence, or cut) into a file in `folder`, and lowers the
/// peaks before encoding as far as it takes for the encoded file to stay within [`CEILING_DB`].
pub(super) async fn encode(
    tools: &Tools,
    wav: &Path,
    frames: u64,
    encoding: Encoding,
    quality: Quality,
    folder: &Path,
    watch: &Watch,
) -> Result<(TempPath, Heard), FilmError> {
    let way = Way::of(encoding, quality, tools).await?;
    let programme = Programme { wav, frames, folder };
    let made = scratch(folder, encoding.ending())?;
    let mut dips = Dips::default();
    for attempt in 0..ATTEMPTS {
        let heard = programme.encode(tools, (&way, encoding.demuxer()), &dips, &made, watch).await?;
        if heard.frames + 64 < frames || heard.frames > frames + encoding.slack() {
            let why = format!("{} frames of sound instead of {frames}", heard.frames);
            return Err(FilmError::BadResult(why));
        }
        let excess = heard.true_peak_db.map_or(0.0, |peak| peak - CEILING_DB);
        if !encoding.is_lossy() || excess <= METER_DB {
            watch.at(1.0);
            return Ok((made, heard));
        }
        tracing::debug!(attempt, excess, "the encoded sound peaks too high");
        dips.deepen(&heard.block_peaks_db, CEILING_DB, METER_DB, encoding.reach());
    }
    Err(FilmError::BadResult("the encoded sound peaks above -1 dBTP".to_owned()))
}
