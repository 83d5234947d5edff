//! Surfaces that last as long as a note: a record, rain, wind, waves. All noise, left and right of their own.

use super::event::{Event, Player, Queue};
use crate::bank::voices::{Ambience, Scene};
use crate::dsp::noise::{Noise, Pink};
use crate::dsp::svf::{Svf, SvfShape};
use crate::{Frame, RATE};

const CONTROL: usize = 32;

/// Plays events on a scene.
pub struct AmbiencePlayer {
    scene: Scene,
    queue: Queue,
    surfaces: Vec<Lasting>,
}

struct Lasting {
    surface: Surface,
    wait: usize,
    at: usize,
    length: usize,
    gain: f32,
}

impl AmbiencePlayer {
    /// A player of `events` on `patch`.
    pub fn new(patch: &Ambience, events: Vec<Event>, from: i64) -> Self {
        Self { scene: patch.scene, queue: Queue::new(events, from), surfaces: Vec::new() }
    }
}

impl Player for AmbiencePlayer {
    fn render(&mut self, block: &mut [Frame]) {
        let Self { scene, queue, surfaces } = self;
        queue.advance(block.len(), |event, offset| {
            surfaces.push(Lasting {
                surface: Surface::new(*scene, event.seed),
                wait: offset,
                at: 0,
                length: (event.end - event.start).max(1) as usize,
                gain: event.strength(),
            });
        });
        // A second in and out, or a quarter of a short note.
        for lasting in surfaces.iter_mut() {
            let fade = (RATE as usize).min(lasting.length / 4).max(1) as f32;
            let skip = lasting.wait.min(block.len());
            lasting.wait -= skip;
            for piece in block.get_mut(skip..).unwrap_or_default().chunks_mut(CONTROL) {
                let mut wet = [[0.0; 2]; CONTROL];
                lasting.surface.render(wet.get_mut(..piece.len()).unwrap_or_default());
                for (frame, wet) in piece.iter_mut().zip(&wet) {
                    let rest = lasting.length.saturating_sub(lasting.at) as f32 / fade;
                    let gain = lasting.gain * (lasting.at as f32 / fade).min(1.0) * rest.min(1.0);
                    lasting.at += 1;
                    frame[0] += gain * wet[0];
                    frame[1] += gain * wet[1];
                }
            }
        }
        surfaces.retain(|lasting| lasting.at < lasting.length);
    }
}

/// The sound itself, without beginning or end.
pub struct Surface {
    scene: Scene,
    pink: [Pink; 2],
    dice: Noise,
    filters: [Svf; 2],
    grains: Vec<Grain>,
    drift: f32,
    target: f32,
    clock: f32,
}

/// A drop or a crackle: a decaying click at one place.
struct Grain {
    level: Frame,
    value: f32,
    fall: f32,
    filter: Svf,
    shape: SvfShape,
}

impl Surface {
    /// A surface that depends on `seed` alone.
    pub fn new(scene: Scene, seed: u64) -> Self {
        Self {
            scene,
            pink: [Pink::new(seed), Pink::new(seed ^ 0x5EED)],
            dice: Noise::new(seed ^ 0xD1CE),
            filters: [Svf::default(); 2],
            grains: Vec::new(),
            drift: 0.5,
            target: 0.5,
            clock: 0.0,
        }
    }

    /// The next frames.
    pub fn render(&mut self, out: &mut [Frame]) {
        let seconds = out.len() as f32 / RATE as f32;
        self.clock += seconds;
        // A slow walk: a new aim about twice in three seconds.
        if self.dice.unit() < seconds * 0.6 {
            self.target = self.dice.unit();
        }
        self.drift += (self.target - self.drift) * seconds * 0.8;
        let (hiss, shape, grains) = match self.scene {
            Scene::Vinyl => (0.035, SvfShape::new(5500.0, 0.7), 7.0),
            Scene::Rain => (0.16, SvfShape::new(6500.0 + 2000.0 * self.drift, 0.6), 130.0),
            Scene::Wind => (0.1 + 0.5 * self.drift * self.drift, SvfShape::new(220.0 + 700.0 * self.drift, 1.3), 0.0),
            Scene::Waves => {
                // A breaker about every eight seconds: it gathers, falls, and draws back.
                let way = (self.clock / (7.0 + 2.5 * self.drift)).fract();
                let swell = if way < 0.35 { (way / 0.35).powi(2) } else { (-(way - 0.35) * 5.0).exp() };
                (0.06 + 0.5 * swell, SvfShape::new(500.0 + 3800.0 * swell, 0.6), 0.0)
            }
        };
        if grains > 0.0 && self.dice.unit() < grains * seconds {
            let grain = self.grain();
            self.grains.push(grain);
        }
        let [left, right] = &mut self.pink;
        let [low_left, low_right] = &mut self.filters;
        for frame in out.iter_mut() {
            *frame = [hiss * low_left.low(&shape, left.next()), hiss * low_right.low(&shape, right.next())];
        }
        low_left.settle();
        low_right.settle();
        for grain in &mut self.grains {
            for frame in out.iter_mut() {
                let value = grain.filter.band(&grain.shape, grain.value * self.dice.next());
                grain.value *= grain.fall;
                frame[0] += grain.level[0] * value;
                frame[1] += grain.level[1] * value;
            }
        }
        self.grains.retain(|grain| grain.value > 1e-4);
    }

    fn grain(&mut self) -> Grain {
        let side = self.dice.next() * 0.9;
        let size = self.dice.unit().powi(3);
        let (seconds, hz, level) = match self.scene {
            Scene::Vinyl => (0.0008 + 0.0025 * size, 1500.0 + 4500.0 * self.dice.unit(), 0.25 + 0.9 * size),
            _ => (0.004 + 0.012 * size, 1800.0 + 5000.0 * self.dice.unit(), 0.05 + 0.35 * size),
        };
        Grain {
            level: [level * (1.0 - side).sqrt(), level * (1.0 + side).sqrt()],
            value: 1.0,
            fall: (-3.0 / (seconds * RATE as f32)).exp(),
            filter: Svf::default(),
            shape: SvfShape::new(hz, 1.2),
        }
    }
}
