//! The state of a session: the draft and the media around it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::draft::{Draft, Object, text_at, tolerant};
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
}

/// One uploaded or made medium.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Medium {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `video`, `music`, `audio`, `image`, `midi`, `beats`, `stems`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it lies; a path below the base for the studio's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its length in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub d: Option<Value>,
    /// More about it: `bpm`, `key`, `lufs`, `seed`, `licence`, URLs of what belongs to it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
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
