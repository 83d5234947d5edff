//! Harmony: which chord sounds when. Each letter of the form has a progression of its own; the last bar of a section leads
//! on, and the last bars of the piece close it.

use super::genre::{Cadence, Progression};
use super::sketch::{Part, Sketch};
use super::theory::Chord;

/// A chord as long as it sounds, in quarter notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Where it starts.
    pub at: f64,
    /// How long it sounds.
    pub length: f64,
    /// The chord.
    pub chord: Chord,
}

/// The numerals of each bar; `%` repeats the bar before.
pub fn bars_of(chords: &str) -> Vec<Vec<&str>> {
    let mut bars: Vec<Vec<&str>> = Vec::new();
    for bar in chords.split('|') {
        let numerals: Vec<&str> = bar.split_whitespace().collect();
        match bars.last() {
            Some(before) if numerals == ["%"] => bars.push(before.clone()),
            _ => bars.push(numerals),
        }
    }
    bars
}

/// The chords of all bars and the one that rings out.
pub fn write(sketch: &Sketch, seamless: bool) -> (Vec<Span>, Option<Span>) {
    let tonic = i32::from(sketch.key.tonic);
    let mut chosen: Vec<(&str, &str)> = Vec::new();
    let mut bars: Vec<Vec<String>> = Vec::new();
    for (nth, part) in sketch.parts.iter().enumerate() {
        let known = chosen.iter().find(|(name, _)| *name == part.letter).map(|(_, chords)| *chords);
        let named = sketch.genre.progression.iter().any(|p| p.sections.contains(&part.name));
        let chords = match known {
            Some(chords) if !named => chords,
            _ => {
                let used: Vec<&str> = chosen.iter().map(|(_, chords)| *chords).collect();
                let chords = choose(sketch, part, &used);
                chosen.push((&part.letter, chords));
                chords
            }
        };
        let cycle = bars_of(chords);
        let mut own: Vec<Vec<String>> = cycle
            .iter()
            .cycle()
            .take(if cycle.is_empty() { 0 } else { part.bars })
            .map(|bar| bar.iter().map(|n| (*n).to_owned()).collect())
            .collect();
        let leads_on = nth + 1 < sketch.parts.len() || seamless;
        if leads_on && part.bars >= 4 {
            lead_on(sketch, part, &mut own);
        }
        bars.extend(own);
    }
    let cadence = (!seamless).then(|| cadence(sketch)).flatten();
    if let Some(cadence) = cadence {
        let closing = bars_of(&cadence.chords);
        // A piece of very few bars has room for the closing chord alone.
        let room = if bars.len() <= 2 { 1 } else { closing.len().min(bars.len() / 2) };
        let from = bars.len().saturating_sub(room);
        for (bar, close) in bars.iter_mut().skip(from).zip(closing.iter().skip(closing.len().saturating_sub(room))) {
            *bar = close.iter().map(|n| (*n).to_owned()).collect();
        }
    }
    let mut spans: Vec<Span> = Vec::new();
    for (bar, numerals) in sketch.clock.bars.iter().zip(&bars) {
        let full = bar.length >= sketch.metre().quarters() - 1e-9;
        // A part bar takes the chord that leads to the end.
        let numerals: &[String] =
            if full { numerals } else { numerals.get(numerals.len().saturating_sub(1)..).unwrap_or_default() };
        let places = split(sketch, bar.length, numerals.len());
        for (numeral, (at, length)) in numerals.iter().zip(places) {
            if let Some(chord) = Chord::parse(numeral, tonic) {
                spans.push(Span { at: bar.at + at, length, chord });
            }
        }
    }
    if spans.is_empty() {
        let chord = Chord::parse(if sketch.key.mode.is_minor() { "i" } else { "I" }, tonic);
        spans.extend(chord.map(|chord| Span { at: 0.0, length: sketch.clock.end, chord }));
    }
    let tail =
        (sketch.clock.duration - sketch.clock.seconds(sketch.clock.end)) * sketch.clock.quarters_per_minute / 60.0;
    let home = if sketch.key.mode.is_minor() { "i" } else { "I" };
    let last = (!seamless)
        .then(|| Chord::parse(cadence.map_or(home, |c| c.last.as_str()), tonic).or_else(|| Chord::parse(home, tonic)))
        .flatten()
        .map(|chord| Span { at: sketch.clock.end, length: tail, chord });
    (spans, last)
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
fn choose<'a>(sketch: &Sketch<'a>, part: &Part, used: &[&str]) -> &'a str {
    let like: &[&str] = match part.letter.as_str() {
        "intro" | "outro" | "drop" => &["a"],
        "break" | "build" => &["b", "a"],
        "b" => &["a"],
        _ => &[],
    };
    let mode = sketch.key.mode;
    let own: Vec<&Progression> =
        sketch.genre.progression.iter().filter(|p| p.modes.contains(&mode) || p.modes.is_empty()).collect();
    let shared: Vec<&Progression> = sketch.common.progression.iter().filter(|p| p.modes.contains(&mode)).collect();
    let names = [part.name.as_str(), part.letter.as_str()].into_iter().chain(like.iter().copied());
    for pool in [own, shared] {
        for name in names.clone() {
            let fit = |p: &&&Progression| p.sections.iter().any(|s| s == name);
            let named: Vec<&Progression> = pool.iter().filter(fit).copied().collect();
            if let Some(chords) = pick(sketch, part, name, &named, used) {
                return chords;
            }
        }
        let free: Vec<&Progression> = pool.iter().filter(|p| p.sections.is_empty()).copied().collect();
        if let Some(chords) = pick(sketch, part, like.first().unwrap_or(&part.letter.as_str()), &free, used) {
            return chords;
        }
        if let Some(chords) = pick(sketch, part, like.first().unwrap_or(&part.letter.as_str()), &pool, used) {
            return chords;
        }
    }
    ""
}

fn pick<'a>(sketch: &Sketch, part: &Part, as_letter: &str, from: &[&'a Progression], used: &[&str]) -> Option<&'a str> {
    // A contrasting section wants chords of its own; an introduction may well use the theme's.
    let contrast = matches!(part.letter.as_str(), "b" | "break" | "build");
    let weighed: Vec<(&str, f64)> = from
        .iter()
        .map(|p| {
            let heard = if contrast && used.contains(&p.chords.as_str()) { 0.05 } else { 1.0 };
            let strain = (p.tension - 0.3 - sketch.shift.tension) * 3.0;
            (p.chords.as_str(), heard * (-strain * strain).exp().max(0.01))
        })
        .collect();
    sketch.rng(&format!("harmony {as_letter}")).weigh(&weighed).copied()
}

fn lead_on(sketch: &Sketch, part: &Part, bars: &mut [Vec<String>]) {
    let mode = sketch.key.mode;
    let fit: Vec<&str> = sketch
        .genre
        .turnaround
        .iter()
        .filter(|t| t.modes.is_empty() || t.modes.contains(&mode))
        .map(|t| t.chords.as_str())
        .collect();
    let mut rng = sketch.rng(&format!("turnaround {}", part.name));
    if !rng.chance(0.65) {
        return;
    }
    if let (Some(chords), Some(bar)) = (rng.pick(&fit), bars.last_mut()) {
        *bar = chords.split_whitespace().map(str::to_owned).collect();
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
