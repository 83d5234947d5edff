//! The media of a state as an answer lists them.

use std::path::PathBuf;

use serde_json::Value;

use crate::director::answer::Media;
use bedtrack_wire::draft::text_at;
use bedtrack_wire::state::{Medium, State};
use bedtrack_wire::time::Ms;

/// All media of a state, uploaded ones first, with the paths of those that `kept` knows a copy of.
pub fn all(state: &State, kept: impl Fn(&Medium) -> Option<PathBuf>) -> Vec<Media> {
    state.media().filter(|found| is_listed(found)).map(|found| listed(found, kept(found))).collect()
}

/// Whether an answer lists it. A caption file is none of the kinds that are listed: its cues lie on the timeline, and the
/// answer to its upload names it.
pub fn is_listed(medium: &Medium) -> bool {
    medium.cues().is_none()
}

/// The media that are new in `after`, or changed.
pub fn fresh(before: &State, after: &State) -> Vec<Medium> {
    let known = |medium: &Medium| before.media().any(|old| old == medium);
    after.media().filter(|medium| !known(medium)).cloned().collect()
}

/// A medium in an answer, with the path of its copy where there is one.
pub fn listed(found: &Medium, kept: Option<PathBuf>) -> Media {
    Media { path: shown(kept), ..medium(found) }
}

fn shown(path: Option<PathBuf>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

/// Names of a state's media, for telling what to upload again.
pub fn uploaded_names(state: &State) -> Vec<String> {
    state.video_infos.iter().filter_map(|medium| medium.display_name().map(str::to_owned)).collect()
}

/// Whether a state holds pictures.
pub fn has_picture(media: &[Media]) -> bool {
    media.iter().any(|medium| matches!(medium.kind.as_str(), "video" | "image"))
}

fn medium(medium: &Medium) -> Media {
    let number = |key: &str| medium.m.get(key).or_else(|| medium.rest.get(key)).and_then(number);
    let url = medium.url.as_deref().filter(|url| is_fetchable(url));
    Media {
        kind: kind(medium),
        name: medium.display_name().unwrap_or_default().to_owned(),
        path: String::new(),
        url: url.unwrap_or_default().to_owned(),
        seconds: medium.duration_ms().filter(|ms| *ms > 0).map(|ms| Ms(ms).seconds()),
        bpm: number("bpm"),
        key: text_at(&medium.m, &["key"]).unwrap_or_default().to_owned(),
        lufs: number("lufs"),
        seed: medium.m.get("seed").and_then(Value::as_u64),
        licence: text_at(&medium.m, &["licence", "license"]).unwrap_or_default().to_owned(),
    }
}

/// A URL that means something to others; the studio's own are paths behind its secret, signed ones hold one.
fn is_fetchable(url: &str) -> bool {
    url.starts_with("https://") && !url.contains('?')
}

/// The medium's kind, from its own word or its name's ending.
fn kind(medium: &Medium) -> String {
    const KINDS: [&str; 7] = ["video", "music", "audio", "image", "midi", "beats", "stems"];
    let own = medium.kind.as_deref().or_else(|| text_at(&medium.rest, &["type", "media_type"])).unwrap_or_default();
    let own = own.to_ascii_lowercase();
    if let Some(kind) = KINDS.into_iter().find(|kind| own.split('/').next() == Some(kind)) {
        return kind.to_owned();
    }
    let name = medium.display_name().or(medium.url.as_deref()).unwrap_or_default();
    let name = name.split(['?', '#']).next().unwrap_or_default();
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "mp3" | "wav" | "m4a" | "aac" | "flac" | "ogg" => "audio",
        "jpg" | "jpeg" | "png" | "gif" | "webp" => "image",
        "mid" | "midi" => "midi",
        _ => "video",
    }
    .to_owned()
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn music_brings_its_facts_and_only_what_is_new_is_listed() {
        let before = State::read(&json!({"state": {"video_infos": [{"id": "v", "name": "clip.mp4", "d": 10_000}]}}));
        let music = json!({"id": "m", "kind": "music", "name": "Lo-fi", "url": "/api/media/s/m.wav", "d": 60_000,
            "m": {"bpm": 80.0, "key": "D minor", "lufs": -14.0, "seed": 7, "licence": "CC0-1.0"}});
        let after = State { generated_media: vec![serde_json::from_value(music).unwrap()], ..before.clone() };
        let fresh: Vec<Media> = fresh(&before, &after).iter().map(|found| listed(found, None)).collect();
        let expected = Media {
            kind: "music".into(),
            name: "Lo-fi".into(),
            seconds: Some(60.0),
            bpm: Some(80.0),
            key: "D minor".into(),
            lufs: Some(-14.0),
            seed: Some(7),
            licence: "CC0-1.0".into(),
            ..Media::default()
        };
        assert_eq!(fresh, [expected]);
        let all = |state: &State| all(state, |_| None);
        assert_eq!(all(&after).len(), 2);
        assert_eq!(all(&after)[0].kind, "video");
    }

    #[test]
    fn urls_with_secrets_or_for_the_studio_alone_are_not_passed_on() {
        for (url, passed) in [
            ("/api/media/x", ""),
            ("https://cdn.example/a?sig=1", ""),
            ("https://cdn.example/a", "https://cdn.example/a"),
        ] {
            let state = State::read(&json!({"state": {"video_infos": [{"url": url}]}}));
            assert_eq!(all(&state, |_| None)[0].url, passed);
        }
    }
}
