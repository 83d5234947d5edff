//! What is decided before anyone plays: tempo, key, sections with their energy, chords. Every player works from this.

use super::brief::{Brief, Energy, Key, Mode};
use super::clock::{Bar, Clock, Wish};
use super::forms::forms;
use super::genre::{Common, Genre};
use super::harmony::{self, Span};
use super::metre::Metre;
use super::moods::{Mood, Shift};
use super::remark::Remark;
use super::rng::Rng;

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
    /// The chord that rings out; none in a loop.
    pub last: Option<Span>,
}

impl<'a> Sketch<'a> {
    /// Decides on a brief whose genre and moods have been looked up.
    pub fn of(brief: &Brief, genre: &'a Genre, common: &'a Common, moods: &[&Mood], remarks: &mut Vec<Remark>) -> Self {
        let shift = Shift::of(moods);
        let metre = metre(brief, genre, remarks);
        let (clock, moved) = Clock::fit(brief.duration_seconds, metre, &wish(brief, genre, &shift, remarks));
        remarks.extend(moved);
        let key = key(brief, genre, &shift);
        if let (Some(asked), Some(mood)) = (brief.key, moods.first())
            && !mood.modes.is_empty()
            && mood.modes.iter().all(|m| m.is_minor() != asked.mode.is_minor())
        {
            remarks.push(Remark::KeyAgainstMood { mood: mood.id.clone() });
        }
        let parts = form(brief, genre, &shift, clock.bars.len());
        let mut sketch =
            Self { genre, common, seed: brief.seed, clock, key, shift, parts, chords: Vec::new(), last: None };
        let (chords, last) = harmony::write(&sketch, brief.seamless_loop);
        sketch.chords = chords;
        sketch.last = last;
        sketch
    }

    /// The metre.
    pub fn metre(&self) -> Metre {
        self.clock.metre
    }

    /// The dice of one decision.
    pub fn rng(&self, label: &str) -> Rng {
        Rng::new(self.seed, label)
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

fn wish(brief: &Brief, genre: &Genre, shift: &Shift, remarks: &mut Vec<Remark>) -> Wish {
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
    let ring = (0.9 + 0.5 * f64::from(genre.mix.room_seconds) + shift.space).clamp(1.5, 4.5);
    Wish {
        fixed: brief.tempo_bpm,
        best: usual.clamp(low, high),
        low,
        high,
        asked_range: range.is_some(),
        ring,
        seamless: brief.seamless_loop,
    }
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

fn form(brief: &Brief, genre: &Genre, shift: &Shift, bars: usize) -> Vec<Part> {
    let stretches = forms().get(&genre.form).map(|f| f.sections(bars)).unwrap_or_default();
    let lengths = share_out(bars, &stretches.iter().map(|s| s.bars).collect::<Vec<_>>());
    let asked = match brief.energy {
        Some(Energy::Low) => -0.22,
        Some(Energy::High) => 0.2,
        _ => 0.0,
    };
    let (mut parts, mut first): (Vec<Part>, usize) = (Vec::new(), 0);
    for (stretch, bars) in stretches.iter().zip(lengths) {
        let turn = parts.iter().filter(|p| p.letter == stretch.letter).count();
        let name = if turn == 0 { stretch.letter.clone() } else { format!("{}{}", stretch.letter, turn + 1) };
        let curve = genre.energy.base + (stretch.energy - 0.5) * genre.energy.contrast;
        let energy = (curve + asked + shift.energy * 0.7).clamp(0.05, 1.0);
        parts.push(Part { name, letter: stretch.letter.clone(), turn, first, bars, energy });
        first += bars;
    }
    parts
}

/// Shares `bars` among sections by weight, in whole phrases of four or two bars where there is room; every section gets one
/// bar at least. What does not make a phrase goes to the last section, and to the first.
fn share_out(bars: usize, weights: &[f64]) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let shortest = weights.iter().copied().fold(f64::MAX, f64::min) * bars as f64 / total.max(1e-9);
    let phrase = match shortest {
        s if s >= 3.0 => 4,
        s if s >= 1.4 => 2,
        _ => 1,
    };
    let phrase = if bars / phrase < weights.len() { 1 } else { phrase };
    let units = bars / phrase;
    let ideal: Vec<f64> = weights.iter().map(|w| w / total * units as f64).collect();
    let mut shares: Vec<usize> = ideal.iter().map(|i| (i.floor() as usize).max(1)).collect();
    loop {
        let given: usize = shares.iter().sum();
        // The section furthest from its due gives or takes a phrase.
        let lack = |(at, share): (usize, &usize)| (at, ideal.get(at).copied().unwrap_or(0.0) - *share as f64);
        let by = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
        let (at, more) = match given.cmp(&units) {
            std::cmp::Ordering::Equal => break,
            std::cmp::Ordering::Less => (shares.iter().enumerate().map(lack).max_by(by), true),
            std::cmp::Ordering::Greater => {
                (shares.iter().enumerate().filter(|(_, s)| **s > 1).map(lack).min_by(by), false)
            }
        };
        match at.and_then(|(at, _)| shares.get_mut(at)) {
            Some(share) if more => *share += 1,
            Some(share) => *share -= 1,
            None => break,
        }
    }
    let mut shares: Vec<usize> = shares.into_iter().map(|s| s * phrase).collect();
    let rest = bars.saturating_sub(shares.iter().sum());
    let (front, back) = if rest > 2 { (rest - 2, 2) } else { (0, rest) };
    if let Some(first) = shares.first_mut() {
        *first += front;
    }
    if let Some(last) = shares.last_mut() {
        *last += back;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::share_out;

    #[test]
    fn all_bars_are_shared_out_and_none_goes_without() {
        for bars in 1..200 {
            for weights in [vec![4.0], vec![4.0, 8.0, 8.0, 8.0, 4.0], vec![2.0, 4.0, 4.0, 4.0, 4.0, 2.0]] {
                if bars >= weights.len() {
                    let shares = share_out(bars, &weights);
                    assert_eq!(shares.iter().sum::<usize>(), bars, "{weights:?}");
                    assert!(shares.iter().all(|s| *s > 0), "{bars} {shares:?}");
                }
            }
        }
        assert_eq!(share_out(20, &[2.0, 4.0, 4.0, 4.0, 4.0, 2.0]), [2, 4, 4, 4, 4, 2]);
    }
}
