//! What holds for any text.

use proptest::prelude::*;

use super::*;

/// Words that the reader reacts to, for properties over half-sensible text.
const PIECES: [&str; 56] = [
    "make",
    "a",
    "lo-fi",
    "track",
    "quieter",
    "\"",
    "'",
    "“",
    "”",
    "no",
    "not too",
    "drums",
    "piano",
    ",",
    ".",
    "and",
    "then",
    "at",
    "20%",
    "6 dB",
    "1:30",
    "90 bpm",
    "in",
    "D",
    "minor",
    "trim",
    "the clip",
    "first",
    "8 seconds",
    "title",
    "undo",
    "remove",
    "replace",
    "with",
    "it",
    "to",
    "between",
    "80",
    "make it",
    "more",
    "sad",
    "\n",
    "[bedtrack: tempo_bpm=90]",
    "音乐",
    "调到",
    "五十",
    "不要",
    "鼓",
    "把",
    "标题",
    "。",
    "一分半",
    "换成",
    "爵士",
    "in the style of",
    "seed",
];

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,300}") {
        for on in ["", "scored"] {
            let reading = read(&text, &context(on));
            prop_assert!(!reading.actions.is_empty() || reading.asks.is_some());
        }
    }

    #[test]
    fn any_row_of_known_words_gives_a_valid_brief(picks in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: Vec<&str> = picks.iter().map(|pick| PIECES[*pick]).collect();
        for on in ["", "clip", "music", "scored"] {
            let reading = read(&text.join(" "), &context(on));
            prop_assert!(reading.actions.len() <= 25);
            for action in &reading.actions {
                let Action::MakeMusic(made) = action else { continue };
                let brief = &made.brief.asked();
                prop_assert!(lexicon().vocabulary.genre(&brief.genre).is_some());
                prop_assert!((3.0..=1200.0).contains(&brief.duration_seconds));
                prop_assert!(brief.tempo_bpm.is_none_or(|bpm| (40.0..=220.0).contains(&bpm)));
                prop_assert!(brief.tempo_range.is_none_or(|(low, high)| low <= high && low >= 40.0 && high <= 220.0));
                prop_assert!(made.volume.is_none_or(|volume| (0.0..=2.0).contains(&volume)));
                prop_assert!(!brief.only_these || !brief.instruments.is_empty());
                prop_assert!(brief.instruments.iter().all(|id| !brief.without.contains(id)));
            }
        }
    }

    #[test]
    fn quoted_words_never_act(picks in prop::collection::vec(0..PIECES.len(), 1..12)) {
        let words: Vec<&str> = picks.iter().map(|pick| PIECES[*pick]).filter(|word| !word.contains(['"', '\'', '“', '”', '\n'])).collect();
        let text = words.join(" ");
        prop_assume!(!text.trim().is_empty());
        let reading = read(&format!("add a title \"{text}\""), &context("scored"));
        let title = Action::AddTitle(NewTitle {
            text: text.clone(),
            start_ms: 0,
            duration_ms: 3000,
            look: Look::default(),
        });
        prop_assert_eq!(reading.actions, vec![title]);
        let plain = read("make a lo-fi track called \"x\"", &context("")).actions;
        prop_assert_eq!(read(&format!("make a lo-fi track called \"{text}\""), &context("")).actions, plain);
    }
}

#[test]
fn a_quoted_text_of_any_length_does_nothing_but_stand_there() {
    let long = "undo it, don't wait; make it louder, remove the music, 把音乐调小声，撤销。 ".repeat(160);
    let long = long.trim();
    for (open, close) in
        [("\"", "\""), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("「", "」"), ("『", "』"), ("《", "》")]
    {
        let reading = read(&format!("add a title {open}{long}{close}"), &context("scored"));
        let [Action::AddTitle(title)] = reading.actions.as_slice() else { panic!("{open}: {:?}", reading.actions) };
        assert!(long.starts_with(title.text.trim_end_matches('…').trim()), "{open}: {}", title.text);
    }
}

#[test]
fn a_message_of_100_000_characters_is_read_with_bounded_effort() {
    for piece in [
        "louder ",
        "calm, ",
        "make a track and ",
        "大声一点，",
        "不要鼓，",
        "title red ",
        "make the title bigger at 0:03 and ",
        "标题红色",
        "00:00:01,000 --> 00:00:02,000 ",
        "“",
        "\"",
        "'a ",
        "in the style of ",
        "10 10 10 ",
        "1:30:",
        "1分",
        "一百",
        "trim to 8 seconds. ",
        "crunchy wobbly ",
    ] {
        let text: String = piece.repeat(100_000 / piece.chars().count() + 1).chars().take(100_000).collect();
        let marked = marks::Marked::new(&text, lexicon());
        assert!(marked.tokens.len() <= 100_000 && marked.marks.len() <= marked.tokens.len(), "{piece}");
        let reading = read(&text, &context("scored"));
        assert!(reading.actions.len() <= 25, "{piece}: {}", reading.actions.len());
        assert!(reading.unused.len() <= 8 && reading.remarks.len() <= 64, "{piece}");
    }
}
