//! The times of a cue: `00:00:01,000 --> 00:00:03,500`, with the liberties that files take.

use std::ops::Range;

/// A cue's times and where they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// First byte of the first time to the last of the second.
    pub at: Range<usize>,
    pub start_ms: u64,
    pub end_ms: u64,
}

const ARROWS: [&str; 4] = ["-->", "->", "→", "–>"];
/// Longest time as it is written, in bytes; bounds the look back from an arrow.
const LONGEST_TIME: usize = 24;

/// Every pair of times with an arrow between them, in order.
pub fn all(text: &str) -> Vec<Timing> {
    let mut found: Vec<Timing> = Vec::new();
    let mut from = 0;
    while let Some(timing) = next(text, from) {
        from = timing.at.end;
        found.push(timing);
    }
    found
}

/// Where the first pair stands.
pub fn first(text: &str) -> Option<Range<usize>> {
    next(text, 0).map(|timing| timing.at)
}

fn next(text: &str, mut from: usize) -> Option<Timing> {
    loop {
        let rest = text.get(from..)?;
        let (offset, arrow) = ARROWS
            .iter()
            .filter_map(|arrow| Some((rest.find(arrow)?, *arrow)))
            .min_by_key(|(at, arrow)| (*at, std::cmp::Reverse(arrow.len())))?;
        let (left, right) = (from + offset, from + offset + arrow.len());
        if let (Some((start, start_ms)), Some((end, end_ms))) = (before(text, left, from), behind(text, right)) {
            return Some(Timing { at: start..end, start_ms, end_ms });
        }
        from = right;
    }
}

fn is_of_time(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ':' | ',' | '.')
}

/// A time that ends before an arrow: its first byte and its ms.
fn before(text: &str, arrow: usize, least: usize) -> Option<(usize, u64)> {
    let mut low = arrow.saturating_sub(LONGEST_TIME).max(least);
    while !text.is_char_boundary(low) {
        low += 1;
    }
    let head = text.get(low..arrow)?.trim_end_matches([' ', '\t']);
    let digits = head.len() - head.chars().rev().take_while(|c| is_of_time(*c)).map(char::len_utf8).sum::<usize>();
    let written = head.get(digits..)?;
    // "2. 00:01 -->": a full stop or comma in front is not the time's.
    let own = written.trim_start_matches(['.', ',', ':']);
    Some((low + digits + written.len() - own.len(), ms(own)?))
}

/// A time behind an arrow: the byte after it and its ms.
fn behind(text: &str, arrow: usize) -> Option<(usize, u64)> {
    let tail = text.get(arrow..)?;
    let skipped = tail.len() - tail.trim_start_matches([' ', '\t']).len();
    let tail = tail.get(skipped..)?;
    let length = tail.chars().take_while(|c| is_of_time(*c)).count();
    let own = tail.get(..length)?.trim_end_matches(['.', ',', ':']);
    Some((arrow + skipped + own.len(), ms(own)?))
}

/// `01:02:03,456`, `02:03.4`, `1:2:3`. Minutes and seconds beyond 59 count as they are.
fn ms(written: &str) -> Option<u64> {
    let (whole, fraction) = match written.find([',', '.']) {
        Some(at) => (written.get(..at)?, written.get(at + 1..)?),
        None => (written, ""),
    };
    let parts: Vec<u64> = whole
        .split(':')
        .map(|part| if part.is_empty() || part.len() > 6 { None } else { part.parse().ok() })
        .collect::<Option<_>>()?;
    let seconds = match *parts.as_slice() {
        [minutes, seconds] => minutes * 60 + seconds,
        [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
        // SubRip as some programs write it has frames or ms behind a third colon.
        [hours, minutes, seconds, _] if fraction.is_empty() => hours * 3600 + minutes * 60 + seconds,
        _ => return None,
    };
    if !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let thousandths =
        fraction.chars().chain("000".chars()).take(3).fold(0, |ms, c| ms * 10 + u64::from(c.to_digit(10).unwrap_or(0)));
    Some(seconds * 1000 + thousandths)
}
