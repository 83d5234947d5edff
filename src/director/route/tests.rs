//! The table, as `corpus.toml` states it.

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

#[test]
fn requests_route_as_the_corpus_says() {
    let (wrong, of) = wrong(include_str!("corpus.toml"));
    assert!(of >= 1_400, "{of} requests");
    assert!(wrong.is_empty(), "{} of {of} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn at_least_95_of_100_requests_in_other_words_route_as_meant() {
    for set in [
        include_str!("../../../tests/data/route/paraphrases_1.toml"),
        include_str!("../../../tests/data/route/paraphrases_2.toml"),
        include_str!("../../../tests/data/route/paraphrases_3.toml"),
        include_str!("../../../tests/data/route/paraphrases_4.toml"),
        include_str!("../../../tests/data/route/paraphrases_5.toml"),
        include_str!("../../../tests/data/route/paraphrases_6.toml"),
    ] {
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
    fn unknown_words_around_an_export_make_it_a_message(word in "[b-df-hj-np-tv-xz]{5,9}") {
        let request = format!("export {word} jingle");
        prop_assert_eq!(actions(&request, false), vec![Routed { action: Action::Message, text: request.clone() }]);
    }
}
