//! What captions are, once they are read, and how many there may be.

use serde::{Deserialize, Serialize};

/// Largest file, in bytes.
pub const MOST_BYTES: u64 = 4 << 20;
/// Most cues of one file.
pub const MOST_CUES: usize = 5_000;
/// Longest words of one cue, in characters.
pub const LONGEST_CUE: usize = 500;

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
