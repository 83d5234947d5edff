//! The jury: of several whole pieces written for one brief the best is kept. Each criterion is a number from 0 (poor) to 1.

use super::score::{Note, Part, Score, Stem};

/// How many pieces are written for a brief: fewer the longer they are, so that twenty minutes stay under a second.
pub fn takes(duration: f64) -> u64 {
    match duration {
        d if d <= 100.0 => 5,
        d if d <= 400.0 => 4,
        _ => 3,
    }
}

/// What a piece is heard for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// Pairs of pitches that sound together without a half step or minor ninth between them.
    pub concord: f64,
    /// Tune notes on bar lines that belong to the chord, of all there are.
    pub footing: f64,
    /// How closely loudness and density follow the energy that was planned.
    pub curve: f64,
    /// How clearly neighbouring sections differ in who plays and how much.
    pub contrast: f64,
    /// Share of bars whose rhythm is not that of the bar before.
    pub variety: f64,
    /// How much of the piece has a tune, up to a half: nobody follows a piece without one.
    pub tune: f64,
}

impl Judgement {
    /// All of it in one number. Sour notes weigh most: they are what an ear forgives least.
    pub fn total(self) -> f64 {
        3.0 * self.concord
            + 2.0 * self.footing
            + 1.5 * self.curve
            + 1.5 * self.contrast
            + self.variety
            + 0.5 * self.tune
    }
}

/// Hears a piece.
pub fn hear(score: &Score) -> Judgement {
    Judgement {
        concord: concord(score),
        footing: footing(score),
        curve: curve(score),
        contrast: contrast(score),
        variety: variety(score),
        tune: tune(score),
    }
}

fn pitched(score: &Score) -> impl Iterator<Item = &Part> {
    score.parts.iter().filter(|p| !matches!(p.stem, Stem::Drums | Stem::Texture))
}

/// Calls `each` with the notes that sound at each of some moments, both in order of time.
fn sounding<'a>(notes: &[&'a Note], moments: impl Iterator<Item = f64>, mut each: impl FnMut(&[&'a Note])) {
    let (mut next, mut open): (usize, Vec<&Note>) = (0, Vec::new());
    for moment in moments {
        while let Some(note) = notes.get(next).filter(|n| n.start <= moment) {
            open.push(note);
            next += 1;
        }
        open.retain(|n| n.start + n.duration > moment);
        each(&open);
    }
}

fn by_start<'a>(parts: impl Iterator<Item = &'a Part>) -> Vec<&'a Note> {
    let mut notes: Vec<&Note> = parts.flat_map(|p| &p.notes).collect();
    notes.sort_by(|a, b| a.start.total_cmp(&b.start));
    notes
}

fn concord(score: &Score) -> f64 {
    let (mut pairs, mut rubs) = (0_u32, 0_u32);
    let beat = 60.0 / score.bpm;
    sounding(&by_start(pitched(score)), score.beats.iter().map(|b| b + beat * 0.4), |open| {
        for (nth, one) in open.iter().enumerate() {
            for two in open.iter().skip(nth + 1) {
                pairs += 1;
                rubs += u32::from(matches!(one.key.abs_diff(two.key), 1 | 13));
            }
        }
    });
    // One pair in ten is a colour; one in five is a cluster.
    (1.0 - f64::from(rubs) / f64::from(pairs.max(1)) * 8.0).clamp(0.0, 1.0)
}

fn footing(score: &Score) -> f64 {
    let (mut all, mut home) = (0_u32, 0_u32);
    let tune = by_start(score.parts.iter().filter(|p| p.stem == Stem::Melody));
    let mut chords = score.chords.iter().peekable();
    sounding(&tune, score.bars.iter().map(|b| b + 0.06), |open| {
        for note in open {
            while chords.next_if(|c| c.end <= note.start.max(0.06)).is_some() {}
            let held = chords.peek().is_some_and(|c| c.keys.iter().any(|k| k % 12 == note.key % 12));
            all += 1;
            home += u32::from(held);
        }
    });
    if all == 0 { 0.5 } else { f64::from(home) / f64::from(all) }
}

/// How much goes on in a section: notes a second, weighed by their force.
fn bustle(score: &Score, start: f64, end: f64) -> f64 {
    let inside = |n: &&Note| n.start >= start - 0.05 && n.start < end - 0.05;
    let parts = score.parts.iter().filter(|p| p.stem != Stem::Texture);
    let force: f64 = parts.flat_map(|p| &p.notes).filter(inside).map(|n| f64::from(n.velocity)).sum();
    force / (end - start).max(0.1)
}

fn curve(score: &Score) -> f64 {
    let heard: Vec<f64> = score.sections.iter().map(|s| bustle(score, s.start, s.end)).collect();
    let planned: Vec<f64> = score.sections.iter().map(|s| s.energy).collect();
    let count = heard.len() as f64;
    if count < 3.0 {
        return 1.0;
    }
    let mean = |of: &[f64]| of.iter().sum::<f64>() / count;
    let (mh, mp) = (mean(&heard), mean(&planned));
    let both: f64 = heard.iter().zip(&planned).map(|(h, p)| (h - mh) * (p - mp)).sum();
    let spread = |of: &[f64], mean: f64| of.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>().sqrt();
    let both_spreads = spread(&heard, mh) * spread(&planned, mp);
    if both_spreads < 1e-9 { 0.5 } else { (both / both_spreads).clamp(0.0, 1.0) }
}

fn contrast(score: &Score) -> f64 {
    let plays = |part: &Part, start: f64, end: f64| part.notes.iter().any(|n| n.start >= start && n.start < end - 0.1);
    let steps: Vec<f64> = score
        .sections
        .windows(2)
        .filter_map(|pair| {
            let (one, two) = (pair.first()?, pair.last()?);
            let changed =
                score.parts.iter().filter(|p| plays(p, one.start, one.end) != plays(p, two.start, two.end)).count();
            let (a, b) = (bustle(score, one.start, one.end), bustle(score, two.start, two.end));
            let step = (a - b).abs() / a.max(b).max(1e-9);
            Some((changed as f64 / 3.0 + step).min(1.0))
        })
        .collect();
    if steps.is_empty() { 1.0 } else { steps.iter().sum::<f64>() / steps.len() as f64 }
}

fn variety(score: &Score) -> f64 {
    let notes = by_start(score.parts.iter().filter(|p| p.stem != Stem::Texture));
    let step = 60.0 / score.bpm / 4.0;
    let mut at = 0;
    let shapes: Vec<u64> = score
        .bars
        .windows(2)
        .filter_map(|bar| {
            let (from, to) = (*bar.first()?, *bar.last()?);
            let mut shape = 0_u64;
            while let Some(note) = notes.get(at).filter(|n| n.start < to - 0.03) {
                let place = ((note.start - from) / step).round().clamp(0.0, 31.0) as u32;
                let band = u32::from(note.key >= 60);
                shape |= 1 << (place * 2 + band).min(63);
                at += 1;
            }
            Some(shape)
        })
        .collect();
    let pairs = shapes.len().saturating_sub(1).max(1);
    let other = shapes.windows(2).filter(|pair| pair.first() != pair.last()).count();
    if shapes.len() < 2 { 1.0 } else { other as f64 / pairs as f64 }
}

fn tune(score: &Score) -> f64 {
    let sung: f64 =
        score.parts.iter().filter(|p| p.stem == Stem::Melody).flat_map(|p| &p.notes).map(|n| n.duration).sum();
    (sung / score.duration.max(0.1) * 2.0).clamp(0.0, 1.0)
}
