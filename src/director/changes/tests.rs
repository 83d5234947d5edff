use proptest::prelude::*;
use serde_json::{Value, json};

use super::{between, piece};
use crate::director::timeline::Names;
use bedtrack_wire::state::State;

fn state(body: Value) -> State {
    State::read(&json!({ "state": body }))
}

fn draft(tracks: Value) -> State {
    state(json!({"draft": {"t": tracks}}))
}

fn changes(before: Value, after: Value) -> Vec<String> {
    between(&draft(before), &draft(after))
}

#[test]
fn additions_removals_and_edits_read_as_the_api_page_has_them() {
    let video = |d: i64| json!({"tt": 0, "sg": [{"d": d, "m": {"name": "city timelapse"}}]});
    let music = |volume: f64| json!({"tt": 1, "sg": [{"d": 10_000, "m": {"name": "Lo-fi", "volume": volume}}]});
    let title = |text: &str, start: i64| json!({"tt": 7, "sg": [{"d": 3000, "m": {"text": text, "start": start}}]});
    for (before, after, said) in [
        (json!([video(10_000)]), json!([video(10_000), title("Golden Hour", 0)]), "Title added: \"Golden Hour\", 0-3s"),
        (json!([video(10_000)]), json!([video(10_000), music(0.35)]), "Music added: Lo-fi, 0-10s, 35%"),
        (json!([]), json!([video(10_000)]), "Video added: city timelapse, 0-10s"),
        (json!([video(9), title("Golden Hour", 0)]), json!([video(9)]), "Title removed: \"Golden Hour\""),
        (json!([video(10_000)]), json!([video(8_000)]), "Trimmed city timelapse: 0-10s → 0-8s"),
        (json!([video(8_000)]), json!([video(10_000)]), "Extended city timelapse: 0-8s → 0-10s"),
        (json!([title("Golden Hour", 0)]), json!([title("Golden Hour", 2000)]), "Moved \"Golden Hour\": 0-3s → 2-5s"),
        (json!([music(0.35)]), json!([music(0.2)]), "Volume of Lo-fi: 35% → 20%"),
        (json!([music(0.35)]), json!([music(0.352)]), "Volume of Lo-fi: 35% → 35.2%"),
        (json!([title("Golden Hour", 0)]), json!([title("Dusk", 0)]), "Title text: \"Golden Hour\" → \"Dusk\""),
        (json!([video(10_000)]), json!([video(9_980)]), "Trimmed city timelapse: 0-10s → 0-9.98s"),
    ] {
        assert_eq!(changes(before.clone(), after.clone()), [said], "{before} {after}");
    }
}

#[test]
fn other_edits_are_told_in_the_same_manner() {
    let clip = |m: Value| json!([{"tt": 0, "sg": [{"d": 4000, "m": m}]}]);
    for (before, after, said) in [
        (json!({"id": "s", "name": "a", "asset": "1"}), json!({"id": "s", "name": "b", "asset": "1"}), "Renamed a → b"),
        (
            json!({"id": "s", "name": "a", "asset": "1"}),
            json!({"id": "s", "name": "b", "asset": "2"}),
            "Replaced a with b",
        ),
        (json!({"name": "a"}), json!({"name": "a", "speed": 2.0}), "Speed of a: 1x → 2x"),
        (json!({"name": "a", "fade_out": 500}), json!({"name": "a", "fade_out": 2000}), "Fade-out of a: 0.5s → 2s"),
        (json!({"name": "a", "in": 0}), json!({"name": "a", "in": 1500}), "Source start of a: 0s → 1.5s"),
        (json!({"name": "a"}), json!({"name": "a", "filter": "warm"}), "Filter of a: none → warm"),
        (json!({"name": "a", "duck": true}), json!({"name": "a", "duck": false}), "Duck of a: on → off"),
        (json!({"name": "a", "crop": {"x": 1}}), json!({"name": "a", "crop": {"x": 2}}), "Crop of a changed"),
        (json!({"name": "a"}), json!({"name": "a", "volume": 0.5}), "Volume of a: unset → 50%"),
    ] {
        assert_eq!(changes(clip(before.clone()), clip(after.clone())), [said], "{before} {after}");
    }
}

#[test]
fn media_and_canvas_are_told() {
    let before = state(json!({"draft": {"t": []}, "canvas_config": {"width": 1920, "height": 1080}}));
    let after = state(json!({
        "draft": {"t": []},
        "canvas_config": {"width": 1080, "height": 1920, "background": "blur"},
        "video_infos": [{"id": "v", "name": "beach-day.mp4", "kind": "video", "d": 12_000}],
        "generated_media": [{"id": "g", "name": "Lo-fi", "kind": "music", "d": 12_040}]
    }));
    assert_eq!(
        between(&before, &after),
        [
            "Canvas: 1920x1080 → 1080x1920",
            "Canvas background: none → blur",
            "Clip uploaded: beach day, 12s",
            "Track made: Lo-fi, 12s"
        ]
    );
    assert_eq!(between(&after, &before).last().map(String::as_str), Some("Track removed: Lo-fi"));
}

#[test]
fn a_medium_that_came_onto_the_timeline_is_told_once() {
    let after = state(json!({
        "draft": {"t": [{"tt": 1, "sg": [{"d": 12_000, "m": {"name": "Lo-fi", "volume": 1.0}}]}]},
        "generated_media": [{"id": "g", "name": "Lo-fi", "kind": "music"}, {"id": "h", "name": "Jazz", "kind": "music"}]
    }));
    assert_eq!(between(&State::default(), &after), ["Music added: Lo-fi, 0-12s, 100%", "Track made: Jazz"]);
}

#[test]
fn media_that_share_a_key_or_change_in_themselves_are_told() {
    let with = |infos: Value| state(json!({"draft": null, "video_infos": infos}));
    let clip = |d: i64| json!({"id": "v", "name": "beach.mp4", "kind": "video", "d": d, "updated_at": d});
    for (before, after, said) in [
        (json!([clip(1000)]), json!([clip(1000), clip(1000)]), Some("Clip uploaded: beach, 1s")),
        (json!([{}]), json!([{}, {}]), Some("Medium uploaded: untitled")),
        (json!([clip(1000), clip(1000)]), json!([clip(1000)]), Some("Clip removed: beach")),
        (json!([clip(1000)]), json!([clip(2000)]), Some("Clip updated: beach, 2s")),
        (json!([{"id": "v", "rev": 1}]), json!([{"id": "v", "rev": 2}]), None),
    ] {
        let told = between(&with(before.clone()), &with(after.clone()));
        assert_eq!(told, said.into_iter().collect::<Vec<_>>(), "{before} {after}");
    }
}

#[test]
fn bookkeeping_alone_is_no_change_but_a_hidden_edit_is() {
    let with = |draft: Value| state(json!({"draft": draft, "poll_after_ms": 5}));
    let before = with(json!({"t": [], "version": 1, "updated_at": 1, "look": {"lut": "a", "rev": 1}}));
    assert!(
        between(&before, &with(json!({"t": [], "version": 2, "updated_at": 2, "look": {"lut": "a", "rev": 2}})))
            .is_empty()
    );
    assert_eq!(
        between(&before, &with(json!({"t": [], "version": 2, "look": {"lut": "b"}}))),
        ["Details of the timeline changed"]
    );
}

#[test]
fn one_of_many_like_segments_that_goes_is_told_as_that_one() {
    let clips = |starts: &[i64]| {
        let sg: Vec<Value> =
            starts.iter().map(|s| json!({"d": 1000, "m": {"asset": "c", "name": "clip", "start": s}})).collect();
        json!([{"tt": 0, "sg": sg}])
    };
    assert_eq!(changes(clips(&[0, 1000, 2000, 3000]), clips(&[0, 2000, 3000])), ["Video removed: clip"]);
}

#[test]
fn a_segment_that_changes_tracks_is_told() {
    let on = |first: &[&str], second: &[&str]| {
        let track = |names: &[&str]| json!({"tt": 0, "sg": names.iter().enumerate().map(|(i, n)| json!({"d": 1000, "m": {"name": n, "start": i * 1000}})).collect::<Vec<_>>()});
        json!([track(first), track(second)])
    };
    assert_eq!(changes(on(&["a", "b"], &["x"]), on(&["a"], &["x", "b"])), ["Moved b to track 2"]);
}

#[test]
fn a_ripple_is_one_change_and_long_lists_are_counted() {
    let clips = |count: i64, from: i64| {
        let sg: Vec<Value> =
            (0..count).map(|i| json!({"d": 1000, "m": {"name": format!("c{i}"), "start": from + i * 1000}})).collect();
        json!([{"tt": 0, "sg": sg}])
    };
    assert_eq!(changes(clips(3000, 0), clips(3000, 2000)), ["Moved c0 +2999 more: 2s later"]);
    assert_eq!(changes(json!([]), clips(3000, 0)), ["Video added: c0 +2999 more, 0-3000s"]);
    let sound = |by: f64| {
        let volume = |i: i32| f64::from(i) / 100.0 + by;
        let sg: Vec<Value> =
            (0..40).map(|i| json!({"d": 1000, "m": {"name": format!("c{i}"), "volume": volume(i)}})).collect();
        json!([{"tt": 1, "sg": sg}])
    };
    let said = changes(sound(0.2), sound(0.4));
    assert_eq!(
        (said.len(), said[0].as_str(), said[10].as_str()),
        (11, "Volume of c0: 20% → 40%", "and 30 more changes")
    );
    let level = |v: f64| json!([{"tt": 1, "sg": (0..40).map(|i| json!({"d": 9, "m": {"name": format!("c{i}"), "volume": v}})).collect::<Vec<_>>()}]);
    assert_eq!(changes(level(0.2), level(0.4)), ["Volume of c0 +39 more: 20% → 40%"]);
}

/// A segment of a random draft: name, duration, start, volume, text.
fn segment(tt: i64, seed: (u16, u16, u16, u8)) -> Value {
    let (name, d, start, volume) = seed;
    let mut m = json!({"name": format!("n{}", name % 7), "start": start, "volume": f64::from(volume) / 100.0});
    if tt == 7 {
        m["text"] = json!(format!("t{}", name % 5));
    }
    json!({"d": d, "m": m})
}

fn random_draft() -> impl Strategy<Value = Value> {
    let seeds = prop::collection::vec(any::<(u16, u16, u16, u8)>(), 1..6);
    prop::collection::vec((prop::sample::select(vec![0_i64, 1, 7, 3]), seeds), 1..4).prop_map(|tracks| {
        let tracks: Vec<Value> = tracks
            .into_iter()
            .map(|(tt, seeds)| json!({"tt": tt, "sg": seeds.into_iter().map(|seed| segment(tt, seed)).collect::<Vec<_>>()}))
            .collect();
        json!(tracks)
    })
}

/// Applies one edit to some segment; gives words that a truthful description of it must have.
fn edit(tracks: &mut Value, which: u8, at: u16, by: u16) -> Option<&'static str> {
    let count = tracks.as_array()?.len();
    let track = tracks.get_mut(usize::from(at) % count)?;
    let tt = track["tt"].as_i64()?;
    let list = track["sg"].as_array_mut()?;
    let index = usize::from(at / 7) % list.len().max(1);
    let by = i64::from(by % 900) + 1;
    match which % 6 {
        0 => {
            list.push(json!({"d": 777, "m": {"name": "fresh", "text": "fresh", "start": 70_000}}));
            Some("added")
        }
        1 if !list.is_empty() => {
            list.remove(index);
            Some("removed")
        }
        2 => {
            let segment = list.get_mut(index)?;
            segment["d"] = json!(segment["d"].as_i64()? + by);
            Some("Extended")
        }
        3 => {
            let segment = list.get_mut(index)?;
            segment["m"]["start"] = json!(segment["m"]["start"].as_i64()? + by);
            Some("Moved")
        }
        4 => {
            let segment = list.get_mut(index)?;
            segment["m"]["volume"] = json!(segment["m"]["volume"].as_f64()? + 0.5);
            Some("Volume of")
        }
        5 if tt == 7 => {
            list.get_mut(index)?["m"]["text"] = json!("rewritten");
            Some("Title text")
        }
        _ => None,
    }
}

/// What a state holds, in the words of the sentences: label and span of every segment, and its volume.
fn facts(tracks: &Value) -> Vec<(String, String, Option<String>)> {
    let state = state(json!({"draft": {"t": tracks}}));
    let (draft, names) = (state.timeline(), Names::new(&state));
    let pieces = piece::pieces(&draft, &names);
    let fact = |piece: &piece::Piece<'_>| {
        let volume = piece.segment.volume().map(crate::director::timeline::whole_percent);
        (piece.label.clone(), crate::director::timeline::span(piece.start, piece.end), volume)
    };
    pieces.iter().map(fact).collect()
}

/// Whether a sentence holds of the two drafts, as far as it says something that can be looked up.
fn holds(sentence: &str, before: &Value, after: &Value) -> bool {
    let (old, new) = (facts(before), facts(after));
    let has = |facts: &[(String, String, Option<String>)], label: &str, span: &str| {
        facts.iter().any(|(name, place, _)| name == label && place == span)
    };
    let count = |facts: &[(String, String, Option<String>)], label: &str| {
        facts.iter().filter(|(name, ..)| name == label).count()
    };
    // What is told of several at once, and to finer times than tenths, is not looked up.
    if sentence.contains(" more") {
        return true;
    }
    if let Some((_, what)) = sentence.split_once(" added: ") {
        let (label, span) = what.split_once(", ").unwrap_or((what, ""));
        return has(&new, label, span.split(", ").next().unwrap_or_default());
    }
    if let Some((_, label)) = sentence.split_once(" removed: ") {
        return count(&old, label) > 0;
    }
    if let Some((what, spans)) = ["Moved ", "Trimmed ", "Extended ", "Re-timed "]
        .iter()
        .find_map(|verb| sentence.strip_prefix(verb)?.split_once(": "))
        && let Some((was, is)) = spans.split_once(" → ")
    {
        let tenths = |span: &str| span.split(['-', 's']).all(|n| n.split_once('.').is_none_or(|(_, d)| d.len() == 1));
        return !tenths(was) || !tenths(is) || has(&new, what, is) && old.iter().any(|(_, place, _)| place == was);
    }
    if let Some((label, values)) = sentence.strip_prefix("Volume of ").and_then(|rest| rest.split_once(": "))
        && let Some((_, is)) = values.split_once(" → ")
    {
        return is.contains('.') || new.iter().any(|(name, _, volume)| name == label && volume.as_deref() == Some(is));
    }
    if let Some((was, is)) = sentence.strip_prefix("Title text: ").and_then(|texts| texts.split_once(" → ")) {
        return count(&old, was) > 0 && count(&new, is) > 0;
    }
    true
}

proptest! {
    #[test]
    fn whatever_is_told_of_random_edits_holds_of_the_drafts(edits in prop::collection::vec(any::<(u8, u16, u16)>(), 1..12), before in random_draft()) {
        let mut after = before.clone();
        for (which, at, by) in edits {
            edit(&mut after, which, at, by);
        }
        for sentence in changes(before.clone(), after.clone()) {
            prop_assert!(holds(&sentence, &before, &after), "{} of {} {}", sentence, before, after);
        }
    }

    #[test]
    fn one_edit_on_distinct_segments_gives_exactly_its_sentence(which: u8, at: u16, by: u16, seeds in random_draft()) {
        // Ids make it certain which segment is which.
        let mut before = seeds;
        let mut id = 0;
        for track in before.as_array_mut().unwrap() {
            for segment in track["sg"].as_array_mut().unwrap() {
                segment["m"]["id"] = json!(format!("s{id}"));
                id += 1;
            }
        }
        let mut after = before.clone();
        if let Some(word) = edit(&mut after, which, at, by) {
            let said = changes(before, after);
            prop_assert_eq!(said.len(), 1, "{:?}", said);
            prop_assert!(said[0].contains(word), "{:?} for {}", said, word);
        }
    }

    #[test]
    fn any_edits_give_something_and_none_gives_nothing(edits in prop::collection::vec(any::<(u8, u16, u16)>(), 1..30), before in random_draft()) {
        prop_assert!(changes(before.clone(), before.clone()).is_empty());
        let mut after = before.clone();
        for (which, at, by) in edits {
            edit(&mut after, which, at, by);
        }
        let said = changes(before.clone(), after.clone());
        // Two tracks or segments that changed places look as before and are no edit of these.
        prop_assert_eq!(said.is_empty(), before == after, "{:?}", said);
        prop_assert!(said.len() <= 11);
        prop_assert!(said.iter().all(|sentence| !sentence.contains(char::is_control)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_large_draft_is_told_in_ten_sentences_and_a_count(edits in prop::collection::vec(any::<(u16, u8)>(), 40..80)) {
        let clip = |n: usize| json!({"d": 1000, "m": {"id": format!("s{n}"), "name": format!("c{n}"), "start": n * 1000, "volume": 0.5}});
        let before = json!([{"tt": 1, "sg": (0..600).map(clip).collect::<Vec<_>>()}]);
        let mut after = before.clone();
        let mut touched = std::collections::BTreeSet::new();
        for (at, by) in edits {
            let at = usize::from(at) % 600;
            touched.insert(at);
            after[0]["sg"][at]["m"]["volume"] = json!(0.51 + f64::from(by) / 1000.0 + at as f64 / 1e7);
        }
        let said = changes(before, after);
        prop_assert_eq!(said.len(), 11, "{:?}", said);
        prop_assert!(said[..10].iter().all(|sentence| sentence.starts_with("Volume of ")));
        let counted: usize = said.iter().map(|sentence| match sentence.split_once(" more") {
            Some((head, _)) if head.starts_with("and ") => head.trim_start_matches("and ").parse().unwrap(),
            Some((head, _)) => 1 + head.rsplit('+').next().unwrap().parse::<usize>().unwrap(),
            None => 1,
        }).sum();
        // Like changes are told together, so what is counted may stand for more, never for less.
        prop_assert!(counted <= touched.len() && counted > 10, "{} of {}", counted, touched.len());
    }
}
