//! How far apart two pieces are, by what is left when both are played on one piano: no drums, no colours, no mix, and both
//! brought to one tonic. Each number is a total variation distance, from 0 (alike) to 1 (nothing in common).

use std::collections::BTreeMap;

use super::score::{Note, Score, Stem};

/// Steps a bar is cut into, twelve to a whole note's quarter: sixteenths and triplets both fall on steps.
const PLACES: f64 = 48.0;

/// Slices a piece is cut into where its course is compared.
const SLICES: usize = 24;

/// How two pieces differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Which chords follow one another, by their degree and kind, weighed by how long they sound.
    pub chords: f64,
    /// Where in the bar notes begin, how long they last and how many come in a second.
    pub rhythm: f64,
    /// Where sections begin, and how register and density run through the piece.
    pub form: f64,
}

impl Distance {
    /// The least of the three.
    pub fn least(self) -> f64 {
        self.chords.min(self.rhythm).min(self.form)
    }
}

/// How far apart two pieces are.
pub fn distance(one: &Score, two: &Score) -> Distance {
    Distance {
        chords: apart(&chords(one), &chords(two)),
        rhythm: (apart(&places(one), &places(two)) + apart(&lengths(one), &lengths(two)) + pace(one, two)) / 3.0,
        form: (apart(&borders(one), &borders(two)) + bend(one, two, density) + bend(one, two, register)) / 3.0,
    }
}

type Shares<K> = BTreeMap<K, f64>;

/// Half the sum of differences between two distributions.
fn apart<K: Ord>(one: &Shares<K>, two: &Shares<K>) -> f64 {
    let total = |of: &Shares<K>| of.values().sum::<f64>().max(1e-9);
    let (all_one, all_two) = (total(one), total(two));
    let keys = one.keys().chain(two.keys().filter(|key| !one.contains_key(*key)));
    let share = |of: &Shares<K>, key: &K, all: f64| of.get(key).copied().unwrap_or(0.0) / all;
    keys.map(|key| (share(one, key, all_one) - share(two, key, all_two)).abs()).sum::<f64>() / 2.0
}

/// The notes a pianist would be handed.
fn notes(score: &Score) -> impl Iterator<Item = &Note> {
    score.parts.iter().filter(|p| !matches!(p.stem, Stem::Drums | Stem::Texture)).flat_map(|p| &p.notes)
}

/// A chord as its notes above the tonic, lowest to highest class, so that names do not matter.
fn classes(keys: &[u8], tonic: u8) -> u16 {
    keys.iter().fold(0, |set, key| set | 1 << ((key + 12 - tonic) % 12))
}

/// Pairs of chords that follow one another, by the seconds of the second.
fn chords(score: &Score) -> Shares<(u16, u16)> {
    let mut shares = Shares::new();
    let tonic = score.key.tonic;
    for pair in score.chords.windows(2) {
        if let [before, now] = pair {
            let step = (classes(&before.keys, tonic), classes(&now.keys, tonic));
            *shares.entry(step).or_insert(0.0) += now.end - now.start;
        }
    }
    shares
}

/// Where in the bar notes begin.
fn places(score: &Score) -> Shares<u8> {
    let mut shares = Shares::new();
    let bar = f64::from(score.metre.0) / f64::from(score.metre.1) * 4.0 * 60.0 / score.quarters_per_minute();
    for note in notes(score) {
        let place = ((note.start / bar).fract() * PLACES).round() as u8 % PLACES as u8;
        *shares.entry(place).or_insert(0.0) += 1.0;
    }
    shares
}

/// How long notes last, by half octaves of time.
fn lengths(score: &Score) -> Shares<i32> {
    let mut shares = Shares::new();
    for note in notes(score) {
        *shares.entry((note.duration.max(0.02).log2() * 2.0).round() as i32).or_insert(0.0) += 1.0;
    }
    shares
}

/// The ratio of onsets in a second, as a distance: 0 where alike, 0.5 where one has twice as many.
fn pace(one: &Score, two: &Score) -> f64 {
    let rate = |score: &Score| notes(score).count().max(1) as f64 / score.duration.max(0.1);
    let (a, b) = (rate(one), rate(two));
    1.0 - a.min(b) / a.max(b)
}

/// Which stretches of the piece belong to which section, sections told apart by their order and letter.
fn borders(score: &Score) -> Shares<(usize, String)> {
    let mut shares = Shares::new();
    for slice in 0..SLICES * 4 {
        let at = (slice as f64 + 0.5) / (SLICES * 4) as f64 * score.duration;
        let nth = score.sections.iter().rposition(|s| s.start <= at).unwrap_or(0);
        let letter = score.sections.get(nth).map(|s| s.name.clone()).unwrap_or_default();
        *shares.entry((slice, letter)).or_insert(0.0) += 1.0;
    }
    shares
}

/// A course through the piece in slices, brought to one sum.
fn bend(one: &Score, two: &Score, course: impl Fn(&[&Note]) -> f64) -> f64 {
    let run = |score: &Score| -> Shares<usize> {
        let mut slices: Vec<Vec<&Note>> = vec![Vec::new(); SLICES];
        for note in notes(score) {
            let slice = ((note.start / score.duration.max(0.1)) * SLICES as f64) as usize;
            if let Some(slice) = slices.get_mut(slice.min(SLICES - 1)) {
                slice.push(note);
            }
        }
        slices.iter().enumerate().map(|(nth, slice)| (nth, course(slice))).collect()
    };
    // A course of equal sums seldom differs by more than a half; doubled it spans the scale of the others.
    (2.0 * apart(&run(one), &run(two))).min(1.0)
}

fn density(slice: &[&Note]) -> f64 {
    slice.len() as f64
}

fn register(slice: &[&Note]) -> f64 {
    let keys: f64 = slice.iter().map(|n| f64::from(n.key)).sum();
    // The lowest octave of a piano counts as nothing, so that the course is not all offset.
    if slice.is_empty() { 0.0 } else { (keys / slice.len() as f64 - 36.0).max(0.0) }
}
