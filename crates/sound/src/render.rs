//! From a score to a finished master, or to its stems, in one call.

use super::master::{Aim, CEILING_DB, Mastering};
use super::{Bank, Frame, Measured, Performance, SoundError, StemBlock};
use bedtrack_compose::Score;
use bedtrack_compose::score::Ending;

pub use super::master::Spool;

/// Frames asked of a performance at a time.
const CHUNK: usize = 4096;
/// Lower than this no master's peaks are held: below, music at -14 LUFS is squashed.
const LOWEST_DB: f32 = -6.0;
/// Share of the work that playing is; the rest is mastering.
const PLAYING: f32 = 0.85;

/// Plays `score` with the sounds of `bank`, masters it to -14 LUFS within 0.2 and at most -1 dBTP, and gives it to `sink`
/// in order. `spool` holds the mix in between, eight bytes a frame. `watch` hears of progress, 0 to 1, and may say stop.
pub fn render_music(
    score: &Score,
    bank: &Bank,
    spool: &mut dyn Spool,
    sink: &mut dyn FnMut(&[Frame]) -> Result<(), SoundError>,
    watch: &mut dyn FnMut(f32) -> bool,
) -> Result<Measured, SoundError> {
    let ceiling_db = score.mix.peak_db.map_or(CEILING_DB, |own| own.clamp(LOWEST_DB, CEILING_DB));
    let aim = Aim { ceiling_db, closes: score.ending != Ending::Loop, narrows: true, ..Aim::default() };
    let mut mastering = Mastering::new(spool, aim);
    play(score, bank, &mut |block, count| mastering.push(block.mix.get(..count).unwrap_or_default()), &mut |done| {
        watch(done * PLAYING)
    })?;
    mastering.finish(sink, &mut |done| watch(PLAYING + done * (1.0 - PLAYING)))
}

/// Plays `score` and gives every block of stems to `sink`, with the count of frames in it that are valid.
pub fn play(
    score: &Score,
    bank: &Bank,
    sink: &mut dyn FnMut(&StemBlock, usize) -> Result<(), SoundError>,
    watch: &mut dyn FnMut(f32) -> bool,
) -> Result<(), SoundError> {
    let mut performance = Performance::new(score, bank)?;
    let mut block = StemBlock::new(CHUNK);
    let mut done = 0_u64;
    loop {
        let count = performance.next(&mut block);
        if count == 0 {
            return Ok(());
        }
        sink(&block, count)?;
        done += count as u64;
        if !watch(done as f32 / performance.frames() as f32) {
            return Err(SoundError::Stopped);
        }
    }
}
