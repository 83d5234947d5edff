//! The beat and bar grid of a score, for editors that cut to it.

use serde_json::{Value, json};

use bedtrack_compose::Score;

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

#[cfg(test)]
mod tests {
    #[test]
    fn the_grid_is_the_score_s() {
        let score = crate::tests::score();
        let grid = super::json(&score);
        assert_eq!(grid["bpm"], 120.0);
        assert_eq!(grid["beats"].as_array().map(Vec::len), Some(score.beats.len()));
        assert_eq!(grid["bars"][1], 2.0);
        assert_eq!(grid["sections"][0]["name"], "a");
        assert_eq!(grid["sections"][0]["end"], 8.0);
    }
}
