use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use bedtrack_wire::event::ContentPart;

const RECORDED: [(&str, &[u8]); 6] = [
    ("error-first", include_bytes!("../../tests/data/wire/error-first.sse")),
    ("gui", include_bytes!("../../tests/data/wire/gui.sse")),
    ("partial", include_bytes!("../../tests/data/wire/partial.sse")),
    ("silent", include_bytes!("../../tests/data/wire/silent.sse")),
    ("trailing-error", include_bytes!("../../tests/data/wire/trailing-error.sse")),
    ("two-stage", include_bytes!("../../tests/data/wire/two-stage.sse")),
];

fn items(pieces: &[&[u8]]) -> Vec<TurnItem> {
    let mut reader = EventReader::default();
    let mut items = Vec::new();
    for piece in pieces {
        reader.push(piece);
        items.extend(std::iter::from_fn(|| reader.item()));
    }
    reader.finish();
    items.extend(std::iter::from_fn(|| reader.item()));
    items
}

fn events(values: &[Value]) -> Vec<TurnItem> {
    let bytes: String = values.iter().map(|value| format!("data: {value}\n\n")).collect();
    items(&[bytes.as_bytes()])
}

fn texts(items: &[TurnItem]) -> Vec<String> {
    let parts = items.iter().flat_map(|item| match item {
        TurnItem::Content(content) => content.parts.as_slice(),
        _ => &[],
    });
    parts.filter_map(|part| if let ContentPart::Text(text) = part { Some(text.clone()) } else { None }).collect()
}

#[test]
fn recorded_streams_split_at_every_byte_give_the_same_events() {
    for (name, recorded) in RECORDED {
        let whole = items(&[recorded]);
        assert!(!whole.is_empty(), "{name}");
        for at in 0..=recorded.len() {
            assert_eq!(items(&[&recorded[..at], &recorded[at..]]), whole, "{name} split at {at}");
        }
        let bytes: Vec<&[u8]> = recorded.chunks(1).collect();
        assert_eq!(items(&bytes), whole, "{name} byte by byte");
    }
}

#[test]
fn recorded_streams_with_every_line_ending_give_the_same_events() {
    for (name, recorded) in RECORDED {
        let text = String::from_utf8(recorded.to_vec()).unwrap();
        for ending in ["\r\n", "\r"] {
            let other = text.replace('\n', ending);
            assert_eq!(items(&[other.as_bytes()]), items(&[recorded]), "{name} with {ending:?}");
            let bytes: Vec<&[u8]> = other.as_bytes().chunks(1).collect();
            assert_eq!(items(&bytes), items(&[recorded]), "{name} with {ending:?}, byte by byte");
        }
    }
}

#[test]
fn recorded_streams_cut_anywhere_give_a_beginning_of_their_events() {
    for (name, recorded) in RECORDED {
        let whole = items(&[recorded]);
        for at in 0..recorded.len() {
            let mut reader = EventReader::default();
            reader.push(&recorded[..at]);
            // A cut ends nothing: half an event is none.
            let read: Vec<TurnItem> = std::iter::from_fn(|| reader.item()).collect();
            assert_eq!(read, whole[..read.len()], "{name} cut at {at}");
        }
    }
}

#[test]
fn every_kind_of_heartbeat_is_one() {
    for beat in [
        "event: heartbeat\n\n",
        "event: heartbeat\ndata: {\"t\":1}\n\n",
        "data: heartbeat\n\n",
        "data: HEARTBEAT\n\n",
        "data: {\"type\":\"heartbeat\"}\n\n",
        "data:\n\n",
        "data: \n\n",
        ": ping - 2026-11-21\n\n",
        ":\n\n",
        "data: {\"type\":\"ping\"}\n\n",
        "data: {}\n\n",
    ] {
        assert_eq!(items(&[beat.as_bytes()]), [TurnItem::Heartbeat], "{beat:?}");
    }
}

#[test]
fn an_error_event_is_a_fault_in_each_of_its_forms() {
    for (event, words) in [
        (json!({"error": "boom", "error_details": {"error_type": "X", "error_message": "y"}}), "boom"),
        (json!({"errorCode": "RESOURCE_EXHAUSTED", "errorMessage": "try later", "author": "a"}), "try later"),
        (json!({"error_code": "SAFETY", "invocationId": "e"}), "SAFETY"),
        (json!({"errorCode": "SAFETY", "errorMessage": ""}), "SAFETY"),
        (json!({"errorCode": 500, "errorMessage": null}), "500"),
        (json!({"error": {"code": 8, "message": "quota"}}), "quota"),
        (json!({"error": "", "error_details": {"error_message": "why"}}), "why"),
    ] {
        assert_eq!(events(std::slice::from_ref(&event)), [TurnItem::Fault(words.into())], "{event}");
    }
    assert_eq!(items(&[b"event: error\ndata: worker lost\n\n"]), [TurnItem::Fault("worker lost".into())]);
}

#[test]
fn what_an_error_event_says_beside_its_error_comes_first() {
    let event = json!({"content": {"parts": [{"text": "Half of it is done."}]}, "errorCode": "MAX_TOKENS"});
    let read = events(&[event]);
    assert_eq!(texts(&read), ["Half of it is done."]);
    assert_eq!(read[1], TurnItem::Fault("MAX_TOKENS".into()));
}

#[test]
fn empty_error_fields_and_a_normal_stop_are_no_faults() {
    for fields in [
        json!({"error": null, "errorCode": null, "errorMessage": null}),
        json!({"error": "", "errorMessage": ""}),
        json!({"error": false, "error_details": {}}),
        json!({"errorCode": "STOP"}),
    ] {
        let mut event = json!({"content": {"parts": [{"text": "ok"}]}, "author": "a"});
        event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(texts(&events(std::slice::from_ref(&event))), ["ok"], "{event}");
        assert_eq!(events(&[event]).len(), 1, "{fields}");
    }
}

#[test]
fn fields_of_another_type_cost_no_words() {
    for event in [
        json!({"content": {"parts": [{"text": "ok"}]}, "partial": "no", "timestamp": "now", "author": 5}),
        json!({"content": {"parts": [7, null, {"text": "ok", "thought": null}, {"text": 9}]}}),
        json!({"content": {"parts": {"text": "ok"}}}),
        json!({"content": "ok"}),
        json!({"content": {"parts": ["ok"], "role": 3}, "actions": {"stateDelta": [1]}}),
        json!({"content": {"parts": [{"text": "ok"}]}, "actions": 3, "invocationId": {"a": 1}}),
        json!({"content": {"parts": [{"text": "ok"}]}, "invocationId": "a", "invocation_id": "b"}),
    ] {
        assert_eq!(texts(&events(std::slice::from_ref(&event))), ["ok"], "{event}");
    }
    let thought = json!({"content": {"parts": [{"text": "hm", "thought": "yes"}]}, "partial": 1});
    assert_eq!(texts(&events(&[thought])), Vec::<String>::new());
}

#[test]
fn a_refusal_in_the_apis_frame_is_known_inside_and_in_place_of_a_stream() {
    let body = json!({"code": 2001, "message": "no credits"});
    let refusal = TurnItem::Refusal(Refusal { code: Some(2001), message: "no credits".into() });
    assert_eq!(events(std::slice::from_ref(&body)), std::slice::from_ref(&refusal));
    for stray in [format!("{body}"), format!("\n  {body}\n\n"), format!("\u{feff}{body}")] {
        let pieces: Vec<&[u8]> = stray.as_bytes().chunks(3).collect();
        assert_eq!(items(&pieces), std::slice::from_ref(&refusal), "{stray:?}");
        assert_eq!(items(&[stray.as_bytes()]), std::slice::from_ref(&refusal), "{stray:?}");
    }
    for stray in ["<html><body>busy</body></html>", "{\"code\":", "[1,2]", "{\"status\":\"fine\"}"] {
        assert_eq!(items(&[stray.as_bytes()]), [TurnItem::NoStream], "{stray}");
    }
}

#[test]
fn an_event_of_megabytes_is_read_and_one_beyond_the_bound_is_skipped() {
    let delta = |bytes: usize| {
        json!({"content": {"parts": [{"functionResponse": {"name": "edit"}}]}, "invocationId": "e",
            "actions": {"stateDelta": {"draft": "x".repeat(bytes)}}})
    };
    let after = json!({"content": {"parts": [{"text": "after"}]}});
    let read = events(&[delta(12 << 20), after.clone()]);
    assert!(matches!(&read[0], TurnItem::Content(content) if content.changed_state));
    assert_eq!(texts(&read), ["after"]);
    let read = events(&[delta(17 << 20), after]);
    assert_eq!((read.len(), &read[0]), (2, &TurnItem::Unreadable));
    assert_eq!(texts(&read), ["after"]);
}

/// Any JSON, nested a few levels.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z\\PC\"\\n]{0,12}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "content",
        "parts",
        "text",
        "thought",
        "partial",
        "error",
        "errorCode",
        "errorMessage",
        "code",
        "success",
        "type",
        "actions",
        "stateDelta",
        "functionCall",
        "functionResponse",
        "name",
        "invocationId",
        "author",
        "x",
    ]);
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_event_is_so_odd_that_the_next_one_is_lost(odd in prop::collection::vec(json_value(), 0..4)) {
        let mut all: Vec<Value> = odd;
        all.push(json!({"content": {"parts": [{"text": "the last"}]}}));
        let read = events(&all);
        let texts = texts(&read);
        prop_assert_eq!(texts.last().map(String::as_str), Some("the last"));
    }

    #[test]
    fn any_bytes_are_read_without_a_word_of_protest(bytes in prop::collection::vec(any::<u8>(), 0..400), at in any::<prop::sample::Index>()) {
        let at = at.index(bytes.len() + 1);
        prop_assert_eq!(items(&[&bytes[..at], &bytes[at..]]), items(&[&bytes]));
    }
}
