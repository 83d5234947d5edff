//! Keeping an encoded file's true peak in bounds. A lossy encoder moves peaks, by more than a decibel where a drum
//! hits; turning all of it down would cost loudness. So the decoded file is listened to block by block, and the
//! programme is turned down for a moment just where the encoded one went over.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::watch::Watch;
use super::{FilmError, pcm};

/// Frames of a block: 10 ms.
pub(super) const BLOCK: usize = 480;

/// How much each block of a programme is turned down, in dB; empty for not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dips {
    blocks: Vec<f64>,
}

impl Dips {
    /// Turns down further where `peaks` (dBTP, a block each) went over `ceiling`; each dip reaches `reach` blocks to
    /// both sides, because an encoder smears.
    pub fn deepen(&mut self, peaks: &[f64], ceiling: f64, margin: f64, reach: usize) {
        self.blocks.resize(self.blocks.len().max(peaks.len()), 0.0);
        let mut more = vec![0.0_f64; self.blocks.len()];
        for (at, peak) in peaks.iter().enumerate().filter(|(_, peak)| **peak > ceiling) {
            let excess = peak - ceiling + margin;
            let around = at.saturating_sub(reach)..(at + reach + 1).min(more.len());
            more.get_mut(around).unwrap_or_default().iter_mut().for_each(|dip| *dip = dip.max(excess));
        }
        self.blocks.iter_mut().zip(more).for_each(|(dip, more)| *dip += more);
    }

    /// Whether nothing is turned down.
    pub fn is_flat(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The gain at a frame: each block's own in its middle, and a straight line between the middles.
    fn gain(&self, frame: u64) -> f32 {
        let half = BLOCK as u64 / 2;
        let of = |block: Option<u64>| {
            let dip = block.and_then(|block| self.blocks.get(usize::try_from(block).ok()?)).copied();
            10_f64.powf(-dip.unwrap_or(0.0) / 20.0)
        };
        let from = (frame + half) / BLOCK as u64;
        let (left, right) = (of(from.checked_sub(1)), of(Some(from)));
        let share = ((frame + half) % BLOCK as u64) as f64 / BLOCK as f64;
        (left + (right - left) * share) as f32
    }

    /// Turns down frames of the programme, the first of them its frame `at`.
    pub fn turn_down(&self, at: u64, frames: &mut [[f32; 2]]) {
        if self.is_flat() {
            return;
        }
        for (frame, at) in frames.iter_mut().zip(at..) {
            let gain = self.gain(at);
            *frame = frame.map(|sample| sample * gain);
        }
    }

    /// Writes the programme, turned down, as raw little-endian f32 frames of two channels.
    pub fn apply(&self, wav: &Path, raw: &Path, watch: &Watch) -> Result<(), FilmError> {
        let file = File::create(raw).map_err(|fault| FilmError::writing(raw, &fault))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        pcm::read(wav, &mut |at, frame| {
            if at.is_multiple_of(1 << 19) {
                watch.check()?;
            }
            let gain = self.gain(at);
            frame
                .iter()
                .try_for_each(|sample| out.write_all(&(sample * gain).to_le_bytes()))
                .map_err(|fault| FilmError::writing(raw, &fault))
        })?;
        out.flush().map_err(|fault| FilmError::writing(raw, &fault))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dip_is_deepest_where_the_peak_was_and_smooth_to_both_sides() {
        let mut dips = Dips::default();
        dips.deepen(&[-9.0, -9.0, -9.0, -0.5, -9.0, -9.0, -9.0], -1.0, 0.1, 1);
        let middle = dips.gain(3 * 480 + 240);
        assert!((20.0 * middle.log10() + 0.6).abs() < 1e-4, "{middle}");
        assert!((dips.gain(0) - 1.0).abs() < 1e-6 && (dips.gain(100_000) - 1.0).abs() < 1e-6);
        let steps = (0..4000).map(|at| (dips.gain(at + 1) - dips.gain(at)).abs()).fold(0.0, f32::max);
        assert!(steps < 0.001, "{steps}");
    }

    proptest! {
        #[test]
        fn a_gain_never_lifts(peaks in prop::collection::vec(-20.0_f64..6.0, 0..40), reach in 0_usize..5, at in 0_u64..20_000) {
            let mut dips = Dips::default();
            dips.deepen(&peaks, -1.0, 0.05, reach);
            prop_assert!(dips.gain(at) <= 1.0 && dips.gain(at) > 0.0);
        }
    }
}
