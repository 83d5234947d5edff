use bedtrack_language::characters::{in_simplified, is_han};
use bedtrack_language::testing::{in_traditional, traditional_forms};
use proptest::prelude::*;

use super::*;

#[derive(serde::Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    keep: String,
    offers: Vec<String>,
}

fn word(offer: &Offer) -> String {
    match offer {
        Offer::Export => "export".to_owned(),
        Offer::ShowTimeline => "show".to_owned(),
        Offer::ReadCredits => "credits".to_owned(),
        Offer::Upload => "upload".to_owned(),
        Offer::SendEdit(text) => format!("edit: {text}"),
    }
}

/// The cases of a set that are read otherwise, and how many cases there are.
fn wrong(set: &str) -> (Vec<String>, usize) {
    let corpus: Corpus = toml::from_str(set).unwrap();
    let mut wrong = Vec::new();
    for case in &corpus.case {
        let translated = translate(&case.text);
        let offers: Vec<String> = translated.offers.iter().map(word).collect();
        if translated.text != case.keep || offers != case.offers {
            wrong.push(format!(
                "{}\n  gave {:?} {offers:?}\n  not  {:?} {:?}",
                case.text, translated.text, case.keep, case.offers
            ));
        }
    }
    (wrong, corpus.case.len())
}

const PARAPHRASES: [&str; 3] = [
    include_str!("../../../tests/data/translate/paraphrases_1.toml"),
    include_str!("../../../tests/data/translate/paraphrases_2.toml"),
    include_str!("../../../tests/data/translate/paraphrases_3.toml"),
];

/// Every reply with Chinese in it.
fn chinese() -> Vec<String> {
    let sets = [include_str!("corpus.toml")].into_iter().chain(PARAPHRASES);
    let cases = sets.flat_map(|set| toml::from_str::<Corpus>(set).unwrap().case);
    cases.map(|case| case.text).filter(|text| text.contains(is_han)).collect()
}

/// Whether a reply in traditional characters is read as it is in simplified ones, with its own writing kept.
fn reads_the_same(text: &str, traditional: &str) -> bool {
    let (simple, other) = (translate(text), translate(traditional));
    let offers =
        |translated: &Translated| translated.offers.iter().map(|offer| in_simplified(&word(offer))).collect::<Vec<_>>();
    in_simplified(&simple.text) == in_simplified(&other.text)
        && offers(&simple) == offers(&other)
        && other.text.chars().all(|c| traditional.contains(c) || !is_han(c))
}

#[test]
fn every_chinese_reply_reads_the_same_in_traditional_characters() {
    let texts = chinese();
    assert!(texts.len() >= 60, "{} replies", texts.len());
    for text in &texts {
        for traditional in traditional_forms(text) {
            assert!(reads_the_same(text, &traditional), "{traditional}: {:?}", translate(&traditional));
        }
    }
}

#[test]
fn a_long_quotation_is_kept_whole() {
    let lyrics = "click Export and drag the clip, ".repeat(20);
    let text = format!("I added a title “{lyrics}” in white.");
    assert_eq!(translate(&text), Translated { text: text.clone(), offers: Vec::new() });
}

#[test]
fn the_corpus_reads_as_it_is_to_be_read() {
    let (wrong, of) = wrong(include_str!("corpus.toml"));
    assert!(of >= 100);
    assert!(wrong.is_empty(), "{} of {of} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn at_least_95_of_100_sentences_in_other_words_are_read_as_meant() {
    for set in PARAPHRASES {
        let (wrong, of) = wrong(set);
        assert!(of >= 40);
        assert!(wrong.len() * 20 <= of, "{} of {of} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn control_characters_and_escape_sequences_are_stripped() {
    assert_eq!(translate("Done\u{1b}[31m!\u{7}\r\nNext\u{202e}line\u{0}.").text, "Done!\nNextline.");
}

#[test]
fn a_reply_is_capped_with_a_note_in_its_language() {
    let long = "The piano is soft. ".repeat(3_000);
    let translated = translate(&long);
    assert!(translated.text.chars().count() <= MOST_CHARS);
    assert!(translated.text.ends_with("the rest was left out.)"), "{}", &translated.text[translated.text.len() - 80..]);
    assert!(translate(&"钢琴很柔和。".repeat(9_000)).text.ends_with("其余部分已省略。）"));
    assert_eq!(capped("short"), "short");
    assert!(capped(&long).chars().count() <= MOST_CHARS);
}

proptest! {
    #[test]
    fn any_text_is_translated_without_a_fall(text in "(\\PC|[\\n.,:()\"'“”。，]|Click |Export |drag |点击|导出|请){0,60}") {
        let translated = translate(&text);
        prop_assert!(translated.text.chars().count() <= MOST_CHARS);
        // Nothing is added but a full stop or a capital letter.
        prop_assert!(translated.text.chars().count() <= text.chars().count() + 2);
    }

    #[test]
    fn whichever_traditional_characters_stand_in_a_reply_it_reads_the_same(which: prop::sample::Index, pick: u64) {
        let texts = chinese();
        let text = which.get(&texts);
        let mut rest = pick;
        let traditional = in_traditional(text, |forms| {
            rest = rest.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (rest >> 33) as usize % forms
        });
        prop_assert!(reads_the_same(text, &traditional), "{}", traditional);
    }

    #[test]
    fn text_without_instructions_stays_as_it_is(words in prop::collection::vec("[a-z]{2,9}", 1..40)) {
        let text = format!("I made {}.", words.join(" "));
        prop_assume!(translate(&text).offers.is_empty());
        prop_assert_eq!(translate(&text).text, text);
    }
}
