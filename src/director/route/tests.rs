//! The table, as `corpus.toml` states it.

use bedtrack_language::characters::in_simplified;
use bedtrack_language::testing::{in_traditional, traditional_forms};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Corpus {
    request: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    says: String,
    #[serde(default)]
    with_file: bool,
    gives: Vec<String>,
}

/// `export mp3 9:16 high`, `credits`, or `message: the words`.
fn shown(routed: &Routed, with_words: bool) -> String {
    match &routed.action {
        Action::Export(wish) => {
            [Some("export".to_owned()), wish.format.clone(), wish.aspect.clone(), wish.quality.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        }
        Action::Message if with_words => format!("message: {}", routed.text),
        other => other.name().to_owned(),
    }
}

/// The requests of a set that route otherwise, and how many requests there are.
fn wrong(set: &str) -> (Vec<String>, usize) {
    let corpus: Corpus = toml::from_str(set).unwrap();
    let mut wrong = Vec::new();
    for case in &corpus.request {
        let routed = actions(&case.says, case.with_file);
        let got: Vec<String> = routed
            .iter()
            .zip(case.gives.iter().map(String::as_str).chain(std::iter::repeat("")))
            .map(|(routed, expected)| shown(routed, expected.starts_with("message: ")))
            .collect();
        if got != case.gives {
            wrong.push(format!("{:?}\n   expected {:?}\n   got      {:?}", case.says, case.gives, got));
        }
    }
    (wrong, corpus.request.len())
}

const PARAPHRASES: [&str; 6] = [
    include_str!("../../../tests/data/route/paraphrases_1.toml"),
    include_str!("../../../tests/data/route/paraphrases_2.toml"),
    include_str!("../../../tests/data/route/paraphrases_3.toml"),
    include_str!("../../../tests/data/route/paraphrases_4.toml"),
    include_str!("../../../tests/data/route/paraphrases_5.toml"),
    include_str!("../../../tests/data/route/paraphrases_6.toml"),
];

/// Every request with Chinese in it, and whether a file comes with it.
fn chinese() -> Vec<Case> {
    let sets = [include_str!("corpus.toml")].into_iter().chain(PARAPHRASES);
    let cases = sets.flat_map(|set| toml::from_str::<Corpus>(set).unwrap().request);
    cases.filter(|case| case.says.contains(bedtrack_language::characters::is_han)).collect()
}

/// Whether a request in traditional characters routes as it does in simplified ones, each part in the user's own writing.
fn routes_the_same(case: &Case, traditional: &str) -> bool {
    let (simple, routed) = (actions(&case.says, case.with_file), actions(traditional, case.with_file));
    let written = |part: &Routed| part.text.chars().all(|c| traditional.contains(c) || c.is_whitespace());
    simple.len() == routed.len()
        && simple.iter().zip(&routed).all(|(simple, part)| {
            simple.action == part.action && in_simplified(&simple.text) == in_simplified(&part.text) && written(part)
        })
}

#[test]
fn every_chinese_request_routes_the_same_in_traditional_characters() {
    let cases = chinese();
    assert!(cases.len() >= 400, "{} requests", cases.len());
    for case in &cases {
        for traditional in traditional_forms(&case.says) {
            assert!(routes_the_same(case, &traditional), "{traditional}: {:?}", actions(&traditional, case.with_file));
        }
    }
}

#[test]
fn requests_route_as_the_corpus_says() {
    let (wrong, of) = wrong(include_str!("corpus.toml"));
    assert!(of >= 1_400, "{of} requests");
    assert!(wrong.is_empty(), "{} of {of} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn at_least_95_of_100_requests_in_other_words_route_as_meant() {
    for set in PARAPHRASES {
        let (wrong, of) = wrong(set);
        assert!(of >= 40, "{of} requests");
        assert!(wrong.len() * 20 <= of, "{} of {of} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn what_stands_in_quotes_is_never_an_action() {
    for words in ["export the video", "what's my balance", "status", "upload this", "把视频导出", "积分"] {
        for request in
            [format!("add a title \"{words}\""), format!("添加标题“{words}”"), format!("a title 'so, {words}, now'")]
        {
            let routed = actions(&request, false);
            assert_eq!(routed.len(), 1, "{request}");
            assert_eq!(routed[0].action, Action::Message, "{request}");
            assert_eq!(routed[0].text, request);
        }
    }
}

#[test]
fn a_quoted_text_of_any_length_is_no_order() {
    let long = "the waves roll in, don't they? then export it as gif; 导出视频，积分还剩多少。 ".repeat(60);
    for words in [long.as_str(), &"x".repeat(424), "then export it as gif", "'90s, export it"] {
        for (open, close) in
            [("\"", "\""), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("「", "」"), ("『", "』"), ("《", "》")]
        {
            let request = format!("add a title {open}{words}, then export it as gif{close} at the top");
            let message = Routed { action: Action::Message, text: request.clone() };
            assert_eq!(actions(&request, false), [message], "{open}{close}");
            let request = format!("add a title {open}{words}{close} in the dancers' colours, then export it as gif");
            let names: Vec<&str> = actions(&request, false).iter().map(|part| part.action.name()).collect();
            assert_eq!(names, ["message", "export"], "{request}");
        }
    }
}

#[test]
fn apostrophes_and_inches_hide_no_order() {
    for request in [
        "don't add '90s drums, then export it as gif and don't wait",
        "it’s a 12\" dub mix with ’80s synths, then export it as gif, it's the dancers' cut",
        "an unclosed \" mark, then export it as gif",
    ] {
        let names: Vec<&str> = actions(request, false).iter().map(|part| part.action.name()).collect();
        assert!(names.contains(&"export"), "{request}: {names:?}");
    }
}

#[test]
fn a_request_of_100_000_characters_is_one_message() {
    for piece in [
        "calm piano ",
        "make it louder, ",
        "把音乐变得更安静，",
        "海边的婚礼",
        "海.mp4",
        "\"",
        "export business and ",
        "a/b.c:d-",
    ] {
        let request: String = piece.repeat(100_000 / piece.chars().count() + 1).chars().take(100_000).collect();
        let routed = actions(&request, false);
        assert_eq!(routed.iter().filter(|part| part.action != Action::Message).count(), 0, "{piece}");
    }
}

#[test]
fn the_same_action_said_over_and_over_is_one() {
    let routed = actions(&"export it. ".repeat(9_000), false);
    assert_eq!(routed.len(), 1);
}

proptest! {
    #[test]
    fn any_text_routes_without_panic_and_loses_no_message(text in "\\PC{0,200}", files: bool) {
        let routed = actions(&text, files);
        prop_assert_eq!(routed.is_empty(), text.trim().is_empty() && !files);
        for part in &routed {
            prop_assert!(part.text.len() <= text.len() + 1);
        }
    }

    #[test]
    fn whichever_traditional_characters_stand_in_a_request_it_routes_the_same(which: prop::sample::Index, pick: u64) {
        let cases = chinese();
        let case = which.get(&cases);
        let mut rest = pick;
        let traditional = in_traditional(&case.says, |forms| {
            rest = rest.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (rest >> 33) as usize % forms
        });
        prop_assert!(routes_the_same(case, &traditional), "{}", traditional);
    }

    #[test]
    fn unknown_words_around_an_export_make_it_a_message(word in "[b-df-hj-np-tv-xz]{5,9}") {
        let request = format!("export {word} jingle");
        prop_assert_eq!(actions(&request, false), vec![Routed { action: Action::Message, text: request.clone() }]);
    }
}
