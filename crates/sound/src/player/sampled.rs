//! Recorded instruments, through rustysynth-ext: one synthesizer for each part, so that every part stays its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustysynth_ext::{SoundFont, Synthesizer, SynthesizerSettings};

use super::event::{Event, Player};
use crate::bank::voices::Sample;
use crate::dsp::add;
use crate::dsp::filter::{Biquad, Coefficients};
use crate::{Frame, RATE, SoundError};

/// Frames between two looks at the events: the synthesizer's own block, so that a note is late by at most 0.7 ms.
const STEP: usize = 64;
/// Notes sounding at once, tails included.
const POLYPHONY: usize = 64;
/// What the synthesizer takes off; its own default leaves room for sixteen channels.
const VOLUME: f32 = 1.0;

/// How a stroke of some strength differs from the recording: a soft one is darker, a hard one brighter. The recordings
/// of the bank are mostly of one strength.
struct Touch {
    /// Velocities up to this one.
    up_to: u8,
    /// Lift above [`TOUCH_HZ`], dB.
    shelf_db: f32,
}

const TOUCHES: [Touch; 3] =
    [Touch { up_to: 58, shelf_db: -4.5 }, Touch { up_to: 98, shelf_db: 0.0 }, Touch { up_to: 127, shelf_db: 2.0 }];
const TOUCH_HZ: f32 = 3200.0;
/// Channels that notes take turns on, each a little out of tune, so that no two strokes in a row are the same: the 14 bits
/// of MIDI's fine tuning, 8192 being in tune and 81.92 a cent.
const TURNS: [u16; 3] = [8192, 8192 - 180, 8192 + 160];
/// A stroke too soft to hear, which ends what it would end if it were heard: a closed hat an open one.
const CHOKE: u8 = 1;

/// Plays events on a preset.
pub struct SampledPlayer {
    layers: Vec<Layer>,
    actions: std::vec::IntoIter<Action>,
    at: i64,
    left: [f32; STEP],
    right: [f32; STEP],
}

/// The strokes of one touch.
struct Layer {
    synthesizer: Synthesizer,
    shelf: Option<Biquad>,
    /// Steps of silence so far.
    silent: u32,
}

/// Steps of silence (2 s) after which a layer rests until it is struck.
const REST: u32 = 1500;

#[derive(Debug, Clone, Copy)]
struct Action {
    at: i64,
    layer: usize,
    channel: i32,
    key: u8,
    /// 0 to let go.
    velocity: u8,
}

impl SampledPlayer {
    /// A player of `events` on `sample` in `font`.
    pub fn new(font: &Arc<SoundFont>, sample: &Sample, events: &[Event], from: i64) -> Result<Self, SoundError> {
        // Only touches that occur are given a synthesizer.
        let touch = |event: &Event| TOUCHES.iter().position(|touch| event.velocity <= touch.up_to).unwrap_or(0);
        let used: BTreeSet<usize> = events.iter().map(touch).collect();
        let layers = used.iter().filter_map(|number| TOUCHES.get(*number));
        let layers = layers.map(|touch| Layer::new(font, sample, touch)).collect::<Result<Vec<_>, _>>()?;
        let layer = |event: &Event| used.iter().position(|number| *number == touch(event)).unwrap_or(0);
        let actions = actions(events, sample.drums, layers.len(), layer).into_iter();
        Ok(Self { layers, actions, at: from, left: [0.0; STEP], right: [0.0; STEP] })
    }
}

impl Layer {
    fn new(font: &Arc<SoundFont>, sample: &Sample, touch: &Touch) -> Result<Self, SoundError> {
        let mut settings = SynthesizerSettings::new(RATE as i32);
        settings.block_size = STEP;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = false;
        let mut synthesizer = Synthesizer::new(font, &settings).map_err(|error| SoundError::Bank(error.to_string()))?;
        synthesizer.set_master_volume(VOLUME);
        for (number, tuning) in TURNS.into_iter().enumerate() {
            let channel = channel(sample.drums, number);
            synthesizer.process_midi_message(channel, 0xC0, i32::from(sample.program), 0);
            // Full volume: the part's fader is on the desk.
            synthesizer.process_midi_message(channel, 0xB0, 0x07, 127);
            if !sample.drums {
                // Registered parameter 1, fine tuning.
                let [high, low] = [tuning >> 7, tuning & 0x7F].map(i32::from);
                for (control, value) in [(0x65, 0), (0x64, 1), (0x06, high), (0x26, low)] {
                    synthesizer.process_midi_message(channel, 0xB0, control, value);
                }
            }
        }
        let shelf = (touch.shelf_db != 0.0).then(|| Biquad::new(Coefficients::high_shelf(TOUCH_HZ, touch.shelf_db)));
        Ok(Self { synthesizer, shelf, silent: REST })
    }
}

/// The channel of a turn; drums have one of their own, and their strokes already differ by touch.
fn channel(drums: bool, turn: usize) -> i32 {
    if drums { Synthesizer::PERCUSSION_CHANNEL as i32 } else { turn as i32 }
}

/// Strokes and releases in order. A key struck again while it sounds is let go just before; drums ring out.
fn actions(events: &[Event], drums: bool, layers: usize, layer: impl Fn(&Event) -> usize) -> Vec<Action> {
    let mut actions = Vec::with_capacity(events.len() * 2);
    let mut next_strike = [i64::MAX; 128];
    for (number, event) in events.iter().enumerate().rev() {
        let (own, channel) = (layer(event), channel(drums, number % TURNS.len()));
        let stroke = Action { at: event.start, layer: own, channel, key: event.key, velocity: event.velocity };
        if let Some(next) = next_strike.get_mut(usize::from(event.key)) {
            if !drums {
                let end = event.end.min(next.saturating_sub(STEP as i64)).max(event.start + STEP as i64);
                actions.push(Action { at: end, velocity: 0, ..stroke });
            }
            *next = event.start;
        }
        if drums && HATS.contains(&event.key) {
            let others = (0..layers).filter(|layer| *layer != own);
            actions.extend(others.map(|layer| Action { layer, velocity: CHOKE, ..stroke }));
        }
        actions.push(stroke);
    }
    // Releases first where times are equal.
    actions.sort_by_key(|action| (action.at, action.velocity > 0, action.key, action.velocity));
    actions
}

/// The General MIDI keys that cut each other off.
const HATS: [u8; 3] = [42, 44, 46];

impl Player for SampledPlayer {
    fn render(&mut self, block: &mut [Frame]) {
        for piece in block.chunks_mut(STEP) {
            let due = self.at + STEP as i64 / 2;
            while self.actions.as_slice().first().is_some_and(|action| action.at < due) {
                let Some(action) = self.actions.next() else { break };
                if let Some(layer) = self.layers.get_mut(action.layer) {
                    layer.silent = 0;
                    layer.synthesizer.note_on(action.channel, i32::from(action.key), i32::from(action.velocity));
                }
            }
            self.at += STEP as i64;
            let [left, right] = [&mut self.left, &mut self.right];
            for layer in self.layers.iter_mut().filter(|layer| layer.silent < REST) {
                layer.synthesizer.render(left, right);
                layer.silent = if left.iter().all(|value| *value == 0.0) { layer.silent + 1 } else { 0 };
                let mut sound = [[0.0; 2]; STEP];
                for ((frame, left), right) in sound.iter_mut().zip(left.iter()).zip(right.iter()) {
                    *frame = [*left, *right];
                }
                if let Some(shelf) = &mut layer.shelf {
                    shelf.process(&mut sound);
                }
                add(piece, &sound, 1.0);
            }
        }
    }
}
