//! Rules over all tools: what a client is told of them, and what that costs.

use std::collections::HashSet;

use serde_json::Value;

use super::TOOLS;

/// The `tools` array as a model is given it.
fn listed() -> Value {
    let tools: Vec<_> = TOOLS.iter().map(|entry| entry.tool.clone()).collect();
    serde_json::to_value(tools).unwrap()
}

fn each(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, inner)| {
            visit(key, inner);
            each(inner, visit);
        }),
        Value::Array(items) => items.iter().for_each(|item| each(item, visit)),
        _ => {}
    }
}

#[test]
fn the_tools_are_as_agreed() {
    insta::assert_json_snapshot!(listed());
}

#[test]
fn there_are_exactly_five_with_names_of_their_own() {
    let names: Vec<&str> = TOOLS.iter().map(|entry| &*entry.tool.name).collect();
    assert_eq!(names, ["generate_music", "upload", "credits", "state", "export"]);
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), 5);
}

#[test]
fn the_list_stays_small() {
    let bytes = listed().to_string().len();
    assert!(bytes < 10_000, "{bytes} bytes");
}

#[test]
fn every_tool_says_all_there_is_to_say() {
    for tool in listed().as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        assert!(!tool["title"].as_str().unwrap().is_empty(), "{name}");
        assert!(!tool["description"].as_str().unwrap().is_empty(), "{name}");
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name}: {hint}");
        }
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}: {schema}");
        }
    }
}

#[test]
fn only_credits_and_state_are_read_only_and_only_export_destroys() {
    for entry in TOOLS.iter() {
        let hints = entry.tool.annotations.clone().unwrap();
        let reads = ["credits", "state"].contains(&&*entry.tool.name);
        assert_eq!(hints.read_only_hint, Some(reads), "{}", entry.tool.name);
        assert_eq!(hints.destructive_hint, Some(entry.tool.name == "export"), "{}", entry.tool.name);
        assert_eq!(hints.idempotent_hint, Some(reads), "{}", entry.tool.name);
    }
}

#[test]
fn one_output_schema_serves_all() {
    let first = TOOLS[0].tool.output_schema.clone();
    assert!(TOOLS.iter().all(|entry| entry.tool.output_schema == first));
}

#[test]
fn schemas_hold_nothing_that_strict_clients_refuse() {
    let mut list = listed();
    // Arguments have names of their own; one of them is `format`.
    for tool in list.as_array_mut().unwrap() {
        for schema in ["inputSchema", "outputSchema"] {
            let fields: Vec<Value> = tool[schema]["properties"].as_object().unwrap().values().cloned().collect();
            tool[schema]["properties"] = Value::Array(fields);
        }
    }
    each(&list, &mut |key, value| {
        assert!(!["$ref", "$defs", "$schema", "anyOf", "oneOf", "allOf", "format"].contains(&key), "{key}: {value}");
        assert!(key != "type" || value.is_string(), "{key}: {value}");
        assert!(!value.is_null(), "{key}");
    });
}

#[test]
fn every_argument_is_explained() {
    for entry in TOOLS.iter() {
        let Some(fields) = entry.tool.input_schema.get("properties").and_then(Value::as_object) else { continue };
        for (name, field) in fields {
            let words = field["description"].as_str().unwrap_or_default();
            assert!(!words.is_empty() && words.len() < 160, "{}.{name}: {words}", entry.tool.name);
        }
    }
}
