//! What is decided before anyone plays: tempo, key, sections with their energy, chords. Every player works from this.

use super::clock::{Bar, Clock};
use crate::genre::{Common, FeelTime, Genre};
use crate::key::Key;
use crate::metre::Metre;
use crate::moods::Shift;
use crate::rng::Rng;
use crate::score::Ending;
use crate::theory::Chord;

/// A section. Bars are counted from the start of the piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// As scores name it: `intro`, `a`, `a2`, …
    pub name: String,
    /// What it is made of: `intro`, `a`, `b`, …
    pub letter: String,
    /// How often the letter has come before.
    pub turn: usize,
    /// Its first bar.
    pub first: usize,
    /// How many bars it has.
    pub bars: usize,
    /// 0 to 1, all shifts included.
    pub energy: f64,
    /// The key it is in.
    pub key: Key,
    /// How its groove lies over the beat.
    pub feel: FeelTime,
}

impl Passage {
    /// What its chords, rhythms and tune are drawn from. The same letter brings the same material back, but in a long
    /// piece every third return brings new material, so that twenty minutes do not live on sixteen bars.
    pub fn material(&self) -> String {
        match self.turn / 3 {
            0 => self.letter.clone(),
            fresh => format!("{}.{fresh}", self.letter),
        }
    }
}

/// A chord as long as it sounds, in quarter notes.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedChord {
    /// Where it starts.
    pub at: f64,
    /// How long it sounds.
    pub length: f64,
    /// The chord.
    pub chord: Chord,
    /// The key it stands in.
    pub key: Key,
}

/// Everything the players share.
#[derive(Debug)]
pub struct Sketch<'a> {
    /// The genre.
    pub genre: &'a Genre,
    /// What fills its gaps.
    pub common: &'a Common,
    /// The seed.
    pub seed: u64,
    /// Which of several whole pieces this is: form, tempo and key are theirs together, the rest is its own.
    pub take: u64,
    /// Bars and tempo.
    pub clock: Clock,
    /// The key.
    pub key: Key,
    /// What the moods shift.
    pub shift: Shift,
    /// The form.
    pub passages: Vec<Passage>,
    /// The chords of all bars, in order, without gaps.
    pub chords: Vec<TimedChord>,
    /// The chord that closes; none in a loop or a fade.
    pub last: Option<TimedChord>,
    /// How it ends.
    pub ending: Ending,
    /// Where all but textures hold their breath, in quarter notes.
    pub gaps: Vec<(f64, f64)>,
}

impl Sketch<'_> {
    /// The metre.
    pub fn metre(&self) -> Metre {
        self.clock.metre
    }

    /// The dice of one decision.
    pub fn rng(&self, label: &str) -> Rng {
        let spread = self.take.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Rng::new(self.seed ^ spread, &format!("{} {label}", self.genre.id))
    }

    /// Whether the end leads on rather than closing: a loop, a fade.
    pub fn is_open(&self) -> bool {
        matches!(self.ending, Ending::Loop | Ending::Fade)
    }

    /// How long the last chord is struck, in quarter notes: to the end of its ringing, or short and dry.
    pub fn last_length(&self, tail: f64) -> f64 {
        match self.ending {
            Ending::Stop => tail.min(self.metre().beat() * 0.5),
            Ending::Sting => tail.min(self.metre().beat()),
            _ => tail,
        }
    }

    /// The bars of a section.
    pub fn bars(&self, passage: &Passage) -> &[Bar] {
        self.clock.bars.get(passage.first..passage.first + passage.bars).unwrap_or_default()
    }

    /// Where a section starts and ends.
    pub fn span(&self, passage: &Passage) -> (f64, f64) {
        let bars = self.bars(passage);
        let start = bars.first().map_or(0.0, |b| b.at);
        (start, bars.last().map_or(start, |b| b.at + b.length))
    }

    /// The chord sounding at a position, the last one from its start on.
    pub fn chord_at(&self, at: f64) -> Option<&TimedChord> {
        if let Some(last) = self.last.as_ref().filter(|last| at >= last.at - 1e-9) {
            return Some(last);
        }
        let next = self.chords.partition_point(|span| span.at <= at + 1e-9);
        self.chords.get(next.saturating_sub(1))
    }

    /// The chord after the one sounding at a position.
    pub fn chord_after(&self, at: f64) -> Option<&TimedChord> {
        let next = self.chords.partition_point(|span| span.at <= at + 1e-9);
        self.chords.get(next).or(self.last.as_ref()).or(self.chords.first())
    }

    /// How busy players are in a section, 0 to 1.
    pub fn drive(&self, passage: &Passage) -> f64 {
        (passage.energy + self.shift.density * 0.4).clamp(0.0, 1.0)
    }
}
