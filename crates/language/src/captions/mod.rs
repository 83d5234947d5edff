//! Captions from elsewhere: SubRip (`.srt`) and WebVTT (`.vtt`), as files or pasted into a message, read into cues. Files in
//! the wild are careless and hostile, so everything that can be understood is; what cannot is counted, and limits hold.
//!
//! `decode` makes text of bytes, `timing` finds the times, `parse` makes cues, `plain` takes the markup off their words.

mod decode;
mod parse;
mod plain;
#[cfg(test)]
mod tests;
mod timing;

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Largest file, in bytes.
pub const MOST_BYTES: u64 = 4 << 20;
/// Most cues of one file.
pub const MOST_CUES: usize = 5_000;
/// Longest words of one cue, in characters.
pub const LONGEST_CUE: usize = 500;
/// How many first bytes [`looks_like_captions`] wants.
pub const HEAD: usize = 4096;

/// Words that stand for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// When they come.
    pub start_ms: u64,
    /// When they go; always later.
    pub end_ms: u64,
    /// The words, without markup; lines are kept.
    pub text: String,
    /// Whether the file wants them at the top.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub top: bool,
}

/// A caption file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captions {
    /// By their start; none is without words.
    pub cues: Vec<Cue>,
    /// Cues whose end lay before their start and was set anew.
    pub mended: usize,
    /// Cues without words or with times beyond a day, which were left out.
    pub left_out: usize,
    /// Cues whose words were cut.
    pub shortened: usize,
}

impl Captions {
    /// From the first cue's start to the last one's end.
    pub fn span_ms(&self) -> (u64, u64) {
        let start = self.cues.first().map_or(0, |cue| cue.start_ms);
        (start, self.cues.iter().map(|cue| cue.end_ms).max().unwrap_or(start))
    }
}

/// Why a caption file was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is larger than caption files are.
    #[error("it is larger than {} MB, more than a caption file can be", MOST_BYTES >> 20)]
    TooLarge,
    /// Its bytes are no text that we read.
    #[error("its text is neither UTF-8 nor UTF-16; save it as UTF-8")]
    Encoding,
    /// There is no line with times in it.
    #[error("no caption with times such as 00:00:01,000 --> 00:00:03,000 was found in it")]
    NoCues,
    /// There are too many.
    #[error("it has more than {MOST_CUES} captions")]
    TooMany,
}

/// Reads a file.
///
/// # Errors
/// Where it is too large, no text, or has no cue with words.
pub fn read(bytes: &[u8]) -> Result<Captions, Unfit> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unfit::TooLarge);
    }
    parse::parse(&decode::text(bytes)?)
}

/// Whether the first bytes of a file are those of a caption file.
pub fn looks_like_captions(head: &[u8]) -> bool {
    // The head may end within a character.
    let text = decode::lossy(head);
    let start = text.trim_start();
    start.starts_with("WEBVTT")
        || timing::first(start).is_some_and(|at| parse::is_preamble(start.get(..at.start).unwrap_or(start)))
}

/// Captions within a message: where they stand in it, and what they are. What comes behind the last one after an empty line
/// is not theirs.
pub fn within(message: &str) -> Option<(Range<usize>, Result<Captions, Unfit>)> {
    let at = parse::block(message)?;
    let captions = parse::parse(message.get(at.clone())?);
    Some((at, captions))
}
