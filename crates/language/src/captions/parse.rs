//! Text to cues.

use std::ops::Range;

use super::cue::{Captions, Cue, LONGEST_CUE, MOST_CUES, Unfit};
use super::plain::plain;
use super::timing::{self, Timing};

/// Beyond a day nothing here is meant.
const LATEST_MS: u64 = 86_400_000;
/// How long words stand whose end makes no sense, at least, and for each character.
const LEAST_MS: u64 = 1_000;
const CHARACTER_MS: u64 = 60;

/// Reads a caption file's text.
pub fn parse(text: &str) -> Result<Captions, Unfit> {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let timings = timing::all(&text);
    if timings.is_empty() {
        return Err(Unfit::NoCues);
    }
    if timings.len() > MOST_CUES {
        return Err(Unfit::TooMany);
    }
    let web = text.trim_start_matches('\u{feff}').trim_start().starts_with("WEBVTT");
    let mut captions = Captions::default();
    let mut backwards = Vec::new();
    for (index, timing) in timings.iter().enumerate() {
        let until = timings.get(index + 1).map_or(text.len(), |next| next.at.start);
        let (settings, body) = split_line(text.get(timing.at.end..until).unwrap_or_default());
        let body = if index + 1 < timings.len() { without_number(body, index + 2, web) } else { body };
        let body = if web { first_block(body) } else { body };
        // Everything on one line: the number of the next cue stands behind the words.
        let more = index + 1 < timings.len() && !is_settings(settings) && body.trim().is_empty();
        let settings = if more { without_number(settings, index + 2, web) } else { settings };
        // Words on the line of the times itself are the cue's, where they are no settings.
        let (inline, settings) = if is_settings(settings) { ("", settings) } else { (settings, "") };
        let (words, top) = plain(&format!("{inline}\n{body}"));
        if words.is_empty() || timing.start_ms > LATEST_MS {
            captions.left_out += 1;
            continue;
        }
        let short: String = words.chars().take(LONGEST_CUE).collect();
        captions.shortened += usize::from(short.len() < words.len());
        let end_ms = timing.end_ms.min(LATEST_MS + 1);
        backwards.push(end_ms <= timing.start_ms);
        captions.cues.push(Cue { start_ms: timing.start_ms, end_ms, text: short, top: top || is_high(settings) });
    }
    mend(&mut captions, &backwards);
    captions.cues.sort_by_key(|cue| cue.start_ms);
    if captions.cues.is_empty() { Err(Unfit::NoCues) } else { Ok(captions) }
}

/// Gives cues that end before they start the time their words take to read, or what there is until the next one.
fn mend(captions: &mut Captions, backwards: &[bool]) {
    let mut starts: Vec<u64> = captions.cues.iter().map(|cue| cue.start_ms).collect();
    starts.sort_unstable();
    for (cue, _) in captions.cues.iter_mut().zip(backwards).filter(|(_, backwards)| **backwards) {
        captions.mended += 1;
        let reading = (cue.text.chars().count() as u64 * CHARACTER_MS).max(LEAST_MS);
        let next = starts.get(starts.partition_point(|start| *start <= cue.start_ms)).copied();
        let room = next.map_or(reading, |next| next - cue.start_ms);
        cue.end_ms = cue.start_ms + reading.min(room).max(1);
    }
}

/// The rest of the line of the times, and what follows it.
fn split_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.trim(), rest)
}

/// Whether what stands behind the times says how, not what: `align:start line:0%`, `X1:40 X2:600`.
fn is_settings(line: &str) -> bool {
    line.split_whitespace().all(|word| {
        word.split_once(':').is_some_and(|(name, value)| {
            !value.is_empty()
                && matches!(
                    name.to_ascii_lowercase().as_str(),
                    "align" | "line" | "position" | "size" | "vertical" | "region" | "x1" | "x2" | "y1" | "y2"
                )
        })
    })
}

/// WebVTT counts lines from the top where the number is not negative; a percentage below half is the upper half.
fn is_high(settings: &str) -> bool {
    settings.split_whitespace().filter_map(|word| word.strip_prefix("line:")).any(|value| {
        let value = value.split(',').next().unwrap_or_default();
        match value.strip_suffix('%') {
            Some(percent) => percent.parse::<f32>().is_ok_and(|percent| percent < 50.0),
            None => value.parse::<i32>().is_ok_and(|line| (0..8).contains(&line)),
        }
    })
}

/// A cue's body without the number, or in WebVTT the name, of the next cue at its end.
fn without_number(body: &str, next: usize, web: bool) -> &str {
    let body = body.trim_end();
    let (before, last) = body.rsplit_once('\n').map_or((None, body), |(before, last)| (Some(before), last));
    let last = last.trim();
    let is_number = !last.is_empty() && last.chars().all(|c| c.is_ascii_digit());
    match before {
        // A name stands behind an empty line; a number may stand right under the words.
        Some(before) if is_number || web && before.ends_with('\n') => before,
        None if is_number => "",
        // Everything on one line: only the number that is due is one.
        _ => match body.rsplit_once(' ') {
            Some((before, number)) if number.parse() == Ok(next) && before.lines().count() <= 1 => before,
            _ => body,
        },
    }
}

/// In WebVTT an empty line ends a cue; notes and styles may follow.
fn first_block(body: &str) -> &str {
    body.split("\n\n").next().unwrap_or_default()
}

/// Whether a text may stand before the first times of a caption file: nothing, a number, a header.
pub fn is_preamble(before: &str) -> bool {
    let before = before.trim().trim_start_matches('\u{feff}');
    before.starts_with("WEBVTT") || before.chars().all(|c| c.is_ascii_digit())
}

/// Where captions stand in a message: from the first number or header to the last cue's words.
pub fn block(message: &str) -> Option<Range<usize>> {
    let timings: Vec<Timing> = timing::all(message);
    let (first, last) = (timings.first()?, timings.last()?);
    let head = message.get(..first.at.start)?;
    let mut start = first.at.start;
    // The number of the first cue, on a line of its own or before the times.
    let number = head.trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = head.trim_end().len() - number.len();
    if (1..=5).contains(&digits) && (number.is_empty() || number.ends_with(['\n', '\r', ' ', ':', '：'])) {
        start = number.len();
    }
    if let Some(header) = head.rfind("WEBVTT") {
        start = start.min(header);
    }
    let tail = message.get(last.at.end..)?;
    // What comes after an empty line speaks of the captions.
    let empty = ["\n\n", "\r\n\r\n", "\n \n", "\r\r"].iter().filter_map(|gap| tail.find(gap)).min();
    Some(start..last.at.end + empty.unwrap_or(tail.len()))
}
