//! Detuned, band-limited oscillators into a resonant filter: basses, pads, leads, plucks.

use super::envelope::{Level, rate};
use super::{Event, Player, Queue};
use crate::studio::sound::bank::voices::{Analogue, Wave};
use crate::studio::sound::dsp::noise::{Noise, hash};
use crate::studio::sound::dsp::svf::{Svf, SvfShape};
use crate::studio::sound::{Frame, RATE};

/// Oscillators are run in groups, so that the compiler can use vectors.
const LANES: usize = 4;
/// Frames between two settings of the filter.
const CONTROL: usize = 32;

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

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    phase: [f32; LANES],
    step: [f32; LANES],
    left: [f32; LANES],
    right: [f32; LANES],
}

struct Voice {
    /// Frames before it starts, and frames until it is let go.
    wait: usize,
    left_to_hold: usize,
    groups: Vec<Group>,
    sub: (f32, f32),
    noise: Noise,
    filters: [Svf; 2],
    level: Level,
    cutoff_hz: f32,
    /// What is left of the filter's sweep, in octaves.
    sweep: f32,
    gain: f32,
    age: f32,
}

impl Voice {
    fn new(patch: &Analogue, event: &Event, offset: usize) -> Self {
        let hz = event.hz();
        let count = patch.voices.clamp(1, 8);
        let mut groups = vec![Group::default(); count.div_ceil(LANES)];
        let gain = 1.0 / (count as f32).sqrt();
        let lanes = groups.iter_mut().flat_map(|group| {
            let Group { phase, step, left, right } = group;
            phase.iter_mut().zip(step).zip(left.iter_mut().zip(right))
        });
        for (number, ((phase, step), (left, right))) in lanes.take(count).enumerate() {
            // From -1 to 1 over the oscillators; neighbours in pitch go to opposite sides.
            let place = if count == 1 { 0.0 } else { 2.0 * number as f32 / (count - 1) as f32 - 1.0 };
            let side = if number % 2 == 0 { place.abs() } else { -place.abs() } * patch.spread;
            let side = if count == 2 { place * patch.spread } else { side };
            *phase = (hash(event.seed ^ number as u64) >> 40) as f32 / 16_777_216.0;
            *step = (hz * (place * patch.detune / 2400.0).exp2() / RATE as f32).min(0.45);
            *left = gain * (1.0 - side).sqrt();
            *right = gain * (1.0 + side).sqrt();
        }
        let velocity = f32::from(event.velocity) / 127.0;
        Self {
            wait: offset,
            left_to_hold: (event.end - event.start).max(1) as usize,
            groups,
            sub: (0.0, hz * 0.5 / RATE as f32),
            noise: Noise::new(event.seed),
            filters: [Svf::default(); 2],
            level: Level::new(patch.level),
            cutoff_hz: patch.cutoff_hz * (hz / 261.6).powf(patch.follow) * (0.6 + 0.5 * velocity),
            sweep: patch.sweep * (0.5 + 0.5 * velocity),
            gain: event.strength() * 0.5,
            age: 0.0,
        }
    }

    fn render(&mut self, patch: &Analogue, block: &mut [Frame]) {
        let skip = self.wait.min(block.len());
        self.wait -= skip;
        let fall = 1.0 - rate(patch.filter_decay) * CONTROL as f32;
        for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(CONTROL) {
            if self.left_to_hold == 0 {
                self.level.release();
            }
            self.left_to_hold = self.left_to_hold.saturating_sub(piece.len());
            let shape = SvfShape::new(self.cutoff_hz * self.sweep.exp2(), patch.q);
            self.sweep *= fall.max(0.0);
            self.age += piece.len() as f32 / RATE as f32;
            // Vibrato comes in after a quarter of a second, at 5.3 Hz.
            let depth = patch.vibrato * ((self.age - 0.25) * 2.0).clamp(0.0, 1.0) / 1200.0;
            let bend = (depth * (self.age * 5.3 * std::f32::consts::TAU).sin()).exp2();
            let mut dry = [[0.0; 2]; CONTROL];
            let dry = dry.get_mut(..piece.len()).unwrap_or_default();
            for group in &mut self.groups {
                group.render(patch.wave, bend, dry);
            }
            let [left, right] = &mut self.filters;
            for (frame, dry) in piece.iter_mut().zip(dry) {
                let mut both = 0.0;
                if patch.sub > 0.0 {
                    self.sub.0 += self.sub.1;
                    if self.sub.0 >= 1.0 {
                        self.sub.0 -= 1.0;
                    }
                    both += patch.sub * (self.sub.0 * std::f32::consts::TAU).sin();
                }
                let hiss = if patch.noise > 0.0 { patch.noise * self.noise.next() } else { 0.0 };
                let level = self.level.next() * self.gain;
                frame[0] += level * (left.low(&shape, dry[0] + hiss) + both);
                frame[1] += level * (right.low(&shape, dry[1] - hiss) + both);
            }
            left.settle();
            right.settle();
        }
    }
}

impl Group {
    fn render(&mut self, wave: Wave, bend: f32, out: &mut [Frame]) {
        match wave {
            Wave::Saw => self.run(bend, out, |t, step| 2.0 * t - 1.0 - corner(t, step)),
            Wave::Square => self.run(bend, out, |t, step| {
                let half = if t >= 0.5 { t - 0.5 } else { t + 0.5 };
                let flat = if t < 0.5 { 1.0 } else { -1.0 };
                flat + corner(t, step) - corner(half, step)
            }),
            Wave::Sine => self.run(bend, out, |t, _| (t * std::f32::consts::TAU).sin()),
        }
    }

    #[inline]
    fn run(&mut self, bend: f32, out: &mut [Frame], wave: impl Fn(f32, f32) -> f32) {
        let Self { mut phase, step, left, right } = *self;
        let step = step.map(|step| step * bend);
        for frame in out {
            let mut values = [0.0_f32; LANES];
            for ((value, phase), step) in values.iter_mut().zip(&mut phase).zip(&step) {
                let next = *phase + step;
                *phase = if next >= 1.0 { next - 1.0 } else { next };
                *value = wave(*phase, *step);
            }
            let mut sums = [0.0_f32; 2];
            for ((value, left), right) in values.iter().zip(&left).zip(&right) {
                sums[0] += value * left;
                sums[1] += value * right;
            }
            frame[0] += sums[0];
            frame[1] += sums[1];
        }
        self.phase = phase;
    }
}

/// What takes the infinite treble off a jump at phase 0: the polynomial band-limited step of Välimäki and Huovilainen
/// (2007). `step` is the phase's advance each frame.
#[inline]
fn corner(t: f32, step: f32) -> f32 {
    let after = (1.0 - t / step.max(1e-9)).max(0.0);
    let before = (1.0 - (1.0 - t) / step.max(1e-9)).max(0.0);
    before * before - after * after
}
