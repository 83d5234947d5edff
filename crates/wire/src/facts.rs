//! What a medium says about itself: its kind, and the facts that the studio keeps with it. Reading is tolerant, a fact of
//! another type reads as missing.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::draft::Object;
use super::envelope::lenient_i64;
use super::state::Medium;

/// Facts about a file that was uploaded.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct UploadFacts<M> {
    /// The name it came under.
    pub file_name: String,
    /// Whether anything can be heard in it.
    pub has_sound: bool,
    /// Stored pixels across.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Stored pixels down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Frames a second on average; 0 for a still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// What a MIDI file sings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub melody: Option<M>,
    /// How loud a song is, in LUFS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lufs: Option<f64>,
    /// How many captions a caption file brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cues: Option<usize>,
    /// When the first of them starts, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<u64>,
}

/// Facts about a piece that was made: `B` is what it was made from, `K` a key, `M` a motif.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PieceFacts<B, K, M> {
    /// Beats a minute.
    pub bpm: f64,
    /// The key's name.
    pub key: String,
    /// Loudness in LUFS.
    pub lufs: f64,
    /// The seed.
    pub seed: u64,
    /// Who may use it, in words.
    pub licence: String,
    /// Where its notes lie.
    pub midi: String,
    /// Where its beats lie.
    pub beats: String,
    /// Where its provenance lies.
    pub provenance: String,
    /// Where its score lies.
    pub score: String,
    /// The key.
    pub tonality: K,
    /// What it was made from.
    pub brief: B,
    /// Ids of the instruments that play.
    pub players: Vec<String>,
    /// Its motif.
    pub motif: M,
}

impl<M: Serialize> UploadFacts<M> {
    /// As a medium keeps them.
    pub fn object(&self) -> Object {
        object(self)
    }
}

impl<B: Serialize, K: Serialize, M: Serialize> PieceFacts<B, K, M> {
    /// As a medium keeps them.
    pub fn object(&self) -> Object {
        object(self)
    }
}

fn object(facts: &impl Serialize) -> Object {
    match serde_json::to_value(facts) {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

impl Medium {
    fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }

    /// Whether it is moving pictures.
    pub fn is_video(&self) -> bool {
        self.is("video")
    }

    /// Whether it is a still, or a short animation.
    pub fn is_photo(&self) -> bool {
        self.is("image")
    }

    /// Whether there is something to see.
    pub fn is_picture(&self) -> bool {
        self.is_video() || self.is_photo()
    }

    /// Whether it is a song or another sound that was uploaded.
    pub fn is_song(&self) -> bool {
        self.is("audio")
    }

    /// Whether it is music that was made here.
    pub fn is_piece(&self) -> bool {
        self.is("music")
    }

    /// Whether anything can be heard in it.
    pub fn has_sound(&self) -> bool {
        self.m.get("has_sound") == Some(&Value::Bool(true))
    }

    /// Frames a second on average, of moving pictures.
    pub fn fps(&self) -> Option<f64> {
        self.number("fps").filter(|fps| *fps > 0.0 && !self.is_photo())
    }

    /// Loudness in LUFS, where it was measured.
    pub fn lufs(&self) -> Option<f64> {
        self.number("lufs")
    }

    /// Beats a minute, of a piece.
    pub fn bpm(&self) -> Option<f64> {
        self.number("bpm")
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.m.get(key).and_then(Value::as_f64)
    }

    /// Its length in ms, never negative; 0 where it has none.
    pub fn length_ms(&self) -> u64 {
        self.duration_ms().and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0)
    }

    /// Whether it is kept what it was made from.
    pub fn has_brief(&self) -> bool {
        self.m.contains_key("brief")
    }

    /// What a piece was made from.
    pub fn brief<B: DeserializeOwned>(&self) -> Option<B> {
        self.typed("brief")
    }

    /// The key of a piece.
    pub fn tonality<K: DeserializeOwned>(&self) -> Option<K> {
        self.typed("tonality")
    }

    /// Ids of the instruments that play in a piece; empty where they are not known.
    pub fn players(&self) -> Vec<String> {
        self.typed("players").unwrap_or_default()
    }

    /// The motif of a piece.
    pub fn motif<M: DeserializeOwned>(&self) -> Option<M> {
        self.typed("motif")
    }

    /// What a MIDI file sings.
    pub fn melody<M: DeserializeOwned>(&self) -> Option<M> {
        self.typed("melody")
    }

    fn typed<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_value(self.m.get(key)?.clone()).ok()
    }

    /// Where the score of a piece lies.
    pub fn score_url(&self) -> Option<&str> {
        self.m.get("score")?.as_str()
    }

    /// Where what belongs to a piece lies: its notes, beats, provenance and score.
    pub fn companions(&self) -> impl Iterator<Item = &str> {
        ["midi", "beats", "provenance", "score"].into_iter().filter_map(|key| self.m.get(key)?.as_str())
    }

    /// How many captions a caption file brought, and when the first one starts in ms.
    pub fn cues(&self) -> Option<(u64, u64)> {
        let number = |key: &str| self.m.get(key).and_then(lenient_i64).and_then(|n| u64::try_from(n).ok());
        self.is("captions").then(|| (number("cues").unwrap_or(0), number("first_ms").unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn medium(kind: &str, m: Value) -> Medium {
        Medium { kind: Some(kind.into()), m: m.as_object().unwrap().clone(), ..Medium::default() }
    }

    #[test]
    fn facts_that_were_kept_are_read_back() {
        let song =
            UploadFacts::<()> { file_name: "a.mp3".into(), has_sound: true, lufs: Some(-9.5), ..Default::default() };
        assert_eq!(json!(song.object()), json!({"file_name": "a.mp3", "has_sound": true, "lufs": -9.5}));
        let song = medium("audio", json!(song.object()));
        assert!(song.is_song() && song.has_sound() && !song.is_picture());
        assert_eq!((song.lufs(), song.fps(), song.cues()), (Some(-9.5), None, None));
        let captions = UploadFacts::<()> { cues: Some(3), first_ms: Some(500), ..Default::default() };
        assert_eq!(medium("captions", json!(captions.object())).cues(), Some((3, 500)));
    }

    #[test]
    fn a_fact_of_another_type_reads_as_missing() {
        let odd = medium("video", json!({"has_sound": "yes", "fps": "fast", "lufs": [], "brief": 7, "players": {}}));
        assert!(!odd.has_sound() && odd.has_brief());
        assert_eq!((odd.fps(), odd.lufs(), odd.brief::<Vec<u8>>(), odd.players()), (None, None, None, Vec::new()));
        assert_eq!(medium("image", json!({"fps": 25.0})).fps(), None, "a still has none");
    }
}
