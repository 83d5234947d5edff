//! What the reader has to know about a session, taken from its state.

use serde_json::{Value, json};

use super::edit::picture_end;
use super::read::{Context, CurrentMusic, TitleCard};
use crate::wire::draft::{AUDIO, Segment, TEXT, Track, VIDEO};
use crate::wire::state::{Medium, State};

/// The reader's view of a state.
pub fn context(state: &State, language: &str, default_seed: u64) -> Context {
    let draft = state.timeline();
    let segments = |tt: i64| draft.t.iter().filter(move |track| track.tt == tt).flat_map(|track| &track.sg);
    let medium = |segment: &Segment| segment.references().find_map(|reference| state.medium(reference));
    let heard = |clip: &Segment| {
        clip.volume() != Some(0.0)
            && medium(clip).is_some_and(|clip| clip.m.get("has_sound") == Some(&Value::Bool(true)))
    };
    let picture = picture_end(&draft);
    let titles = draft.t.iter().filter(|track| track.tt == TEXT).flat_map(Track::placed);
    let mut titles: Vec<TitleCard> = titles
        .map(|placed| TitleCard {
            text: placed.segment.text().unwrap_or_default().to_owned(),
            start_ms: whole(placed.start),
            duration_ms: whole(placed.segment.d),
        })
        .collect();
    titles.sort_by_key(|title| title.start_ms);
    Context {
        has_picture: picture > 0,
        picture_ms: (picture > 0).then(|| whole(picture)),
        picture_has_sound: segments(VIDEO).any(heard),
        music: segments(AUDIO).find_map(|segment| current_music(medium(segment)?)),
        titles,
        length_ms: whole(draft.end()),
        language_hint: (!language.is_empty()).then(|| language.to_owned()),
        default_seed,
    }
}

/// What a piece of ours was made from; it travels with the medium.
fn current_music(medium: &Medium) -> Option<CurrentMusic> {
    let part = |key: &str| medium.m.get(key).cloned().unwrap_or_default();
    Some(CurrentMusic {
        brief: serde_json::from_value(part("brief")).ok()?,
        bpm: part("bpm").as_f64()?,
        key: serde_json::from_value(json!(part("tonality"))).ok()?,
    })
}

fn whole(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0)
}
