//! What is decided before anyone plays: tempo, key, sections with their energy, chords. Every player works from this.

use super::brief::{Brief, Energy, Key, Mode};
use super::clock::{Bar, Clock, Wish};
use super::genre::{Common, FeelTime, Genre};
use super::harmony::{self, Span};
use super::metre::Metre;
use super::moods::{Mood, Shift};
use super::plan;
use super::remark::Remark;
use super::rng::Rng;
use super::score::Ending;

/// A section. Bars are counted from the start of the piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
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

impl Part {
    /// What its chords, rhythms and tune are drawn from. The same letter brings the same material back, but in a long
    /// piece every third return brings new material, so that twenty minutes do not live on sixteen bars.
    pub fn material(&self) -> String {
        match self.turn / 3 {
            0 => self.letter.clone(),
            fresh => format!("{}.{fresh}", self.letter),
        }
    }
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
    pub parts: Vec<Part>,
    /// The chords of all bars, in order, without gaps.
    pub chords: Vec<Span>,
    /// The chord that closes; none in a loop or a fade.
    pub last: Option<Span>,
    /// How it ends.
    pub ending: Ending,
    /// Where all but textures hold their breath, in quarter notes.
    pub gaps: Vec<(f64, f64)>,
}

impl<'a> Sketch<'a> {
    /// Decides on a brief whose genre and moods have been looked up.
    pub fn of(
        brief: &Brief,
        take: u64,
        (genre, common): (&'a Genre, &'a Common),
        moods: &[&Mood],
        remarks: &mut Vec<Remark>,
    ) -> Self {
        let shift = Shift::of(moods);
        let metre = metre(brief, genre, remarks);
        let ending = ending(brief, genre);
        let (clock, moved) = Clock::fit(brief.duration_seconds, metre, &wish(brief, genre, &shift, ending, remarks));
        remarks.extend(moved);
        let key = key(brief, genre, &shift);
        if let (Some(asked), Some(mood)) = (brief.key, moods.first())
            && !mood.modes.is_empty()
            && mood.modes.iter().all(|m| m.is_minor() != asked.mode.is_minor())
        {
            remarks.push(Remark::KeyAgainstMood { mood: mood.id.clone() });
        }
        let mut parts = plan::lay_out(brief, genre, &shift, key, (clock.bars.len(), metre));
        if ending == Ending::Fade && brief.plan.is_empty() {
            plan::play_on(&mut parts);
        }
        let mut sketch = Self {
            genre,
            common,
            seed: brief.seed,
            take,
            clock,
            key,
            shift,
            parts,
            chords: Vec::new(),
            last: None,
            ending,
            gaps: Vec::new(),
        };
        (sketch.chords, sketch.last) = harmony::write(&sketch);
        sketch.gaps = sketch.breaths();
        sketch
    }

    /// The metre.
    pub fn metre(&self) -> Metre {
        self.clock.metre
    }

    /// The dice of one decision.
    pub fn rng(&self, label: &str) -> Rng {
        let spread = self.take.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Rng::new(self.seed ^ spread, &format!("{} {label}", self.genre.id))
    }

    /// The last beat before a drop, and before the stroke of a sting.
    fn breaths(&self) -> Vec<(f64, f64)> {
        let beat = self.metre().beat();
        let mut gaps: Vec<(f64, f64)> = Vec::new();
        for pair in self.parts.windows(2) {
            if let [before, after] = pair
                && before.letter == "build"
                && after.letter == "drop"
                && before.bars > 1
            {
                let at = self.span(after).0;
                gaps.push((at - beat, at));
            }
        }
        if self.ending == Ending::Sting && self.clock.bars.len() > 1 {
            gaps.push((self.clock.end - beat, self.clock.end));
        }
        gaps
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
    pub fn bars(&self, part: &Part) -> &[Bar] {
        self.clock.bars.get(part.first..part.first + part.bars).unwrap_or_default()
    }

    /// Where a section starts and ends.
    pub fn span(&self, part: &Part) -> (f64, f64) {
        let bars = self.bars(part);
        let start = bars.first().map_or(0.0, |b| b.at);
        (start, bars.last().map_or(start, |b| b.at + b.length))
    }

    /// The chord sounding at a position, the last one from its start on.
    pub fn chord_at(&self, at: f64) -> Option<&Span> {
        if let Some(last) = self.last.as_ref().filter(|last| at >= last.at - 1e-9) {
            return Some(last);
        }
        let next = self.chords.partition_point(|span| span.at <= at + 1e-9);
        self.chords.get(next.saturating_sub(1))
    }

    /// The chord after the one sounding at a position.
    pub fn chord_after(&self, at: f64) -> Option<&Span> {
        let next = self.chords.partition_point(|span| span.at <= at + 1e-9);
        self.chords.get(next).or(self.last.as_ref()).or(self.chords.first())
    }

    /// How busy players are in a section, 0 to 1.
    pub fn drive(&self, part: &Part) -> f64 {
        (part.energy + self.shift.density * 0.4).clamp(0.0, 1.0)
    }
}

fn metre(brief: &Brief, genre: &Genre, remarks: &mut Vec<Remark>) -> Metre {
    let usual = genre.metres.first().copied().unwrap_or(super::metre::COMMON);
    let Some(asked) = brief.metre else {
        // Mostly the usual metre; the others now and then.
        let mut rng = Rng::new(brief.seed, "metre");
        let others = genre.metres.get(1..).unwrap_or_default();
        return if rng.chance(0.2) { rng.pick(others).copied().unwrap_or(usual) } else { usual };
    };
    Metre::new(asked.0, asked.1).unwrap_or_else(|| {
        remarks.push(Remark::MetreReplaced { asked, played: (usual.over, usual.under) });
        usual
    })
}

fn ending(brief: &Brief, genre: &Genre) -> Ending {
    if brief.seamless_loop {
        return Ending::Loop;
    }
    let weighed: Vec<(Ending, f64)> = genre.endings.iter().map(|(ending, weight)| (*ending, *weight)).collect();
    let own = Rng::new(brief.seed, &format!("ending {}", genre.id)).weigh(&weighed).copied();
    // What is planned to the bar, or shall end on a moment, closes.
    let own = own.filter(|own| *own != Ending::Fade || !brief.must_close());
    brief.ending.or(own).unwrap_or(Ending::Ring)
}

fn wish(brief: &Brief, genre: &Genre, shift: &Shift, ending: Ending, remarks: &mut Vec<Remark>) -> Wish {
    let range = brief.tempo_range.map(|(a, b)| (a.min(b), a.max(b)));
    let (low, high) = range.unwrap_or((genre.tempo.low, genre.tempo.high));
    if let (Some(tempo), Some(range)) = (brief.tempo_bpm, range)
        && (tempo < range.0 * 0.995 || tempo > range.1 * 1.005)
    {
        remarks.push(Remark::TempoOutsideRange { tempo, range });
    }
    let energy = match brief.energy {
        Some(Energy::Low) => -0.15,
        Some(Energy::High) => 0.15,
        _ => 0.0,
    };
    let lean = shift.tempo + energy + Rng::new(brief.seed, "tempo").between(-0.12, 0.12);
    let tempo = &genre.tempo;
    let usual = tempo.usual + lean * 2.0 * if lean > 0.0 { tempo.high - tempo.usual } else { tempo.usual - tempo.low };
    let ring = match ending {
        // A dry end needs room for the stroke and its echo in the room, no more.
        Ending::Stop | Ending::Sting => (0.7 + 0.3 * f64::from(genre.mix.room_seconds)).clamp(1.0, 2.2),
        _ => (0.9 + 0.5 * f64::from(genre.mix.room_seconds) + shift.space).clamp(1.5, 4.5),
    };
    Wish { fixed: brief.tempo_bpm, best: usual.clamp(low, high), low, high, asked_range: range.is_some(), ring, ending }
}

fn key(brief: &Brief, genre: &Genre, shift: &Shift) -> Key {
    if let Some(key) = brief.key {
        return key;
    }
    let mut rng = Rng::new(brief.seed, "key");
    let mut weights: Vec<(Mode, f64)> = genre.modes.iter().map(|(mode, weight)| (*mode, *weight)).collect();
    let total: f64 = weights.iter().map(|(_, w)| w).sum();
    for (mode, lean) in &shift.modes {
        // A mood outweighs the genre's habit: "sad house" is in minor.
        match weights.iter_mut().find(|(m, _)| m == mode) {
            Some((_, weight)) => *weight += lean * total * 4.0,
            None => weights.push((*mode, lean * total * 2.0)),
        }
    }
    let leaning: f64 = shift.modes.iter().map(|(m, w)| if m.is_minor() { *w } else { -w }).sum();
    for (mode, weight) in &mut weights {
        if leaning.abs() > 0.3 && mode.is_minor() != (leaning > 0.0) {
            *weight *= 0.05;
        }
    }
    let mode = rng.weigh(&weights).copied().unwrap_or(Mode::Major);
    let all: Vec<u8> = (0..12).collect();
    let tonics = if genre.tonics.is_empty() { &all } else { &genre.tonics };
    Key { tonic: rng.pick(tonics).copied().unwrap_or(0), mode }
}
