//! Arguments of a call, as models really write them: read against the tool's own schema, put right where that is
//! harmless (a number in quotes, one string where a list belongs, `waitSeconds`), refused by name where it is not.

use rmcp::model::JsonObject;
use serde_json::{Number, Value};

/// Longest piece of a bad value that a refusal repeats.
const SHOWN: usize = 60;
/// Refusals told at once: enough to mend a call in one go, short enough to read.
const TOLD: usize = 4;

/// Makes the arguments of a call fit the tool's schema.
///
/// # Errors
/// Plain words that name each bad field and what is accepted in its place.
pub fn fitted(schema: &JsonObject, given: JsonObject) -> Result<Value, String> {
    let empty = JsonObject::new();
    let fields = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let mut taken = JsonObject::new();
    let mut faults = Vec::new();
    for (name, value) in given {
        let Some((field, shape)) = field(fields, &name) else {
            faults.push(unknown(fields, &name));
            continue;
        };
        // A null is how many clients write "left out".
        if value.is_null() {
            continue;
        }
        if taken.contains_key(field) {
            faults.push(format!("`{field}` was given twice, once as `{name}`"));
            continue;
        }
        match fit(shape, value) {
            Ok(value) => {
                taken.insert(field.clone(), value);
            }
            Err(wrong) => faults.push(format!("`{field}` {wrong}")),
        }
    }
    for required in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !taken.contains_key(required) && !faults.iter().any(|fault| fault.starts_with(&format!("`{required}`"))) {
            faults.push(missing(fields, required));
        }
    }
    if faults.is_empty() { Ok(Value::Object(taken)) } else { Err(told(faults)) }
}

/// What the tool itself says of arguments that fit its schema and are not what it takes all the same.
#[must_use]
pub fn unread(error: &serde_json::Error) -> String {
    shorten(&error.to_string())
}

/// The field that a name means: itself, or the one it equals but for case, `-` and `_`.
fn field<'a>(fields: &'a JsonObject, name: &str) -> Option<(&'a String, &'a Value)> {
    let plain =
        |name: &str| name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_ascii_lowercase();
    fields.get_key_value(name).or_else(|| {
        let wanted = plain(name);
        fields.iter().find(|(field, _)| plain(field) == wanted)
    })
}

fn unknown(fields: &JsonObject, name: &str) -> String {
    let known: Vec<&str> = fields.keys().map(String::as_str).collect();
    if known.is_empty() {
        return format!("`{}` is not accepted: this tool takes no arguments", shorten(name));
    }
    format!("`{}` is not accepted: this tool takes {}", shorten(name), known.join(", "))
}

fn missing(fields: &JsonObject, name: &str) -> String {
    let what = fields.get(name).and_then(|field| field.get("description")).and_then(Value::as_str).unwrap_or_default();
    match what.trim_end_matches('.') {
        "" => format!("`{name}` is required"),
        what => format!("`{name}` is required: {}", lower_first(what)),
    }
}

/// One value, made to fit its field.
fn fit(shape: &Value, value: Value) -> Result<Value, String> {
    let kind = shape.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "string" => text(shape, value),
        "number" => number(value, false),
        "integer" => number(value, true),
        "boolean" => boolean(value),
        "array" => list(shape, value),
        _ => Ok(value),
    }
}

fn text(shape: &Value, value: Value) -> Result<Value, String> {
    let text = match value {
        Value::String(text) => text,
        // A seed or a handle written as a number still says what it means.
        Value::Number(number) => number.to_string(),
        other => return Err(format!("must be a string; got {}", shown(&other))),
    };
    let Some(choices) = shape.get("enum").and_then(Value::as_array) else { return Ok(Value::String(text)) };
    let choices: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
    let wanted = text.trim().trim_start_matches('.');
    // An empty choice is one left out.
    if wanted.is_empty() {
        return Ok(Value::String(String::new()));
    }
    match choices.iter().find(|choice| choice.eq_ignore_ascii_case(wanted)) {
        Some(choice) => Ok(Value::from(*choice)),
        None => Err(format!("must be one of {}; got {}", choices.join(", "), shown(&Value::String(text)))),
    }
}

fn number(value: Value, whole: bool) -> Result<Value, String> {
    let what = if whole { "a whole number" } else { "a number" };
    let wrong = |value: &Value| format!("must be {what}, such as 30; got {}", shown(value));
    let parsed = match &value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => parse(text),
        _ => None,
    };
    let Some(number) = parsed else { return Err(wrong(&value)) };
    if !whole || number.is_i64() {
        return Ok(Value::Number(number));
    }
    // 7.0 is whole as well; beyond 2^53 a double no longer says which number it is.
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 => Ok(Value::from(float as i64)),
        _ => Err(wrong(&value)),
    }
}

fn parse(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

fn boolean(value: Value) -> Result<Value, String> {
    match &value {
        Value::Bool(_) => Ok(value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        _ => Err(format!("must be true or false; got {}", shown(&value))),
    }
}

fn list(shape: &Value, value: Value) -> Result<Value, String> {
    let items = match value {
        Value::Array(items) => items,
        // Some clients send a list as the JSON text of a list.
        Value::String(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str(&text).unwrap_or_else(|_| vec![Value::String(text)])
        }
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![Value::String(text)],
        other => return Err(format!("must be a list of strings; got {}", shown(&other))),
    };
    let open = Value::Object(JsonObject::new());
    let shape = shape.get("items").unwrap_or(&open);
    let fitted: Result<Vec<Value>, String> = items.into_iter().map(|item| fit(shape, item)).collect();
    fitted.map(Value::Array).map_err(|wrong| format!("must be a list, and each item {wrong}"))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => shorten(&other.to_string()),
    }
}

fn shorten(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).take(SHOWN + 1).collect();
    if plain.chars().count() <= SHOWN { plain } else { plain.chars().take(SHOWN).chain(['…']).collect() }
}

fn told(mut faults: Vec<String>) -> String {
    let more = faults.len().saturating_sub(TOLD);
    faults.truncate(TOLD);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    faults.join("; ")
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::director::tools::Ask;
    use crate::director::tools::credits::CreditsAsk;
    use crate::director::tools::export::ExportAsk;
    use crate::director::tools::generate_music::GenerateAsk;
    use crate::director::tools::upload::UploadAsk;
    use crate::mcp::tools::named;
    use serde_json::json;

    fn reading<T: Ask>(given: Value) -> Result<T, String> {
        let Value::Object(given) = given else { panic!("arguments are an object") };
        let fitted = fitted(&named(T::NAME).unwrap().tool.input_schema, given)?;
        serde_json::from_value(fitted).map_err(|error| unread(&error))
    }

    #[test]
    fn what_models_write_is_understood() {
        let ask: GenerateAsk = reading(json!({
            "request": "calm piano", "durationSeconds": "20", "tempo_bpm": 92.5, "seed": 7.0, "energy": "Low",
            "instruments": "piano", "files": "[\"/a.mp4\",\"/b.mp4\"]", "genre": null, "session": 42
        }))
        .unwrap();
        assert_eq!(ask.duration_seconds, Some(20.0));
        assert_eq!(ask.tempo_bpm, Some(92.5));
        assert_eq!(ask.seed, Some(7));
        assert_eq!(ask.energy, "low");
        assert_eq!(ask.instruments, ["piano"]);
        assert_eq!(ask.files, ["/a.mp4", "/b.mp4"]);
        assert_eq!((ask.genre.as_str(), ask.session.as_str()), ("", "42"));
    }

    #[test]
    fn a_refusal_names_the_field_and_what_is_accepted() {
        let wrong = |given: Value| reading::<GenerateAsk>(given).unwrap_err();
        assert!(wrong(json!({})).starts_with("`request` is required: what to make"));
        assert!(wrong(json!({"request": ["a"]})).starts_with("`request` must be a string; got a list"));
        assert!(wrong(json!({"request": "x", "tempo_bpm": "fast"})).contains("`tempo_bpm` must be a number"));
        assert!(wrong(json!({"request": "x", "seed": 1.5})).contains("`seed` must be a whole number"));
        assert!(wrong(json!({"request": "x", "seed": 1e300})).contains("`seed` must be a whole number"));
        assert!(wrong(json!({"request": "x", "energy": "wild"})).contains("one of low, medium, high; got \"wild\""));
        assert!(wrong(json!({"request": "x", "bpm": 9})).contains("`bpm` is not accepted: this tool takes request,"));
        assert!(reading::<CreditsAsk>(json!({"x": 1})).unwrap_err().contains("takes no arguments"));
        assert!(reading::<UploadAsk>(json!({"files": [{}]})).unwrap_err().contains("each item must be a string"));
    }

    #[test]
    fn several_faults_are_told_together_and_values_are_cut_short() {
        let long = "x".repeat(10_000);
        let told = reading::<ExportAsk>(json!({"format": long, "overwrite": "maybe"})).unwrap_err();
        assert!(told.contains("`format`") && told.contains("`overwrite` must be true or false"));
        assert!(told.len() < 400, "{told}");
    }

    #[test]
    fn one_field_under_two_names_is_refused() {
        let told = reading::<GenerateAsk>(json!({"request": "a", "Request": "b"})).unwrap_err();
        assert!(told.contains("given twice"));
    }
}
