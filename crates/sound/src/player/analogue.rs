//! Detuned, band-limited oscillators into a resonant filter: basses, pads, leads, plucks. No two notes are quite alike: as
//! in analogue circuits, tuning and cutoff drift a little from note to note.

use super::envelope::{Level, rate};
use super::event::{Event, Player, Queue};
use crate::bank::voices::{Analogue, Wave};
use crate::dsp::noise::{Noise, hash};
use crate::dsp::svf::{StereoSvf, SvfShape};
use crate::dsp::wave::{ROW, phases, saw, sine, square};
use crate::{Frame, RATE};

/// How far a note's tuning drifts, in cents, and its cutoff, in octaves.
const DRIFT_CENTS: f32 = 2.5;
const DRIFT_OCTAVES: f32 = 0.12;

/// Plays events on a patch.
pub struct AnaloguePlayer {
    patch: Analogue,
    queue: Queue,
    voices: Vec<Voice>,
}

impl AnaloguePlayer {
    /// A player of `events` on `patch`.
    pub fn new(patch: &Analogue, events: Vec<Event>, from: i64) -> Self {
        Self { patch: patch.clone(), queue: Queue::new(events, from), voices: Vec::new() }
    }
}

impl Player for AnaloguePlayer {
    fn render(&mut self, block: &mut [Frame]) {
        let Self { patch, queue, voices } = self;
        queue.advance(block.len(), |event, offset| voices.push(Voice::new(patch, &event, offset)));
        for voice in voices.iter_mut() {
            voice.render(patch, block);
        }
        voices.retain(|voice| !voice.level.is_over());
    }
}

struct Oscillator {
    phase: f32,
    step: f32,
    left: f32,
    right: f32,
}

struct Voice {
    /// Frames before it starts, and frames until it is let go.
    wait: usize,
    left_to_hold: usize,
    oscillators: Vec<Oscillator>,
    /// Phase and step of the sine below.
    sub: (f32, f32),
    noise: Noise,
    filter: StereoSvf,
    level: Level,
    cutoff_hz: f32,
    /// What is left of the filter's sweep, in octaves.
    sweep: f32,
    gain: f32,
    age: f32,
}

impl Voice {
    fn new(patch: &Analogue, event: &Event, offset: usize) -> Self {
        let dice = |salt: u64| (hash(event.seed ^ salt) >> 40) as f32 / 16_777_216.0;
        let hz = event.hz() * ((dice(0xF1) - 0.5) * 2.0 * DRIFT_CENTS / 1200.0).exp2();
        let count = patch.voices.clamp(1, 8);
        let gain = 1.0 / (count as f32).sqrt();
        let oscillators = (0..count).map(|number| {
            // From -1 to 1 over the oscillators; neighbours in pitch go to opposite sides.
            let place = if count == 1 { 0.0 } else { 2.0 * number as f32 / (count - 1) as f32 - 1.0 };
            let side = match (count, number % 2) {
                (2, _) => place,
                (_, 0) => place.abs(),
                _ => -place.abs(),
            } * patch.spread;
            Oscillator {
                phase: dice(number as u64),
                step: (hz * (place * patch.detune / 2400.0).exp2() / RATE as f32).min(0.45),
                left: gain * (1.0 - side).sqrt(),
                right: gain * (1.0 + side).sqrt(),
            }
        });
        let velocity = f32::from(event.velocity) / 127.0;
        let drift = ((dice(0xF2) - 0.5) * 2.0 * DRIFT_OCTAVES).exp2();
        Self {
            wait: offset,
            left_to_hold: (event.end - event.start).max(1) as usize,
            oscillators: oscillators.collect(),
            sub: (0.0, hz * 0.5 / RATE as f32),
            noise: Noise::new(event.seed),
            filter: StereoSvf::default(),
            level: Level::new(patch.level),
            cutoff_hz: patch.cutoff_hz * (hz / 261.6).powf(patch.follow) * (0.6 + 0.5 * velocity) * drift,
            sweep: patch.sweep * (0.5 + 0.5 * velocity),
            gain: event.strength() * 0.5,
            age: 0.0,
        }
    }

    fn render(&mut self, patch: &Analogue, block: &mut [Frame]) {
        let skip = self.wait.min(block.len());
        self.wait -= skip;
        let fall = 1.0 - rate(patch.filter_decay) * ROW as f32;
        for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(ROW) {
            if self.left_to_hold == 0 {
                self.level.release();
            }
            self.left_to_hold = self.left_to_hold.saturating_sub(piece.len());
            let shape = SvfShape::new(self.cutoff_hz * self.sweep.exp2(), patch.q);
            self.sweep *= fall.max(0.0);
            self.age += piece.len() as f32 / RATE as f32;
            // Vibrato comes in after a quarter of a second, at 5.3 Hz.
            let depth = patch.vibrato * ((self.age - 0.25) * 2.0).clamp(0.0, 1.0) / 1200.0;
            let bend = if depth > 0.0 { (depth * sine(self.age * 5.3)).exp2() } else { 1.0 };
            let mut dry = [[0.0_f32; ROW]; 2];
            for oscillator in &mut self.oscillators {
                oscillator.render(patch.wave, bend, piece.len(), &mut dry);
            }
            if patch.noise > 0.0 {
                let [left, right] = &mut dry;
                for (left, right) in left.iter_mut().zip(right) {
                    let hiss = patch.noise * self.noise.next();
                    *left += hiss;
                    *right -= hiss;
                }
            }
            let mut frames = [[0.0; 2]; ROW];
            let [left, right] = &dry;
            for ((frame, left), right) in frames.iter_mut().zip(left).zip(right) {
                *frame = [*left, *right];
            }
            self.filter.low(&shape, &mut frames);
            let mut lows = [0.0; ROW];
            if patch.sub > 0.0 {
                let turns = phases(&mut self.sub.0, self.sub.1, piece.len());
                for (low, turns) in lows.iter_mut().zip(&turns) {
                    *low = patch.sub * sine(*turns);
                }
            }
            let mut levels = [0.0; ROW];
            self.level.fill(levels.get_mut(..piece.len()).unwrap_or_default());
            // By reference: arrays that are iterated by value are not turned into vectors.
            for (((out, frame), low), level) in piece.iter_mut().zip(&frames).zip(&lows).zip(&levels) {
                out[0] += level * self.gain * (frame[0] + low);
                out[1] += level * self.gain * (frame[1] + low);
            }
        }
    }
}

impl Oscillator {
    /// Adds the next `count` frames to `out`; what lies behind them is not heard.
    fn render(&mut self, wave: Wave, bend: f32, count: usize, out: &mut [[f32; ROW]; 2]) {
        let step = self.step * bend;
        let turns = phases(&mut self.phase, step, count);
        let per_step = 1.0 / step.max(1e-9);
        match wave {
            Wave::Saw => self.add(&turns, |turns| saw(turns, per_step), out),
            Wave::Square => self.add(&turns, |turns| square(turns, per_step), out),
            Wave::Sine => self.add(&turns, sine, out),
        }
    }

    #[inline]
    fn add(&self, turns: &[f32; ROW], wave: impl Fn(f32) -> f32, [left, right]: &mut [[f32; ROW]; 2]) {
        for ((turns, left), right) in turns.iter().zip(left).zip(right) {
            let value = wave(*turns);
            *left += value * self.left;
            *right += value * self.right;
        }
    }
}
