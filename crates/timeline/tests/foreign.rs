//! Drafts from elsewhere: whatever they say, reading and writing them changes nothing, and a change to one thing changes
//! nothing else.

use bedtrack_timeline::{Item as _, Timeline};
use bedtrack_wire::draft::Draft;
use bedtrack_wire::state::State;
use bedtrack_wire::time::Ms;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-20_000_i64..200_000).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e6..1.0e6).prop_map(|number: f64| json!(number)),
        "[a-z#0-9:. ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Values that make sense somewhere.
fn likely() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_i64..60_000).prop_map(Value::from),
        (0.0..4.0).prop_map(|number: f64| json!(number)),
        (0_i64..9_000).prop_map(|number| Value::from(number.to_string())),
        prop::sample::select(vec![
            "a", "m-1", "c1", "c2", "t1", "p3", "s0", "clip4", "title2", "music1", "caption", "bottom", "left", "box",
            " #ffd400", "outline", "pad", "in",
        ])
        .prop_map(Value::from),
        Just(json!({"kind": "crossfade", "ms": 300})),
    ]
}

const KEYS: [&str; 32] = [
    "name",
    "title",
    "text",
    "content",
    "id",
    "start",
    "st",
    "in",
    "speed",
    "volume",
    "fade_in",
    "fade_out",
    "duck",
    "picture_fade_in",
    "picture_fade_out",
    "transition",
    "camera",
    "fit",
    "style",
    "position",
    "align",
    "size",
    "color",
    "backing",
    "backing_color",
    "backing_opacity",
    "asset",
    "asset_id",
    "material_id",
    "url",
    "bedtrack_id",
    "else",
];

fn metadata() -> impl Strategy<Value = Value> {
    let value = prop_oneof![4 => likely(), 1 => any_json()];
    let known = prop::collection::vec((prop::sample::select(KEYS.to_vec()), value), 0..8);
    known.prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}

/// An object of optional parts and some that nobody knows.
fn object(parts: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let parts: Vec<_> = parts
        .into_iter()
        .map(|(key, value)| {
            prop_oneof![8 => value.prop_map(Some), 1 => any_json().prop_map(Some), 1 => Just(None)]
                .prop_map(move |value| (key, value))
        })
        .collect();
    let more = prop::collection::btree_map("x[a-z]{1,4}", any_json(), 0..2);
    (parts, more)
        .prop_map(|(parts, more)| {
            let mut object: Map<String, Value> =
                parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
            object.extend(more);
            Value::Object(object)
        })
        .boxed()
}

fn drafts() -> impl Strategy<Value = Value> {
    let length = prop_oneof![(0_i64..30_000).prop_map(Value::from), likely().boxed()].boxed();
    let segment = object(vec![("d", length), ("m", metadata().boxed())]);
    let segments = prop_oneof![9 => prop::collection::vec(prop_oneof![9 => segment, 1 => any_json()], 0..5).prop_map(Value::from), 1 => any_json()];
    let kind = prop::sample::select(vec![json!(0), json!(1), json!(7), json!(3), json!("1"), json!(0.0), json!([])]);
    let track = object(vec![("tt", kind.boxed()), ("sg", segments.boxed()), ("m", metadata().boxed())]);
    let tracks = prop::collection::vec(prop_oneof![9 => track, 1 => any_json()], 0..5).prop_map(Value::from);
    let given = prop_oneof![Just(json!({"t": 9, "c": "3"})), any_json()];
    prop_oneof![9 => object(vec![("t", tracks.boxed()), ("bedtrack_ids", given.boxed())]), 1 => any_json()]
}

fn state(draft: Value) -> State {
    let media = json!({"video_infos": [{"id": "a", "kind": "video", "d": 9000, "m": {"has_sound": true}}],
        "generated_media": [{"id": "m-1", "kind": "music", "d": 60_000}], "canvas_config": {"aspect": "9:16", "own": 1}});
    State { draft, ..State::read(&media) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_and_writing_a_draft_is_the_identity(draft in drafts(), canvas in any_json()) {
        let before = State { canvas_config: canvas, ..state(draft) };
        prop_assert_eq!(Timeline::of(before.clone()).into_state(), before);
    }

    #[test]
    fn a_typed_timeline_lies_where_the_wire_says_it_does(draft in drafts()) {
        let timeline = Timeline::of(state(draft.clone()));
        let wire = Draft::read(&draft);
        let spans = |tt: i64| -> Vec<(Ms, Ms)> {
            let placed = wire.t.iter().filter(|track| track.tt == tt).flat_map(|track| track.placed());
            placed.map(|placed| (Ms(placed.start), Ms(placed.end()))).collect()
        };
        prop_assert_eq!(timeline.clips().map(|clip| (clip.start, clip.end())).collect::<Vec<_>>(), spans(0));
        prop_assert_eq!(timeline.sounds().map(|sound| (sound.start, sound.end())).collect::<Vec<_>>(), spans(1));
        prop_assert_eq!(timeline.titles().map(|title| (title.start, title.end())).collect::<Vec<_>>(), spans(7));
        prop_assert_eq!(timeline.end(), Ms(wire.end()).max(Ms::ZERO));
    }

    #[test]
    fn every_thing_has_an_id_of_its_own_and_keeps_it(draft in drafts(), gone in 0_usize..6) {
        let mut timeline = Timeline::of(state(draft));
        let names = |timeline: &Timeline| -> Vec<String> {
            let clips = timeline.clips().map(|clip| clip.id.to_string());
            clips.chain(timeline.sounds().map(|sound| sound.id.to_string())).chain(timeline.titles().map(|title| title.id.to_string())).collect()
        };
        let before = names(&timeline);
        let mut unique = before.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), before.len());
        // A restart: what was changed is written with its ids, and read again.
        let Some(title) = timeline.titles_mut().nth(gone) else { return Ok(()) };
        let lost = title.id;
        timeline.remove_titles(&[lost]);
        timeline.settle();
        let mut again = Timeline::of(timeline.clone().into_state());
        let kept: Vec<String> = before.iter().filter(|name| **name != lost.to_string()).cloned().collect();
        prop_assert_eq!(names(&again), kept.clone());
        // What is new takes no name that was ever given.
        again.add_title(bedtrack_timeline::Title::of("new", Ms(0), Ms(1_000)));
        again.settle();
        let fresh: Vec<String> = names(&again).into_iter().filter(|name| !kept.contains(name)).collect();
        prop_assert!(fresh.len() == 1 && !before.contains(&fresh[0]), "{:?}", fresh);
    }

    #[test]
    fn a_change_of_one_value_changes_that_value_alone(draft in drafts(), nth in 0_usize..4, volume in 0.0..2.0) {
        let mut timeline = Timeline::of(state(draft.clone()));
        let Some(clip) = timeline.clips_mut().nth(nth) else { return Ok(()) };
        if clip.volume == Some(volume) { return Ok(()) }
        clip.volume = Some(volume);
        let after = timeline.into_state().draft;
        // Beside it stand the ids alone.
        fn plain(value: &Value) -> Value {
            match value {
                Value::Object(object) => {
                    let ids = |key: &str| matches!(key, "id" | "bedtrack_id" | "bedtrack_ids" | "volume");
                    Value::Object(object.iter().filter(|(key, _)| !ids(key)).map(|(key, value)| (key.clone(), plain(value))).collect())
                }
                Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
                value => value.clone(),
            }
        }
        prop_assert_ne!(&after, &draft);
        let (after, draft) = (plain(&after), plain(&draft));
        let segments = |draft: &Value| -> Vec<Value> {
            let tracks = draft["t"].as_array().cloned().unwrap_or_default();
            tracks.iter().flat_map(|track| track["sg"].as_array().cloned().unwrap_or_default()).map(|mut segment| {
                // Metadata that were none, or nothing, are an object where something was written into them.
                let odd = segment.get("m").is_none_or(|m| !m.is_object() || m.as_object().is_some_and(|m| m.is_empty()));
                if let Some(object) = segment.as_object_mut().filter(|_| odd) {
                    object.remove("m");
                }
                segment
            }).collect()
        };
        prop_assert_eq!(segments(&after), segments(&draft));
    }
}

#[test]
fn recorded_drafts_come_back_as_they_came() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/wire");
    let (mut found, mut with_tracks) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for event in
            text.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?.trim()).ok())
        {
            let mut inside = vec![&event];
            while let Some(value) = inside.pop() {
                if let Some(draft) = value.get("draft") {
                    let before = State { draft: draft.clone(), ..State::default() };
                    assert_eq!(Timeline::of(before.clone()).into_state(), before);
                    found += 1;
                    with_tracks += usize::from(!Timeline::of(before).tracks.is_empty());
                }
                match value {
                    Value::Object(object) => inside.extend(object.values()),
                    Value::Array(items) => inside.extend(items),
                    _ => {}
                }
            }
        }
    }
    assert!(found > 0 && with_tracks > 0, "{found} recorded drafts, {with_tracks} with tracks");
}
