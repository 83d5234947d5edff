//! The tool contract as Markdown, told from the tools themselves, so that what is written down cannot drift from what
//! `tools/list` says.

use std::fmt::Write;

use rmcp::model::{JsonObject, Tool};
use serde_json::Value;

use super::tools::TOOLS;

/// The whole contract: the table of the tools, then each tool's inputs, then what all of them answer.
#[must_use]
pub fn markdown() -> String {
    let mut page = table();
    for entry in TOOLS.iter() {
        let _ = write!(page, "\n### `{}`\n\n{}\n\n", entry.tool.name, description(&entry.tool));
        page.push_str(&inputs(&entry.tool.input_schema));
    }
    page.push_str(
        "\n### Answers\n\nEvery tool answers with a short text and, with the same facts, this structured content:\n\n",
    );
    if let Some(schema) = TOOLS.first().and_then(|entry| entry.tool.output_schema.as_ref()) {
        page.push_str(&outputs(schema));
    }
    page
}

/// The table of the tools alone, as the README shows it.
#[must_use]
pub fn table() -> String {
    let mut table = String::from("| Tool | Does | Input | Read-only | Destructive | Idempotent | Open world |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for entry in TOOLS.iter() {
        let tool = &entry.tool;
        let hints = tool.annotations.clone().unwrap_or_default();
        let hint = |hint: Option<bool>| if hint == Some(true) { "yes" } else { "no" };
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            tool.name,
            cell(tool.title.as_deref().unwrap_or_default()),
            names(&tool.input_schema),
            hint(hints.read_only_hint),
            hint(hints.destructive_hint),
            hint(hints.idempotent_hint),
            hint(hints.open_world_hint),
        );
    }
    table
}

fn description(tool: &Tool) -> &str {
    tool.description.as_deref().unwrap_or_default()
}

fn fields(schema: &JsonObject) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn required(schema: &JsonObject, name: &str) -> bool {
    schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|required| required == name))
}

fn names(schema: &JsonObject) -> String {
    let names: Vec<String> = fields(schema)
        .map(|(name, _)| if required(schema, name) { format!("**`{name}`**") } else { format!("`{name}`") })
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn inputs(schema: &JsonObject) -> String {
    if fields(schema).next().is_none() {
        return "No arguments.\n".to_owned();
    }
    let mut table = String::from("| Argument | Type | Meaning |\n| --- | --- | --- |\n");
    for (name, field) in fields(schema) {
        let must = if required(schema, name) { " (required)" } else { "" };
        let meaning = field.get("description").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(table, "| `{name}`{must} | {} | {} |", kind(field), cell(meaning));
    }
    table
}

fn outputs(schema: &JsonObject) -> String {
    let mut table = String::from("| Part | Type |\n| --- | --- |\n");
    for (name, field) in fields(schema) {
        let parts: Vec<String> = field
            .as_object()
            .map(|inner| fields(inner).map(|(name, part)| format!("`{name}` {}", kind(part))).collect())
            .unwrap_or_default();
        let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        let _ = writeln!(table, "| `{name}` | {}{parts} |", kind(field));
    }
    table
}

fn kind(field: &Value) -> String {
    let choices = field.get("enum").and_then(Value::as_array);
    if let Some(choices) = choices {
        let choices: Vec<String> =
            choices.iter().filter_map(Value::as_str).map(|choice| format!("`{choice}`")).collect();
        return choices.join(", ");
    }
    let word = |value: &Value| value.get("type").and_then(Value::as_str).unwrap_or("any").to_owned();
    match field.get("items") {
        Some(items) => format!("list of {}s", word(items)),
        None => word(field),
    }
}

/// Text as it may stand in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_and_every_argument_is_on_the_page() {
        let page = markdown();
        for entry in TOOLS.iter() {
            assert!(page.contains(&format!("### `{}`", entry.tool.name)));
            for (name, _) in fields(&entry.tool.input_schema) {
                assert!(page.contains(&format!("| `{name}`")), "{name}");
            }
        }
        assert!(page.contains("| `request` (required) | string |"));
        assert!(page.contains("| `status` | `done`, `running`, `needs_answer`, `failed`, `cancelled` |"));
    }

    #[test]
    fn tables_have_the_same_number_of_cells_in_every_row() {
        let table = table();
        let counts: Vec<usize> = table.lines().map(|line| line.matches('|').count()).collect();
        assert!(counts.iter().all(|count| *count == 8), "{table}");
    }
}
