//! The beat and bar grid of a score, for editors that cut to it.

use serde_json::{Value, json};

use crate::studio::compose::Score;

/// `{"bpm", "beats": [seconds…], "bars": [seconds…], "sections": [{"name", "start", "end"}…]}`, seconds to a tenth of a
/// millisecond.
pub fn json(score: &Score) -> Value {
    let round = |seconds: &f64| (seconds * 1e4).round() / 1e4;
    let sections: Vec<Value> = score
        .sections
        .iter()
        .map(|section| json!({"name": section.name, "start": round(&section.start), "end": round(&section.end)}))
        .collect();
    json!({
        "bpm": round(&score.bpm),
        "beats": score.beats.iter().map(round).collect::<Vec<_>>(),
        "bars": score.bars.iter().map(round).collect::<Vec<_>>(),
        "sections": sections,
    })
}
