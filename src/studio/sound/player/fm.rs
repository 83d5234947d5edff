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
        // Sidebands reach about ratio × (index + 1) above the carrier: less depth where they would pass 14 kHz.
        // Half a turn is also what the polynomial takes.
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
        let fall = (1.0 - rate(patch.index_decay) * CONTROL as f32).max(0.0);
        for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(CONTROL) {
            if self.left_to_hold == 0 {
                self.level.release();
            }
            self.left_to_hold = self.left_to_hold.saturating_sub(piece.len());
            let depth = (self.index + self.held) / std::f32::consts::TAU;
            self.index *= fall;
            // Phases first, then sines over whole rows, which the compiler turns into vectors.
            let mut rows = [[0.0_f32; CONTROL]; 3];
            for ((row, phase), step) in rows.iter_mut().zip(&mut self.phases).zip(&self.steps) {
                for value in row.iter_mut().take(piece.len()) {
                    let next = *phase + step;
                    *phase = if next >= 1.0 { next - 1.0 } else { next };
                    *value = *phase;
                }
            }
            let [left, right, modulator] = &mut rows;
            for ((left, right), modulator) in left.iter_mut().zip(right).zip(modulator) {
                let bend = depth * sine(*modulator);
                let octave = patch.octave * sine(2.0 * *left);
                *left = sine(*left + bend) + octave;
                *right = sine(*right + bend) + octave;
            }
            let [left, right, _] = rows;
            for ((frame, left), right) in piece.iter_mut().zip(left).zip(right) {
                let level = self.level.next() * self.gain;
                frame[0] += level * left;
                frame[1] += level * right;
            }
        }
    }
}

/// Sine of `turns`, which is from -0.5 to 2: folded to a quarter, then a Taylor polynomial, right to 4e-6.
#[inline]
fn sine(turns: f32) -> f32 {
    let mut x = turns;
    x = if x > 0.5 { x - 1.0 } else { x };
    x = if x > 0.5 { x - 1.0 } else { x };
    x = if x > 0.25 { 0.5 - x } else { x };
    x = if x < -0.25 { -0.5 - x } else { x };
    let u = x * std::f32::consts::TAU;
    let s = u * u;
    u * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0))))
}

#[cfg(test)]
mod tests {
    use super::sine;

    #[test]
    fn the_polynomial_follows_the_sine() {
        for step in -500..2000 {
            let turns = step as f32 / 1000.0;
            assert!((sine(turns) - (turns * std::f32::consts::TAU).sin()).abs() < 2e-5, "{turns}");
        }
    }
}
