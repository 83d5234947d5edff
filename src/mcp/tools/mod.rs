//! The five tools, one file each. A tool is what a client is told ([`rmcp::model::Tool`]) and the one question to the
//! desk that answers it; everything the five have in common is here and in `call`.

mod credits;
mod export;
mod generate_music;
mod state;
mod upload;

use std::sync::{Arc, LazyLock};

use futures::future::BoxFuture;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::desk::Desk;
use super::{arguments, schema};
use crate::director::answer::Answer;
use crate::director::{Caller, Progress};

/// Puts a call's question to the desk, or says what is wrong with its arguments.
type Ask =
    for<'a> fn(&Entry, &'a dyn Desk, &'a Caller, JsonObject, &'a dyn Progress) -> Result<BoxFuture<'a, Answer>, String>;

/// One tool.
pub struct Entry {
    /// What `tools/list` says of it.
    pub tool: Tool,
    /// What a call does.
    pub ask: Ask,
}

impl Entry {
    /// The arguments of a call, read by this tool's input schema.
    fn read<T: DeserializeOwned>(&self, given: JsonObject) -> Result<T, String> {
        arguments::read(&self.tool.input_schema, given)
    }
}

/// All of them, in the order a client is shown; built once, when first asked for.
pub static TOOLS: LazyLock<[Entry; 5]> =
    LazyLock::new(|| [generate_music::entry(), upload::entry(), credits::entry(), state::entry(), export::entry()]);

/// The tool of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Entry> {
    TOOLS.iter().find(|entry| entry.tool.name == name)
}

/// One output schema for all five: whatever an agent learnt from one answer holds for the next.
static OUTPUT: LazyLock<Arc<JsonObject>> = LazyLock::new(|| Arc::new(schema::of::<Answer>(schema::Words::Dropped)));

/// What a tool does to the world, told truthfully.
#[derive(Clone, Copy)]
struct Effect {
    read_only: bool,
    destructive: bool,
    idempotent: bool,
}

fn describe<T: JsonSchema>(name: &'static str, title: &str, description: &'static str, effect: Effect) -> Tool {
    let annotations = ToolAnnotations::new()
        .read_only(effect.read_only)
        .destructive(effect.destructive)
        .idempotent(effect.idempotent)
        // Behind every tool may stand the cloud, and files may come from any URL.
        .open_world(true);
    Tool::new(name, description, schema::of::<T>(schema::Words::Kept))
        .with_title(title)
        .with_raw_output_schema(Arc::clone(&OUTPUT))
        .with_annotations(annotations)
}

#[cfg(test)]
mod tests;
