//! Players turn the notes of one part into sound, stereo and dry. One file per way of making sound.

mod ambience;
mod analogue;
mod boom;
mod envelope;
mod event;
mod fm;
mod hits;
mod impact;
mod kit;
mod sampled;
mod sweep;

pub use ambience::Surface;
pub use event::{Event, Player};

use super::bank::voices::{Synth, Voice};
use super::bank::{Bank, Strikes};
use super::{Frame, SoundError};

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
