//! JSON Schemas as agents read them: what `schemars` derives, made small and plain. A tool list is paid for in tokens on
//! every turn, and strict clients refuse nullable types, references and integer formats that JSON does not have.

use rmcp::model::JsonObject;
use schemars::Schema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::Value;

/// Which words of a schema are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Field comments become descriptions: inputs, which an agent fills in.
    Kept,
    /// No descriptions: outputs, whose names say enough.
    Dropped,
}

/// The schema that `derived` gives, in plain JSON Schema: references inlined, no nullable types, no formats, no titles.
#[must_use]
pub fn plain(derived: impl FnOnce(SchemaGenerator) -> Schema, words: Words) -> JsonObject {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = derived(settings.into_generator()).to_value();
    tidy(&mut schema, words);
    match schema {
        Value::Object(mut object) => {
            // The comment of the whole structure is for readers of the code; the tool has its own description.
            object.remove("description");
            // Some clients insist on it, even where there is nothing to pass.
            object.entry("properties").or_insert_with(|| Value::Object(JsonObject::new()));
            object
        }
        _ => JsonObject::new(),
    }
}

fn tidy(schema: &mut Value, words: Words) {
    let Value::Object(object) = schema else { return };
    for key in ["$schema", "title", "format", "default", "minimum"] {
        // `minimum` comes only from unsigned types; ranges that matter are checked by the tools and told in words.
        object.remove(key);
    }
    plain_type(object);
    plain_choice(object);
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(|property| {
            tidy(property, words);
            if words == Words::Dropped {
                bare(property);
            }
        });
    }
    if let Some(items) = object.get_mut("items") {
        match words {
            Words::Kept => tidy(items, words),
            Words::Dropped => open(items),
        }
    }
}

/// `["string", "null"]` becomes `"string"`: parts that are empty are left out, never null.
fn plain_type(object: &mut JsonObject) {
    let Some(Value::Array(types)) = object.get_mut("type") else { return };
    types.retain(|kind| kind != "null");
    if let [only] = types.as_slice() {
        let only = only.clone();
        object.insert("type".to_owned(), only);
    }
}

/// `oneOf` constants, which `schemars` makes of documented enums, become one `enum`.
fn plain_choice(object: &mut JsonObject) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let constants: Option<Vec<Value>> = choices.iter().map(|choice| choice.get("const").cloned()).collect();
    if let Some(constants) = constants {
        object.remove("oneOf");
        object.insert("type".to_owned(), Value::from("string"));
        object.insert("enum".to_owned(), Value::Array(constants));
    }
}

/// A part of an output is left out when it is empty, so only the root says what is always there.
fn bare(property: &mut Value) {
    if let Value::Object(property) = property {
        property.remove("description");
        property.remove("required");
    }
}

/// Items of lists stay open: their type alone is said.
fn open(items: &mut Value) {
    let kind = items.get("type").cloned();
    let mut object = JsonObject::new();
    if let Some(kind) = kind {
        object.insert("type".to_owned(), kind);
    }
    *items = Value::Object(object);
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;
    use serde_json::json;

    fn of<T: JsonSchema>(words: Words) -> JsonObject {
        plain(|generator| generator.into_root_schema_for::<T>(), words)
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Sample {
        /// How many.
        count: Option<u32>,
        /// Which.
        choice: Choice,
        inner: Vec<Inner>,
    }

    #[derive(JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Choice {
        /// The first.
        OneWay,
        /// The second.
        OtherWay,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Inner {
        name: String,
    }

    #[test]
    fn inputs_keep_their_words_and_lose_what_strict_clients_refuse() {
        let schema = Value::Object(of::<Sample>(Words::Kept));
        assert_eq!(schema["properties"]["count"], json!({"description": "How many.", "type": "integer"}));
        assert_eq!(schema["properties"]["choice"]["enum"], json!(["one_way", "other_way"]));
        assert_eq!(schema["properties"]["inner"]["items"]["properties"]["name"], json!({"type": "string"}));
        assert!(!schema.to_string().contains("$defs"));
    }

    #[test]
    fn outputs_are_bare_and_their_lists_are_open() {
        let schema = Value::Object(of::<Sample>(Words::Dropped));
        assert_eq!(schema["properties"]["count"], json!({"type": "integer"}));
        assert_eq!(schema["properties"]["inner"], json!({"type": "array", "items": {"type": "object"}}));
        assert!(!schema.to_string().contains("description"));
    }
}
