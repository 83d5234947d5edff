//! Frequency modulation after John Chowning (1973): bells and glass.

use super::envelope::{Level, rate};
use super::event::{Event, Player, Queue};
use crate::bank::voices::Fm;
use crate::dsp::wave::{ROW, phases, sine};
use crate::{Frame, RATE};

/// Plays events on a patch.
pub struct FmPlayer {
    patch: Fm,
    queue: Queue,
    voices: Vec<Voice>,
}

impl FmPlayer {
    /// A player of `events` on `patch`.
    pub fn new(patch: &Fm, events: Vec<Event>, from: i64) -> Self {
        Self { patch: patch.clone(), queue: Queue::new(events, from), voices: Vec::new() }
    }
}

impl Player for FmPlayer {
    fn render(&mut self, block: &mut [Frame]) {
        let Self { patch, queue, voices } = self;
        queue.advance(block.len(), |event, offset| voices.push(Voice::new(patch, &event, offset)));
        for voice in voices.iter_mut() {
            voice.render(patch, block);
        }
        voices.retain(|voice| !voice.level.is_over());
    }
}

struct Voice {
    wait: usize,
    left_to_hold: usize,
    /// Phases and steps, in turns: left, right, modulator.
    phases: [f32; 3],
    steps: [f32; 3],
    level: Level,
    index: f32,
    held: f32,
    gain: f32,
}

impl Voice {
    fn new(patch: &Fm, event: &Event, offset: usize) -> Self {
        let step = event.hz() / RATE as f32;
        let apart = (patch.detune / 2400.0).exp2();
        let velocity = f32::from(event.velocity) / 127.0;
        // Sidebands reach about ratio × (index + 1) above the carrier: less depth where they would pass 14 kHz.
        let room = ((0.3 / step - 1.0) / patch.ratio - 1.0).clamp(0.0, 3.1);
        Self {
            wait: offset,
            left_to_hold: (event.end - event.start).max(1) as usize,
            phases: [0.0; 3],
            steps: [step / apart, step * apart, step * patch.ratio],
            level: Level::new(patch.level),
            index: ((patch.index - patch.index_held) * (0.4 + 0.6 * velocity)).min(room - patch.index_held.min(room)),
            held: patch.index_held.min(room),
            gain: event.strength() * 0.5,
        }
    }

    fn render(&mut self, patch: &Fm, block: &mut [Frame]) {
        let skip = self.wait.min(block.len());
        self.wait -= skip;
        let fall = (1.0 - rate(patch.index_decay) * ROW as f32).max(0.0);
        for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(ROW) {
            if self.left_to_hold == 0 {
                self.level.release();
            }
            self.left_to_hold = self.left_to_hold.saturating_sub(piece.len());
            let depth = (self.index + self.held) / std::f32::consts::TAU;
            self.index *= fall;
            let [carrier, other, bending] = &mut self.phases;
            let [step, other_step, bending_step] = self.steps;
            let mut left = phases(carrier, step, piece.len());
            let mut right = phases(other, other_step, piece.len());
            let modulator = phases(bending, bending_step, piece.len());
            let octaves = (patch.octave > 0.0).then(|| left.map(|turns| patch.octave * sine(2.0 * turns)));
            for ((left, right), modulator) in left.iter_mut().zip(&mut right).zip(&modulator) {
                let bend = depth * sine(*modulator);
                *left = sine(*left + bend);
                *right = sine(*right + bend);
            }
            if let Some(octaves) = &octaves {
                for ((left, right), octave) in left.iter_mut().zip(&mut right).zip(octaves) {
                    *left += octave;
                    *right += octave;
                }
            }
            let mut levels = [0.0; ROW];
            self.level.fill(levels.get_mut(..piece.len()).unwrap_or_default());
            for (((frame, left), right), level) in piece.iter_mut().zip(&left).zip(&right).zip(&levels) {
                let level = level * self.gain;
                frame[0] += level * left;
                frame[1] += level * right;
            }
        }
    }
}
