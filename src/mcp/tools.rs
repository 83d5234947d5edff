//! The director's tools as a client is told of them. Nothing here knows any one of them.

use std::sync::{Arc, LazyLock};

use rmcp::model::{JsonObject, Tool, ToolAnnotations};

use super::schema::{self, Words};
use crate::director::answer::Answer;
use crate::director::tools::{self, TOOLS as OURS};

/// One tool.
pub struct Entry {
    /// What `tools/list` says of it.
    pub tool: Tool,
    /// What takes its calls.
    pub of: &'static tools::Tool,
}

/// All of them, in the order a client is shown; built once, when first asked for.
pub static TOOLS: LazyLock<Vec<Entry>> = LazyLock::new(|| OURS.iter().map(entry).collect());

/// The tool of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Entry> {
    TOOLS.iter().find(|entry| entry.tool.name == name)
}

/// One output schema for all: whatever an agent learnt from one answer holds for the next.
static OUTPUT: LazyLock<Arc<JsonObject>> = LazyLock::new(|| {
    let schema = schema::plain(|generator| generator.into_root_schema_for::<Answer>(), Words::Dropped);
    Arc::new(schema)
});

fn entry(of: &'static tools::Tool) -> Entry {
    let annotations = ToolAnnotations::new()
        .read_only(of.effect.read_only)
        .destructive(of.effect.destructive)
        .idempotent(of.effect.idempotent)
        // Behind every tool may stand the cloud, and files may come from any URL.
        .open_world(true);
    let tool = Tool::new(of.name, of.description, schema::plain(of.input, Words::Kept))
        .with_title(of.title)
        .with_raw_output_schema(Arc::clone(&OUTPUT))
        .with_annotations(annotations);
    Entry { tool, of }
}

#[cfg(test)]
mod tests;
