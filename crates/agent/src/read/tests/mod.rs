//! What the reader must do: `corpus` messages with what they must be read as, `properties` that hold for any text,
//! `catalogue` data that must hang together. Here the drafts they are read against.

mod catalogue;
mod corpus;
mod properties;

use super::*;
use bedtrack_compose::Brief;
use bedtrack_compose::given::{Melody, MelodyNote};
use bedtrack_compose::key::{Key, Mode};

fn lofi() -> CurrentMusic {
    let key = Key { tonic: 2, mode: Mode::Minor };
    let brief = Brief { moods: vec!["calm".into()], ..Brief::new("lo-fi", 45.0, 7) };
    CurrentMusic { brief, bpm: 80.0, key, players: Vec::new(), motif: None }
}

/// Lo-fi for the first 4 s of the clip, house for the rest.
fn medley() -> Vec<InTurn> {
    let key = Key { tonic: 9, mode: Mode::Minor };
    let house = CurrentMusic { brief: Brief::new("house", 6.0, 7), bpm: 124.0, key, players: Vec::new(), motif: None };
    let piece = |index, start_ms, length_ms, music| InTurn {
        index,
        place: Stretch { start_ms, length_ms, opens: false },
        music,
    };
    vec![piece(0, 0, 4_000, lofi()), piece(1, 4_000, 6_000, house)]
}

fn files(name: &str) -> Vec<File> {
    let file = |name: &str, kind| File { name: name.into(), kind };
    let songs = || vec![file("first-tune.mp3", FileKind::Song), file("b.wav", FileKind::Song)];
    let pictures = || {
        vec![file("beach.jpg", FileKind::Photo), file("harbour.mp4", FileKind::Clip), file("c.png", FileKind::Photo)]
    };
    match name {
        "photos" => pictures(),
        "album" | "sung" => [songs(), pictures()].concat(),
        "clip" | "loud clip" | "scored" => vec![file("clip.mp4", FileKind::Clip)],
        _ => Vec::new(),
    }
}

fn titles(name: &str) -> Vec<TitleCard> {
    let card =
        |text: &str, start_ms, style| TitleCard { text: text.into(), start_ms, duration_ms: 3000, style, aside: false };
    let first = card("Golden Hour", 0, Style::Title);
    match name {
        "scored" | "titled" => vec![first],
        "two" => vec![first, card("A day in June", 3000, Style::Subtitle)],
        "captioned" => {
            let lines = ["One", "Two", "Three"].into_iter().enumerate();
            let lines = lines.map(|(n, text)| card(text, 1000 * n as u64, Style::Caption));
            std::iter::once(first).chain(lines).collect()
        }
        _ => Vec::new(),
    }
}

fn melody() -> Option<Melody> {
    let note = |(n, key): (usize, u8)| MelodyNote { at: n as f64, length: 1.0, key };
    Melody::of([60, 64, 67, 72].into_iter().enumerate().map(note).collect(), None)
}

/// `clip`: a silent clip of 10 s; `loud clip`: one with sound; `music`: 45 s of lo-fi alone; `scored`: the loud clip with
/// the music and a title; `midi`: an uploaded MIDI file; `undone`: `music` after an undo; `photos`: three pictures;
/// `album`: these and two songs; `sung`: the same with a song on the draft; `titled`: the silent clip with a title; `two`:
/// with a title and a subtitle; `captioned`: with a title and three captions; `medley`: the silent clip with lo-fi for 4 s and house for 6 s.
fn context(name: &str) -> Context {
    let picture = matches!(
        name,
        "clip" | "loud clip" | "scored" | "photos" | "album" | "sung" | "titled" | "two" | "captioned" | "medley"
    );
    Context {
        has_picture: picture,
        picture_ms: picture.then_some(10_000),
        picture_has_sound: matches!(name, "loud clip" | "scored"),
        music: matches!(name, "music" | "scored" | "undone" | "medley").then(lofi),
        in_turn: if name == "medley" { medley() } else { Vec::new() },
        titles: titles(name),
        length_ms: if picture { 10_000 } else { 45_000 },
        language_hint: None,
        default_seed: 1,
        melody: (name == "midi").then(melody).flatten(),
        takes: Vec::new(),
        can_redo: name == "undone",
        files: files(name),
        has_song: name == "sung",
        pictures: if matches!(name, "photos" | "album" | "sung") { 3 } else { usize::from(picture) },
    }
}

#[test]
fn what_goes_beyond_the_longest_message_is_not_read() {
    let text = format!("{}\nundo", "a".repeat(LONGEST_MESSAGE));
    assert!(!read(&text, &context("scored")).actions.contains(&Action::Undo { steps: 1 }));
}

#[test]
fn the_language_is_the_fields_then_the_words_then_the_sessions() {
    let language = |words: &str, hint: Option<&str>| {
        read(words, &Context { language_hint: hint.map(str::to_owned), ..context("") }).language
    };
    assert_eq!(language("calm piano", Some("zh")), Language::En);
    assert_eq!(language("来一段 lo-fi hip hop", Some("en")), Language::Zh);
    assert_eq!(language("80", Some("zh")), Language::Zh);
    assert_eq!(language("musique calme", None), Language::En);
    assert_eq!(language("calm piano\n[bedtrack: language=zh-CN]", None), Language::Zh);
    assert_eq!(language("平静的钢琴\n[bedtrack: language=fr]", None), Language::En);
}
