//! Decides what all share, from the brief, the genre and the moods: metre, ending, tempo, key, form and chords.

use super::clock::{Clock, TempoBounds};
use super::sketch::Sketch;
use super::{form, harmony};
use crate::brief::{Brief, Energy};
use crate::genre::{Common, Genre};
use crate::key::{Key, Mode};
use crate::metre::{COMMON, Metre};
use crate::moods::{Mood, Shift};
use crate::remark::Remark;
use crate::rng::Rng;
use crate::score::Ending;

/// Decides on a brief whose genre and moods have been looked up.
pub fn sketch<'a>(
    brief: &Brief,
    take: u64,
    (genre, common): (&'a Genre, &'a Common),
    moods: &[&Mood],
    remarks: &mut Vec<Remark>,
) -> Sketch<'a> {
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
    let mut passages = form::lay_out(brief, genre, &shift, key, (clock.bars.len(), metre));
    if ending == Ending::Fade && brief.plan.is_empty() {
        form::play_on(&mut passages);
    }
    let mut sketch = Sketch {
        genre,
        common,
        seed: brief.seed,
        take,
        clock,
        key,
        shift,
        passages,
        chords: Vec::new(),
        last: None,
        ending,
        gaps: Vec::new(),
    };
    (sketch.chords, sketch.last) = harmony::write(&sketch);
    sketch.gaps = breaths(&sketch);
    sketch
}

/// The last beat before a drop, and before the stroke of a sting.
fn breaths(sketch: &Sketch) -> Vec<(f64, f64)> {
    let beat = sketch.metre().beat();
    let mut gaps: Vec<(f64, f64)> = Vec::new();
    for pair in sketch.passages.windows(2) {
        if let [before, after] = pair
            && before.letter == "build"
            && after.letter == "drop"
            && before.bars > 1
        {
            let at = sketch.span(after).0;
            gaps.push((at - beat, at));
        }
    }
    if sketch.ending == Ending::Sting && sketch.clock.bars.len() > 1 {
        gaps.push((sketch.clock.end - beat, sketch.clock.end));
    }
    gaps
}

fn metre(brief: &Brief, genre: &Genre, remarks: &mut Vec<Remark>) -> Metre {
    let usual = genre.metres.first().copied().unwrap_or(COMMON);
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

fn wish(brief: &Brief, genre: &Genre, shift: &Shift, ending: Ending, remarks: &mut Vec<Remark>) -> TempoBounds {
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
    TempoBounds {
        fixed: brief.tempo_bpm,
        best: usual.clamp(low, high),
        low,
        high,
        asked_range: range.is_some(),
        ring,
        ending,
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
