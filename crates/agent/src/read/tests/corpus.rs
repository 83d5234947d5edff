//! Messages with what they must be read as, from `../corpus`.

use serde::Deserialize;

use super::*;
use crate::read::Wish;
use bedtrack_compose::Revision;
use bedtrack_compose::given::PlannedSection;

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
    say("at", made.place.map(stretch));
    say("seed", Some(brief.seed.to_string()));
    parts.extend(brief.revisions.iter().map(revised));
    if let Some(melody) = &brief.melody {
        parts.push(format!("melody={} {}", melody.notes.len(), melody.key.name()));
    }
    if !brief.plan.is_empty() {
        let stage = |stage: &PlannedSection| match stage.bars {
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

/// `0-5000`, with a star where all music before goes.
fn stretch(place: Stretch) -> String {
    format!("{}-{}{}", place.start_ms, place.end_ms(), if place.opens { "*" } else { "" })
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

fn arranged(arrange: &Arrange) -> String {
    let which = |songs: &Songs| match songs {
        Songs::Newest => "newest".to_owned(),
        Songs::Waiting => "waiting".to_owned(),
        Songs::All => "all".to_owned(),
        Songs::Named(names) => names.join("+"),
    };
    match arrange {
        Arrange::Songs { songs, volume, place } => {
            let level = volume.map(|v| format!(" at {}", plain(v))).unwrap_or_default();
            let place = place.map(|place| format!(" {}", stretch(place))).unwrap_or_default();
            format!("songs {}{level}{place}", which(songs))
        }
        Arrange::ToBeats { songs, length_ms, style, still } => {
            let songs = songs.as_ref().map(|songs| format!(" with {}", which(songs))).unwrap_or_default();
            let length = length_ms.map(|ms| format!(" {ms}")).unwrap_or_default();
            let style = match style {
                Wish::Mixed => String::new(),
                Wish::Only(kind) => format!(" {kind:?}").to_lowercase(),
            };
            format!("beats{songs}{length}{style}{}", if *still { " still" } else { "" })
        }
    }
}

/// How a title looks, beyond its place.
fn looks(look: &Look) -> String {
    let mut said = String::new();
    if let Some(align) = look.align {
        said += &format!(" {}", align.name());
    }
    match look.size {
        Some(Size::Pixels(pixels)) => said += &format!(" {pixels}px"),
        Some(Size::Named(factor)) => said += &format!(" size{factor}"),
        Some(Size::By(factor)) => said += &format!(" x{factor}"),
        None => {}
    }
    if let Some(colour) = &look.colour {
        said += &format!(" {colour}");
    }
    if let Some(style) = look.style {
        said += &format!(" {}", style.name());
    }
    match &look.backing {
        Some(Backing::Outline(colour)) => said += &format!(" outline{}", colour.as_deref().unwrap_or_default()),
        Some(Backing::Box(colour)) => said += &format!(" box{}", colour.as_deref().unwrap_or_default()),
        Some(Backing::Shadow) => said += " shadow",
        Some(Backing::Plain) => said += " plain",
        None => {}
    }
    for (name, ms) in [("in", look.fade_in_ms), ("out", look.fade_out_ms)] {
        if let Some(ms) = ms {
            said += &format!(" {name}{ms}");
        }
    }
    said
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
        Action::AddTitle(NewTitle { text, start_ms, duration_ms, look }) => {
            let position = look.position.filter(|position| *position != Position::Center);
            let position = position.map(|position| format!(" {position:?}")).unwrap_or_default();
            format!("title {text:?} {start_ms}+{duration_ms}{position}{}", looks(look))
        }
        Action::ChangeTitle(Retitle { which, text, when, look }) => {
            let which = match which {
                Pick::Newest => "-".into(),
                Pick::Named(words) => format!("{words:?}"),
                Pick::Number(number) => format!("#{number}"),
                other => format!("{other:?}").to_lowercase(),
            };
            let text = text.as_ref().map_or("-".into(), |text| format!("{text:?}"));
            let number = |ms: Option<u64>| ms.map_or("-".into(), |ms| ms.to_string());
            let position = look.position.map_or("-".into(), |position| format!("{position:?}"));
            let (start, length) = (number(when.start_ms), number(when.duration_ms));
            let mut more = String::new();
            if let Some(end) = when.end_ms {
                more += &format!(" end={end}");
            }
            if when.at_end {
                more += " at_end";
            }
            if when.shift_ms != 0 {
                more += &format!(" shift={}", when.shift_ms);
            }
            if when.stretch_ms != 0 {
                more += &format!(" stretch={}", when.stretch_ms);
            }
            format!("retitle {which} {text} {start} {length} {position}{more}{}", looks(look))
        }
        Action::RemoveTitles { which } => match which {
            Pick::Number(number) => format!("remove title #{number}"),
            other => format!("remove {other:?}").to_lowercase(),
        },
        Action::AddCaptions(CaptionWish { captions, look }) => {
            let (from, to) = captions.span_ms();
            let position = look.position.map(|position| format!(" {position:?}")).unwrap_or_default();
            format!("captions {} {from}-{to}{position}{}", captions.cues.len(), looks(look))
        }
        Action::UnfitCaptions(unfit) => format!("unfit {unfit:?}").to_lowercase(),
        Action::Undo { steps } => format!("undo {steps}"),
        Action::Redo => "redo".into(),
        Action::UseTake { number } => format!("take {number}"),
        Action::Arrange(arrange) => arranged(arrange),
        Action::Cut(cutting) => format!("cut {cutting:?}"),
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
    check(include_str!("../corpus/en.toml"), 120);
}

#[test]
fn what_is_said_about_the_score_reads_as_the_corpus_says() {
    check(include_str!("../corpus/score.toml"), 60);
}

#[test]
fn what_is_said_about_songs_and_pictures_reads_as_the_corpus_says() {
    check(include_str!("../corpus/arrange.toml"), 50);
}

#[test]
fn pieces_in_turn_read_as_the_corpus_says() {
    check(include_str!("../corpus/sequence.toml"), 40);
}

#[test]
fn what_is_said_about_single_shots_reads_as_the_corpus_says() {
    check(include_str!("../corpus/cutting.toml"), 120);
}

#[test]
fn chinese_messages_read_as_the_corpus_says() {
    check(include_str!("../corpus/zh.toml"), 60);
}

#[test]
fn what_is_said_about_titles_and_captions_reads_as_the_corpus_says() {
    check(include_str!("../corpus/titles.toml"), 100);
}
