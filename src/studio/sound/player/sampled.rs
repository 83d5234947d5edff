//! Recorded instruments, through rustysynth-ext: one synthesizer for each part, so that every part stays its own.

use std::sync::Arc;

use rustysynth_ext::{SoundFont, Synthesizer, SynthesizerSettings};

use super::{Event, Player};
use crate::studio::sound::bank::voices::Sample;
use crate::studio::sound::{Frame, RATE, SoundError};

/// Frames between two looks at the events: the synthesizer's own block, so that a note is late by at most 0.7 ms.
const STEP: usize = 64;
/// Notes sounding at once, tails included.
const POLYPHONY: usize = 64;
/// What the synthesizer takes off; its own default leaves room for sixteen channels.
const VOLUME: f32 = 1.0;

/// Plays events on a preset.
pub struct SampledPlayer {
    synthesizer: Synthesizer,
    channel: i32,
    actions: std::vec::IntoIter<Action>,
    at: i64,
    left: [f32; STEP],
    right: [f32; STEP],
}

#[derive(Debug, Clone, Copy)]
struct Action {
    at: i64,
    key: u8,
    /// 0 to let go.
    velocity: u8,
}

impl SampledPlayer {
    /// A player of `events` on `sample` in `font`.
    pub fn new(font: &Arc<SoundFont>, sample: &Sample, events: &[Event], from: i64) -> Result<Self, SoundError> {
        let mut settings = SynthesizerSettings::new(RATE as i32);
        settings.block_size = STEP;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = false;
        let mut synthesizer = Synthesizer::new(font, &settings).map_err(|error| SoundError::Bank(error.to_string()))?;
        synthesizer.set_master_volume(VOLUME);
        let channel = if sample.drums { Synthesizer::PERCUSSION_CHANNEL as i32 } else { 0 };
        synthesizer.process_midi_message(channel, 0xC0, i32::from(sample.program), 0);
        // Full volume: the part's fader is on the desk.
        synthesizer.process_midi_message(channel, 0xB0, 0x07, 127);
        let actions = actions(events, sample.drums).into_iter();
        Ok(Self { synthesizer, channel, actions, at: from, left: [0.0; STEP], right: [0.0; STEP] })
    }
}

/// Strikes and releases in order. A key struck again while it sounds is let go just before; drums ring out.
fn actions(events: &[Event], drums: bool) -> Vec<Action> {
    let mut actions = Vec::with_capacity(events.len() * 2);
    let mut next_strike = [i64::MAX; 128];
    for event in events.iter().rev() {
        if let Some(next) = next_strike.get_mut(usize::from(event.key)) {
            if !drums {
                let end = event.end.min(next.saturating_sub(STEP as i64)).max(event.start + STEP as i64);
                actions.push(Action { at: end, key: event.key, velocity: 0 });
            }
            *next = event.start;
        }
        actions.push(Action { at: event.start, key: event.key, velocity: event.velocity });
    }
    // Releases first where times are equal.
    actions.sort_by_key(|action| (action.at, action.velocity > 0, action.key));
    actions
}

impl Player for SampledPlayer {
    fn render(&mut self, block: &mut [Frame]) {
        for piece in block.chunks_mut(STEP) {
            let due = self.at + STEP as i64 / 2;
            while self.actions.as_slice().first().is_some_and(|action| action.at < due) {
                if let Some(action) = self.actions.next() {
                    self.synthesizer.note_on(self.channel, i32::from(action.key), i32::from(action.velocity));
                }
            }
            self.at += STEP as i64;
            self.synthesizer.render(&mut self.left, &mut self.right);
            for ((frame, left), right) in piece.iter_mut().zip(&self.left).zip(&self.right) {
                frame[0] += left;
                frame[1] += right;
            }
        }
    }
}
