//! The picture of a whole timeline: its clips, titles and cover as a plan for a film.

use serde::de::DeserializeOwned;

use super::programme::{self, whole};
use super::render_error::RenderError;
use super::workshop::Workshop;
use bedtrack_agent::edit;
use bedtrack_film::{Clip, Cover, FilmFormat, FilmPlan, MediaKind, Quality, TitleCard, TitleLook};
use bedtrack_wire::draft::{self, Draft};
use bedtrack_wire::state::State;

/// The plan for a draft's film, silent and in the shape of its picture.
pub async fn plan(
    workshop: &Workshop,
    session: &str,
    state: &State,
    draft: &Draft,
    format: FilmFormat,
) -> Result<FilmPlan, RenderError> {
    Ok(FilmPlan {
        clips: clips(workshop, session, state, draft).await?,
        titles: titles(draft),
        cover: has_no_picture(draft).then(|| Cover { title: cover_title(state, draft) }),
        sound: None,
        duration_ms: whole(length(draft)),
        aspect: edit::shape(state).0,
        format,
        quality: Quality::default(),
    })
}

/// The film's length: words alone do not make a film longer than its picture and sound.
fn length(draft: &Draft) -> i64 {
    if has_no_picture(draft) {
        return draft.end();
    }
    let seen_or_heard = draft.t.iter().filter(|track| track.tt != draft::TEXT).flat_map(draft::Track::placed);
    seen_or_heard.map(|placed| placed.end()).max().unwrap_or(0)
}

fn has_no_picture(draft: &Draft) -> bool {
    !draft.t.iter().any(|track| track.tt == draft::VIDEO && !track.sg.is_empty())
}

async fn clips(workshop: &Workshop, session: &str, state: &State, draft: &Draft) -> Result<Vec<Clip>, RenderError> {
    let mut clips = Vec::new();
    for placed in draft.t.iter().filter(|track| track.tt == draft::VIDEO).flat_map(draft::Track::placed) {
        let medium = state
            .medium_of(placed.segment)
            .ok_or_else(|| RenderError::Missing(placed.segment.name().unwrap_or("a clip").to_owned()))?;
        let kind = if medium.kind.as_deref() == Some("image") { MediaKind::Image } else { MediaKind::Video };
        let from = whole(programme::number(placed.segment, "in"));
        let path = workshop.media_file(session, medium).await?;
        clips.push(Clip {
            enter: style(placed.segment, "transition"),
            camera: style(placed.segment, "camera").unwrap_or_default(),
            fit: style(placed.segment, "fit").unwrap_or(edit::shape(state).1),
            speed: edit::speed_of(placed.segment),
            fade_in_ms: whole(programme::number(placed.segment, edit::PICTURE_FADE_IN)),
            fade_out_ms: whole(programme::number(placed.segment, edit::PICTURE_FADE_OUT)),
            ..Clip::new(path, kind, from, whole(placed.segment.d), whole(placed.start))
        });
    }
    Ok(clips)
}

/// A way to show a clip, where the segment names one that is known; a foreign draft's own ways are no reason to fail.
fn style<T: DeserializeOwned>(segment: &draft::Segment, key: &str) -> Option<T> {
    serde_json::from_value(segment.m.get(key)?.clone()).ok()
}

fn titles(draft: &Draft) -> Vec<TitleCard> {
    let titles = draft.t.iter().filter(|track| track.tt == draft::TEXT).flat_map(draft::Track::placed);
    let titles = titles.filter_map(|placed| {
        // An unknown place or style of a foreign draft is no reason to fail.
        let known = |key: &str| placed.segment.m.get(key).cloned().unwrap_or_default();
        Some(TitleCard {
            text: placed.segment.text()?.to_owned(),
            start_ms: placed.start,
            duration_ms: whole(placed.segment.d),
            position: serde_json::from_value(known("position")).unwrap_or_default(),
            style: serde_json::from_value(known("style")).unwrap_or_default(),
            look: TitleLook::read(&placed.segment.m),
        })
    });
    titles.collect()
}

/// What stands on the cover of a video without a picture: the music's name.
fn cover_title(state: &State, draft: &Draft) -> String {
    let first = draft.t.iter().filter(|track| track.tt == draft::AUDIO).flat_map(|track| &track.sg).next();
    let name = first.and_then(|segment| {
        segment.name().or_else(|| state.medium_of(segment).and_then(|medium| medium.display_name()))
    });
    name.unwrap_or("Music").to_owned()
}
