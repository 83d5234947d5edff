//! The state of a session: the draft and the media around it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::draft::{Draft, Object, Segment, object, text_at, tolerant};
use super::envelope::lenient_i64;

/// `data.state` of a state answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The timeline, as it came: a render sends it back untouched.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub draft: Value,
    /// Media that were uploaded.
    #[serde(default, deserialize_with = "tolerant")]
    pub video_infos: Vec<Medium>,
    /// Size and shape of the picture.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub canvas_config: Value,
    /// Media that were made.
    #[serde(default, deserialize_with = "tolerant")]
    pub generated_media: Vec<Medium>,
    /// Ours: the session has a turn at work; ask again after this many ms.
    #[serde(default, deserialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    pub poll_after_ms: Option<u64>,
    /// Keys we do not know.
    #[serde(flatten)]
    pub rest: Object,
}

impl State {
    /// Reads the `data` of a state answer; its `state` may be missing.
    pub fn read(data: &Value) -> Self {
        Self::deserialize(data.get("state").unwrap_or(data)).unwrap_or_default()
    }

    /// The timeline in types.
    pub fn timeline(&self) -> Draft {
        Draft::read(&self.draft)
    }

    /// Uploaded and made media, in this order.
    pub fn media(&self) -> impl Iterator<Item = &Medium> {
        self.video_infos.iter().chain(&self.generated_media)
    }

    /// The medium that an id or a URL of a segment means.
    pub fn medium(&self, reference: &str) -> Option<&Medium> {
        self.media().find(|medium| medium.id.as_deref() == Some(reference) || medium.url.as_deref() == Some(reference))
    }

    /// The medium that a segment plays or shows.
    pub fn medium_of(&self, segment: &Segment) -> Option<&Medium> {
        segment.references().find_map(|reference| self.medium(reference))
    }
}

/// One uploaded or made medium.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Medium {
    /// Its id.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `video`, `music`, `audio`, `image`, `midi`, `beats`, `stems`.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it lies; a path below the base for the studio's own.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its length in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub d: Option<Value>,
    /// More about it: `bpm`, `key`, `lufs`, `seed`, `licence`, URLs of what belongs to it.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Map::is_empty")]
    pub m: Object,
    /// Keys we do not know.
    #[serde(flatten)]
    pub rest: Object,
}

impl Medium {
    /// A name for people, from wherever one is kept.
    pub fn display_name(&self) -> Option<&str> {
        let own = self.name.as_deref().filter(|name| !name.trim().is_empty());
        own.or_else(|| text_at(&self.m, &["name", "title", "file_name"]))
            .or_else(|| text_at(&self.rest, &["title", "file_name", "filename"]))
    }

    /// Its length in ms.
    pub fn duration_ms(&self) -> Option<i64> {
        self.d.as_ref().and_then(lenient_i64)
    }
}

/// A text, or a number that stands for one; anything else reads as missing.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn milliseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(lenient_i64(&Value::deserialize(from)?).and_then(|number| u64::try_from(number).ok()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_of_another_type_costs_that_field_and_nothing_else() {
        let state = State::read(&json!({"state": {
            "draft": {"t": [{"tt": 0, "sg": [{"d": 1}]}]},
            "video_infos": [{"id": 7, "name": "a.mp4", "m": null, "d": "1500"}, "nonsense", {"id": "b", "kind": 3}],
            "generated_media": {"not": "a list"},
            "canvas_config": [1],
            "poll_after_ms": "soon"
        }}));
        assert!(state.timeline().has_segments());
        let ids: Vec<_> = state.video_infos.iter().map(|medium| medium.id.as_deref()).collect();
        assert_eq!(ids, [Some("7"), Some("b")]);
        assert_eq!((state.video_infos[0].duration_ms(), state.poll_after_ms), (Some(1_500), None));
        assert!(state.generated_media.is_empty());
    }

    #[test]
    fn a_state_may_lack_everything() {
        for data in [json!({}), json!({"state": null}), json!({"state": {}}), json!({"state": [1]})] {
            assert_eq!(State::read(&data), State::default(), "{data}");
        }
    }
}
