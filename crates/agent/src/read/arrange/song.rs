//! The user's own songs, and pictures on the beats of music.

use super::words::{Item, Meaning, Word, is_song};
use crate::read::reading::{Arrange, Context, FileKind, Songs, Wish};
use bedtrack_compose::limits::LONGEST_SECONDS;
use bedtrack_wire::look::TransitionKind;

/// Lengths of a film that make sense, in ms; none is longer than music can be.
const LENGTH_MS: (u64, u64) = (2_000, (LONGEST_SECONDS * 1000.0) as u64);

const STYLES: [(Word, TransitionKind); 4] = [
    (Word::Crossfade, TransitionKind::Crossfade),
    (Word::Slide, TransitionKind::Slide),
    (Word::Zoom, TransitionKind::Zoom),
    (Word::HardCut, TransitionKind::Cut),
];

/// Reads a clause whose words are all known.
pub fn read(clause: &[Item], about: &Context) -> Option<Arrange> {
    let has = |word: Word| clause.iter().any(|item| item.is(word));
    if (has(Word::MusicVideo) || has(Word::OnBeat)) && !is_beside(clause) {
        return to_beats(clause, about);
    }
    songs_alone(clause, about)
}

/// "Use my song", "put a.mp3 under the clip", "play a.mp3 and then b.mp3".
fn songs_alone(clause: &[Item], about: &Context) -> Option<Arrange> {
    let allowed = [
        Word::Filler,
        Word::Use,
        Word::Own,
        Word::This,
        Word::Song,
        Word::Songs,
        Word::Music,
        Word::Under,
        Word::Clip,
        Word::Photo,
        Word::Then,
    ];
    let fits = |item: &Item| match &item.meaning {
        Meaning::Words(_) => item.is_any(&allowed),
        Meaning::File(file) => is_song(file),
        Meaning::Unknown(_) | Meaning::Percent(_) | Meaning::Pause => true,
        _ => false,
    };
    if !clause.iter().all(fits) {
        return None;
    }
    let says = |word: Word| clause.iter().any(|item| item.is(word));
    let songs = songs(clause, about)?;
    // "This song" may be the one that was made here, where none was brought.
    let brought = about.songs() > 0 || matches!(songs, Songs::Named(_));
    if !brought && (about.music.is_some() || !says(Word::Own) || !says(Word::Use)) {
        return None;
    }
    let volume =
        clause.iter().find_map(|item| if let Meaning::Percent(share) = item.meaning { Some(share) } else { None });
    (says(Word::Use) || says(Word::Under) && matches!(songs, Songs::Named(_))).then_some(Arrange::Songs {
        songs,
        volume: volume.map(|share| share.clamp(0.0, 2.0)),
        place: None,
    })
}

/// The songs that a clause names; none where it names none that is somebody's own.
pub fn songs(clause: &[Item], about: &Context) -> Option<Songs> {
    let named: Vec<String> = clause
        .iter()
        .filter_map(|item| match &item.meaning {
            Meaning::File(file) if is_song(file) => Some(file.name.clone()),
            Meaning::Unknown(name) if is_sound(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    if !named.is_empty() {
        return Some(Songs::Named(named));
    }
    if clause.iter().any(|item| matches!(item.meaning, Meaning::Unknown(_))) {
        return None;
    }
    own_songs(clause).filter(|songs| *songs == Songs::Newest || about.songs() > 0)
}

/// Songs that are called somebody's own, or this one.
fn own_songs(clause: &[Item]) -> Option<Songs> {
    let own = |at: usize| {
        let before = clause.get(..at).unwrap_or_default().iter().rev();
        let mut near = before.take_while(|item| item.is_any(&[Word::Own, Word::This, Word::Filler]));
        near.any(|item| item.is(Word::Own)) || clause.get(at + 1).is_some_and(|item| item.is(Word::Own))
    };
    let this =
        |at: usize| at.checked_sub(1).and_then(|before| clause.get(before)).is_some_and(|item| item.is(Word::This));
    clause.iter().enumerate().find_map(|(at, item)| {
        if item.is(Word::Songs) && (own(at) || this(at)) {
            Some(Songs::All)
        } else if item.is(Word::Song) && (own(at) || this(at)) || item.is(Word::Music) && own(at) {
            Some(Songs::Newest)
        } else {
            None
        }
    })
}

fn is_sound(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    matches!(ending.as_str(), "mp3" | "wav" | "m4a" | "aac" | "flac" | "ogg" | "opus")
}

/// "Make a music video from my photos with this song, 30 seconds, crossfades".
fn to_beats(clause: &[Item], about: &Context) -> Option<Arrange> {
    let fits = |item: &Item| match &item.meaning {
        Meaning::Words(_) | Meaning::Time(_) | Meaning::Pause | Meaning::File(_) => true,
        Meaning::Unknown(name) => is_sound(name),
        _ => false,
    };
    let has = |words: &[Word]| clause.iter().any(|item| item.is_any(words));
    let acts = has(&[Word::MusicVideo]) || has(&[Word::Make, Word::Cut, Word::Use, Word::Photo, Word::Clip]);
    if !clause.iter().all(fits) || !acts {
        return None;
    }
    let any_song = has(&[Word::Song, Word::Songs]) && about.songs() > 0;
    let waits = about.songs() > 0 && !about.has_music();
    let songs = songs(clause, about).or(any_song.then_some(Songs::Newest)).or(waits.then_some(Songs::Waiting));
    // One clip is as long as it is; its song just lies under it.
    let one_clip = about.pictures == 1 && about.files.iter().any(|file| file.kind == FileKind::Clip);
    if let Some(songs) = songs.clone().filter(|_| one_clip) {
        return Some(Arrange::Songs { songs, volume: None, place: None });
    }
    // A music video without any music is a wish for some, which is read as one.
    let no_music = songs.is_none() && !about.has_music();
    if no_music && has(&[Word::MusicVideo]) || songs.is_none() && (about.pictures == 0 || one_clip) {
        return None;
    }
    let length = clause.iter().find_map(|item| if let Meaning::Time(ms) = item.meaning { Some(ms) } else { None });
    Some(Arrange::ToBeats {
        songs,
        length_ms: length.map(|ms| ms.clamp(LENGTH_MS.0, LENGTH_MS.1)),
        style: style(clause),
        still: clause.iter().any(|item| item.is(Word::Still)),
    })
}

fn style(items: &[Item]) -> Wish {
    let named = |word: Word| items.iter().any(|item| item.is(word));
    STYLES.iter().find(|(word, _)| named(*word)).map_or(Wish::Mixed, |(_, kind)| Wish::Only(*kind))
}

/// Whether a music video is what something is for rather than what is wanted: "music for my music video".
fn is_beside(clause: &[Item]) -> bool {
    let Some(at) = clause.iter().position(|item| item.is(Word::MusicVideo)) else { return false };
    let before = clause.get(..at).unwrap_or_default();
    let named = before.iter().any(|item| item.is(Word::Music)) && before.iter().any(|item| item.is(Word::Long));
    named && own_songs(before).is_none()
}

/// What becomes of the pictures once the music that the message describes is made, and the words that say only that.
pub fn beside_music(items: &[Item]) -> (Option<Arrange>, Vec<Item>) {
    let video = items.iter().position(|item| item.is(Word::MusicVideo));
    let makes = |at: usize| {
        let before = items.get(at.saturating_sub(4)..at).unwrap_or_default();
        !before.iter().any(|item| item.is(Word::Long))
            && before.iter().any(|item| item.is_any(&[Word::Make, Word::Cut, Word::Own]))
            || at == 0
    };
    let wanted = video.is_some_and(makes)
        || items.iter().any(|item| item.is(Word::OnBeat))
            && items.iter().any(|item| item.is_any(&[Word::Photo, Word::Clip]));
    if !wanted {
        return (None, Vec::new());
    }
    let says =
        |item: &&Item| item.is_any(&[Word::OnBeat, Word::Still]) || STYLES.iter().any(|(word, _)| item.is(*word));
    let words: Vec<Item> = items.iter().filter(says).cloned().collect();
    let after = Arrange::ToBeats {
        songs: None,
        length_ms: None,
        style: style(&words),
        still: words.iter().any(|item| item.is(Word::Still)),
    };
    (Some(after), words)
}
