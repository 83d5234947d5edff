//! What the reader has to know about a session, taken from its state.

use serde_json::{Value, json};

use super::deeds::UNDONE;
use super::edit::picture_end;
use super::read::{Context, CurrentMusic, File, FileKind, InTurn, Stretch, Style, Take, TitleCard};
use bedtrack_wire::draft::{AUDIO, Placed, Segment, TEXT, Track, VIDEO};
use bedtrack_wire::state::{Medium, State};

/// The reader's view of a state.
pub fn context(state: &State, language: &str, default_seed: u64) -> Context {
    let draft = state.timeline();
    let segments = |tt: i64| draft.t.iter().filter(move |track| track.tt == tt).flat_map(|track| &track.sg);
    let heard = |clip: &Segment| {
        clip.volume() != Some(0.0)
            && state.medium_of(clip).is_some_and(|clip| clip.m.get("has_sound") == Some(&Value::Bool(true)))
    };
    let picture = picture_end(&draft);
    let titles = draft.t.iter().filter(|track| track.tt == TEXT).flat_map(Track::placed);
    let mut titles: Vec<TitleCard> = titles
        .map(|placed| TitleCard {
            text: placed.segment.text().unwrap_or_default().to_owned(),
            start_ms: whole(placed.start),
            duration_ms: whole(placed.segment.d),
            style: match word(placed.segment, "style") {
                "subtitle" => Style::Subtitle,
                "caption" => Style::Caption,
                _ => Style::Title,
            },
            aside: matches!(word(placed.segment, "align"), "left" | "right"),
        })
        .collect();
    titles.sort_by_key(|title| title.start_ms);
    Context {
        has_picture: picture > 0,
        picture_ms: (picture > 0).then(|| whole(picture)),
        picture_has_sound: segments(VIDEO).any(heard),
        music: segments(AUDIO).find_map(|segment| current_music(state.medium_of(segment)?)),
        in_turn: in_turn(state),
        titles,
        length_ms: whole(draft.end()),
        language_hint: (!language.is_empty()).then(|| language.to_owned()),
        takes: takes(state),
        can_redo: state.rest.get(UNDONE).and_then(serde_json::Value::as_array).is_some_and(|list| !list.is_empty()),
        default_seed,
        files: files(state),
        has_song: segments(AUDIO)
            .filter_map(|segment| state.medium_of(segment))
            .any(|medium| medium.kind.as_deref() == Some("audio")),
        pictures: state.video_infos.iter().filter(|medium| is_picture(medium)).count(),
        melody: state
            .video_infos
            .iter()
            .rev()
            .find_map(|medium| serde_json::from_value(medium.m.get("melody").cloned()?).ok()),
    }
}

/// The pieces of ours where more than one sound lies beside the picture.
fn in_turn(state: &State) -> Vec<InTurn> {
    let draft = state.timeline();
    let sounds = || draft.t.iter().filter(|track| track.tt == AUDIO).flat_map(Track::placed);
    if sounds().count() < 2 {
        return Vec::new();
    }
    let piece = |(index, placed): (usize, Placed<'_>)| {
        let medium = state.medium_of(placed.segment)?;
        let place = Stretch { start_ms: whole(placed.start), length_ms: whole(placed.segment.d), opens: false };
        Some(InTurn { index, place, music: current_music(medium)? })
    };
    sounds().enumerate().filter_map(piece).collect()
}

/// The songs and pictures that were uploaded.
fn files(state: &State) -> Vec<File> {
    let file = |medium: &Medium| {
        let kind = match medium.kind.as_deref()? {
            "audio" => FileKind::Song,
            "video" => FileKind::Clip,
            "image" => FileKind::Photo,
            _ => return None,
        };
        Some(File { name: medium.display_name()?.to_owned(), kind })
    };
    state.video_infos.iter().filter_map(file).collect()
}

fn is_picture(medium: &Medium) -> bool {
    matches!(medium.kind.as_deref(), Some("video" | "image"))
}

/// Every piece that was made, in order.
fn takes(state: &State) -> Vec<Take> {
    let draft = state.timeline();
    let placed: Vec<&str> =
        draft.t.iter().filter(|t| t.tt == AUDIO).flat_map(|t| &t.sg).flat_map(Segment::references).collect();
    let take = |medium: &Medium| {
        let music = current_music(medium)?;
        Some(Take {
            seconds: medium.duration_ms().unwrap_or(0) as f64 / 1000.0,
            current: medium.id.as_deref().is_some_and(|id| placed.contains(&id)),
            brief: music.brief,
            bpm: music.bpm,
            key: music.key,
        })
    };
    state.generated_media.iter().filter_map(take).collect()
}

/// What a piece of ours was made from; it travels with the medium.
fn current_music(medium: &Medium) -> Option<CurrentMusic> {
    let part = |key: &str| medium.m.get(key).cloned().unwrap_or_default();
    Some(CurrentMusic {
        brief: serde_json::from_value(part("brief")).ok()?,
        bpm: part("bpm").as_f64()?,
        key: serde_json::from_value(json!(part("tonality"))).ok()?,
        players: serde_json::from_value(part("players")).unwrap_or_default(),
        motif: serde_json::from_value(part("motif")).ok(),
    })
}

fn word<'a>(segment: &'a Segment, key: &str) -> &'a str {
    segment.m.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn whole(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0)
}
