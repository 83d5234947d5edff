use super::super::lexicon;
use super::*;
use bedtrack_compose::key::{Key, Mode};

fn keys(message: &str) -> Vec<u8> {
    let found = find(message, lexicon(), false);
    found.wishes.melody.map(|melody| melody.notes.iter().map(|note| note.key).collect()).unwrap_or_default()
}

#[test]
fn note_names_are_a_melody_and_words_are_not() {
    assert_eq!(keys("pop with C4 E4 G4"), [60, 64, 67]);
    assert_eq!(keys("use Bb3, F#4, A4-C5"), [58, 66, 69, 72]);
    assert_eq!(keys("melody: C D E C"), [60, 62, 64, 60]);
    for words in
        ["A B test of a C major piece", "make a D minor track", "give me an A", "version B2", "in the key of C"]
    {
        assert!(keys(words).is_empty(), "{words}");
    }
}

#[test]
fn abc_knows_key_signatures_lengths_octaves_and_bars() {
    // A keeps F sharp in D, an accidental lasts for its bar.
    let find = |text: &str| abc::find(text).unwrap().0;
    let tune = find("X:1\nM:4/4\nL:1/4\nK:D\nD F2 A | =F F d, | F z c'");
    assert_eq!(tune.key, Key { tonic: 2, mode: Mode::Major });
    let played: Vec<(u8, f64)> = tune.notes.iter().map(|note| (note.key, note.length)).collect();
    assert_eq!(played, [(62, 1.0), (66, 2.0), (69, 1.0), (65, 1.0), (65, 1.0), (62, 1.0), (66, 1.0), (85, 1.0)]);
    let flats = find("K:Bb\nB e/2 d/2 c>B (3ABc");
    let lengths: Vec<f64> = flats.notes.iter().map(|note| note.length).collect();
    assert_eq!(flats.notes.iter().map(|n| n.key).collect::<Vec<_>>(), [70, 75, 74, 72, 70, 69, 70, 72]);
    assert_eq!(lengths[..5], [0.5, 0.25, 0.25, 0.75, 0.25]);
    let minor = find("K:Am\nABc");
    assert_eq!(minor.key, Key { tonic: 9, mode: Mode::Minor });
    assert!(abc::find("OK: let's make a track").is_none());
}

#[test]
fn what_is_said_about_the_score_is_blanked_and_the_rest_stays() {
    let found = find("make it darker and build up at 0:20", lexicon(), false);
    assert_eq!(found.wishes.revisions, [Revision::Build { at: 20.0, until: None }]);
    let rest = found.rest.unwrap();
    assert!(rest.starts_with("make it darker"), "{rest}");
    assert_eq!(rest.len(), "make it darker and build up at 0:20".len());
    assert!(find("calm piano, 20 seconds", lexicon(), false).rest.is_none());
}

#[test]
fn places_from_the_end_are_counted_when_the_length_is_known() {
    let found = find("softer in the last 5 seconds", lexicon(), false);
    assert_eq!(found.wishes.resolved(60.0), [Revision::Level { from: 55.0, to: 60.0, by: -1.0 }]);
    let found = find("quieter after 0:30", lexicon(), false);
    assert_eq!(found.wishes.resolved(45.0), [Revision::Level { from: 30.0, to: 45.0, by: -1.0 }]);
}

#[test]
fn lengths_titles_and_levels_of_the_timeline_are_no_moments() {
    for message in [
        "quiet piano for 30 seconds",
        "add the title \"Drop\" at 0:20",
        "trim to 0:20",
        "fade out at 0:50",
        "music at 20%",
        "soft lo-fi, 1:30",
        "drop the drums",
    ] {
        assert!(find(message, lexicon(), false).wishes.is_empty(), "{message}");
    }
}
