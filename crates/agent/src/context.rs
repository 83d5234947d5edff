//! What the reader has to know about a session, taken from its timeline.

use super::read::{Context, CurrentMusic, File, FileKind, InTurn, Stretch, Take, TitleCard};
use bedtrack_timeline::{Sound, Timeline, Title};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::Align;

/// The reader's view of a timeline.
pub fn context(timeline: &Timeline, language: &str, default_seed: u64) -> Context {
    let picture = timeline.picture_end();
    let mut titles: Vec<TitleCard> = timeline.titles().map(card).collect();
    titles.sort_by_key(|title| title.start_ms);
    let media = || timeline.sounds().filter_map(|sound| timeline.medium_of(sound));
    Context {
        has_picture: picture > Ms::ZERO,
        picture_ms: (picture > Ms::ZERO).then(|| picture.whole()),
        picture_has_sound: timeline.clips_sound(),
        music: media().find_map(current_music),
        in_turn: in_turn(timeline),
        titles,
        length_ms: timeline.end().whole(),
        language_hint: (!language.is_empty()).then(|| language.to_owned()),
        takes: takes(timeline),
        can_redo: !timeline.history.undone.is_empty(),
        default_seed,
        files: timeline.uploaded().iter().filter_map(file).collect(),
        has_song: media().any(Medium::is_song),
        pictures: timeline.uploaded().iter().filter(|medium| medium.is_picture()).count(),
        melody: timeline.uploaded().iter().rev().find_map(Medium::melody),
    }
}

fn card(title: &Title) -> TitleCard {
    TitleCard {
        text: title.words().to_owned(),
        start_ms: title.start.whole(),
        duration_ms: title.length.whole(),
        style: title.kind(),
        aside: matches!(title.align, Some(Align::Left | Align::Right)),
    }
}

/// The pieces of ours where more than one sound lies beside the picture.
fn in_turn(timeline: &Timeline) -> Vec<InTurn> {
    if timeline.sounds().count() < 2 {
        return Vec::new();
    }
    let piece = |(index, sound): (usize, &Sound)| {
        let music = current_music(timeline.medium_of(sound)?)?;
        let place = Stretch { start_ms: sound.start.whole(), length_ms: sound.length.whole(), opens: false };
        Some(InTurn { index, place, music })
    };
    timeline.sounds().enumerate().filter_map(piece).collect()
}

/// A song or a picture that was uploaded.
fn file(medium: &Medium) -> Option<File> {
    let kind = match medium {
        song if song.is_song() => FileKind::Song,
        clip if clip.is_video() => FileKind::Clip,
        photo if photo.is_photo() => FileKind::Photo,
        _ => return None,
    };
    Some(File { name: medium.display_name()?.to_owned(), kind })
}

/// Every piece that was made, in order.
fn takes(timeline: &Timeline) -> Vec<Take> {
    let take = |medium: &Medium| {
        let music = current_music(medium)?;
        Some(Take {
            seconds: Ms(medium.duration_ms().unwrap_or(0)).seconds(),
            current: timeline.plays(medium),
            brief: music.brief,
            bpm: music.bpm,
            key: music.key,
        })
    };
    timeline.made().iter().filter_map(take).collect()
}

/// What a piece of ours was made from; it travels with the medium.
fn current_music(medium: &Medium) -> Option<CurrentMusic> {
    Some(CurrentMusic {
        brief: medium.brief()?,
        bpm: medium.bpm()?,
        key: medium.tonality()?,
        players: medium.players(),
        motif: medium.motif(),
    })
}
