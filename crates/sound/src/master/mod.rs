//! Mastering: a stream goes once through the meters into a spool, then, its gain known, from the spool through a
//! look-ahead limiter to the sink. Memory stays flat but for one reading in 32 frames (15 MB for twenty minutes).

mod limiter;
mod loudness;
mod peak;

use std::io::{Read, Seek, SeekFrom, Write};

use ebur128::{EbuR128, Mode};

use super::dsp::filter::{Biquad, Coefficients};
use super::dsp::to_db;
use super::pcm::raw::{RawFile, write_frames};
use super::{Frame, PcmSource, RATE, SoundError};
use limiter::Limiter;
use loudness::Readings;
use peak::TruePeak;

/// What programmes for the web are set to, LUFS.
pub const TARGET_LUFS: f64 = -14.0;
/// What the limiter holds, dBTP. Lossy encoding lifts single peaks, those of snares and claps by up to 2.5 dB, and
/// -1 must hold after it.
pub const CEILING_DB: f32 = -3.5;
/// Loudest and softest a stream is made, dB: near-silence is not blown up into noise.
const GAINS: (f64, f64) = (-60.0, 40.0);
/// Frames worked on at a time.
const CHUNK: usize = 4096;

/// Reads, writes and seeks: a temporary file, or memory.
pub trait Spool: Read + Write + Seek {}

impl<T: Read + Write + Seek + ?Sized> Spool for T {}

/// What was measured of a finished stream.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    /// Integrated loudness, LUFS (EBU R 128); -70 for silence.
    pub lufs: f64,
    /// Highest true peak, dBTP, four times oversampled.
    pub true_peak_db: f64,
    /// Peak over root mean square, dB.
    pub crest_db: f64,
    /// Sides against middle, dB.
    pub width_db: f64,
    /// Correlation of left and right, -1 to 1.
    pub correlation: f64,
    /// Frames.
    pub frames: u64,
}

/// What mastering aims at.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    /// Integrated loudness, LUFS.
    pub lufs: f64,
    /// Highest true peak, dBTP.
    pub ceiling_db: f32,
    /// Whether the last millisecond is faded, so that nothing clicks; not for loops.
    pub closes: bool,
    /// Whether what lies above 18 kHz is taken away: nobody hears it, and lossy encoders turn it into peaks.
    pub narrows: bool,
}

impl Default for Aim {
    fn default() -> Self {
        Self { lufs: TARGET_LUFS, ceiling_db: CEILING_DB, closes: true, narrows: false }
    }
}

/// The first pass: what is pushed is measured and kept in the spool.
pub struct Mastering<'a> {
    spool: &'a mut dyn Spool,
    aim: Aim,
    readings: Readings,
    filters: Vec<Biquad>,
    frames: u64,
    bytes: Vec<u8>,
    work: Vec<Frame>,
}

impl<'a> Mastering<'a> {
    /// Starts with an empty `spool`, written from where it stands.
    pub fn new(spool: &'a mut dyn Spool, aim: Aim) -> Self {
        // What lies below 22 Hz costs headroom and is not heard.
        let mut filters = vec![Biquad::new(Coefficients::high_pass(22.0, 0.707))];
        if aim.narrows {
            filters.extend([0.541, 1.307].map(|q| Biquad::new(Coefficients::low_pass(18_000.0, q))));
        }
        Self { spool, aim, readings: Readings::new(), filters, frames: 0, bytes: Vec::new(), work: Vec::new() }
    }

    /// Takes the next frames.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        self.work.clear();
        self.work.extend_from_slice(frames);
        Biquad::chain(&mut self.filters, &mut self.work);
        self.readings.push(&self.work);
        self.bytes.clear();
        write_frames(&self.work, &mut self.bytes);
        self.spool.write_all(&self.bytes)?;
        self.frames += frames.len() as u64;
        Ok(())
    }

    /// The second pass: plays the spool through gain and limiter into `sink`. `watch` hears of progress, 0 to 1, and
    /// may say stop.
    pub fn finish(
        mut self,
        sink: &mut dyn FnMut(&[Frame]) -> Result<(), SoundError>,
        watch: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Measured, SoundError> {
        self.readings.close();
        let gain = self.readings.gain_for(self.aim.lufs, self.aim.ceiling_db, GAINS);
        let length = i64::try_from(self.frames * 8).unwrap_or(i64::MAX);
        self.spool.flush()?;
        self.spool.seek(SeekFrom::Current(-length))?;
        let mut source = RawFile::new(&mut *self.spool);
        let mut limiter = Limiter::new(gain, self.aim.ceiling_db);
        let mut gauge = Gauge::new()?;
        let closing = if self.aim.closes { u64::from(RATE / 1000).min(self.frames) } else { 0 };
        let mut chunk = vec![[0.0; 2]; CHUNK];
        let mut out: Vec<Frame> = Vec::with_capacity(CHUNK * 2);
        let mut read = 0_u64;
        let mut given = 0_u64;
        while given < self.frames {
            out.clear();
            let wanted = (self.frames - read).min(CHUNK as u64) as usize;
            let count = source.read(chunk.get_mut(..wanted).unwrap_or_default())?;
            read += count as u64;
            match chunk.get(..count).filter(|frames| !frames.is_empty()) {
                Some(frames) => limiter.push(frames, &mut out),
                None => limiter.drain(&mut out),
            }
            if out.is_empty() && count == 0 {
                break;
            }
            out.truncate(usize::try_from(self.frames - given).unwrap_or(usize::MAX));
            for frame in &mut out {
                let rest = self.frames - given - 1;
                if rest < closing {
                    *frame = frame.map(|value| value * rest as f32 / closing as f32);
                }
                given += 1;
            }
            gauge.push(&out)?;
            sink(&out)?;
            if !watch(given as f32 / self.frames as f32) {
                return Err(SoundError::Stopped);
            }
        }
        gauge.read()
    }
}

/// Meters on the finished stream.
struct Gauge {
    meter: EbuR128,
    peak: TruePeak,
    highest: f32,
    left: f64,
    right: f64,
    product: f64,
    frames: u64,
}

impl Gauge {
    fn new() -> Result<Self, SoundError> {
        let meter = EbuR128::new(2, RATE, Mode::I).map_err(loudness_error)?;
        Ok(Self { meter, peak: TruePeak::new(), highest: 0.0, left: 0.0, right: 0.0, product: 0.0, frames: 0 })
    }

    fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        self.meter.add_frames_f32(frames.as_flattened()).map_err(loudness_error)?;
        self.highest =
            self.peak.process(frames, self.highest).iter().fold(self.highest, |highest, peak| highest.max(*peak));
        let (mut left, mut right, mut product) = (0.0_f32, 0.0_f32, 0.0_f32);
        for [l, r] in frames {
            left += l * l;
            right += r * r;
            product += l * r;
        }
        self.left += f64::from(left);
        self.right += f64::from(right);
        self.product += f64::from(product);
        self.frames += frames.len() as u64;
        Ok(())
    }

    fn read(self) -> Result<Measured, SoundError> {
        let lufs = self.meter.loudness_global().map_err(loudness_error)?;
        let power = (self.left + self.right) / (2.0 * self.frames.max(1) as f64);
        let peak = f64::from(to_db(self.highest));
        let (middle, side) = (self.left + self.right + 2.0 * self.product, self.left + self.right - 2.0 * self.product);
        Ok(Measured {
            lufs: if lufs.is_finite() { lufs } else { -70.0 },
            true_peak_db: peak,
            crest_db: peak - 10.0 * power.max(1e-20).log10(),
            width_db: 10.0 * (side.max(1e-12) / middle.max(1e-12)).log10(),
            correlation: self.product / (self.left * self.right).sqrt().max(1e-12),
            frames: self.frames,
        })
    }
}

fn loudness_error(error: ebur128::Error) -> SoundError {
    SoundError::Loudness(error.to_string())
}
