//! Frequency modulation after John Chowning (1973): bells and glass.

use super::envelope::{Level, rate};
use super::{Event, Player, Queue};
use crate::studio::sound::bank::voices::Fm;
use crate::studio::sound::{Frame, RATE};

const CONTROL: usize = 32;

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
        // Sidebands reach about ratio × (index + 1) above the carrier: less depth where they would pass half the rate.
        let room = ((0.4 / step - 1.0) / patch.ratio - 1.0).max(0.0);
        Self {
            wait: offset,
            left_to_hold: (event.end - event.start).max(1) as usize,
            phases: [0.0; 3],
            steps: [step / apart, step * apart, step * patch.ratio],
            level: Level::new(patch.level),
            index: ((patch.index - patch.index_held) * (0.4 + 0.6 * velocity)).min(room),
            held: patch.index_held.min(room),
            gain: event.strength() * 0.5,
        }
    }

    fn render(&mut self, patch: &Fm, block: &mut [Frame]) {
        let skip = self.wait.min(block.len());
        self.wait -= skip;
        let fall = (1.0 - rate(patch.index_decay) * CONTROL as f32).max(0.0);
        for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(CONTROL) {
            if self.left_to_hold == 0 {
                self.level.release();
            }
            self.left_to_hold = self.left_to_hold.saturating_sub(piece.len());
            let depth = (self.index + self.held) / std::f32::consts::TAU;
            self.index *= fall;
            for frame in piece {
                for (phase, step) in self.phases.iter_mut().zip(&self.steps) {
                    let next = *phase + step;
                    *phase = if next >= 1.0 { next - 1.0 } else { next };
                }
                let [left, right, modulator] = self.phases;
                let bend = depth * sine(modulator);
                let octave = patch.octave * sine(2.0 * left);
                let level = self.level.next() * self.gain;
                frame[0] += level * (sine(left + bend) + octave);
                frame[1] += level * (sine(right + bend) + octave);
            }
        }
    }
}

/// Sine of `turns`: folded to a quarter, then a Taylor polynomial, right to 4e-6.
#[inline]
fn sine(turns: f32) -> f32 {
    let mut x = turns - (turns as i32) as f32;
    if x > 0.5 {
        x -= 1.0;
    }
    if x < -0.5 {
        x += 1.0;
    }
    if x > 0.25 {
        x = 0.5 - x;
    }
    if x < -0.25 {
        x = -0.5 - x;
    }
    let u = x * std::f32::consts::TAU;
    let s = u * u;
    u * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0))))
}
