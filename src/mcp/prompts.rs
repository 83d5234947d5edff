//! One prompt per skill: its greeting and things to try, with the user's wish worked in.

use rmcp::ErrorData;
use rmcp::model::{GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::Value;

use crate::skills::Catalogue;

/// The one argument of every prompt.
pub const WISH: &str = "wish";

/// All prompts.
#[must_use]
pub fn list(skills: &Catalogue) -> Vec<Prompt> {
    skills
        .all()
        .iter()
        .map(|skill| {
            let wish = PromptArgument::new(WISH)
                .with_title("Wish")
                .with_description("What you want to make, in your own words")
                .with_required(false);
            Prompt::new(&*skill.name, Some(&*skill.description), Some(vec![wish])).with_title(&*skill.display_name)
        })
        .collect()
}

/// One prompt, worded.
///
/// # Errors
/// When there is no such prompt, or the wish is not a text.
pub fn get(skills: &Catalogue, request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let Some(skill) = skills.get(&request.name) else {
        let names = skills.names().join(", ");
        return Err(ErrorData::invalid_params(format!("Unknown prompt. The prompts are {names}."), None));
    };
    let wish = match request.arguments.as_ref().and_then(|arguments| arguments.get(WISH)) {
        None | Some(Value::Null) => None,
        Some(Value::String(wish)) => Some(wish.trim()).filter(|wish| !wish.is_empty()),
        Some(_) => return Err(ErrorData::invalid_params("`wish` must be a string", None)),
    };
    let message = PromptMessage::new_text(Role::User, skill.prompt(wish));
    Ok(GetPromptResult::new(vec![message]).with_description(&*skill.description))
}
