//! Which bars stay when a piece gets shorter, and which come round again when it gets longer: whole phrases, the theme and
//! the peak first, the opening and the close last to go.

use std::ops::Range;

use crate::score::Score;

/// A phrase: some bars of one section.
#[derive(Debug, Clone)]
struct Phrase {
    bars: Range<usize>,
    worth: f64,
}

/// Bars of each section, by the middle of the bar.
fn sections(score: &Score, lines: &[f64]) -> Vec<(Range<usize>, String, f64)> {
    let mut found: Vec<(Range<usize>, String, f64)> = Vec::new();
    for (bar, pair) in lines.windows(2).enumerate() {
        let middle = pair.iter().sum::<f64>() / 2.0;
        let section =
            score.sections.iter().position(|s| middle < s.end).unwrap_or(score.sections.len().saturating_sub(1));
        let (name, energy) = score.sections.get(section).map_or(("", 0.5), |s| (s.name.as_str(), s.energy));
        match found.last_mut().filter(|last| last.1 == name && last.0.end == bar) {
            Some(last) => last.0.end = bar + 1,
            None => found.push((bar..bar + 1, name.to_owned(), energy)),
        }
    }
    found
}

/// The letter of a section's name: `a2` is another `a`.
fn letter(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Exactly `wanted` bars out of those from bar `from` on, in order; bars before `from` are not looked at.
pub fn choose(score: &Score, lines: &[f64], from: usize, wanted: usize) -> Vec<usize> {
    let have = lines.len().saturating_sub(1).saturating_sub(from);
    match wanted.cmp(&have) {
        std::cmp::Ordering::Equal => (from..from + have).collect(),
        std::cmp::Ordering::Less => fewer(score, lines, from, wanted),
        std::cmp::Ordering::Greater => more(score, lines, from, wanted),
    }
}

fn fewer(score: &Score, lines: &[f64], from: usize, wanted: usize) -> Vec<usize> {
    let sections: Vec<_> = sections(score, lines).into_iter().filter(|(bars, ..)| bars.end > from).collect();
    let peak = sections
        .iter()
        .enumerate()
        .filter(|(_, (_, name, _))| !matches!(letter(name), "intro" | "outro"))
        .max_by(|a, b| a.1.2.total_cmp(&b.1.2))
        .map(|(index, _)| index);
    let mut heard: Vec<&str> = Vec::new();
    let mut phrases: Vec<Phrase> = Vec::new();
    for (index, (bars, name, energy)) in sections.iter().enumerate() {
        let first_time = !heard.contains(&letter(name));
        heard.push(letter(name));
        let (start, end) = (bars.start.max(from), bars.end);
        let mut at = start;
        while at < end {
            let next = (at + if end - at >= 6 { 4 } else { end - at }).min(end);
            let (opens, closes) = (at == start, next == end);
            let worth = if Some(index) == peak && opens {
                100.0
            } else if closes && index + 1 == sections.len() {
                70.0
            } else if letter(name) == "a" && first_time && opens {
                90.0
            } else if index == 0 && opens {
                55.0
            } else {
                let fresh = if first_time && opens { 25.0 } else { 0.0 };
                10.0 + fresh + 15.0 * energy
            };
            // Where two are worth the same the earlier one stays.
            phrases.push(Phrase { bars: at..next, worth: worth - at as f64 * 1e-3 });
            at = next;
        }
    }
    let mut excess = phrases.iter().map(|p| p.bars.len()).sum::<usize>().saturating_sub(wanted);
    while excess > 0 {
        let cheapest =
            phrases.iter().enumerate().min_by(|a, b| a.1.worth.total_cmp(&b.1.worth)).map(|(index, _)| index);
        let Some(index) = cheapest else { break };
        let closes = index > 0 && index + 1 == phrases.len();
        let Some(phrase) = phrases.get_mut(index) else { break };
        if phrase.bars.len() <= excess {
            excess -= phrase.bars.len();
            phrases.remove(index);
        } else {
            // The close of the piece leads to the last chord: it loses its beginning, the others their end.
            if closes {
                phrase.bars.start += excess;
            } else {
                phrase.bars.end -= excess;
            }
            excess = 0;
        }
    }
    phrases.into_iter().flat_map(|phrase| phrase.bars).collect()
}

fn more(score: &Score, lines: &[f64], from: usize, wanted: usize) -> Vec<usize> {
    let last_bar = lines.len().saturating_sub(1);
    let sections: Vec<_> = sections(score, lines).into_iter().filter(|(bars, ..)| bars.end > from).collect();
    let body: Vec<usize> = (from..last_bar).collect();
    // Opening and close come once; what lies between comes round again, from its first section on.
    let close = sections.last().filter(|_| sections.len() > 2).map_or(last_bar, |(bars, ..)| bars.start);
    let open = sections.first().filter(|_| sections.len() > 2).map_or(from, |(bars, ..)| bars.end);
    let round: Vec<usize> = if close > open { (open..close).collect() } else { body.clone() };
    let mut missing = wanted.saturating_sub(body.len());
    let mut chosen: Vec<usize> = (from..close).collect();
    if round.is_empty() {
        return body;
    }
    while missing > 0 {
        // A part of a round is its last bars, which lead on.
        let take = missing.min(round.len());
        chosen.extend(round.iter().skip(round.len() - take));
        missing -= take;
    }
    chosen.extend(close..last_bar);
    chosen
}
