//! The corpus: messages with what they must be read as, and properties that hold for any text.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::studio::compose::Brief;
use crate::studio::compose::brief::{Key, Mode};

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
    let brief = Brief {
        genre: "lo-fi".into(),
        moods: vec!["calm".into()],
        tempo_bpm: None,
        tempo_range: None,
        key: None,
        metre: None,
        instruments: Vec::new(),
        only_these: false,
        without: Vec::new(),
        energy: None,
        duration_seconds: 45.0,
        seamless_loop: false,
        seed: 7,
    };
    CurrentMusic { brief, bpm: 80.0, key }
}

/// `clip`: a silent clip of 10 s; `loud clip`: one with sound; `music`: 45 s of lo-fi alone; `scored`: the loud clip with
/// the music and a title.
fn context(name: &str) -> Context {
    let picture = matches!(name, "clip" | "loud clip" | "scored");
    Context {
        has_picture: picture,
        picture_ms: picture.then_some(10_000),
        picture_has_sound: matches!(name, "loud clip" | "scored"),
        music: matches!(name, "music" | "scored").then(lofi),
        titles: if name == "scored" { vec![TitleCard { text: "Golden Hour".into(), start_ms: 0, duration_ms: 3000 }] } else { Vec::new() },
        length_ms: if picture { 10_000 } else { 45_000 },
        language_hint: None,
        default_seed: 1,
    }
}

fn make(made: &MakeMusic) -> String {
    let brief = &made.brief;
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
    if brief.only_these {
        parts.push("only".into());
    }
    if brief.seamless_loop {
        parts.push("loop".into());
    }
    parts.join("; ")
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
        Action::Fade { target: what, in_ms, out_ms } => format!("fade {} {} {}", target(what), in_ms.unwrap_or(0), out_ms.unwrap_or(0)),
        Action::AddTitle { text, start_ms, duration_ms, position } => {
            format!("title {text:?} {start_ms}+{duration_ms} {position:?}").replace(" Center", "")
        }
        Action::ChangeTitle { which, text, start_ms, duration_ms, position } => {
            format!("retitle {which:?} {text:?} {start_ms:?} {duration_ms:?} {position:?}").replace("Some(", "").replace(')', "").replace("None", "-")
        }
        Action::Undo { steps } => format!("undo {steps}"),
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
        Remark::Contradiction { aspect, words, field } => format!("contradiction {aspect:?}: {words} / {field}").to_lowercase(),
        Remark::OneOfTwo { aspect, used, left } => format!("one of two {aspect:?}: {used} / {left}").to_lowercase(),
        Remark::UnknownGenre { asked, .. } => format!("unknown genre: {asked}"),
        Remark::IgnoredField { aspect, value } => format!("ignored {aspect:?}: {value}").to_lowercase(),
        Remark::Bounded { aspect, asked, used } => format!("bounded {aspect:?}: {asked} / {used}").to_lowercase(),
        Remark::Impossible { what: Impossible::Vocals, .. } => "impossible: vocals".into(),
        Remark::Impossible { what: Impossible::Artist(name), .. } => format!("impossible artist: {name}"),
        Remark::Impossible { what: Impossible::Song(name), .. } => format!("impossible song: {name}"),
        Remark::KeptOut { word } => format!("kept out: {word}"),
        Remark::Assumed { aspect, value, because } => format!("assumed {aspect:?}: {value}, {because:?}").to_lowercase(),
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
        let surprising: Vec<&String> = said.iter().filter(|said| !said.starts_with("assumed") && !case.remarks.contains(said)).collect();
        let missing: Vec<&String> = case.remarks.iter().filter(|expected| !said.contains(expected)).collect();
        let asks = reading.asks.map(Question::name).unwrap_or_default();
        let right = does.len() == case.does.len() && case.does.iter().zip(&does).all(|(expected, got)| fits(expected, got));
        if !right || reading.unused != case.unused || !surprising.is_empty() || !missing.is_empty() || asks != case.asks {
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
fn chinese_messages_read_as_the_corpus_says() {
    check(include_str!("corpus/zh.toml"), 60);
}
