//! Harmony: which chord sounds when. Each letter of the form has a progression of its own; the last bar of a section leads
//! on, and the last bars of the piece close it.

use std::collections::BTreeMap;

use super::sketch::{Passage, Sketch, TimedChord};
use crate::genre::{ALL, Cadence, Progression, bars_of};
use crate::key::Key;
use crate::theory::{Chord, quality_of};

/// A bar's numerals and the key they are read in.
struct Numerals {
    key: Key,
    chords: Vec<String>,
}

/// The chords of all bars and the one that closes.
pub fn write(sketch: &Sketch) -> (Vec<TimedChord>, Option<TimedChord>) {
    let mut bars = sections(sketch);
    let open = sketch.is_open();
    let cadence = if open { None } else { cadence(sketch) };
    if let Some(cadence) = cadence {
        close(&mut bars, &bars_of(&cadence.chords));
    }
    let mut spans: Vec<TimedChord> = Vec::new();
    for (bar, Numerals { key, chords }) in sketch.clock.bars.iter().zip(&bars) {
        let full = bar.length >= sketch.metre().quarters() - 1e-9;
        // A part bar takes the chord that leads to the end.
        let chords: &[String] =
            if full { chords } else { chords.get(chords.len().saturating_sub(1)..).unwrap_or_default() };
        let places = split(sketch, bar.length, chords.len());
        for (numeral, (at, length)) in chords.iter().zip(places) {
            if let Some(chord) = Chord::parse(numeral, i32::from(key.tonic)) {
                spans.push(TimedChord { at: bar.at + at, length, chord, key: *key });
            }
        }
    }
    let key = sketch.passages.last().map_or(sketch.key, |p| p.key);
    let tonic = i32::from(key.tonic);
    let home = if key.mode.is_minor() { "i" } else { "I" };
    if spans.is_empty() {
        spans.extend(Chord::parse(home, tonic).map(|chord| TimedChord {
            at: 0.0,
            length: sketch.clock.end,
            chord,
            key,
        }));
    }
    if open {
        return (spans, None);
    }
    let tail =
        (sketch.clock.duration - sketch.clock.seconds(sketch.clock.end)) * sketch.clock.quarters_per_minute / 60.0;
    let length = sketch.last_length(tail);
    let last = Chord::parse(cadence.map_or(home, |c| c.last.as_str()), tonic).or_else(|| Chord::parse(home, tonic));
    (spans, last.map(|chord| TimedChord { at: sketch.clock.end, length, chord, key }))
}

/// The numerals of all bars, section by section: each letter has a progression of its own, which comes back with it.
fn sections(sketch: &Sketch) -> Vec<Numerals> {
    let mut chosen: Vec<(String, &str)> = Vec::new();
    let mut bars: Vec<Numerals> = Vec::new();
    for (nth, passage) in sketch.passages.iter().enumerate() {
        let known = chosen.iter().find(|(name, _)| *name == passage.material()).map(|(_, chords)| *chords);
        let named = sketch.genre.progression.iter().any(|p| p.sections.contains(&passage.name));
        let chords = match known {
            Some(chords) if !named => chords,
            _ => {
                let used: Vec<&str> = chosen.iter().map(|(_, chords)| *chords).collect();
                let chords = choose(sketch, passage, &used);
                chosen.push((passage.material(), chords));
                chords
            }
        };
        let cycle = drawn_together(bars_of(chords), pace(sketch, passage));
        let take = if cycle.is_empty() { 0 } else { passage.bars };
        let coloured = colours(sketch, passage, &cycle);
        let written = |bar: &Vec<&str>| {
            bar.iter().map(|n| coloured.get(n).cloned().unwrap_or_else(|| (*n).to_owned())).collect::<Vec<_>>()
        };
        let mut own: Vec<Numerals> =
            cycle.iter().cycle().take(take).map(|bar| Numerals { key: passage.key, chords: written(bar) }).collect();
        let next = sketch.passages.get(nth + 1);
        if (next.is_some() || sketch.is_open()) && passage.bars >= 4 {
            lead_on(sketch, passage, next, &mut own);
        }
        bars.extend(own);
    }
    bars
}

/// How many written bars go into one that is played.
fn pace(sketch: &Sketch, passage: &Passage) -> usize {
    let paces = &sketch.genre.pace;
    let named = [passage.name.as_str(), passage.letter.as_str(), ALL].into_iter().find_map(|name| paces.get(name));
    named.copied().unwrap_or(1)
}

/// Bars of one chord drawn together, so that a loop comes round sooner: what is heard in any two bars is the loop, not one
/// of its chords, and a border between sections stands out against it. A pair of chords is a loop already.
fn drawn_together(bars: Vec<Vec<&str>>, pace: usize) -> Vec<Vec<&str>> {
    if pace < 2 || bars.len() < 3 || bars.iter().any(|bar| bar.len() != 1) {
        return bars;
    }
    let mut drawn: Vec<Vec<&str>> = bars.chunks(pace).map(<[Vec<&str>]>::concat).collect();
    drawn.iter_mut().for_each(Vec::dedup);
    drawn
}

/// For some numerals of a progression another chord of the genre's vocabulary on the same root, as long as it lasts.
fn colours<'n>(sketch: &Sketch, passage: &Passage, cycle: &[Vec<&'n str>]) -> BTreeMap<&'n str, String> {
    let mut rng = sketch.rng(&format!("colours {}", passage.material()));
    let mut numerals: Vec<&str> = cycle.iter().flatten().copied().collect();
    numerals.sort_unstable();
    numerals.dedup();
    let mut coloured = BTreeMap::new();
    for numeral in numerals {
        let Some((root, quality)) = quality_of(numeral).filter(|_| !numeral.contains('/')) else { continue };
        let others = sketch.genre.vocabulary.get(&quality).map(Vec::as_slice).unwrap_or_default();
        if let (true, Some(other)) = (rng.chance(0.6), rng.pick(others)) {
            let other = format!("{root}{other}");
            if Chord::parse(&other, 0).is_some() {
                coloured.insert(numeral, other);
            }
        }
    }
    coloured
}

/// The last bars become the cadence; a piece of very few bars has room for its last bar alone.
fn close(bars: &mut [Numerals], closing: &[Vec<&str>]) {
    let room = if bars.len() <= 2 { 1 } else { closing.len().min(bars.len() / 2) };
    let from = bars.len().saturating_sub(room);
    for (bar, close) in bars.iter_mut().skip(from).zip(closing.iter().skip(closing.len().saturating_sub(room))) {
        bar.chords = close.iter().map(|n| (*n).to_owned()).collect();
    }
}

/// Where the chords of a bar fall: on its groups of beats, the first the longest where they do not divide evenly.
fn split(sketch: &Sketch, length: f64, chords: usize) -> Vec<(f64, f64)> {
    let groups = sketch.metre().groups();
    let starts: Vec<f64> = if chords == 2 && groups.len() >= 2 {
        let middle = groups.get(groups.len() / 2).copied().unwrap_or(0) as f64 / 4.0;
        vec![0.0, middle]
    } else {
        let beat = sketch.metre().beat();
        let beats = (length / beat).max(1.0);
        (0..chords).map(|n| (n as f64 * beats / chords as f64).ceil() * beat).collect()
    };
    let ends = starts.iter().skip(1).copied().chain([length]);
    starts.iter().zip(ends).map(|(start, end)| (*start, (end - start).max(0.0))).filter(|(_, l)| *l > 0.0).collect()
}

/// Progressions a section may take: those that name it, or its letter, or a letter like it, or none; of this mode first.
fn choose<'a>(sketch: &Sketch<'a>, passage: &Passage, used: &[&str]) -> &'a str {
    let like: &[&str] = match passage.letter.as_str() {
        "intro" | "outro" | "drop" => &["a"],
        "break" | "build" | "hook" => &["b", "a"],
        "c" | "pre" => &["b", "a"],
        "b" | "solo" => &["a"],
        _ => &[],
    };
    let mode = sketch.key.mode;
    let own: Vec<&Progression> =
        sketch.genre.progression.iter().filter(|p| p.modes.contains(&mode) || p.modes.is_empty()).collect();
    let shared: Vec<&Progression> = sketch.common.progression.iter().filter(|p| p.modes.contains(&mode)).collect();
    let names = [passage.name.as_str(), passage.letter.as_str()].into_iter().chain(like.iter().copied());
    for pool in [own, shared] {
        for name in names.clone() {
            let fit = |p: &&&Progression| p.sections.iter().any(|s| s == name);
            let named: Vec<&Progression> = pool.iter().filter(fit).copied().collect();
            if let Some(chords) = pick(sketch, passage, name, &named, used) {
                return chords;
            }
        }
        let free: Vec<&Progression> = pool.iter().filter(|p| p.sections.is_empty()).copied().collect();
        let model = like.first().copied().unwrap_or(&passage.letter);
        if let Some(chords) =
            pick(sketch, passage, model, &free, used).or_else(|| pick(sketch, passage, model, &pool, used))
        {
            return chords;
        }
    }
    ""
}

fn pick<'a>(
    sketch: &Sketch,
    passage: &Passage,
    as_letter: &str,
    from: &[&'a Progression],
    used: &[&str],
) -> Option<&'a str> {
    // A contrasting section wants chords of its own; an introduction may well use the theme's.
    let fresh = passage.turn / 3;
    let contrast = fresh > 0 || matches!(passage.letter.as_str(), "b" | "c" | "pre" | "hook" | "break" | "build");
    let weighed: Vec<(&str, f64)> = from
        .iter()
        .map(|p| {
            let heard = if contrast && used.contains(&p.chords.as_str()) { 0.05 } else { 1.0 };
            let strain = (p.tension - 0.3 - sketch.shift.tension) * 3.0;
            (p.chords.as_str(), heard * (-strain * strain).exp().max(0.01))
        })
        .collect();
    let label = if fresh == 0 { format!("harmony {as_letter}") } else { format!("harmony {as_letter}.{fresh}") };
    sketch.rng(&label).weigh(&weighed).copied()
}

/// The last bar of a section leads to the next: by the dominant of a new key, else by one of the genre's turnarounds.
fn lead_on(sketch: &Sketch, passage: &Passage, next: Option<&Passage>, bars: &mut [Numerals]) {
    let Some(bar) = bars.last_mut() else { return };
    if let Some(next) = next.filter(|next| next.key != passage.key) {
        *bar = Numerals { key: next.key, chords: vec!["V7sus4".to_owned(), "V7".to_owned()] };
        return;
    }
    let mode = passage.key.mode;
    let fits = sketch.genre.turnaround.iter().filter(|t| t.modes.is_empty() || t.modes.contains(&mode));
    let fit: Vec<&str> = fits.map(|t| t.chords.as_str()).collect();
    let mut rng = sketch.rng(&format!("turnaround {}", passage.name));
    if let (true, Some(chords)) = (rng.chance(0.65), rng.pick(&fit)) {
        bar.chords = chords.split_whitespace().map(str::to_owned).collect();
    }
}

fn cadence<'a>(sketch: &Sketch<'a>) -> Option<&'a Cadence> {
    let mode = sketch.key.mode;
    let fits = |c: &&Cadence| c.modes.is_empty() || c.modes.contains(&mode);
    let own: Vec<&Cadence> = sketch.genre.cadence.iter().filter(fits).collect();
    let shared: Vec<&Cadence> = sketch.common.cadence.iter().filter(fits).collect();
    let mut rng = sketch.rng("cadence");
    rng.pick(&own).or(rng.pick(&shared)).copied()
}
