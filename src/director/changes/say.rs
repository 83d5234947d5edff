//! Values in the sentences: spans, percents, factors. Where rounding would hide a change, it is told more exactly.

use serde_json::Value;

use super::piece::Piece;
use crate::director::timeline::{Kind, shown, span, tenths, whole_percent};

/// What an added or removed segment is called at the start of its sentence.
pub fn noun(piece: &Piece<'_>) -> &'static str {
    match piece.kind {
        Kind::Video if piece.is_image => "Image",
        Kind::Video => "Video",
        Kind::Bgm => "Music",
        Kind::Audio => "Audio",
        Kind::Title => "Title",
        Kind::Track => "Segment",
    }
}

/// Two spans as `0-10s → 0-8s`.
pub fn spans(old: (i64, i64), new: (i64, i64)) -> String {
    let (a, b) = (span(old.0, old.1), span(new.0, new.1));
    if a == b { format!("{} → {}", exact_span(old), exact_span(new)) } else { format!("{a} → {b}") }
}

fn exact_span((start, end): (i64, i64)) -> String {
    format!("{}-{}s", exact(start), exact(end))
}

/// Seconds to the millisecond, without trailing zeros.
fn exact(ms: i64) -> String {
    let ms = ms.max(0);
    let digits = format!("{}.{:03}", ms / 1000, ms % 1000);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A time in seconds against another: `2s → 3s`.
pub fn times(old: i64, new: i64) -> String {
    let (a, b) = (tenths(old), tenths(new));
    if a == b { format!("{}s → {}s", exact(old), exact(new)) } else { format!("{a}s → {b}s") }
}

/// A difference of times, such as `2s later`.
pub fn shift(ms: i64) -> String {
    let by = i64::try_from(ms.unsigned_abs()).unwrap_or(i64::MAX);
    let by = if by.rem_euclid(100) == 0 { tenths(by) } else { exact(by) };
    format!("{by}s {}", if ms < 0 { "earlier" } else { "later" })
}

/// Two volumes as `35% → 20%`; one that was never set is the full one.
pub fn volumes(old: Option<f64>, new: Option<f64>) -> String {
    let said = |volume: Option<f64>| volume.map_or_else(|| "unset".to_owned(), whole_percent);
    let (a, b) = (said(old), said(new));
    match (old, new) {
        (Some(old), Some(new)) if a == b => format!("{}% → {}%", number(old * 100.0), number(new * 100.0)),
        _ => format!("{a} → {b}"),
    }
}

/// A number with as many decimals as it needs, six at most.
pub fn number(n: f64) -> String {
    let digits = format!("{n:.6}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A scalar for a sentence; nothing for lists and objects, which do not fit into one.
pub fn scalar(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => Some("none".to_owned()),
        Some(Value::Bool(on)) => Some(if *on { "on" } else { "off" }.to_owned()),
        Some(Value::Number(n)) => n.as_f64().map(number),
        Some(Value::String(text)) => Some(shown(text, 60)),
        Some(Value::Array(_) | Value::Object(_)) => None,
    }
}
