//! What every player is given: the notes of its part as events, and a queue that hands them out.

use bedtrack_compose::score::Note;

use crate::dsp::noise::hash;
use crate::{Frame, RATE};

/// Plays one part.
pub trait Player: Send {
    /// Adds the next frames of the part to `block`, whose length is always [`crate::dsp::BLOCK`].
    fn render(&mut self, block: &mut [Frame]);
}

/// A note in frames; times before zero belong to what a loop carries over from its end.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// First frame.
    pub start: i64,
    /// Frame of release.
    pub end: i64,
    /// MIDI key.
    pub key: u8,
    /// 1 to 127.
    pub velocity: u8,
    /// Differs from note to note, and is the same in every rendering.
    pub seed: u64,
}

impl Event {
    /// The event of `note`, the `number`th of its part, moved by `shift` frames.
    pub fn new(note: &Note, number: usize, part: usize, shift: i64) -> Self {
        let start = (note.start * f64::from(RATE)).round() as i64;
        let length = (note.duration.max(0.01) * f64::from(RATE)).round() as i64;
        Self {
            start: start + shift,
            end: start + length + shift,
            key: note.key.min(127),
            velocity: note.velocity.clamp(1, 127),
            seed: hash((part as u64) << 32 | number as u64),
        }
    }

    /// Loudness of the velocity: the square law that General MIDI asks for.
    pub fn strength(&self) -> f32 {
        let v = f32::from(self.velocity) / 127.0;
        v * v
    }

    /// Frequency of the key, equal temperament at A = 440 Hz.
    pub fn hz(&self) -> f32 {
        440.0 * ((f32::from(self.key) - 69.0) / 12.0).exp2()
    }
}

/// Hands out events block by block.
#[derive(Debug)]
pub struct Queue {
    events: std::vec::IntoIter<Event>,
    at: i64,
}

impl Queue {
    pub fn new(events: Vec<Event>, from: i64) -> Self {
        Self { events: events.into_iter(), at: from }
    }

    /// Calls `start` with every event of the next `frames` frames and its offset among them; gives the first frame.
    pub fn advance(&mut self, frames: usize, mut start: impl FnMut(Event, usize)) -> i64 {
        let first = self.at;
        self.at += frames as i64;
        while self.events.as_slice().first().is_some_and(|event| event.start < self.at) {
            if let Some(event) = self.events.next() {
                start(event, (event.start - first).max(0) as usize);
            }
        }
        first
    }
}
