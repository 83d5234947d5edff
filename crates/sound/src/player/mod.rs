//! Players turn the notes of one part into sound, stereo and dry. One file per way of making sound.

mod ambience;
mod analogue;
mod boom;
mod envelope;
mod fm;
mod hits;
mod impact;
mod kit;
mod sampled;
mod sweep;

pub use ambience::Surface;

use super::bank::voices::{Synth, Voice};
use super::bank::{Bank, Strikes};
use super::dsp::noise::hash;
use super::{Frame, RATE, SoundError};
use bedtrack_compose::score::Note;

/// Plays one part.
pub trait Player: Send {
    /// Adds the next frames of the part to `block`, whose length is always [`super::dsp::BLOCK`].
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
    fn strength(&self) -> f32 {
        let v = f32::from(self.velocity) / 127.0;
        v * v
    }

    /// Frequency of the key, equal temperament at A = 440 Hz.
    fn hz(&self) -> f32 {
        440.0 * ((f32::from(self.key) - 69.0) / 12.0).exp2()
    }
}

/// The player of `events` (in order of their starts) on `voice`, whose first frame is frame `from`.
pub fn player(voice: &Voice, events: Vec<Event>, from: i64, bank: &Bank) -> Result<Box<dyn Player>, SoundError> {
    match &voice.synth {
        None => sampled(voice, events, from, bank),
        Some(Synth::Analogue(patch)) => Ok(Box::new(analogue::AnaloguePlayer::new(patch, events, from))),
        Some(Synth::Fm(patch)) => Ok(Box::new(fm::FmPlayer::new(patch, events, from))),
        Some(Synth::Boom(patch)) => Ok(Box::new(boom::BoomPlayer::new(patch, events, from))),
        Some(Synth::Sweep(patch)) => Ok(Box::new(sweep::SweepPlayer::new(patch, events, from))),
        Some(Synth::Impact(patch)) => Ok(Box::new(impact::player(patch, events, from))),
        Some(Synth::Ambience(patch)) => Ok(Box::new(ambience::AmbiencePlayer::new(patch, events, from))),
        Some(Synth::Kit(patch)) => {
            let (own, other): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| kit::knows(event.key));
            let sampled = match other.is_empty() || voice.sample.is_none() {
                true => None,
                false => Some(sampled(voice, other, from, bank)?),
            };
            Ok(Box::new(Both { first: kit::player(patch, own, from), second: sampled }))
        }
    }
}

fn sampled(voice: &Voice, events: Vec<Event>, from: i64, bank: &Bank) -> Result<Box<dyn Player>, SoundError> {
    let Some(sample) = &voice.sample else {
        return Err(SoundError::Bank(format!("{} has neither a sample nor a patch", voice.id)));
    };
    let strikes: Strikes = events.iter().map(|event| (event.key, event.velocity)).collect();
    let font = bank.font(sample, &strikes)?;
    Ok(Box::new(sampled::SampledPlayer::new(&font, sample, &events, from)?))
}

/// A kit of which one player knows some drums and another the rest.
struct Both<A> {
    first: A,
    second: Option<Box<dyn Player>>,
}

impl<A: Player> Player for Both<A> {
    fn render(&mut self, block: &mut [Frame]) {
        self.first.render(block);
        if let Some(second) = &mut self.second {
            second.render(block);
        }
    }
}

/// Hands out events block by block.
#[derive(Debug)]
struct Queue {
    events: std::vec::IntoIter<Event>,
    at: i64,
}

impl Queue {
    fn new(events: Vec<Event>, from: i64) -> Self {
        Self { events: events.into_iter(), at: from }
    }

    /// Calls `start` with every event of the next `frames` frames and its offset among them; gives the first frame.
    fn advance(&mut self, frames: usize, mut start: impl FnMut(Event, usize)) -> i64 {
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
