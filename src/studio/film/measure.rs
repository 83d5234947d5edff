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
pub(super) const RATE: u32 = 48_000;
/// Bytes of a frame: two channels of f32.
pub(super) const FRAME_BYTES: u64 = 8;
const BLOCK_BYTES: usize = BLOCK * FRAME_BYTES as usize;

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

/// Decodes all of a sound stream and measures it.
pub(super) async fn listen(
    tools: &Tools,
    path: &Path,
    demuxer: &'static str,
    length_ms: u64,
    watch: &Watch,
) -> Result<Heard, FilmError> {
    let refused = |fault: ebur128::Error| FilmError::BadResult(format!("the sound cannot be measured ({fault})"));
    let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::TRUE_PEAK).map_err(refused)?;
    let (mut frames, mut open, mut fault) = (0_u64, Vec::<u8>::new(), None);
    let (mut samples, mut block_peaks_db) = (Vec::new(), Vec::new());
    Call::ffmpeg("checking the sound", length_ms)
        .input(path, demuxer, &[])
        .sets([("-map", "0:a:0"), ("-ac", "2"), ("-ar", "48000")])
        .to_pipe("f32le")
        .drive(tools, watch, &mut |bytes| {
            open.extend_from_slice(bytes);
            while open.len() >= BLOCK_BYTES {
                if let Err(met) = take(&mut meter, &mut open, &mut samples, &mut block_peaks_db) {
                    fault = Some(met);
                    return ControlFlow::Break(());
                }
                frames += BLOCK as u64;
            }
            ControlFlow::Continue(())
        })
        .await?;
    if let Some(fault) = fault {
        return Err(refused(fault));
    }
    frames += open.len() as u64 / FRAME_BYTES;
    take(&mut meter, &mut open, &mut samples, &mut block_peaks_db).map_err(refused)?;
    let peak = [0, 1].into_iter().filter_map(|channel| meter.true_peak(channel).ok()).fold(0.0_f64, f64::max);
    Ok(Heard {
        frames,
        lufs: meter.loudness_global().ok().filter(|lufs| lufs.is_finite()),
        true_peak_db: (peak > 0.0).then(|| 20.0 * peak.log10()),
        block_peaks_db,
    })
}

/// Feeds the meter one block, or what is left of the last.
fn take(
    meter: &mut EbuR128,
    open: &mut Vec<u8>,
    samples: &mut Vec<f32>,
    peaks_db: &mut Vec<f64>,
) -> Result<(), ebur128::Error> {
    let bytes = open.drain(..open.len().min(BLOCK_BYTES)).collect::<Vec<_>>();
    let whole = bytes.len() - bytes.len() % FRAME_BYTES as usize;
    samples.clear();
    samples.extend(bytes.get(..whole).unwrap_or_default().chunks_exact(4).map(|bytes| match bytes {
        [a, b, c, d] => f32::from_le_bytes([*a, *b, *c, *d]),
        _ => 0.0,
    }));
    meter.add_frames_f32(samples)?;
    let peak = [0, 1].into_iter().filter_map(|side| meter.prev_true_peak(side).ok()).fold(0.0_f64, f64::max);
    peaks_db.push(20.0 * peak.max(1e-9).log10());
    Ok(())
}
