//! The picture of a whole timeline: its clips, titles and cover as a plan for a film.

use super::render_error::RenderError;
use super::workshop::Workshop;
use bedtrack_film::{Behind, Clip, Cover, FilmFormat, FilmPlan, MediaKind, Quality, TitleCard, TitleLook};
use bedtrack_timeline::{Timeline, Title, Track};
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::{Backing, Rgb};

/// The plan for a timeline's film, silent and in the shape of its picture.
pub async fn plan(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    format: FilmFormat,
) -> Result<FilmPlan, RenderError> {
    Ok(FilmPlan {
        clips: clips(workshop, session, timeline).await?,
        titles: titles(timeline),
        cover: has_no_picture(timeline).then(|| Cover { title: cover_title(timeline) }),
        sound: None,
        duration_ms: length(timeline).whole(),
        aspect: timeline.shape.aspect,
        format,
        quality: Quality::default(),
    })
}

/// The film's length: words alone do not make a film longer than its picture and sound.
fn length(timeline: &Timeline) -> Ms {
    if has_no_picture(timeline) {
        return timeline.end();
    }
    let seen_or_heard = timeline.tracks.iter().filter(|track| !matches!(track, Track::Titles(_)));
    seen_or_heard.map(Track::end).max().unwrap_or_default()
}

fn has_no_picture(timeline: &Timeline) -> bool {
    timeline.clips().next().is_none()
}

async fn clips(workshop: &Workshop, session: &str, timeline: &Timeline) -> Result<Vec<Clip>, RenderError> {
    let mut clips = Vec::new();
    for clip in timeline.clips() {
        let medium = timeline
            .medium_of(clip)
            .ok_or_else(|| RenderError::Missing(clip.name.clone().unwrap_or_else(|| "a clip".to_owned())))?;
        let kind = if medium.is_photo() { MediaKind::Image } else { MediaKind::Video };
        let path = workshop.media_file(session, medium).await?;
        clips.push(Clip {
            enter: clip.transition,
            camera: clip.camera.unwrap_or_default(),
            fit: clip.fit.unwrap_or(timeline.shape.fit),
            speed: clip.speed,
            fade_in_ms: clip.picture_fade_in.unwrap_or_default().whole(),
            fade_out_ms: clip.picture_fade_out.unwrap_or_default().whole(),
            ..Clip::new(path, kind, clip.source_in.whole(), clip.length.whole(), clip.start.whole())
        });
    }
    Ok(clips)
}

fn titles(timeline: &Timeline) -> Vec<TitleCard> {
    let card = |title: &Title| {
        Some(TitleCard {
            text: title.text.clone()?,
            start_ms: title.start.0,
            duration_ms: title.length.whole(),
            position: title.position.unwrap_or_default(),
            style: title.kind(),
            look: look(title),
        })
    };
    timeline.titles().filter_map(card).collect()
}

/// How a title is drawn, as far as it says something itself.
fn look(title: &Title) -> TitleLook {
    let behind_colour = title.backing_colour.unwrap_or(Rgb::BLACK);
    TitleLook {
        colour: title.colour,
        size: title.size.map(|size| size as f32),
        align: title.align.unwrap_or_default(),
        behind: match title.backing.unwrap_or_default() {
            Backing::Shadow => Behind::Shadow,
            Backing::Outline => Behind::Outline(behind_colour),
            Backing::Box => Behind::Box { colour: behind_colour, opacity: title.opacity() },
            Backing::Plain => Behind::Plain,
        },
        fade_in: title.fade_in.map(Ms::whole),
        fade_out: title.fade_out.map(Ms::whole),
    }
}

/// What stands on the cover of a video without a picture: the music's name.
fn cover_title(timeline: &Timeline) -> String {
    let first = timeline.sounds().next();
    let name = first.and_then(|sound| {
        sound.name.as_deref().or_else(|| timeline.medium_of(sound).and_then(|medium| medium.display_name()))
    });
    name.unwrap_or("Music").to_owned()
}
