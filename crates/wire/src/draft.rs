//! The draft: `t` tracks, each with a type `tt` and segments `sg`; a segment has a duration `d` in ms and metadata `m`.
//! Little of it is documented, so reading is tolerant: unknown keys survive a round trip, wrong types read as missing.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::envelope::lenient_i64;

/// A JSON object.
pub type Object = Map<String, Value>;

/// Track type of picture.
pub const VIDEO: i64 = 0;
/// Track type of sound.
pub const AUDIO: i64 = 1;
/// Track type of text.
pub const TEXT: i64 = 7;

/// A timeline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its tracks, from the first.
    #[serde(default, deserialize_with = "tolerant")]
    pub t: Vec<Track>,
    /// Keys we do not know.
    #[serde(flatten)]
    pub rest: Object,
}

/// One track.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// 0 video, 1 audio, 7 text; others exist.
    #[serde(default = "unknown_type", deserialize_with = "number")]
    pub tt: i64,
    /// Its segments.
    #[serde(default, deserialize_with = "tolerant")]
    pub sg: Vec<Segment>,
    /// Metadata.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Map::is_empty")]
    pub m: Object,
    /// Keys we do not know.
    #[serde(flatten)]
    pub rest: Object,
}

/// One segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Duration in ms.
    #[serde(default, deserialize_with = "number")]
    pub d: i64,
    /// Metadata.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Map::is_empty")]
    pub m: Object,
    /// Keys we do not know.
    #[serde(flatten)]
    pub rest: Object,
}

/// A segment with its place on the track.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The segment.
    pub segment: &'a Segment,
    /// Its start in ms.
    pub start: i64,
}

impl Placed<'_> {
    /// Its end in ms.
    pub fn end(&self) -> i64 {
        self.start.saturating_add(self.segment.d.max(0))
    }
}

impl Draft {
    /// Reads a draft out of whatever the backend sent; anything but an object is an empty one.
    pub fn read(value: &Value) -> Self {
        Self::deserialize(value).unwrap_or_default()
    }

    /// Whether at least one track has segments, which an export needs.
    pub fn has_segments(&self) -> bool {
        self.t.iter().any(|track| !track.sg.is_empty())
    }

    /// The end of the last segment, in ms.
    pub fn end(&self) -> i64 {
        self.t.iter().flat_map(Track::placed).map(|placed| placed.end()).max().unwrap_or(0)
    }
}

impl Track {
    /// Its segments with their starts: their own where given, else the sum of the durations before.
    pub fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        self.sg.iter().scan(0_i64, |next, segment| {
            let start = segment.start().unwrap_or(*next);
            *next = start.saturating_add(segment.d.max(0));
            Some(Placed { segment, start })
        })
    }
}

impl Segment {
    /// Its own name, where it carries one.
    pub fn name(&self) -> Option<&str> {
        text_at(&self.m, &["name", "title", "file_name"])
    }

    /// Its words, for a title.
    pub fn text(&self) -> Option<&str> {
        text_at(&self.m, &["text", "content"])
    }

    /// Its start in ms, where given.
    pub fn start(&self) -> Option<i64> {
        ["start", "st"].into_iter().find_map(|key| self.m.get(key).and_then(lenient_i64)).filter(|start| *start >= 0)
    }

    /// Its own id, where it has one.
    pub fn id(&self) -> Option<&str> {
        self.m.get("id")?.as_str().filter(|id| !id.is_empty())
    }

    /// Where in its medium it begins to play, in ms.
    pub fn source_in(&self) -> i64 {
        self.m.get("in").and_then(lenient_i64).unwrap_or(0)
    }

    /// Its volume as a factor, where given.
    pub fn volume(&self) -> Option<f64> {
        self.m.get("volume").and_then(Value::as_f64).filter(|volume| volume.is_finite() && *volume >= 0.0)
    }

    /// Ids or URLs under which its medium may be listed.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        ["asset", "asset_id", "material_id", "id", "url"].into_iter().filter_map(|key| self.m.get(key)?.as_str())
    }

    /// The reference to its medium, where one names nothing but a medium: an id may be the segment's own.
    pub fn medium_reference(&self) -> Option<&str> {
        ["asset", "asset_id", "material_id", "url"].into_iter().find_map(|key| self.m.get(key)?.as_str())
    }
}

/// The first of the keys that holds a non-blank text.
pub fn text_at<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| object.get(*key)?.as_str()).filter(|text| !text.trim().is_empty())
}

fn unknown_type() -> i64 {
    -1
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    Ok(lenient_i64(&Value::deserialize(from)?).unwrap_or(0))
}

pub(super) fn object<'de, D: Deserializer<'de>>(from: D) -> Result<Object, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Object(object) => object,
        _ => Object::new(),
    })
}

/// Reads a list item by item and drops what does not fit.
pub(super) fn tolerant<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(items) => items.into_iter().filter_map(|item| T::deserialize(item).ok()).collect(),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_keys_survive_a_round_trip() {
        let body = json!({"t":[{"tt":0,"sg":[{"d":10000,"m":{"name":"a","x":{"y":1}},"q":[1]}],"id":"k"}],"v":3});
        let draft = Draft::read(&body);
        assert_eq!(serde_json::to_value(&draft).unwrap(), body);
    }

    #[test]
    fn wrong_types_read_as_missing_and_starts_follow_the_durations() {
        let draft =
            Draft::read(&json!({"t":[{"tt":"1","sg":[{"d":"2000"},{"d":3000.0,"m":7},{"d":1,"m":{"st":9}}]},5]}));
        let starts: Vec<i64> = draft.t[0].placed().map(|placed| placed.start).collect();
        assert_eq!((draft.t[0].tt, starts, draft.end()), (1, vec![0, 2000, 9], 5000));
        assert!(!Draft::read(&json!("nonsense")).has_segments());
    }
}
