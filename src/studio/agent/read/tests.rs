//! The corpus: messages with what they must be read as, and properties that hold for any text.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::studio::compose::brief::{Key, Mode};
use crate::studio::compose::given::{Melody, MelodyNote, Stage};
use crate::studio::compose::{Brief, Revision};

#[derive(Deserialize)]
struct Corpus {
    message: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    #[serde(default)]
    on: String,
    does: Vec<String>,
    #[serde(default)]
    unused: Vec<String>,
    #[serde(default)]
    remarks: Vec<String>,
    #[serde(default)]
    asks: String,
}

fn lofi() -> CurrentMusic {
    let key = Key { tonic: 2, mode: Mode::Minor };
    let brief = Brief { moods: vec!["calm".into()], ..Brief::new("lo-fi", 45.0, 7) };
    CurrentMusic { brief, bpm: 80.0, key, players: Vec::new(), motif: None }
}

fn melody() -> Option<Melody> {
    let note = |(n, key): (usize, u8)| MelodyNote { at: n as f64, length: 1.0, key };
    Melody::of([60, 64, 67, 72].into_iter().enumerate().map(note).collect(), None)
}

/// `clip`: a silent clip of 10 s; `loud clip`: one with sound; `music`: 45 s of lo-fi alone; `scored`: the loud clip with
/// the music and a title; `midi`: an uploaded MIDI file; `undone`: `music` after an undo.
fn context(name: &str) -> Context {
    let picture = matches!(name, "clip" | "loud clip" | "scored");
    Context {
        has_picture: picture,
        picture_ms: picture.then_some(10_000),
        picture_has_sound: matches!(name, "loud clip" | "scored"),
        music: matches!(name, "music" | "scored" | "undone").then(lofi),
        titles: if name == "scored" {
            vec![TitleCard { text: "Golden Hour".into(), start_ms: 0, duration_ms: 3000 }]
        } else {
            Vec::new()
        },
        length_ms: if picture { 10_000 } else { 45_000 },
        language_hint: None,
        default_seed: 1,
        melody: (name == "midi").then(melody).flatten(),
        takes: Vec::new(),
        can_redo: name == "undone",
    }
}

fn make(made: &MakeMusic) -> String {
    let brief = &made.brief.asked();
    let mut parts = vec![format!("{:?}", made.way).to_lowercase(), format!("genre={}", brief.genre)];
    let mut list = |name: &str, ids: &[String]| {
        if !ids.is_empty() {
            parts.push(format!("{name}={}", ids.join("+")));
        }
    };
    list("moods", &brief.moods);
    list("with", &brief.instruments);
    list("without", &brief.without);
    let mut say = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parts.push(format!("{name}={value}"));
        }
    };
    say("tempo", brief.tempo_bpm.map(plain));
    say("range", brief.tempo_range.map(|(low, high)| format!("{}-{}", plain(low), plain(high))));
    say("key", brief.key.map(key_name));
    say("metre", brief.metre.map(|(beats, unit)| format!("{beats}/{unit}")));
    say("energy", brief.energy.map(|energy| energy_name(energy).to_owned()));
    say("volume", made.volume.map(plain));
    say("seconds", Some(plain(brief.duration_seconds)));
    say("seed", Some(brief.seed.to_string()));
    parts.extend(brief.revisions.iter().map(revised));
    if let Some(melody) = &brief.melody {
        parts.push(format!("melody={} {}", melody.notes.len(), melody.key.name()));
    }
    if !brief.plan.is_empty() {
        let stage = |stage: &Stage| match stage.bars {
            Some(bars) => format!("{}:{bars}", stage.letter),
            None => stage.letter.clone(),
        };
        parts.push(format!("plan={}", brief.plan.iter().map(stage).collect::<Vec<_>>().join("+")));
    }
    if let Some(fusion) = &brief.fusion {
        let aspects: Vec<String> = fusion.aspects.iter().map(|aspect| format!("{aspect:?}").to_lowercase()).collect();
        parts.push(format!("fusion={}", [vec![fusion.genre.clone()], aspects].concat().join("+")));
    }
    if brief.only_these {
        parts.push("only".into());
    }
    if brief.seamless_loop {
        parts.push("loop".into());
    }
    parts.join("; ")
}

fn revised(revision: &Revision) -> String {
    let sign = |by: f64| if by > 0.0 { "+" } else { "-" };
    match revision {
        Revision::Build { at, until: None } => format!("build={}", plain(*at)),
        Revision::Build { at, until: Some(until) } => format!("build={}-{}", plain(*at), plain(*until)),
        Revision::Drop { at } => format!("drop={}", plain(*at)),
        Revision::Level { from, to, by } => format!("level={}-{}{}", plain(*from), plain(*to), sign(*by)),
        Revision::Rest { from, to, ids } => format!("rest={}-{} {}", plain(*from), plain(*to), ids.join("+")),
        Revision::EndAt { at } => format!("end={}", plain(*at)),
        Revision::SoftEnd => "softend".into(),
        Revision::Density { by } => format!("density={}", sign(*by)),
        Revision::Tune { by } => format!("tune={}", sign(*by)),
        other => format!("{other:?}"),
    }
}

fn shown(action: &Action) -> String {
    let target = |target: &Target| match target {
        Target::Title(Some(text)) => format!("title {text}"),
        other => format!("{other:?}").to_lowercase().replace("title(none)", "title"),
    };
    match action {
        Action::MakeMusic(made) => format!("make {}", make(made)),
        Action::SetVolume { target: what, level } => match level {
            Level::To(factor) => format!("volume {} to {}", target(what), plain(*factor)),
            Level::By(factor) => format!("volume {} by {}", target(what), plain(*factor)),
        },
        Action::Trim { target: what, part } => format!("trim {} {part:?}", target(what)).to_lowercase(),
        Action::Remove { target: what } => format!("remove {}", target(what)),
        Action::Fade { target: what, in_ms, out_ms } => {
            format!("fade {} {} {}", target(what), in_ms.unwrap_or(0), out_ms.unwrap_or(0))
        }
        Action::AddTitle { text, start_ms, duration_ms, position } => {
            format!("title {text:?} {start_ms}+{duration_ms} {position:?}").replace(" Center", "")
        }
        Action::ChangeTitle { which, text, start_ms, duration_ms, position } => {
            format!("retitle {which:?} {text:?} {start_ms:?} {duration_ms:?} {position:?}")
                .replace("Some(", "")
                .replace(')', "")
                .replace("None", "-")
        }
        Action::Undo { steps } => format!("undo {steps}"),
        Action::Redo => "redo".into(),
        Action::UseTake { number } => format!("take {number}"),
        Action::Answer(topic) => format!("answer {topic:?}").to_lowercase(),
        Action::Leave { .. } => "leave".into(),
        Action::Unknown { text, why } => format!("unknown {why:?}: {text}"),
    }
}

/// `make …` lists parts that must be there, and with `!` names that must not; everything else is compared whole, but for
/// the words behind `unknown …:`, which may be left out.
fn fits(expected: &str, got: &str) -> bool {
    let Some(wanted) = expected.strip_prefix("make ") else {
        return expected == got || got.starts_with("unknown ") && got.split(':').next() == Some(expected);
    };
    let Some(made) = got.strip_prefix("make ") else { return false };
    let parts: Vec<&str> = made.split("; ").collect();
    wanted.split("; ").all(|part| match part.strip_prefix('!') {
        Some(name) => !parts.iter().any(|made| made.split('=').next() == Some(name)),
        None => parts.contains(&part),
    })
}

/// What must be said; assumptions only where the case names them.
fn said(remark: &Remark) -> Option<String> {
    Some(match remark {
        Remark::Contradiction { aspect, words, field } => {
            format!("contradiction {aspect:?}: {words} / {field}").to_lowercase()
        }
        Remark::OneOfTwo { aspect, used, left } => format!("one of two {aspect:?}: {used} / {left}").to_lowercase(),
        Remark::UnknownGenre { asked, .. } => format!("unknown genre: {asked}"),
        Remark::IgnoredField { aspect, value } => format!("ignored {aspect:?}: {value}").to_lowercase(),
        Remark::Bounded { aspect, asked, used } => format!("bounded {aspect:?}: {asked} / {used}").to_lowercase(),
        Remark::Impossible { what: Impossible::Vocals, .. } => "impossible: vocals".into(),
        Remark::Impossible { what: Impossible::Artist(name), .. } => format!("impossible artist: {name}"),
        Remark::Impossible { what: Impossible::Song(name), .. } => format!("impossible song: {name}"),
        Remark::KeptOut { word } => format!("kept out: {word}"),
        Remark::Assumed { aspect, value, because } => {
            format!("assumed {aspect:?}: {value}, {because:?}").to_lowercase()
        }
    })
}

fn check(corpus: &str, least: usize) {
    let corpus: Corpus = toml::from_str(corpus).unwrap();
    assert!(corpus.message.len() >= least, "{} messages", corpus.message.len());
    let mut wrong = Vec::new();
    for case in &corpus.message {
        let reading = read(&case.says, &context(&case.on));
        let does: Vec<String> = reading.actions.iter().map(shown).collect();
        let said: Vec<String> = reading.remarks.iter().filter_map(said).collect();
        let surprising: Vec<&String> =
            said.iter().filter(|said| !said.starts_with("assumed") && !case.remarks.contains(said)).collect();
        let missing: Vec<&String> = case.remarks.iter().filter(|expected| !said.contains(expected)).collect();
        let asks = reading.asks.map(Question::name).unwrap_or_default();
        let right =
            does.len() == case.does.len() && case.does.iter().zip(&does).all(|(expected, got)| fits(expected, got));
        if !right || reading.unused != case.unused || !surprising.is_empty() || !missing.is_empty() || asks != case.asks
        {
            wrong.push(format!("{:?} ({})\n   expected {:?} unused {:?} remarks {:?} asks {:?}\n   got      {does:?} unused {:?} remarks {said:?} asks {asks:?}", case.says, case.on, case.does, case.unused, case.remarks, case.asks, reading.unused));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), corpus.message.len(), wrong.join("\n"));
}

#[test]
fn english_messages_read_as_the_corpus_says() {
    check(include_str!("corpus/en.toml"), 120);
}

#[test]
fn what_is_said_about_the_score_reads_as_the_corpus_says() {
    check(include_str!("corpus/score.toml"), 60);
}

#[test]
fn chinese_messages_read_as_the_corpus_says() {
    check(include_str!("corpus/zh.toml"), 60);
}

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
        let title = Action::AddTitle { text: text.clone(), start_ms: 0, duration_ms: 3000, position: Position::Center };
        prop_assert_eq!(reading.actions, vec![title]);
        let plain = read("make a lo-fi track called \"x\"", &context("")).actions;
        prop_assert_eq!(read(&format!("make a lo-fi track called \"{text}\""), &context("")).actions, plain);
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

#[test]
fn every_genre_mood_and_instrument_is_understood_by_its_name() {
    let vocabulary = &lexicon().vocabulary;
    for genre in &vocabulary.genres {
        let reading = read(&format!("music\n[bedtrack: genre={}]", genre.id), &context(""));
        assert!(
            reading
                .actions
                .iter()
                .any(|action| matches!(action, Action::MakeMusic(made) if made.brief.genre == genre.id)),
            "{}",
            genre.id
        );
        let reading = read(&format!("make a {} track", genre.name), &context(""));
        assert!(
            reading
                .actions
                .iter()
                .any(|action| matches!(action, Action::MakeMusic(made) if made.brief.genre == genre.id)),
            "{}: {reading:?}",
            genre.name
        );
    }
    for instrument in &vocabulary.instruments {
        let reading = read(&format!("lo-fi with {}", instrument.name.to_lowercase()), &context(""));
        let has = |action: &Action| matches!(action, Action::MakeMusic(made) if made.brief.instruments.contains(&instrument.id));
        assert!(reading.actions.iter().any(has), "{}: {reading:?}", instrument.name);
    }
    for mood in &vocabulary.moods {
        let reading = read(&format!("make it more {}", mood.id.replace('_', " ")), &context("music"));
        let has = |action: &Action| matches!(action, Action::MakeMusic(made) if made.brief.asked().moods.first() == Some(&mood.id));
        assert!(reading.actions.iter().any(has), "{}: {reading:?}", mood.id);
    }
}

#[test]
fn the_lexicon_points_at_genres_moods_and_instruments_that_exist() {
    let lexicon = lexicon();
    let mood = |id: &str| lexicon.vocabulary.moods.iter().any(|entry| entry.id == id);
    let instrument = |id: &str| lexicon.vocabulary.instruments.iter().any(|entry| entry.id == id);
    let bridges = &lexicon.bridges;
    for id in lexicon
        .more_moods
        .iter()
        .chain(bridges.by_mood.keys())
        .chain(bridges.opposite.keys())
        .chain(bridges.opposite.values())
    {
        assert!(mood(id), "{id}");
    }
    for id in bridges
        .instead_of
        .iter()
        .flat_map(|(id, out)| out.iter().chain([id]))
        .chain(lexicon.uses.iter().flat_map(|one| &one.moods))
    {
        assert!(mood(id), "{id}");
    }
    let stems = ["drums", "bass", "harmony", "melody", "texture"];
    for id in bridges
        .families
        .values()
        .flatten()
        .filter(|id| !stems.contains(&id.as_str()))
        .chain(bridges.by_instrument.keys())
    {
        assert!(instrument(id), "{id}");
    }
    // Lists may name genres to come, but must end in one that is there.
    let lists = lexicon
        .near
        .iter()
        .chain(&lexicon.artists)
        .chain(&lexicon.works)
        .chain(&lexicon.more_genres)
        .chain(lexicon.uses.iter().map(|one| &one.genres));
    for list in
        lists.chain(bridges.by_mood.values()).chain(bridges.by_instrument.values()).chain([&bridges.default_genres])
    {
        assert!(lexicon.first_known(list).is_some(), "{list:?}");
    }
}
