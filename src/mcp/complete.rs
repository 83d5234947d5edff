//! Completions: things to try for a prompt's wish, known handles and names for a resource's parts.

use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};

use super::prompts;
use super::resources;
use super::shelf::Shelf;
use crate::director::Caller;
use crate::skills::Catalogue;

/// Completes one argument.
///
/// # Errors
/// Only our own defects.
pub fn complete(
    skills: &Catalogue,
    shelf: &Shelf,
    caller: &Caller,
    request: &CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    let values: Vec<String> = match (&request.r#ref, request.argument.name.as_str()) {
        (Reference::Prompt(prompt), argument) => {
            // What does not exist has no completions; that is no reason to break a user's typing.
            let skill = skills.get(&prompt.name).filter(|_| argument == prompts::WISH);
            let tries = skill.map(|skill| skill.try_it.as_slice()).unwrap_or_default();
            let (english, chinese) = (tries.iter().map(|words| &words.en), tries.iter().map(|words| &words.zh));
            english.chain(chinese).filter(|words| !words.is_empty()).cloned().collect()
        }
        (Reference::Resource(template), "id") if [resources::TIMELINE, resources::MEDIA].contains(&&*template.uri) => {
            shelf.of(&caller.client).into_iter().map(|kept| kept.session).collect()
        }
        (Reference::Resource(template), "name") if template.uri == resources::MEDIA => {
            let arguments = request.context.as_ref().and_then(|context| context.arguments.as_ref());
            let session = arguments.and_then(|arguments| arguments.get("id"));
            let kept = shelf.of(&caller.client).into_iter();
            let kept = kept.filter(|kept| session.is_none_or(|session| *session == kept.session));
            kept.flat_map(|kept| kept.media).map(|medium| medium.name).collect()
        }
        _ => Vec::new(),
    };
    let begun = request.argument.value.to_lowercase();
    let mut values: Vec<String> = values.into_iter().filter(|value| value.to_lowercase().starts_with(&begun)).collect();
    values.truncate(CompletionInfo::MAX_VALUES);
    CompletionInfo::with_all_values(values)
        .map(CompleteResult::new)
        .map_err(|error| ErrorData::internal_error(error, None))
}
