//! Where a piece comes from, and the words to put under a video that uses it.

use serde_json::{Value, json};

use super::bank::{Bank, NOTICE};
use super::master::Measured;
use crate::studio::compose::{Brief, Score};

/// The engine's name.
const ENGINE: &str = "bedtrack";
/// The engine's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The note for `score`, composed from `brief`, played with `bank` and measured as `measured`.
pub fn note(brief: &Brief, score: &Score, measured: &Measured, bank: &Bank) -> Value {
    json!({
        "title": score.style,
        "engine": {"name": ENGINE, "version": VERSION},
        "seed": score.seed,
        "brief": brief,
        "music": {
            "genre": score.genre,
            "bpm": (score.bpm * 100.0).round() / 100.0,
            "metre": format!("{}/{}", score.metre.0, score.metre.1),
            "key": score.key,
            "seconds": score.duration,
        },
        "measured": {
            "lufs": (measured.lufs * 10.0).round() / 10.0,
            "true_peak_dbtp": (measured.true_peak_db * 10.0).round() / 10.0,
            "frames": measured.frames,
            "rate": super::RATE,
        },
        "samples": {"bank": bank.name(), "licence": bank.licence(), "notice": NOTICE},
        "training_data": "none: composed by rules and a seed, without a trained model",
        "licence": licence(score),
        "royalty_free": true,
    })
}

/// The text to paste under a video.
pub fn licence(score: &Score) -> String {
    format!(
        "Music: \"{}\" (seed {}), composed and rendered by {ENGINE} {VERSION}. Original, royalty-free: free to use, \
         publish and monetize, without attribution.",
        score.style, score.seed
    )
}
