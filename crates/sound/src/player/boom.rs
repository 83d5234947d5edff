//! Sub basses and 808s: one sine that may fall into its pitch, saturated so that small speakers show it too.

use super::envelope::{Level, rate};
use super::event::{Event, Player, Queue};
use crate::bank::voices::Boom;
use crate::dsp::saturate;
use crate::dsp::wave::sine;
use crate::{Frame, RATE};

/// Plays events on a patch, one note at a time: a new note ends the one before, so that no two lows beat.
pub struct BoomPlayer {
    patch: Boom,
    queue: Queue,
    voices: Vec<Voice>,
}

impl BoomPlayer {
    /// A player of `events` on `patch`.
    pub fn new(patch: &Boom, events: Vec<Event>, from: i64) -> Self {
        Self { patch: patch.clone(), queue: Queue::new(events, from), voices: Vec::new() }
    }
}

impl Player for BoomPlayer {
    fn render(&mut self, block: &mut [Frame]) {
        let Self { patch, queue, voices } = self;
        queue.advance(block.len(), |event, offset| {
            for voice in voices.iter_mut() {
                voice.left_to_hold = voice.left_to_hold.min(offset);
                voice.cut = true;
            }
            voices.push(Voice::new(patch, &event, offset));
        });
        for voice in voices.iter_mut() {
            voice.render(patch, block);
        }
        voices.retain(|voice| !voice.level.is_over());
    }
}

struct Voice {
    wait: usize,
    left_to_hold: usize,
    phase: f32,
    step: f32,
    /// Octaves above the note that are left to fall.
    bend: f32,
    level: Level,
    gain: f32,
    cut: bool,
    cut_gain: f32,
}

impl Voice {
    fn new(patch: &Boom, event: &Event, offset: usize) -> Self {
        Self {
            wait: offset,
            left_to_hold: (event.end - event.start).max(1) as usize,
            phase: 0.0,
            step: event.hz() / RATE as f32,
            bend: patch.bend,
            level: Level::new(patch.level),
            gain: event.strength() * 0.9,
            cut: false,
            cut_gain: 1.0,
        }
    }

    fn render(&mut self, patch: &Boom, block: &mut [Frame]) {
        let skip = self.wait.min(block.len());
        self.wait -= skip;
        let settle = 1.0 - rate(patch.bend_seconds);
        // 12 ms, short enough not to blur into the next note.
        let cutting = 1.0 - rate(0.012);
        let drive = 1.0 + 3.0 * patch.drive;
        for frame in block.iter_mut().skip(skip) {
            if self.left_to_hold == 0 {
                self.level.release();
                if self.cut {
                    self.cut_gain *= cutting;
                }
            } else {
                self.left_to_hold -= 1;
            }
            self.phase += self.step * if self.bend > 1e-3 { self.bend.exp2() } else { 1.0 };
            self.bend *= settle;
            if self.phase >= 1.0 {
                self.phase -= 1.0;
            }
            let value = saturate(sine(self.phase), drive) * drive.sqrt();
            let value = value * self.level.next() * self.gain * self.cut_gain;
            frame[0] += value;
            frame[1] += value;
        }
    }
}
