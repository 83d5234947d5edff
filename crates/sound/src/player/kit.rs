//! Electronic drums: each drum is made once from sines, metal and noise, then struck like a sample. The designs follow
//! the analogue drum machines of the early eighties in outline: a falling sine for the kick, two tones and noise for the
//! snare, six square waves for the hats, bursts of noise for the clap.

use std::collections::BTreeMap;
use std::f32::consts::TAU;
use std::sync::Arc;

use super::event::{Event, Player};
use super::hits::{Hit, HitPlayer};
use crate::bank::voices::Kit;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::dsp::noise::Noise;
use crate::dsp::saturate;
use crate::dsp::wave::{ROW, phases, square};
use crate::{Frame, RATE};

/// Takes of each drum.
const TAKES: u64 = 3;
/// Frequencies of the six oscillators that make metal, Hz: no two in a simple ratio.
const METAL: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];

/// A drum that a kit makes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Drum {
    Kick,
    Snare,
    Rim,
    Clap,
    ClosedHat,
    OpenHat,
    Crash,
    Ride,
    Tom(u8),
    Shaker,
    Tambourine,
    Cowbell,
    Clave,
}

/// The drum of a General MIDI percussion key.
fn drum(key: u8) -> Option<Drum> {
    Some(match key {
        35 | 36 => Drum::Kick,
        38 | 40 => Drum::Snare,
        37 => Drum::Rim,
        39 => Drum::Clap,
        42 | 44 => Drum::ClosedHat,
        46 => Drum::OpenHat,
        49 | 52 | 55 | 57 => Drum::Crash,
        51 | 53 | 59 => Drum::Ride,
        41 | 43 | 45 | 47 | 48 | 50 => Drum::Tom(key),
        69 | 70 | 82 => Drum::Shaker,
        54 => Drum::Tambourine,
        56 => Drum::Cowbell,
        75 => Drum::Clave,
        _ => return None,
    })
}

/// Whether a kit makes the drum on `key` itself.
pub fn knows(key: u8) -> bool {
    drum(key).is_some()
}

/// The player of `events` on `kit`; only the drums that are struck are made.
pub fn player(kit: &Kit, events: Vec<Event>, from: i64) -> impl Player + use<> {
    let mut hits: BTreeMap<Drum, Hit> = BTreeMap::new();
    for event in &events {
        if let Some(drum) = drum(event.key) {
            hits.entry(drum).or_insert_with(|| hit(kit, drum));
        }
    }
    HitPlayer::new(move |event: &Event| drum(event.key).and_then(|drum| hits.get(&drum).cloned()), events, from)
}

fn hit(kit: &Kit, drum: Drum) -> Hit {
    let group = if matches!(drum, Drum::ClosedHat | Drum::OpenHat) { 1 } else { 0 };
    let takes = match drum {
        // A kick sounds the same each time: in these styles it is the pulse.
        Drum::Kick => 1,
        _ => TAKES,
    };
    let takes = (0..takes)
        .map(|take| {
            let mut sound = Sound::new(take * 31 + 7);
            sound.make(kit, drum);
            Arc::from(sound.finish())
        })
        .collect();
    Hit { takes, group }
}

/// A drum in the making.
struct Sound {
    frames: Vec<Frame>,
    noise: Noise,
}

/// Falls to 5% in `seconds`.
fn fall(at: f32, seconds: f32) -> f32 {
    (-3.0 * at / seconds).exp()
}

impl Sound {
    fn new(seed: u64) -> Self {
        Self { frames: Vec::new(), noise: Noise::new(seed) }
    }

    fn make(&mut self, kit: &Kit, drum: Drum) {
        match drum {
            Drum::Kick => {
                self.tone(kit.kick_seconds, |t| kit.kick_hz * (1.0 + 3.4 * fall(t, 0.06) + 4.0 * fall(t, 0.008)), 1.0);
                self.burst(0.012, kit.kick_click * 0.5, &[Coefficients::high_pass(1800.0, 0.7)], 0.0);
                self.drive(kit.drive * 2.0);
            }
            Drum::Snare => {
                let body = 1.0 - kit.snare_noise * 0.6;
                self.tone(0.11, |t| kit.snare_hz * (1.0 + 0.6 * fall(t, 0.02)), 0.75 * body);
                self.tone(0.08, |t| kit.snare_hz * 1.72 * (1.0 + 0.3 * fall(t, 0.02)), 0.4 * body);
                let colour = [
                    Coefficients::high_pass(1200.0, 0.7),
                    Coefficients::peak(4200.0, 0.8, 3.0),
                    Coefficients::low_pass(11_000.0, 0.7),
                ];
                self.burst(kit.snare_seconds, 0.75 * kit.snare_noise, &colour, 0.3);
                self.drive(kit.drive * 1.6);
            }
            Drum::Rim => {
                self.tone(0.03, |_| 1720.0, 0.5);
                self.tone(0.04, |_| 480.0, 0.45);
                self.burst(0.008, 0.4, &[Coefficients::high_pass(2500.0, 0.7)], 0.0);
            }
            Drum::Clap => {
                let colour = [
                    Coefficients::band_pass(1350.0, 0.7),
                    Coefficients::high_pass(600.0, 0.7),
                    Coefficients::low_pass(8000.0, 0.7),
                ];
                for (delay, level) in [(0.0, 0.8), (0.011, 0.7), (0.021, 0.75)] {
                    self.burst_at(delay, 0.012, level * 1.4, &colour, 0.5);
                }
                self.burst_at(0.031, 0.17, 1.2, &colour, 0.6);
                self.drive(kit.drive);
            }
            Drum::ClosedHat => self.metal(kit.hat_seconds, kit, kit.hat_hz, 0.34),
            Drum::OpenHat => self.metal(kit.hat_seconds * 6.0, kit, kit.hat_hz * 0.95, 0.3),
            Drum::Crash => self.metal(1.8, kit, kit.hat_hz * 0.55, 0.36),
            Drum::Ride => self.metal(0.8, kit, kit.hat_hz * 0.8, 0.2),
            Drum::Tom(key) => {
                let hz = 72.0 * ((f32::from(key) - 41.0) / 9.0).exp2();
                self.tone(0.32, |t| hz * (1.0 + 0.7 * fall(t, 0.05)), 0.9);
                self.burst(0.03, 0.12, &[Coefficients::high_pass(900.0, 0.7)], 0.2);
                self.drive(kit.drive);
            }
            Drum::Shaker => {
                let colour = [
                    Coefficients::high_pass(5200.0, 0.7),
                    Coefficients::peak(7600.0, 1.0, 4.0),
                    Coefficients::low_pass(12_000.0, 0.7),
                ];
                self.swell(0.02, 0.07, 0.42, &colour);
            }
            Drum::Tambourine => {
                let colour = [
                    Coefficients::high_pass(6000.0, 0.8),
                    Coefficients::peak(9000.0, 2.0, 5.0),
                    Coefficients::low_pass(13_000.0, 0.7),
                ];
                self.burst(0.16, 0.3, &colour, 0.5);
            }
            Drum::Cowbell => {
                self.square(0.22, 540.0, 0.25);
                self.square(0.22, 800.0, 0.25);
                filter(&[Coefficients::band_pass(1100.0, 0.6)], &mut self.frames);
            }
            Drum::Clave => self.tone(0.06, |_| 2480.0, 0.6),
        }
    }

    fn reach(&mut self, seconds: f32) {
        let frames = (seconds * RATE as f32) as usize;
        if self.frames.len() < frames {
            self.frames.resize(frames, [0.0; 2]);
        }
    }

    /// A sine whose pitch moves, dying away in `seconds`.
    fn tone(&mut self, seconds: f32, hz: impl Fn(f32) -> f32, level: f32) {
        self.reach(seconds * 2.2);
        let mut phase = 0.0_f32;
        for (at, frame) in self.frames.iter_mut().take((seconds * 2.2 * RATE as f32) as usize).enumerate() {
            let t = at as f32 / RATE as f32;
            let value = level * (phase * TAU).sin() * fall(t, seconds) * (t * 1500.0).min(1.0);
            phase += hz(t) / RATE as f32;
            phase -= phase.trunc();
            frame[0] += value;
            frame[1] += value;
        }
    }

    fn square(&mut self, seconds: f32, hz: f32, level: f32) {
        self.reach(seconds * 2.2);
        let mut wave = vec![0.0; self.frames.len()];
        add_square(&mut wave, hz, 0.0);
        for (at, (frame, wave)) in self.frames.iter_mut().zip(&wave).enumerate() {
            let value = level * wave * fall(at as f32 / RATE as f32, seconds);
            frame[0] += value;
            frame[1] += value;
        }
    }

    fn burst(&mut self, seconds: f32, level: f32, colour: &[Coefficients], apart: f32) {
        self.burst_at(0.0, seconds, level, colour, apart);
    }

    /// Noise through filters, dying away; `apart` is how far left and right differ.
    fn burst_at(&mut self, delay: f32, seconds: f32, level: f32, colour: &[Coefficients], apart: f32) {
        let noise = self.coloured(seconds * 2.2, colour, apart);
        self.reach(delay + seconds * 2.2);
        let from = (delay * RATE as f32) as usize;
        for (at, (frame, noise)) in self.frames.iter_mut().skip(from).zip(noise).enumerate() {
            let gain = level * fall(at as f32 / RATE as f32, seconds);
            frame[0] += gain * noise[0];
            frame[1] += gain * noise[1];
        }
    }

    /// Noise that grows for `rise` seconds and then dies away.
    fn swell(&mut self, rise: f32, seconds: f32, level: f32, colour: &[Coefficients]) {
        let noise = self.coloured(rise + seconds * 2.2, colour, 0.5);
        self.reach(rise + seconds * 2.2);
        for (at, (frame, noise)) in self.frames.iter_mut().zip(noise).enumerate() {
            let t = at as f32 / RATE as f32;
            let gain = level * if t < rise { (t / rise).powi(2) } else { fall(t - rise, seconds) };
            frame[0] += gain * noise[0];
            frame[1] += gain * noise[1];
        }
    }

    fn coloured(&mut self, seconds: f32, colour: &[Coefficients], apart: f32) -> Vec<Frame> {
        let same = (1.0 - apart * apart).max(0.0).sqrt();
        let mut noise: Vec<Frame> = (0..(seconds * RATE as f32) as usize)
            .map(|_| {
                let (middle, side) = (self.noise.next(), self.noise.next());
                [same * middle + apart * side, same * middle - apart * side]
            })
            .collect();
        filter(colour, &mut noise);
        noise
    }

    /// Hats and cymbals: square waves and noise above `hz`.
    fn metal(&mut self, seconds: f32, kit: &Kit, hz: f32, level: f32) {
        // Above 12 kHz lies more trouble for encoders than brilliance.
        let colour = [
            Coefficients::high_pass(hz, 0.8),
            Coefficients::high_pass(hz * 0.8, 0.7),
            Coefficients::low_pass(12_500.0, 0.7),
        ];
        let noise = self.coloured(seconds * 2.2, &colour, 0.6);
        // Each side hears the metal from another moment.
        let start = self.noise.unit();
        let side = |start: f32| {
            let mut side = vec![0.0; noise.len()];
            METAL.iter().for_each(|hz| add_square(&mut side, hz * 2.07, start));
            side
        };
        let (left, right) = (side(start), side(start + 0.37));
        let mut metal: Vec<Frame> = left.iter().zip(&right).map(|(left, right)| [0.3 * left, 0.3 * right]).collect();
        filter(&colour, &mut metal);
        self.reach(seconds * 2.2);
        for (at, ((frame, noise), metal)) in self.frames.iter_mut().zip(noise).zip(metal).enumerate() {
            let t = at as f32 / RATE as f32;
            // A short stick at the front, then the ring.
            let gain = level * (0.7 * fall(t, seconds) + 0.5 * fall(t, seconds * 0.18));
            for ((out, noise), metal) in frame.iter_mut().zip(noise).zip(metal) {
                *out += gain * (noise * (1.0 - kit.metal) + metal * kit.metal);
            }
        }
    }

    fn drive(&mut self, drive: f32) {
        for frame in &mut self.frames {
            *frame = frame.map(|value| saturate(value, 1.0 + drive));
        }
    }

    /// The last five milliseconds fade, so that the end cannot click.
    fn finish(mut self) -> Vec<Frame> {
        let fade = RATE as usize / 200;
        for (at, frame) in self.frames.iter_mut().rev().take(fade).enumerate() {
            *frame = frame.map(|value| value * at as f32 / fade as f32);
        }
        self.frames
    }
}

/// Adds a square wave that has been going for `start` seconds.
fn add_square(out: &mut [f32], hz: f32, start: f32) {
    let step = hz / RATE as f32;
    let mut phase = (start * hz).fract();
    for piece in out.chunks_mut(ROW) {
        let turns = phases(&mut phase, step, piece.len());
        for (value, turns) in piece.iter_mut().zip(&turns) {
            *value += square(*turns, 1.0 / step);
        }
    }
}

fn filter(colour: &[Coefficients], frames: &mut [Frame]) {
    let mut filters: Vec<Biquad> = colour.iter().map(|coefficients| Biquad::new(*coefficients)).collect();
    Biquad::chain(&mut filters, frames);
}
