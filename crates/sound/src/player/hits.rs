//! One-shots: sounds that are made once and then struck as often as the score says.

use std::sync::Arc;

use super::event::{Event, Player, Queue};
use crate::dsp::noise::hash;
use crate::{Frame, RATE};

/// A sound with a few takes, so that no two strikes in a row are quite the same.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its takes; at least one.
    pub takes: Vec<Arc<[Frame]>>,
    /// Hits of the same group (not 0) cut each other off: a closed hat ends an open one.
    pub group: u8,
}

/// Plays hits.
pub struct HitPlayer<F> {
    /// The hit of a key.
    find: F,
    queue: Queue,
    sounding: Vec<Sounding>,
}

struct Sounding {
    take: Arc<[Frame]>,
    at: usize,
    wait: usize,
    gain: f32,
    group: u8,
    /// Frames until it is cut off, and the gain it has then.
    cut: Option<(usize, f32)>,
}

/// Seconds in which a cut-off hit vanishes.
const CUT: f32 = 0.006;

impl<F: Fn(&Event) -> Option<Hit> + Send> HitPlayer<F> {
    /// A player of `events` on the hits that `find` gives.
    pub fn new(find: F, events: Vec<Event>, from: i64) -> Self {
        Self { find, queue: Queue::new(events, from), sounding: Vec::new() }
    }
}

impl<F: Fn(&Event) -> Option<Hit> + Send> Player for HitPlayer<F> {
    fn render(&mut self, block: &mut [Frame]) {
        let Self { find, queue, sounding } = self;
        queue.advance(block.len(), |event, offset| {
            let Some(hit) = find(&event) else { return };
            let pick = hash(event.seed) as usize % hit.takes.len().max(1);
            let Some(take) = hit.takes.get(pick) else { return };
            if hit.group != 0 {
                for other in sounding.iter_mut().filter(|other| other.group == hit.group && other.cut.is_none()) {
                    other.cut = Some((offset, 1.0));
                }
            }
            sounding.push(Sounding {
                take: take.clone(),
                at: 0,
                wait: offset,
                gain: event.strength(),
                group: hit.group,
                cut: None,
            });
        });
        let step = 1.0 / (CUT * RATE as f32);
        for sound in sounding.iter_mut() {
            let mut frames = block.iter_mut();
            let skip = sound.wait;
            sound.wait = 0;
            if skip > 0 {
                frames.nth(skip - 1);
            }
            let values = sound.take.get(sound.at..).unwrap_or_default();
            for (position, (frame, value)) in (skip..).zip(frames.zip(values)) {
                let mut gain = sound.gain;
                if let Some((from, fade)) = &mut sound.cut {
                    if position >= *from {
                        *fade = (*fade - step).max(0.0);
                    }
                    gain *= *fade;
                }
                frame[0] += value[0] * gain;
                frame[1] += value[1] * gain;
                sound.at += 1;
            }
            if let Some((from, _)) = &mut sound.cut {
                *from = 0;
            }
        }
        sounding.retain(|sound| sound.at < sound.take.len() && sound.cut.is_none_or(|(_, fade)| fade > 0.0));
    }
}
