//! Captions from elsewhere: SubRip (`.srt`) and WebVTT (`.vtt`), as files or pasted into a message, read into cues. Files in
//! the wild are careless and hostile, so everything that can be understood is; what cannot is counted, and limits hold.
//!
//! `decode` makes text of bytes, `timing` finds the times, `parse` makes cues, `plain` takes the markup off their words.

mod cue;
mod decode;
mod parse;
mod plain;
#[cfg(test)]
mod tests;
mod timing;

use std::ops::Range;

pub use cue::{Captions, Cue, LONGEST_CUE, MOST_BYTES, MOST_CUES, Unfit};

/// How many first bytes [`looks_like_captions`] wants.
pub const HEAD: usize = 4096;

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
