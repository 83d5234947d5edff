//! Listening to a file: how many frames it decodes to, how loud it is (EBU R 128), and its true peak.

use std::ops::ControlFlow;
use std::path::Path;

use ebur128::{EbuR128, Mode};

use super::FilmError;
use super::call::Call;
use super::peaks::BLOCK;
use super::tools::Tools;
use super::watch::Watch;

/// Frames per second of all sound in and out.
pub(super) const RATE: u32 = bedtrack_sound::RATE;
/// Bytes of a frame: two channels of f32.
pub(super) const FRAME_BYTES: u64 = 8;

/// Frames of sound that last as long as a picture.
pub(super) fn frames_in(micros: u64) -> u64 {
    (micros * u64::from(RATE) + 500_000) / 1_000_000
}

/// What was heard.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub frames: u64,
    /// None for silence.
    pub lufs: Option<f64>,
    /// None for silence.
    pub true_peak_db: Option<f64>,
    /// The true peak of each block of 10 ms, in dBTP.
    pub block_peaks_db: Vec<f64>,
}

/// Decodes all of a sound stream with ffmpeg and measures it.
pub(super) async fn listen(
    tools: &Tools,
    path: &Path,
    demuxer: &'static str,
    length_ms: u64,
    watch: &Watch,
) -> Result<Heard, FilmError> {
    let mut meter = Meter::new()?;
    let (mut open, mut samples, mut fault) = (Vec::<u8>::new(), Vec::new(), None);
    Call::ffmpeg("checking the sound", length_ms)
        .input(path, demuxer, &[])
        .sets([("-map", "0:a:0"), ("-ac", "2"), ("-ar", "48000")])
        .into_pipe("f32le")
        .drive(tools, watch, &mut |bytes| {
            open.extend_from_slice(bytes);
            let whole = open.len() - open.len() % FRAME_BYTES as usize;
            let bytes: Vec<u8> = open.drain(..whole).collect();
            samples.clear();
            samples.extend(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            match meter.push(&samples) {
                Ok(()) => ControlFlow::Continue(()),
                Err(met) => {
                    fault = Some(met);
                    ControlFlow::Break(())
                }
            }
        })
        .await?;
    match fault {
        Some(fault) => Err(fault),
        None => meter.finish(),
    }
}

/// Measures sound as it comes: interleaved stereo at [`RATE`].
pub(super) struct Meter {
    meter: EbuR128,
    frames: u64,
    /// Samples of a block that is not full yet.
    open: Vec<f32>,
    block_peaks_db: Vec<f64>,
}

impl Meter {
    pub fn new() -> Result<Self, FilmError> {
        let meter = EbuR128::new(2, RATE, Mode::I | Mode::TRUE_PEAK).map_err(refused)?;
        Ok(Self { meter, frames: 0, open: Vec::new(), block_peaks_db: Vec::new() })
    }

    pub fn push(&mut self, samples: &[f32]) -> Result<(), FilmError> {
        self.open.extend_from_slice(samples);
        let open = std::mem::take(&mut self.open);
        let blocks = open.chunks_exact(2 * BLOCK);
        self.open.extend_from_slice(blocks.remainder());
        blocks.into_iter().try_for_each(|block| self.take(block))
    }

    pub fn finish(mut self) -> Result<Heard, FilmError> {
        let open = std::mem::take(&mut self.open);
        self.take(&open)?;
        let peak = [0, 1].into_iter().filter_map(|side| self.meter.true_peak(side).ok()).fold(0.0_f64, f64::max);
        Ok(Heard {
            frames: self.frames,
            lufs: self.meter.loudness_global().ok().filter(|lufs| lufs.is_finite()),
            true_peak_db: (peak > 0.0).then(|| 20.0 * peak.log10()),
            block_peaks_db: self.block_peaks_db,
        })
    }

    /// Feeds the meter one block, or what is left of the last.
    fn take(&mut self, block: &[f32]) -> Result<(), FilmError> {
        self.meter.add_frames_f32(block).map_err(refused)?;
        let sides = [0, 1].into_iter().filter_map(|side| self.meter.prev_true_peak(side).ok());
        self.block_peaks_db.push(20.0 * sides.fold(0.0_f64, f64::max).max(1e-9).log10());
        self.frames += block.len() as u64 / 2;
        Ok(())
    }
}

fn refused(fault: ebur128::Error) -> FilmError {
    FilmError::BadResult(format!("the sound cannot be measured ({fault})"))
}
