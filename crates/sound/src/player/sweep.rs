//! Risers and downlifters: a band of noise, and a tone, that travel over the length of a note.

use super::event::{Event, Player, Queue};
use crate::bank::voices::Sweep;
use crate::dsp::noise::Noise;
use crate::dsp::svf::{Svf, SvfShape};
use crate::{Frame, RATE};

const CONTROL: usize = 32;

/// Plays events on a patch.
pub struct SweepPlayer {
    patch: Sweep,
    queue: Queue,
    voices: Vec<Voice>,
}

impl SweepPlayer {
    /// A player of `events` on `patch`.
    pub fn new(patch: &Sweep, events: Vec<Event>, from: i64) -> Self {
        Self { patch: patch.clone(), queue: Queue::new(events, from), voices: Vec::new() }
    }
}

struct Voice {
    wait: usize,
    at: usize,
    length: usize,
    filters: [Svf; 2],
    noise: Noise,
    phases: [f32; 2],
    gain: f32,
}

impl Player for SweepPlayer {
    fn render(&mut self, block: &mut [Frame]) {
        let Self { patch, queue, voices } = self;
        queue.advance(block.len(), |event, offset| {
            voices.push(Voice {
                wait: offset,
                at: 0,
                length: (event.end - event.start).max(1) as usize,
                filters: [Svf::default(); 2],
                noise: Noise::new(event.seed),
                phases: [0.0, 0.5],
                gain: event.strength(),
            });
        });
        for voice in voices.iter_mut() {
            voice.render(patch, block);
        }
        voices.retain(|voice| voice.at < voice.length);
    }
}

impl Voice {
    fn render(&mut self, patch: &Sweep, block: &mut [Frame]) {
        let skip = self.wait.min(block.len());
        self.wait -= skip;
        for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(CONTROL) {
            let way = (self.at as f32 / self.length as f32).min(1.0);
            let hz = patch.from_hz * (patch.to_hz / patch.from_hz).powf(way);
            let shape = SvfShape::new(hz, 1.4);
            let level = |way: f32| if patch.rises { way * way } else { (1.0 - way) * (1.0 - way) };
            let (now, next) = (level(way), level(((self.at + piece.len()) as f32 / self.length as f32).min(1.0)));
            // The tone follows an octave and a half below the band, left and right a little apart.
            let step = hz * 0.35 / RATE as f32;
            let [left, right] = &mut self.filters;
            let count = piece.len() as f32;
            for (number, frame) in piece.iter_mut().enumerate() {
                // The last 20 ms close, so that a riser ends and does not break.
                let rest = self.length.saturating_sub(self.at) as f32 / (0.02 * RATE as f32);
                let open = (self.at as f32 / (0.02 * RATE as f32)).min(1.0);
                let gain = self.gain * (now + (next - now) * number as f32 / count) * rest.min(1.0) * open;
                self.at += 1;
                let [a, b] = &mut self.phases;
                *a = (*a + step * 0.997).fract();
                *b = (*b + step * 1.003).fract();
                let tone = [*a, *b].map(|phase| patch.tone * (1.0 - 4.0 * (phase - 0.5).abs()) * 0.6);
                frame[0] += gain * (left.band(&shape, self.noise.next()) + tone[0]);
                frame[1] += gain * (right.band(&shape, self.noise.next()) + tone[1]);
            }
            left.settle();
            right.settle();
        }
    }
}
