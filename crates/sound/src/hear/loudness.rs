//! How loud a sound is as it goes along: the momentary loudness of EBU Tech 3341, twice a second.

use ebur128::{EbuR128, Mode};

use crate::pcm::read_full;
use crate::{PcmSource, RATE, SoundError};

/// Frames between two values: half a second.
const STEP: usize = RATE as usize / 2;
/// What silence is told as, in LUFS.
const SILENCE: f64 = -70.0;

/// LUFS of the 400 ms before each half second's end, from the sound's start on, at least -70.
///
/// # Errors
/// Those of the source.
pub fn over_time(source: &mut dyn PcmSource) -> Result<Vec<f32>, SoundError> {
    let failed = |error: ebur128::Error| SoundError::Loudness(error.to_string());
    let mut meter = EbuR128::new(2, RATE, Mode::M).map_err(failed)?;
    let mut block = vec![[0.0; 2]; STEP];
    let mut values = Vec::new();
    loop {
        let count = read_full(source, &mut block)?;
        if count == 0 {
            return Ok(values);
        }
        meter.add_frames_f32(block.get(..count).unwrap_or_default().as_flattened()).map_err(failed)?;
        values.push(meter.loudness_momentary().map_err(failed)?.max(SILENCE) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Samples;

    #[test]
    fn a_tone_that_begins_late_is_silent_before() {
        let tone = |at: usize| {
            let wave = (at as f32 * 997.0 * std::f32::consts::TAU / RATE as f32).sin();
            [if at < RATE as usize { 0.0 } else { wave }; 2]
        };
        let values = over_time(&mut Samples::new((0..2 * RATE as usize).map(tone).collect())).unwrap();
        assert_eq!((values.len(), values[0], values[1]), (4, -70.0, -70.0));
        // A sine at full scale on both sides is 0 LUFS (BS.1770).
        assert!((values[3] - 0.0).abs() < 0.1, "{values:?}");
    }
}
