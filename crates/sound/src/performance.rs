//! A score being played: every part, every stem and their sum, block by block, before mastering.

use std::ops::Range;

use super::bank::voices;
use super::bank::voices::{Synth, Voice};
use super::dsp::{BLOCK, add, db};
use super::mix::{Bus, Duck, Glue, STEMS, Setting, Strip, channel};
use super::player::Surface;
use super::player::{Event, player};
use super::{Bank, Frame, RATE, SoundError};
use bedtrack_compose::Score;
use bedtrack_compose::score::{Ending, Part, Stem};

/// Longest score, in seconds, with some room above what a brief may ask for.
const LONGEST: f64 = 1500.0;
/// Seconds of its own end that a loop is played after, so that tails run over the seam.
const RUN_IN: f64 = 10.0;

/// Frames of every stem, in the order of [`STEMS`], and their sum.
#[derive(Debug, Clone)]
pub struct StemBlock {
    /// One list of frames for each stem.
    pub stems: [Vec<Frame>; STEMS.len()],
    /// What they add up to.
    pub mix: Vec<Frame>,
}

impl StemBlock {
    /// A block for `frames` frames at a time.
    pub fn new(frames: usize) -> Self {
        let empty = vec![[0.0; 2]; frames];
        Self { stems: std::array::from_fn(|_| empty.clone()), mix: empty }
    }

    /// The stems with their names.
    pub fn named(&self) -> impl Iterator<Item = (Stem, &[Frame])> {
        STEMS.into_iter().zip(self.stems.iter().map(Vec::as_slice))
    }
}

/// A score being played.
pub struct Performance {
    strips: Vec<(usize, Strip)>,
    buses: Vec<Bus>,
    duck: Duck,
    glue: Glue,
    vinyl: Option<(Surface, f32)>,
    fade: Fade,
    /// Frame of the score at which the next block starts; below zero while a loop is run in.
    at: i64,
    /// Frames that the tape is late by, dropped at the start.
    late: i64,
    total: u64,
    given: u64,
    /// The stems' last block, and the part of it that is still to be given.
    ready: [[Frame; BLOCK]; STEMS.len()],
    left: Range<usize>,
    playing: [bool; STEMS.len()],
}

impl Performance {
    /// Sets up `score` with the sounds of `bank`; decodes the samples it needs.
    pub fn new(score: &Score, bank: &Bank) -> Result<Self, SoundError> {
        if !score.duration.is_finite() || score.duration <= 0.0 || score.duration > LONGEST {
            return Err(SoundError::Duration(score.duration));
        }
        let total = (score.duration * f64::from(RATE)).round() as i64;
        let period = (score.ending == Ending::Loop).then(|| total as f64 / f64::from(RATE));
        let run_in = period.map_or(0, |period| (period.min(RUN_IN) * f64::from(RATE)) as i64);
        // Whole blocks, so that the score's first frame starts one.
        let from = -(run_in + BLOCK as i64 - 1).div_euclid(BLOCK as i64) * BLOCK as i64;

        let mut playing = [false; STEMS.len()];
        let mut strips = Vec::with_capacity(score.parts.len());
        for (number, part) in score.parts.iter().enumerate().filter(|(_, part)| !part.notes.is_empty()) {
            let voice = voices::find(&part.instrument)?;
            let events = events(part, number, total, from, period.is_some());
            let player = player(voice, events, from, bank)?;
            let stem = STEMS.iter().position(|stem| *stem == part.stem).unwrap_or(0);
            strips.push((stem, Strip::new(part, voice, player, channel(part.stem)?, &score.mix, period)));
            if let Some(playing) = playing.get_mut(stem) {
                *playing = true;
            }
        }
        let beat = 60.0 / score.bpm.clamp(20.0, 400.0);
        let setting = Setting { mix: &score.mix, echo_seconds: beat * 0.75, period };
        let buses =
            STEMS.iter().map(|stem| Ok(Bus::new(channel(*stem)?, &setting))).collect::<Result<_, SoundError>>()?;
        let vinyl = (score.mix.vinyl > 0.001)
            .then(|| (Surface::new(voices::Scene::Vinyl, score.seed), db(-26.0) * score.mix.vinyl));
        Ok(Self {
            strips,
            buses,
            duck: Duck::new(kicks(score, period)?, beat),
            glue: Glue::new(score.mix.glue * 0.7, 0.03, 0.2),
            vinyl,
            fade: Fade::new(score, total as u64),
            at: from,
            late: if score.mix.wow > 0.001 { super::mix::LATENCY as i64 } else { 0 },
            total: total as u64,
            given: 0,
            ready: [[[0.0; 2]; BLOCK]; STEMS.len()],
            left: 0..0,
            playing,
        })
    }

    /// Frames of the whole piece.
    pub fn frames(&self) -> u64 {
        self.total
    }

    /// Which stems have notes, in the order of [`STEMS`].
    pub fn playing(&self) -> [bool; STEMS.len()] {
        self.playing
    }

    /// Fills `block` from the front and returns how many frames it gave; fewer than it holds only at the end of the
    /// piece, and 0 from then on.
    pub fn next(&mut self, block: &mut StemBlock) -> usize {
        let wanted = (block.mix.len() as u64).min(self.total - self.given) as usize;
        let mut done = 0;
        while done < wanted {
            if self.left.is_empty() {
                self.render();
                continue;
            }
            let count = self.left.len().min(wanted - done);
            let (from, to) = (self.left.start..self.left.start + count, done..done + count);
            let first = self.given + done as u64;
            let sum = block.mix.get_mut(to.clone()).unwrap_or_default();
            sum.fill([0.0; 2]);
            for (stem, ready) in block.stems.iter_mut().zip(&self.ready) {
                let out = stem.get_mut(to.clone()).unwrap_or_default();
                out.copy_from_slice(ready.get(from.clone()).unwrap_or_default());
                self.fade.apply(first, out);
                add(sum, out, 1.0);
            }
            self.left.start += count;
            done += count;
        }
        self.given += wanted as u64;
        wanted
    }

    /// Plays one more block into `ready`.
    fn render(&mut self) {
        let seconds = self.at as f64 / f64::from(RATE);
        let mut stems = [[[0.0; 2]; BLOCK]; STEMS.len()];
        for (stem, strip) in &mut self.strips {
            if let Some(stem) = stems.get_mut(*stem) {
                strip.render(seconds, stem);
            }
        }
        let mut ducks = [0.0; BLOCK];
        self.duck.depths(seconds, &mut ducks);
        for (stem, bus) in stems.iter_mut().zip(&mut self.buses) {
            bus.process(stem, &ducks, seconds);
        }
        if let (Some((surface, gain)), Some(texture)) = (&mut self.vinyl, stems.last_mut()) {
            for piece in texture.chunks_mut(32) {
                let mut wet = [[0.0; 2]; 32];
                surface.render(&mut wet);
                add(piece, &wet, *gain);
            }
        }
        let mut sum = [[0.0; 2]; BLOCK];
        for stem in &stems {
            add(&mut sum, stem, 1.0);
        }
        let mut gains = [1.0; BLOCK];
        self.glue.gains(&sum, &mut gains);
        let first = self.at - self.late;
        self.at += BLOCK as i64;
        for stem in &mut stems {
            for (frame, gain) in stem.iter_mut().zip(&gains) {
                *frame = frame.map(|value| value * gain);
            }
        }
        self.ready = stems;
        self.left = usize::try_from(-first).unwrap_or(0).min(BLOCK)..BLOCK;
    }
}

/// The events of `part` in order; for a loop, those of its last seconds come once more before the start.
fn events(part: &Part, number: usize, total: i64, from: i64, is_loop: bool) -> Vec<Event> {
    let notes = part.notes.iter().enumerate().filter(|(_, note)| note.start.is_finite() && note.duration.is_finite());
    let mut events: Vec<Event> = notes
        .flat_map(|(at, note)| {
            let event = Event::new(note, at, number, 0);
            let before = Event::new(note, at, number, -total);
            let again = (is_loop && before.start >= from).then_some(before);
            again.into_iter().chain((event.start < total).then_some(event))
        })
        .collect();
    events.sort_by_key(|event| event.start);
    events
}

/// When the kick falls.
fn kicks(score: &Score, period: Option<f64>) -> Result<Vec<f64>, SoundError> {
    let mut kicks = Vec::new();
    for part in score.parts.iter().filter(|part| part.stem == Stem::Drums) {
        if !has_kick(voices::find(&part.instrument)?) {
            continue;
        }
        for note in part.notes.iter().filter(|note| matches!(note.key, 35 | 36) && note.velocity > 40) {
            kicks.extend(period.map(|period| note.start - period).into_iter().chain([note.start]));
        }
    }
    kicks.retain(|kick| kick.is_finite());
    kicks.sort_by(f64::total_cmp);
    Ok(kicks)
}

/// Whether the voice's keys are drums, and not the pitches of one drum.
fn has_kick(voice: &Voice) -> bool {
    matches!(voice.synth, Some(Synth::Kit(_))) || voice.sample.as_ref().is_some_and(|sample| sample.drums)
}

/// The gain of the whole piece towards its end.
#[derive(Debug, Clone, Copy)]
struct Fade {
    from: u64,
    frames: u64,
}

impl Fade {
    fn new(score: &Score, total: u64) -> Self {
        let seconds = match score.ending {
            Ending::Loop => 0.0,
            // Tails ring out by themselves; this only sees to it that they are gone at the last frame.
            Ending::Ring | Ending::Stop | Ending::Sting => (score.duration * 0.12).min(0.7),
            Ending::Fade => {
                let bar = f64::from(score.metre.0.max(1)) * 60.0 / score.bpm.clamp(20.0, 400.0);
                (bar * 4.0).clamp(3.0, 12.0).min(score.duration * 0.35)
            }
        };
        let frames = ((seconds * f64::from(RATE)) as u64).min(total);
        Self { from: total - frames, frames }
    }

    /// Fades `frames`, of which the first is number `first` of the piece.
    fn apply(&self, first: u64, frames: &mut [Frame]) {
        let clear = usize::try_from(self.from.saturating_sub(first)).unwrap_or(usize::MAX);
        for (number, frame) in frames.iter_mut().enumerate().skip(clear) {
            let way = (first + number as u64 + 1 - self.from) as f64 / self.frames.max(1) as f64;
            let gain = (std::f64::consts::FRAC_PI_2 * way).cos().max(0.0).powi(2) as f32;
            *frame = frame.map(|value| value * gain);
        }
    }
}
