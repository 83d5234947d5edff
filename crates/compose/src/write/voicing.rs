//! Voice-leading: how a chord's notes are laid out so that each voice moves least, common tones stay, nothing clusters low
//! down, and the top voice makes a line.

use crate::theory::Chord;

/// Where and how chords are laid out.
#[derive(Debug, Clone, Copy)]
pub struct Voicing {
    /// Lowest key.
    pub low: i32,
    /// Highest key.
    pub high: i32,
    /// Where the middle of the chord should lie.
    pub centre: f64,
    /// Most voices.
    pub voices: usize,
    /// Whether nobody else plays the root, so that it belongs into the chord.
    pub rooted: bool,
    /// Whether sixths, ninths and beyond are left to others where voices are few.
    pub plain: bool,
}

/// The keys of `chord`, lowest first, led from `before` (empty at a beginning).
pub fn lead(chord: &Chord, before: &[i32], frame: &Voicing) -> Vec<i32> {
    let classes = choose_tones(chord, frame);
    let mut best: Option<(f64, Vec<i32>)> = None;
    let mut laid = Vec::with_capacity(classes.len());
    lay(&classes, frame, &mut laid, &mut |keys| {
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        let cost = cost(&sorted, before, frame, chord);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, sorted));
        }
    });
    best.map(|(_, keys)| keys).unwrap_or_default()
}

/// The tones that matter most, as pitch classes: third and seventh, then colours, then root and fifth.
fn choose_tones(chord: &Chord, frame: &Voicing) -> Vec<i32> {
    let mut order: Vec<i32> = Vec::new();
    let mut push = |tone: Option<i32>| {
        if let Some(tone) = tone.filter(|t| !order.contains(t)) {
            order.push(tone);
        }
    };
    if frame.rooted {
        push(Some(0));
    }
    push(chord.third());
    push(chord.seventh());
    if frame.plain {
        push(chord.fifth());
        push(Some(0));
    }
    for tone in chord.tones.iter().rev().filter(|t| **t > 11) {
        push(Some(*tone));
    }
    push(chord.fifth());
    push(Some(0));
    for tone in &chord.tones {
        push(Some(*tone));
    }
    order.truncate(frame.voices.max(1));
    let mut classes: Vec<i32> = order.into_iter().map(|t| (chord.root + t).rem_euclid(12)).collect();
    // A triad in four voices doubles its root, never its third.
    if frame.voices > classes.len() && classes.len() >= 2 {
        classes.push(chord.root);
    }
    classes
}

/// Every way to put each class into the frame, an octave or so around its centre.
fn lay(classes: &[i32], frame: &Voicing, laid: &mut Vec<i32>, each: &mut dyn FnMut(&[i32])) {
    let Some((class, rest)) = classes.split_first() else {
        each(laid);
        return;
    };
    let from = (frame.centre as i32 - 13).max(frame.low);
    let to = (frame.centre as i32 + 13).min(frame.high);
    let mut key = from + (class - from).rem_euclid(12);
    if key > to {
        // The frame is narrower than an octave here: the nearest place outside the window, still in the instrument.
        key = if key - 12 >= frame.low { key - 12 } else { key };
    }
    loop {
        if !laid.contains(&key) {
            laid.push(key);
            lay(rest, frame, laid, each);
            laid.pop();
        }
        key += 12;
        if key > to {
            break;
        }
    }
}

fn cost(keys: &[i32], before: &[i32], frame: &Voicing, chord: &Chord) -> f64 {
    let (Some(low), Some(high)) = (keys.first().copied(), keys.last().copied()) else { return f64::MAX };
    let mut cost = 0.0;
    let middle = keys.iter().sum::<i32>() as f64 / keys.len() as f64;
    cost += (middle - frame.centre).abs() * 0.35;
    if low < frame.low || high > frame.high {
        cost += 40.0;
    }
    for pair in keys.windows(2) {
        let (Some(lower), Some(upper)) = (pair.first(), pair.last()) else { continue };
        let gap = upper - lower;
        // Below the middle of the bass stave thirds growl, and seconds everywhere but the top are mud.
        cost += match gap {
            0..=2 if *lower < 57 => 9.0,
            3..=4 if *lower < 48 => 5.0,
            0..=1 => 2.5,
            2 => 0.5,
            10..=12 => 0.8,
            13.. => 3.0,
            _ => 0.0,
        };
    }
    // A minor ninth between two voices bites, unless the chord is made of it.
    for (nth, lower) in keys.iter().enumerate() {
        for upper in keys.iter().skip(nth + 1) {
            if upper - lower == 13 && !chord.quality.contains("b9") {
                cost += 4.0;
            }
        }
    }
    if high - low < 7 && keys.len() > 2 {
        cost += 2.0;
    }
    if let (Some(top), false) = (before.last(), before.is_empty()) {
        let leap = (high - top).abs();
        cost += match leap {
            0 => 0.6,
            1..=2 => 0.0,
            3..=4 => 0.8,
            _ => f64::from(leap) * 0.5,
        };
        for key in keys {
            let least = before.iter().map(|b| (b - key).abs()).min().unwrap_or(0);
            cost += f64::from(least) * 0.7;
        }
        let kept = keys.iter().filter(|k| before.contains(k)).count();
        cost -= kept as f64 * 0.4;
        // All voices moving the same way by the same step is no leading at all.
        if before.len() == keys.len() {
            let moves: Vec<i32> = keys.iter().zip(before).map(|(a, b)| a - b).collect();
            if moves.first().is_some_and(|m| *m != 0 && moves.iter().all(|n| n == m)) {
                cost += 2.0;
            }
        }
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::{Voicing, lead};
    use crate::theory::Chord;

    const FRAME: Voicing = Voicing { low: 48, high: 80, centre: 63.0, voices: 4, rooted: false, plain: false };

    #[test]
    fn voices_move_little_between_related_chords() {
        let chords = ["ii9", "V13", "Imaj9", "vi9"].map(|c| Chord::parse(c, 0).unwrap());
        let mut before = Vec::new();
        for chord in chords.iter().cycle().take(12) {
            let keys = lead(chord, &before, &FRAME);
            assert_eq!(keys.len(), 4);
            assert!(keys.iter().all(|k| chord.holds(*k) && (48..=80).contains(k)), "{keys:?}");
            if !before.is_empty() {
                let moved: i32 = keys.iter().zip(&before).map(|(a, b): (&i32, &i32)| (a - b).abs()).sum();
                assert!(moved <= 14, "{before:?} to {keys:?}");
            }
            before = keys;
        }
    }

    #[test]
    fn nothing_clusters_low_down() {
        let low = Voicing { low: 36, high: 64, centre: 48.0, ..FRAME };
        for chord in ["I", "im9", "V7", "IVmaj9", "i11"] {
            let Some(chord) = Chord::parse(chord, 0) else { continue };
            let keys = lead(&chord, &[], &low);
            for pair in keys.windows(2) {
                assert!(pair[1] - pair[0] > 2 || pair[0] >= 57, "{keys:?}");
            }
        }
    }

    #[test]
    fn a_chord_alone_holds_its_root() {
        let frame = Voicing { rooted: true, voices: 3, ..FRAME };
        let keys = lead(&Chord::parse("ii9", 0).unwrap(), &[], &frame);
        assert!(keys.iter().any(|k| k % 12 == 2), "{keys:?}");
    }
}
