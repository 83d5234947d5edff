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

/// How arrows end; what stands before the last sign may be any number of hyphens.
const ARROWS: [&str; 3] = ["->", "→", "–>"];
/// Longest time as it is written, in bytes; bounds the look back from an arrow.
const LONGEST_TIME: usize = 24;

/// Every pair of times with an arrow between them, in order. One pass over the text.
pub fn all(text: &str) -> Vec<Timing> {
    pairs(text).collect()
}

/// Where the first pair stands.
pub fn first(text: &str) -> Option<Range<usize>> {
    pairs(text).next().map(|timing| timing.at)
}

fn pairs(text: &str) -> impl Iterator<Item = Timing> {
    let mut arrows: Vec<(usize, usize)> = ARROWS
        .iter()
        .flat_map(|arrow| text.match_indices(arrow))
        .map(|(at, arrow)| {
            let before = text.get(..at).unwrap_or_default();
            (before.trim_end_matches('-').len(), at + arrow.len())
        })
        .collect();
    arrows.sort_unstable();
    let mut from = 0;
    arrows.into_iter().filter_map(move |(left, right)| {
        let (start, start_ms) = before(text, left, from)?;
        let (end, end_ms) = behind(text, right)?;
        from = end;
        Some(Timing { at: start..end, start_ms, end_ms })
    })
}

fn is_of_time(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ':' | ',' | '.')
}

/// A time that ends before an arrow: its first byte and its ms.
fn before(text: &str, arrow: usize, least: usize) -> Option<(usize, u64)> {
    let mut low = arrow.saturating_sub(LONGEST_TIME).max(least);
    if low > arrow {
        return None;
    }
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
