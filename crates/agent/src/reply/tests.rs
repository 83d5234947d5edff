//! Replies compared whole, and what holds for every wording.

use std::collections::BTreeSet;

use super::*;
use crate::edit::{Changed, Looks};
use crate::read::{Aspect, Because, Context, Impossible, Language, Question, Remark, Target, read};
use crate::titled::Titled;
use bedtrack_compose::key::{Key, Mode};
use bedtrack_wire::title::{Backing, Position, Rgb, Style};

const LANGUAGES: [Language; 2] = [Language::En, Language::Zh];

fn music() -> Made {
    Made {
        cuts: None,
        makes_way: false,
        way: Way::New,
        place: None,
        genre: "lo-fi".into(),
        bpm: Some(80.0),
        key: Key { tonic: 2, mode: Mode::Minor },
        seconds: 12.5,
        instruments: vec!["electric_piano".into(), "finger_bass".into(), "lofi_kit".into()],
        seed: 7,
        volume: 0.35,
        has_picture: true,
        under_sound: true,
        loops: false,
        changed: Vec::new(),
        remarks: Vec::new(),
    }
}

fn say(language: Language, deeds: Vec<Deed>, remarks: Vec<Remark>) -> String {
    let done = deeds.into_iter().map(Done::from).collect();
    reply(&Report { language, done, remarks, unused: Vec::new(), asks: None })
}

#[test]
fn new_music_is_described_with_its_exact_numbers() {
    let assumed = Remark::Assumed { aspect: Aspect::Duration, value: "12.5".into(), because: Because::Picture };
    assert_eq!(
        say(Language::En, vec![Deed::Made(music())], vec![assumed.clone()]),
        "I made 12.5 s of Lo-fi: 80 BPM, D minor, with electric piano, bass guitar and lo-fi drums. It lies at 35% under the \
         clip's own sound. It is as long as your clip, 12.5 s."
            .replace("bass guitar", &wording(Language::En).instrument("finger_bass"))
            .replace("lo-fi drums", &wording(Language::En).instrument("lofi_kit"))
    );
    let chinese = say(Language::Zh, vec![Deed::Made(music())], vec![assumed]);
    assert!(chinese.starts_with("已创作一段12.5秒的低保真：80 BPM，D小调，乐器有电钢琴、"), "{chinese}");
    assert!(chinese.ends_with("它以35%的音量衬在视频原声之下。时长与视频相同，为12.5秒。"), "{chinese}");
}

#[test]
fn a_refinement_names_its_change_and_a_take_its_seed() {
    let changed = vec![Change::Tempo { from: 80.0, to: 72.0 }, Change::Without { id: "drums".into() }];
    let refined = Made { way: Way::Refine, bpm: Some(72.0), instruments: vec!["piano".into()], changed, ..music() };
    assert_eq!(
        say(Language::En, vec![Deed::Made(refined)], vec![]),
        "I changed the music: 80 → 72 BPM and without drums. It is now 12.5 s of Lo-fi: 72 BPM, D minor, with piano."
    );
    let again = Made {
        way: Way::Another,
        seed: 8,
        instruments: vec!["piano".into()],
        changed: vec![Change::Seed { to: 8 }],
        ..music()
    };
    assert_eq!(
        say(Language::En, vec![Deed::Made(again)], vec![]),
        "Here is another take, seed 8: 12.5 s of Lo-fi, 80 BPM, D minor, with piano."
    );
}

#[test]
fn edits_are_told_with_what_was_before() {
    let dusk = Looks { text: "Dusk".into(), span: (Ms(2000), Ms(5500)), ..Looks::usual(Style::Title) };
    let dawn = Looks {
        text: "Dawn".into(),
        position: Position::Top,
        colour: Rgb([0xff, 0x3b, 0x30]),
        size: 120,
        backing: (Backing::Outline, Some(Rgb::BLACK)),
        ..dusk.clone()
    };
    let done = vec![
        Deed::Volume { target: Target::Music, from: 0.35, to: 0.2 },
        Deed::Volume { target: Target::OriginalSound, from: 1.0, to: 0.0 },
        Deed::Trimmed { target: Target::Picture, kept: (Ms(0), Ms(8000)), before: Ms(10_000) },
        Deed::Removed { target: Target::Title(None), name: Some("Golden Hour".into()) },
        Deed::Titled(Titled::Added(dusk.clone())),
        Deed::Titled(Titled::Changed(vec![Changed { before: dusk, after: dawn }])),
        Deed::Undone(3),
    ];
    assert_eq!(
        say(Language::En, done, vec![]),
        "I set the music to 20% (it was 35%). I muted the clip's own sound. I trimmed the clip to 0–8 s, which leaves 8 s (before: 10 s). \
         I removed the title \"Golden Hour\". I added the title \"Dusk\", 2–5.5 s. The title \"Dusk\": \"Dusk\" → \"Dawn\", \
         place middle → top, size 95 px (of 1080) → 120 px (of 1080), colour white → red, backing soft shadow → black \
         outline. I took back the last 3 changes."
    );
}

#[test]
fn contradictions_unknowns_and_impossibles_are_one_sentence_each() {
    let remarks = vec![
        Remark::Contradiction { aspect: Aspect::Tempo, words: "120".into(), field: "90".into() },
        Remark::UnknownGenre { asked: "gamelan".into(), used: "ambient".into() },
        Remark::Impossible { what: Impossible::Artist("Hans Zimmer".into()), instead: "cinematic".into() },
        Remark::Impossible { what: Impossible::Vocals, instead: "pop".into() },
        Remark::KeptOut { word: "sad".into() },
    ];
    assert_eq!(
        say(Language::En, vec![], remarks),
        "You asked for 120 BPM in the text and 90 BPM in the tempo field; I used 90 BPM. I do not know \"gamelan\" as a genre; \
         the nearest I have is Ambient, so I made that. I cannot make music in the sound of Hans Zimmer, so I made an original \
         Cinematic piece. I cannot make singing or lyrics, so this is an instrumental Pop. I kept it from being \"sad\"."
    );
}

#[test]
fn what_was_not_understood_is_quoted_with_what_can_be_done() {
    let report = Report {
        done: vec![Deed::Nothing { text: "bake me a cake".into(), why: Why::NotUnderstood }.into()],
        unused: vec!["crunchy".into(), "{bpm}".into()],
        asks: Some(Question::TitleText),
        ..Report::default()
    };
    let words = reply(&report);
    assert!(
        words.starts_with(
            "I did not understand \"bake me a cake\". I could not use \"crunchy\" and \"{bpm}\". I make original music"
        ),
        "{words}"
    );
    assert!(words.ends_with("What should the title say?"), "{words}");
}

#[test]
fn music_without_a_beat_has_no_tempo_in_its_reply() {
    let words = say(Language::En, vec![Deed::Made(Made { bpm: None, ..music() })], vec![]);
    assert!(words.contains("no beat") && !words.contains("BPM"), "{words}");
}

fn gaps(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(gap, _)| gap)).collect()
}

#[test]
fn both_languages_have_the_same_sentences_with_the_same_gaps() {
    let [en, zh] = LANGUAGES.map(wording);
    let groups = |wording: &'static Wording| {
        [
            &wording.made,
            &wording.changes,
            &wording.done,
            &wording.titles,
            &wording.why,
            &wording.asks,
            &wording.remarks,
            &wording.topics,
        ]
    };
    for (en, zh) in groups(en).into_iter().zip(groups(zh)) {
        assert_eq!(en.keys().collect::<Vec<_>>(), zh.keys().collect::<Vec<_>>());
        for (name, template) in en {
            assert_eq!(gaps(template), gaps(&zh[name]), "{name}");
        }
    }
}

#[test]
fn no_reply_speaks_of_a_screen() {
    for language in LANGUAGES {
        let wording = wording(language);
        let groups = [
            &wording.made,
            &wording.changes,
            &wording.done,
            &wording.why,
            &wording.asks,
            &wording.remarks,
            &wording.topics,
        ];
        for template in groups.into_iter().flat_map(|group| group.values()) {
            for word in [
                "click", "button", "panel", "drag", "screen", "tab ", "menu", "点击", "按钮", "面板", "拖", "界面",
                "窗口",
            ] {
                assert!(!template.to_lowercase().contains(word), "{template}");
            }
        }
    }
}

#[test]
fn every_remark_and_every_action_of_a_reading_has_words() {
    let clip = Context {
        has_picture: true,
        picture_ms: Some(10_000),
        length_ms: 10_000,
        default_seed: 1,
        ..Context::default()
    };
    for message in [
        "a crunchy polka track with vocals at 400 bpm in the style of Hans Zimmer, not too sad, 1 second\n[bedtrack: tempo_bpm=90; energy=loud; key=C]",
        "做一段甘美兰风格的音乐，要有人声，不要太悲伤",
        "cinematic trap",
        "music",
        "lo-fi at 80 bpm, no, 90 bpm\n[bedtrack: mood=sad; instruments=zzz]",
    ] {
        let reading = read(message, &clip);
        for remark in &reading.remarks {
            for language in LANGUAGES {
                let words = say(language, vec![], vec![remark.clone()]);
                assert!(!words.is_empty() && !words.contains('{'), "{remark:?}: {words}");
            }
        }
    }
}
