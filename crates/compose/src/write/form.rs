//! The form of a piece: its sections with their lengths, energies, keys and feel.

use super::sketch::Passage;
use crate::brief::{Brief, Energy};
use crate::forms::forms;
use crate::genre::{FeelTime, Genre};
use crate::key::Key;
use crate::metre::Metre;
use crate::moods::Shift;
use crate::rng::Rng;

/// Fewest sections of a piece that goes to another key; in fewer it would not be at home anywhere.
const ROOM_TO_TRAVEL: usize = 5;

/// The sections of a piece of `bars` bars of `metre`.
pub fn lay_out(brief: &Brief, genre: &Genre, shift: &Shift, key: Key, (bars, metre): (usize, Metre)) -> Vec<Passage> {
    let mut rng = Rng::new(brief.seed, &format!("form {}", genre.id));
    let mut ways = vec![(&genre.form, 1.5)];
    ways.extend(genre.other_forms.iter().map(|form| (form, 1.0)));
    let way = rng.weigh(&ways).copied().unwrap_or(&genre.form);
    let stretches = forms().get(way).map(|f| f.sections(common_bars(bars, metre), &mut rng)).unwrap_or_default();
    let lengths = share_out(bars, &stretches.iter().map(|s| s.bars).collect::<Vec<_>>());
    let asked = match brief.energy {
        Some(Energy::Low) => -0.22,
        Some(Energy::High) => 0.2,
        _ => 0.0,
    };
    let (mut passages, mut first): (Vec<Passage>, usize) = (Vec::new(), 0);
    for (stretch, bars) in stretches.iter().zip(lengths) {
        let turn = passages.iter().filter(|p| p.letter == stretch.letter).count();
        let name = if turn == 0 { stretch.letter.clone() } else { format!("{}{}", stretch.letter, turn + 1) };
        let curve = genre.energy.base + (stretch.energy - 0.5) * genre.energy.contrast;
        let energy = (curve + asked + shift.energy * 0.7).clamp(0.05, 1.0);
        let letter = stretch.letter.clone();
        passages.push(Passage { name, letter, turn, first, bars, energy, key, feel: FeelTime::Plain });
        first += bars;
    }
    travel(brief, genre, &mut passages);
    change_feel(genre, &mut rng, &mut passages);
    passages
}

/// How many bars of four beats last as long as `bars` of `metre`; forms count in those. A minute of jigs has twice the bars
/// of a minute of rock, but no more sections.
fn common_bars(bars: usize, metre: Metre) -> usize {
    let beats = bars as f64 * metre.quarters() / metre.beat();
    ((beats / 4.0).round() as usize).clamp(1, bars.max(1))
}

/// What fades out goes on playing: an outro that thinned out as well would be over before the fade is.
pub fn play_on(passages: &mut [Passage]) {
    if let [.., before, last] = passages
        && last.letter == "outro"
    {
        last.energy = last.energy.max(before.energy);
    }
}

/// Whether a section is named, by letter or by name.
fn named(names: &[String], passage: &Passage) -> bool {
    names.contains(&passage.letter) || names.contains(&passage.name)
}

/// Other keys, where the genre likes them, nobody asked for one key, and the end need not meet the start.
fn travel(brief: &Brief, genre: &Genre, passages: &mut [Passage]) {
    if brief.key.is_some() || brief.seamless_loop || passages.len() < ROOM_TO_TRAVEL {
        return;
    }
    let mut rng = Rng::new(brief.seed, &format!("travel {}", genre.id));
    let Some(way) = genre.modulation.iter().find(|way| rng.chance(way.chance)) else { return };
    let moved = |key: Key| Key { tonic: (i32::from(key.tonic) + way.by).rem_euclid(12) as u8, ..key };
    if way.stays {
        // The lift comes with the last section that may have it, and is kept.
        let from = passages.iter().rposition(|p| named(&way.sections, p)).filter(|at| *at > 1);
        for passage in from.and_then(|from| passages.get_mut(from..)).unwrap_or_default() {
            passage.key = moved(passage.key);
        }
    } else {
        let last = passages.len() - 1;
        for passage in passages.iter_mut().take(last).skip(1).filter(|p| named(&way.sections, p)) {
            passage.key = moved(passage.key);
        }
    }
}

fn change_feel(genre: &Genre, rng: &mut Rng, passages: &mut [Passage]) {
    for feel in &genre.feel {
        if rng.chance(feel.chance) {
            passages.iter_mut().filter(|p| named(&feel.sections, p)).for_each(|p| p.feel = feel.time);
        }
    }
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
