//! Where a piece comes from, and the words to put under a video that uses it.

use serde_json::{Value, json};

use super::bank::{Bank, NOTICE};
use super::critic::Review;
use super::master::Measured;
use bedtrack_compose::{Brief, Score};

/// The engine's name.
const ENGINE: &str = "bedtrack";
/// The engine's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The note for `score`, composed from `brief`, played with `bank`, measured as `measured` and heard by the critic as
/// `review`, after takes that were `turned_down`.
pub fn note(
    brief: &Brief,
    score: &Score,
    measured: &Measured,
    review: &Review,
    turned_down: &[Value],
    bank: &Bank,
) -> Value {
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
        "review": rounded(json!(review)),
        "turned_down": turned_down,
        "samples": {"bank": bank.name(), "licence": bank.licence(), "notice": NOTICE},
        "training_data": "none: composed by rules and a seed, without a trained model",
        "licence": licence(score),
        "royalty_free": true,
    })
}

/// Numbers to three digits after the point; more says nothing.
fn rounded(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, rounded(value))).collect(),
        Value::Number(number) if number.is_f64() => {
            json!(number.as_f64().map(|number| (number * 1000.0).round() / 1000.0))
        }
        other => other,
    }
}

/// The text to paste under a video.
pub fn licence(score: &Score) -> String {
    format!(
        "Music: \"{}\" (seed {}), composed and rendered by {ENGINE} {VERSION}. Original, royalty-free: free to use, \
         publish and monetize, without attribution.",
        score.style, score.seed
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::critic::{Ear, review};

    #[test]
    fn the_note_names_engine_seed_bank_and_terms() {
        let score = crate::tests::score();
        let brief: Brief =
            serde_json::from_value(json!({"genre": "test", "duration_seconds": 8.0, "seed": 7})).expect("a brief");
        let measured = Measured {
            lufs: -14.04,
            true_peak_db: -2.4,
            crest_db: 13.0,
            width_db: -8.0,
            correlation: 0.7,
            frames: 384_000,
        };
        let review = review(&brief, &score, &measured, &Ear::new());
        let note = note(&brief, &score, &measured, &review, &[json!({"seed": 6})], Bank::built_in());
        assert_eq!(note["turned_down"][0]["seed"], 6);
        assert_eq!(note["review"]["lufs"], -14.04);
        assert_eq!(note["review"]["misses"][0], "length");
        assert_eq!(note["seed"], 7);
        assert_eq!(note["engine"]["version"], VERSION);
        assert_eq!(note["measured"]["lufs"], -14.0);
        assert!(note["samples"]["notice"].as_str().is_some_and(|notice| notice.contains("Frank Wen")));
        assert!(note["licence"].as_str().is_some_and(|text| text.contains("royalty-free")));
    }
}
